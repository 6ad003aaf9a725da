"""Random schedules against the oracle: 0 divergence, 0 lost writes.

1,000 of five to seven replicas in memory, then 40 of real stores that exchange real bundles, every
second of an office that began with an older program. ``--short``: 60 and 2.
"""

import sys
import time
from collections.abc import Iterator

from figures import Figure, tell
from killing import scratch_folder
from sync_schedules import Schedule
from sync_store_schedules import StoreSchedule

SCHEDULES, SHORT_SCHEDULES = 1_000, 60
STORES, SHORT_STORES = 40, 2
OLDER_PROGRAMS = ("", "0012")
Outcome = tuple[int, list[str]]


def in_memory(count: int) -> Iterator[Outcome]:
    for seed in range(count):
        schedule = Schedule(seed, replicas=5 + seed % 3, steps=70 + seed % 5 * 20)
        faults = schedule.run()
        yield len(schedule.acts), faults


def on_stores(count: int) -> Iterator[Outcome]:
    for seed in range(count):
        with scratch_folder() as folder:
            revision = OLDER_PROGRAMS[seed % len(OLDER_PROGRAMS)]
            schedule = StoreSchedule(seed, folder, revision=revision)
            faults = schedule.run()
            yield len(schedule.acts), faults


def told(what: str, outcomes: Iterator[Outcome]) -> Figure:
    begun, found = time.monotonic(), list(outcomes)
    faults = [fault for _, each in found for fault in each]
    for fault in faults[:20]:
        print(fault)
    acts = sum(acts for acts, _ in found)
    held = f"{what} {len(found)} 个随机过程，{acts} 次写入，{len(faults)} 处不一致"
    print(f"soak sync：{held}（{time.monotonic() - begun:.0f} 秒）", flush=True)
    asked = "随机过程与独立推算全部一致，不丢一次写入"
    return Figure(f"convergence {what}", asked, held, not faults)


def main(arguments: list[str]) -> int:
    short = "--short" in arguments
    return tell(
        told("内存中", in_memory(SHORT_SCHEDULES if short else SCHEDULES)),
        told("真实库", on_stores(SHORT_STORES if short else STORES)),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

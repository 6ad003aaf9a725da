"""Random schedules against the oracle: 0 divergence, 0 lost writes.

1,000 of five to seven replicas in memory, then 40 of real stores that exchange real bundles, every
second of an office that began with an older program. ``--short``: 60 and 2.
"""

import sys
import time
from collections.abc import Iterator

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


def told(what: str, outcomes: Iterator[Outcome]) -> bool:
    """Whether nothing differed."""
    begun, found = time.monotonic(), list(outcomes)
    faults = [fault for _, each in found for fault in each]
    for fault in faults[:20]:
        print(fault)
    print(
        f"soak sync：{what} {len(found)} 个随机过程，{sum(acts for acts, _ in found)} 次写入，"
        f"{len(faults)} 处不一致，用时 {time.monotonic() - begun:.0f} 秒",
        flush=True,
    )
    return not faults


def main(arguments: list[str]) -> int:
    short = "--short" in arguments
    is_sound = told("内存中", in_memory(SHORT_SCHEDULES if short else SCHEDULES))
    is_sound &= told("真实库", on_stores(SHORT_STORES if short else STORES))
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

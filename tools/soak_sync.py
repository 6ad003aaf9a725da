"""Random schedules against the oracle: 0 divergence, 0 lost writes.

1,000 of five to seven replicas in memory, 1,000 runs of a state machine that is compared after every
act, then 40 of real stores that exchange real bundles, every second of an office that began with an
older program. ``--short``: 60, 40 and 2.
"""

import sys
import time
from collections.abc import Callable

from figures import Figure, tell
from killing import scratch_folder
from pacing import Rounds
from sync_machine import runs_of
from sync_schedules import Schedule
from sync_store_schedules import StoreSchedule

SCHEDULES, SHORT_SCHEDULES = 1_000, 60
RUNS, SHORT_RUNS, RUNS_OF_A_SEED = 1_000, 40, 20
STORES, SHORT_STORES = 40, 2
OLDER_PROGRAMS = ("", "0012")
Outcome = tuple[int, list[str]]
Trial = Callable[[int], Outcome]


def in_memory(seed: int) -> Outcome:
    schedule = Schedule(seed, replicas=5 + seed % 3, steps=70 + seed % 5 * 20)
    faults = schedule.run()
    return len(schedule.acts), faults


def by_machine(seed: int) -> Outcome:
    """Runs that Hypothesis broke off early come on top of those it counts."""
    runs, acts, faults = runs_of(RUNS_OF_A_SEED, seed)
    return acts, faults if runs >= RUNS_OF_A_SEED else [*faults, f"{seed}: {runs} runs only"]


def on_stores(seed: int) -> Outcome:
    with scratch_folder() as folder:
        revision = OLDER_PROGRAMS[seed % len(OLDER_PROGRAMS)]
        schedule = StoreSchedule(seed, folder, revision=revision)
        faults = schedule.run()
        return len(schedule.acts), faults


def told(what: str, count: int, trial: Trial, size: int = 1) -> Figure:
    """So many random courses, ``size`` of them in one trial."""
    begun, rounds = time.monotonic(), Rounds(count // size)
    found = [trial(seed) for seed in rounds]
    faults = [fault for _, each in found for fault in each]
    for fault in faults[:20]:
        print(fault)
    acts, done = sum(acts for acts, _ in found), rounds.done * size
    held = f"{done} 个随机过程，{acts} 次写入，{len(faults)} 处不一致"
    print(f"soak sync：{what} {held}（{time.monotonic() - begun:.0f} 秒）", flush=True)
    asked = f"{count} 个随机过程与独立推算全部一致，不丢一次写入"
    return Figure(f"convergence {what}", asked, held, rounds.is_whole and not faults)


def main(arguments: list[str]) -> int:
    short = "--short" in arguments
    runs = SHORT_RUNS if short else RUNS
    return tell(
        told("内存中", SHORT_SCHEDULES if short else SCHEDULES, in_memory),
        told("状态机", runs, by_machine, RUNS_OF_A_SEED),
        told("真实库", SHORT_STORES if short else STORES, on_stores),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

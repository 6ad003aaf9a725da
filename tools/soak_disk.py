"""Lets the disk run out 500 times in the middle of work and counts what is lost or unnamed.

A limit on the size of files stands in for a full disk (Linux and macOS). Every refusal must be one
of the program's own Chinese sentences; what was confirmed before must be there, nothing by half;
and once there is room again the same open window goes on working. The store lies in memory, where
the limit is the same, and its one password is derived once. ``--short``: 30 times.
"""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

from figures import Figure, tell
from killing import PASSWORD, memory_folder
from pacing import Rounds
from single_store import ACTS, Tally, check, copy_store, template

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.models import keyfile
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.desk import Desk

ROUNDS, SHORT_ROUNDS = 500, 30
MOST_ACTS = 60
MOST_ROOM = 48 * 1024
CHANCE = random.Random(20260103)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """No file of this process may grow beyond ``size`` bytes meanwhile."""
    if sys.platform == "win32":
        raise SystemExit("soak disk：此系统没有文件大小限制，无法演练。")
    import resource  # noqa: PLC0415 - not there on Windows

    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))


def act_until_full(desk: Desk, seed: int, confirmed: list[str]) -> SsjError | None:
    """Act until the program refuses; the refusal, None when there was room for all."""
    order = random.Random(seed)
    for number in range(MOST_ACTS):
        act = order.choice(list(ACTS))
        mark = f"[{act}-{seed}-{number}]"
        try:
            ACTS[act](desk, mark)
        except SsjError as refusal:
            return refusal
        confirmed.append(mark)
    return None


def one_round(store: Path, seed: int, tally: Tally) -> bool:
    """One run against a limit; whether the limit was met."""
    confirmed: list[str] = []
    desk = sign_in(store, PASSWORD)
    try:
        with files_no_larger_than(store.stat().st_size + CHANCE.randrange(MOST_ROOM)):
            refusal = act_until_full(desk, seed, confirmed)
        after = f"[enrol-{seed}-{MOST_ACTS}]"
        ACTS["enrol"](desk, after)
        confirmed.append(after)
    finally:
        desk.close()
    if refusal is not None and not (refusal.message and refusal.remedy):
        tally.damaged.append(f"没有说明办法：{refusal}")
    tally.confirmed += len(confirmed)
    check(store, confirmed, tally)
    return refusal is not None


def main(arguments: list[str]) -> int:
    rounds = Rounds(SHORT_ROUNDS if "--short" in arguments else ROUNDS)
    begun, tally, full = time.monotonic(), Tally(), 0
    keys = patch.object(keyfile, "_derive", cache(keyfile._derive))  # noqa: SLF001 - needs no disk
    with memory_folder() as folder, keys:
        source, store = template(folder), folder / "store.ssj"
        for seed in rounds:
            copy_store(source, store)
            full += one_round(store, seed, tally)
    for fault in (*tally.lost, *tally.half, *tally.damaged):
        print(fault)
    held = f"{rounds.text} 次里写满 {full} 次，已确认 {tally.confirmed} 项，{tally.sentence}"
    print(f"soak disk：{held}（{time.monotonic() - begun:.0f} 秒）")
    is_held = rounds.is_whole and tally.bad == 0 and full > 0
    asked = "写满磁盘 500 次：拒绝都有说明，一项不丢"
    return tell(Figure("R3 写满", asked, held, is_held))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

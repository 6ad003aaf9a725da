"""Lets reads, writes and syncs of the store fail 500 times during work, and the disk be full.

strace makes the system answer EIO or ENOSPC to calls on the store and its journal, a different one
each time. Every refusal must be one of the program's own Chinese sentences with a remedy; what was
confirmed must be there, nothing by half, nothing damaged, and the same open window goes on
working. ``--short``: 40 faults.
"""

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from figures import Figure, tell
from killing import PASSWORD, acknowledge, acknowledged, scratch_folder
from single_store import ACTS, Tally, check, copy_store, marks_in_journal, template
from tracing import NoTracing, complaint_of, with_errors

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.desk import Desk

FAULTS, SHORT_FAULTS = 500, 40
ACTS_OF_A_RUN = 60
KINDS = (
    ("EIO", "pwrite64,ftruncate", 41),
    ("EIO", "fsync,fdatasync", 17),
    ("EIO", "unlink", 5),
    ("EIO", "pread64", 397),
    ("EIO", "openat", 29),
    ("ENOSPC", "pwrite64,ftruncate", 41),
)
"""What fails, which calls, and each how many-th of them."""
MOST_SIGN_INS = 20


def work(store: Path, log: Path, seed: int, acts: int) -> None:
    """Act and go on after refusals; each outcome on a line of its own."""
    order = random.Random(seed)
    desk = open_patiently(store, log)
    acknowledge(log, "ready")
    for number in range(acts):
        act = order.choice(list(ACTS))
        mark = f"[{act}-{seed}-{number}]"
        try:
            ACTS[act](desk, mark)
        except SsjError as refusal:
            named = "no" if refusal.message and refusal.remedy else "bare"
            named = "kept" if "没有确认存稳" in refusal.message else named
            acknowledge(log, f"{named}\t{mark}\t{refusal}".replace("\n", " "))
        except BaseException as bug:  # noqa: BLE001 - what is counted
            acknowledge(log, f"bug\t{mark}\t{bug!r}".replace("\n", " "))
        else:
            acknowledge(log, f"ok\t{mark}")
    desk.close()


def open_patiently(store: Path, log: Path) -> Desk:
    """Sign in as often as a clerk would; a refusal at the door counts like any other."""
    for _ in range(MOST_SIGN_INS):
        try:
            return sign_in(store, PASSWORD)
        except SsjError as refusal:
            named = "no" if refusal.message and refusal.remedy else "bare"
            acknowledge(log, f"{named}\t[sign-in]\t{refusal}".replace("\n", " "))
    raise SystemExit("登录总被拒绝。")


@dataclass
class Outcome:
    """What one worker met and said."""

    injected: int = 0
    refused: int = 0
    kept: int = 0
    done_though_refused: int = 0
    unnamed: list[str] = field(default_factory=list)


def run(store: Path, log: Path, seed: int, error: str, calls: str, when: str) -> int:
    """One worker with faults at the calls of ``when``; how many were put."""
    words = [sys.executable, __file__, "--worker", str(store), str(log), str(seed)]
    words.append(str(ACTS_OF_A_RUN))
    watched = (store, Path(f"{store}-journal"), store.parent)
    done, met = with_errors(words, log.with_suffix(".trace"), watched, (error, calls), when)
    if done.returncode:
        raise RuntimeError(complaint_of(done))
    return met


def one_run(source: Path, folder: Path, seed: int, tally: Tally) -> Outcome:
    store, log = folder / "store.ssj", folder / "outcomes.txt"
    copy_store(source, store)
    log.unlink(missing_ok=True)
    error, calls, every = KINDS[seed % len(KINDS)]
    when = f"{1 + (seed * 7) % every}+{every}"
    outcome = Outcome(injected=run(store, log, seed, error, calls, when))
    lines = [line.split("\t") for line in acknowledged(log) if line != "ready"]
    marks = [mark for kind, mark, *_ in lines if kind == "ok"]
    refused = {mark for kind, mark, *_ in lines if kind == "no"}
    kept = {mark for kind, mark, *_ in lines if kind == "kept"}
    outcome.refused, outcome.kept = len(refused), len(kept)
    outcome.unnamed = ["：".join(line) for line in lines if line[0] in ("bare", "bug")]
    tally.confirmed += len(marks)
    check(store, [*marks, *kept], tally)
    desk = sign_in(store, PASSWORD)
    outcome.done_though_refused = len(refused & desk.ask(marks_in_journal))
    desk.close()
    return outcome


def outcomes(least: int, tally: Tally) -> Iterator[Outcome]:
    """Workers until so many faults were put."""
    met, seed = 0, 0
    with scratch_folder() as folder:
        source = template(folder)
        while met < least:
            seed += 1
            outcome = one_run(source, folder, seed, tally)
            met += outcome.injected
            yield outcome


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--worker"]:
        work(Path(arguments[1]), Path(arguments[2]), int(arguments[3]), int(arguments[4]))
        return 0
    least = SHORT_FAULTS if "--short" in arguments else FAULTS
    begun, tally = time.monotonic(), Tally()
    try:
        found = list(outcomes(least, tally))
    except NoTracing as reason:
        print(f"soak errors：此系统不能跟踪进程（{reason}），无法演练。")
        return 1
    unnamed = [text for outcome in found for text in outcome.unnamed]
    for fault in (*unnamed, *tally.lost, *tally.half, *tally.damaged):
        print(fault)
    held = (
        f"{sum(o.injected for o in found)} 次读写错误或写满，拒绝 {sum(o.refused for o in found)} 次，"
        f"写入而磁盘未确认 {sum(o.kept for o in found)}，没有说明的 {len(unnamed)}，"
        f"已确认 {tally.confirmed} 项，{tally.sentence}，"
        f"拒绝后其实已写入 {sum(o.done_though_refused for o in found)}"
    )
    print(f"soak errors：{held}（{time.monotonic() - begun:.0f} 秒）")
    wrong = tally.bad + len(unnamed) + sum(o.done_though_refused for o in found)
    asked = "工作中 500 次读写错误：拒绝都有说明，一项不丢"
    return tell(Figure("R3 读写", asked, held, wrong == 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

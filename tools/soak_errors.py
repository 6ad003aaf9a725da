"""Lets reads, writes and syncs of the store fail in 500 runs of work, and the disk be full at every commit.

strace makes the system answer EIO or ENOSPC to calls on the store and on every file beside it, others in each run. Every refusal must be one of the program's own Chinese sentences with a remedy; what was
confirmed must be there, nothing by half, nothing damaged, and the same open window goes on working.
A few scripted days are worked so often with a full disk that it was met by each of their acts.
The stores lie in memory: strace answers for the disk.
``--short``: 10 runs and one day.
"""

import itertools
import os
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from unittest.mock import patch

from figures import Figure, tell
from killing import PASSWORD, acknowledged, in_child, memory_folder
from pacing import Rounds
from photographs import photograph, template_with_visit, without_bytes, written_for
from single_store import ACTS, Tally, compare, copy_store, kind_of, marks_in_journal
from sqlalchemy.orm import Session
from tracing import NoTracing, complaint_of, errors_by_process, with_errors

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.models import keyfile
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.desk import Desk

RUNS, SHORT_RUNS = 500, 10
DAY = {**ACTS, "attach": photograph}
ACTS_OF_A_RUN = 16
RUNS_OF_A_TRACING = 25
"""So many workers are forked from one traced process, which imports the program once.

It works a day itself before them, on a store without faults: they find all statements compiled
and the key of their one password derived.
"""
REHEARSAL, REHEARSED_DAY = "rehearsal", 0
KINDS = (
    ("EIO", "pwrite64,write,ftruncate", 41),
    ("EIO", "fsync,fdatasync", 17),
    ("EIO", "unlink,rename,mkdir", 5),
    ("EIO", "pread64,read", 197),
    ("EIO", "openat", 13),
)
"""What fails, which calls, and each how many-th of them."""
FULL = ("ENOSPC", "pwrite64,write,ftruncate", 151)
STEPS, DAYS = 12, 4
"""The disk is full at so many different writes, so far apart that most acts of a run are done."""
DENSELY = ("ENOSPC", "pwrite64,write,ftruncate", 23)
"""So close to each other that one run has every act refused."""
BESIDE = (".keys", ".tries", ".tries.new", ".journal")
"""The key file, the attempts at the door, the mirror of the journal."""
MOST_SIGN_INS = 20
KINDS_OF_LINE = ("pid", "ok", "no", "kept")


def marks_of(seed: int) -> list[str]:
    """The acts of one day, in their order."""
    order = random.Random(seed)
    names = (order.choice(list(DAY)) for _ in range(ACTS_OF_A_RUN))
    return [f"[{act}-{seed}-{number}]" for number, act in enumerate(names)]


def work(store: Path, log: Path, seed: int) -> None:
    """Act and go on after refusals; each outcome on a line of its own."""
    note(log, "pid", str(os.getpid()))
    desk = open_patiently(store, log)
    for mark in marks_of(seed):
        try:
            DAY[kind_of(mark)](desk, mark)
        except SsjError as refusal:
            kept = "没有确认存稳" in refusal.message
            note(log, "kept" if kept else named(refusal), mark, str(refusal))
        except BaseException as bug:  # noqa: BLE001 - what is counted
            note(log, "bug", mark, repr(bug))
        else:
            note(log, "ok", mark)
    desk.close()


def open_patiently(store: Path, log: Path) -> Desk:
    """Sign in as often as a clerk would; a refusal at the door counts like any other."""
    for _ in range(MOST_SIGN_INS):
        try:
            return sign_in(store, PASSWORD)
        except SsjError as refusal:
            note(log, named(refusal), "[sign-in]", str(refusal))
    raise SystemExit("登录总被拒绝。")


def named(refusal: SsjError) -> str:
    return "no" if refusal.message and refusal.remedy else "bare"


def note(log: Path, *words: str) -> None:
    """Nobody kills these workers: what they write need not be on the disk at once."""
    with log.open("a", encoding="utf-8") as file:
        file.write("\t".join(words).replace("\n", " ") + "\n")


@dataclass
class Found:
    """What all workers met and said."""

    injected: int = 0
    refused: int = 0
    kept: int = 0
    done_though_refused: int = 0
    unnamed: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def bad(self) -> int:
        return self.tally.bad + len(self.unnamed) + self.done_though_refused

    @property
    def sentence(self) -> str:
        return (
            f"{self.injected} 次出错，拒绝 {self.refused} 次，写入而磁盘未确认 {self.kept}，"
            f"没有说明的 {len(self.unnamed)}，已确认 {self.tally.confirmed} 项，"
            f"{self.tally.sentence}，拒绝后其实已写入 {self.done_though_refused}"
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one worker: how many errors it met, and the marks of the acts it was refused."""

    met: int
    refused: frozenset[str]


def work_all(folder: Path, seeds: Sequence[int]) -> None:
    """The traced process: one worker after another, each on the store that lies ready for it."""
    work(folder / REHEARSAL / "store.ssj", folder / REHEARSAL / "outcomes.txt", REHEARSED_DAY)
    for seed in seeds:
        place = folder / str(seed)
        in_child(work, place / "store.ssj", place / "outcomes.txt", seed)


def laid_out(source: Path, place: Path, seed: int) -> tuple[Path, ...]:
    """A copy of the store, and the files of that day in which calls may fail."""
    store = place / "store.ssj"
    place.mkdir()
    copy_store(source, store)
    marks = [mark for mark in marks_of(seed) if DAY[kind_of(mark)] is photograph]
    pictures = {path for mark in marks for path in written_for(store, secret_of(source), mark)}
    beside = [Path(f"{store}{ending}") for ending in ("-journal", *BESIDE)]
    return store, place, *beside, *sorted(pictures)


@cache
def secret_of(source: Path) -> bytes:
    """From which the names of all photographs follow; the copies have it too."""
    desk = sign_in(source, PASSWORD)
    desk.close()
    return desk.attachments.secret


def outcomes(
    source: Path, seeds: Sequence[int], kind: tuple[str, str, int], first: int, found: Found
) -> list[Outcome]:
    """Workers with faults: the ``first`` call of each one, and every so many after it."""
    error, calls, every = kind
    with memory_folder() as folder:
        laid_out(source, folder / REHEARSAL, REHEARSED_DAY)
        watched = [path for seed in seeds for path in laid_out(source, folder / str(seed), seed)]
        words = [sys.executable, __file__, "--workers", str(folder), *map(str, seeds)]
        trace = folder / "trace.txt"
        done, met = with_errors(words, trace, watched, (error, calls), f"{first}+{every}")
        if done.returncode:
            raise RuntimeError(complaint_of(done))
        found.injected += met
        hit = errors_by_process(trace)
        return [outcome_of(folder / str(seed), hit, found) for seed in seeds]


def outcome_of(place: Path, hit: Mapping[int, int], found: Found) -> Outcome:
    """What one worker said, compared with what is in its store."""
    lines = [line.split("\t") for line in acknowledged(place / "outcomes.txt")]
    said = {kind: [mark for each, mark, *_ in lines if each == kind] for kind in KINDS_OF_LINE}
    refused, kept = frozenset(said["no"]), set(said["kept"])
    found.refused, found.kept = found.refused + len(refused), found.kept + len(kept)
    found.unnamed += ["：".join(line) for line in lines if line[0] in ("bare", "bug")]
    found.tally.confirmed += len(said["ok"])
    desk = sign_in(place / "store.ssj", PASSWORD)
    found.done_though_refused += desk.ask(compared, refused, [*said["ok"], *kept], found.tally)
    found.tally.half += without_bytes(desk)
    desk.close()
    return Outcome(hit.get(int(said["pid"][0]), 0), refused)


def compared(session: Session, refused: AbstractSet[str], marks: list[str], tally: Tally) -> int:
    """How many acts were done although they had been refused."""
    compare(session, marks, tally)
    return len(refused & marks_in_journal(session))


def runs_hit(source: Path, found: Found) -> Iterator[Outcome]:
    """Workers of all kinds without end, ever other calls failing; those no error met are passed over."""
    for number in itertools.count():
        kind = KINDS[number % len(KINDS)]
        seeds = range(number * RUNS_OF_A_TRACING, (number + 1) * RUNS_OF_A_TRACING)
        for outcome in outcomes(source, seeds, kind, 1 + number * 7 % kind[2], found):
            if outcome.met:
                yield outcome


def errors(source: Path, runs: int) -> Figure:
    found, rounds = Found(), Rounds(runs)
    feed = runs_hit(source, found)
    for _ in rounds:
        next(feed)
    report(found)
    asked = "500 次运行中注入读写错误：拒绝都有说明，一项不丢"
    held = f"{rounds.text} 次运行，{found.sentence}"
    return Figure("R3 读写", asked, held, rounds.is_whole and found.bad == 0)


def full_days(source: Path, days: int, steps: int) -> Figure:
    """The same days again and again, the disk full at other writes of them; at first at each act."""
    found, rounds, refused = Found(), Rounds(steps), set[str]()
    for number in rounds:
        kind = FULL if number > 1 else DENSELY
        first = 1 + number * kind[2] // steps
        for outcome in outcomes(source, range(days), kind, first, found):
            refused |= outcome.refused
    report(found)
    spared = {mark for day in range(days) for mark in marks_of(day)} - refused
    held = f"{days} 个脚本日共 {days * ACTS_OF_A_RUN} 步，没有遇到写满的 {len(spared)} 步，{found.sentence}"
    asked = "脚本日的每一步提交都遇到写满：拒绝都有说明，一项不丢"
    is_held = rounds.is_whole and not spared and found.bad == 0
    return Figure("R3 提交", asked, held, is_held)


def report(found: Found) -> None:
    tally = found.tally
    for fault in (*found.unnamed, *tally.lost, *tally.half, *tally.damaged):
        print(fault)


def main(arguments: list[str]) -> int:
    with patch.object(keyfile, "_derive", cache(keyfile._derive)):  # noqa: SLF001 - needs no disk
        return workers(arguments[1:]) if arguments[:1] == ["--workers"] else soak(arguments)


def workers(arguments: list[str]) -> int:
    work_all(Path(arguments[0]), [int(word) for word in arguments[1:]])
    return 0


def soak(arguments: list[str]) -> int:
    short, begun = "--short" in arguments, time.monotonic()
    try:
        with memory_folder() as folder:
            source = template_with_visit(folder)
            figures = (
                full_days(source, 1, 1) if short else full_days(source, DAYS, STEPS),
                errors(source, SHORT_RUNS if short else RUNS),
            )
    except NoTracing as reason:
        print(f"soak errors：此系统不能跟踪进程（{reason}），无法演练。")
        return 1
    words = "；".join(figure.held for figure in figures)
    print(f"soak errors：{words}（{time.monotonic() - begun:.0f} 秒）")
    return tell(*figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

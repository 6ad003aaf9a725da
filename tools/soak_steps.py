"""Stops an exchange at every one of its writes: taking in, sealing and saving, by power or by error.

One child takes in a bundle, seals, and saves a bundle; all it writes is recorded. For every write the
disk is rebuilt as it may be when the power fails right there: everything written, nothing that was not
synced, some of it, torn sectors. The store must then be exactly what it was before or after that act,
a saved bundle whole or not there, a photograph whole or known to be missing, and there once the act
was confirmed. Then writes fail one at a time (EIO, full disk): a refusal leaves
the state before, and the same open store goes on. ``--short``: every fourth write, four errors.
"""

import atexit
import hashlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from disk_states import Disk, Step, files_of, record
from figures import Figure, tell
from killing import acknowledge, acknowledged, memory_folder, scratch_folder
from pacing import Rounds
from sqlalchemy import select
from sqlalchemy.orm import Session
from tracing import NoTracing, complaint_of, with_errors

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from exchange.two_desks import CLERK, approver_at, computers
from office import approved_line, enrol_inspectors, freezing

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.formats.attachment_files import AttachmentFiles, attachments_folder
from ssj_desktop.formats.bundle_file import open_bundle_file
from ssj_desktop.models import rows
from ssj_desktop.models.capture import covered_tables
from ssj_desktop.models.chain import OperationRow, SegmentRow
from ssj_desktop.models.database import Database
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.queries.attachment_routes import sizes_of
from ssj_desktop.queries.attachment_secret import find_secret
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services.attachments import Attach, attach
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.field_bundles import bring_in, write_bundle_out
from ssj_desktop.services.registries import Enrol, Revise, enrol, revise
from ssj_desktop.services.surroundings import Surroundings

STORE, INCOMING, SAVED, LOG = "office.ssj", "in.ssjb", "out.ssjb", "confirmed.txt"
EDITS, PICTURES = 12, 2
STATES = 4
ERRORS, SHORT_ERRORS = 120, 4


@dataclass
class Tally:
    """How many stops, and what was wrong after them."""

    stops: int = 0
    errors: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    paces: list[Rounds] = field(default_factory=list)

    def pacing(self, count: int) -> Rounds:
        self.paces.append(Rounds(count))
        return self.paces[-1]

    @property
    def left(self) -> int:
        return sum(pace.count - pace.done for pace in self.paces)


def state_of(session: Session) -> str:
    """Everything that matters in a store, as a digest: rows, journal, operations, segments."""
    digest = hashlib.sha256()
    for table in covered_tables():
        found = session.connection().exec_driver_sql(rows.all_rows(table))
        digest.update(repr(sorted(tuple(row) for row in found)).encode())
    for query in (
        select(JournalRow.sequence, JournalRow.hash).order_by(JournalRow.sequence),
        select(OperationRow.seq, OperationRow.id).order_by(OperationRow.seq),
        select(SegmentRow.id, SegmentRow.state, SegmentRow.is_tip).order_by(SegmentRow.id),
    ):
        digest.update(repr([tuple(row) for row in session.execute(query)]).encode())
    return digest.hexdigest()


# --- the child ----------------------------------------------------------------------------------


def take(desk: Desk, folder: Path) -> None:
    bring_in(desk, folder / INCOMING)


def seal(desk: Desk, _: Path) -> None:
    desk.seal()


def save(desk: Desk, folder: Path) -> None:
    write_bundle_out(desk, folder / SAVED, ())


ACTS = (seal, take, save)


def work(folder: Path, key: str) -> None:
    """Each act once, and again as long as it is refused; the state after each goes to the log."""
    desk = Desk(Database(folder / STORE, bytes.fromhex(key)), CLERK, Surroundings())
    known = desk.ask(state_of)
    acknowledge(folder / LOG, f"begun {known}")
    for act in ACTS:
        for word in _outcomes(desk, act, folder):
            found = desk.ask(state_of)
            wrong = word == "refused" and found != known and act is not save
            acknowledge(folder / LOG, f"{act.__name__} {found} {'half' if wrong else word}")
            known = found
    if not desk.ask(full_audit).is_intact:
        acknowledge(folder / LOG, f"audit {known} damaged")
    os._exit(0)


def _outcomes(desk: Desk, act: object, folder: Path) -> Iterator[str]:
    """``refused`` once for each refusal, then ``done``; a refusal without a remedy is ``bare``."""
    while True:
        try:
            act(desk, folder)  # type: ignore[operator]
        except SsjError as refusal:
            if "没有确认存稳" in refusal.message:
                yield "kept"
                return
            yield "refused" if refusal.message and refusal.remedy else "bare"
        else:
            yield "done"
            return


# --- preparing and recording ----------------------------------------------------------------------


def prepare(scratch: Path) -> tuple[Path, bytes]:
    """A store with edits of its own, and a bundle of the other computer with edits of the same rows."""
    folder = scratch / "disk"
    folder.mkdir()
    a, b = computers(scratch, "AB")
    keys = [row.id for row in a.ask(list_rows, "targets", RowFilter())]
    for desk, name in ((a, "甲"), (b, "乙")):
        for number in range(EDITS):
            texts = {"contact": f"{name}{number}"}
            desk.do(revise, Revise("targets", keys[number % len(keys)], texts, f"{name}{number}"))
    b.do(enrol, Enrol("targets", {"name": "新企业", "kind": "企业", "number": "91239921Y1"}))
    _photograph(a, b, scratch / "tasks.ssjb")
    write_bundle_out(b, folder / INCOMING, ())
    b.close()
    a.database.close()
    for file in (scratch / "A").iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    (folder / LOG).write_bytes(b"")
    return folder, a.database.key


def _photograph(a: Desk, b: Desk, path: Path) -> None:
    """The other computer learns of a task and attaches pictures to it."""
    enrol_inspectors(a)
    frozen = a.do(freeze_draw, freezing(a, approved_line(a, approver_at(a))))
    a.do(draw, PerformDraw(frozen, ("314159", "271828", "161803")))
    write_bundle_out(a, path, ())
    bring_in(b, path)
    task = b.ask(list_tasks)[0].id
    for number in range(PICTURES):
        content = b"\xff\xd8\xff" + random.Random(number).randbytes(3_000)
        b.do(attach, Attach(task, f"照片{number}", content))


@cache
def _prepared() -> tuple[Path, bytes]:
    """Made once for all errors, which each get a copy."""
    scratch = Path(tempfile.mkdtemp(prefix="ssj-soak-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return prepare(scratch)


def _words(folder: Path, key: bytes) -> list[str]:
    return [sys.executable, __file__, "--worker", str(folder), key.hex()]


# --- power ---------------------------------------------------------------------------------------


def cut_everywhere(tally: Tally, every: int = 1, seed: int = 1) -> None:
    """The power fails after each write in turn."""
    chance = random.Random(seed)
    with scratch_folder() as scratch, memory_folder() as place:
        folder, key = prepare(scratch)
        disk, log = Disk(files_of(folder)), str(folder / LOG)
        steps, confirmed = record(_words(folder, key), folder, scratch / "trace.txt"), b""
        everything = acknowledged(folder / LOG)
        tally.faults += [f"undisturbed: {line}" for line in everything[1:] if line[-4:] != "done"]
        rounds = tally.pacing(len(steps))
        for number in rounds:
            step = steps[number]
            disk.play(step, str(folder))
            confirmed += step.data if _is_word(step, log) else b""
            count = confirmed.count(b"\n")
            if count and number % every == 0:
                allowed = everything[count - 1 : count + 1]
                for _ in range(STATES):
                    tally.stops += 1
                    found = _below(folder, disk.state(chance))
                    fault = _fault_of(found, place, key, allowed)
                    tally.faults += [f"step {number} {step.kind}: {fault}"] if fault else []


def _is_word(step: Step, log: str) -> bool:
    return step.name == log and step.kind == "append"


def _below(folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    return {str(Path(name).relative_to(folder)): content for name, content in files.items()}


def _lay_out(place: Path, files: dict[str, bytes]) -> None:
    for old in place.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def _fault_of(files: dict[str, bytes], place: Path, key: bytes, allowed: list[str]) -> str:
    """What is wrong with this disk; one act was going on, those before it were confirmed."""
    _lay_out(place, files)
    database = Database(place / STORE, key)
    try:
        database.recover()
        with database.reading() as session:
            found = state_of(session)
            secret, named = find_secret(session), sizes_of(session)
    except SsjError as refusal:
        return str(refusal)
    finally:
        database.close()
    if found not in {line.split()[1] for line in allowed}:
        return "neither before nor after"
    pictures = AttachmentFiles(attachments_folder(place / STORE), secret)
    if allowed[0].split()[0] in (take.__name__, save.__name__) and pictures.missing(named):
        return "a picture is gone"
    if any(pictures.has(sha256) and not pictures.is_whole(sha256) for sha256 in named):
        return "half a picture"
    return _fault_of_bundle(place / SAVED, is_confirmed=allowed[0].startswith(save.__name__))


def _fault_of_bundle(path: Path, *, is_confirmed: bool) -> str:
    """A saved bundle is whole, or it is not there."""
    if not path.exists():
        return "a confirmed bundle is gone" if is_confirmed else ""
    try:
        open_bundle_file(path)
    except SsjError as refusal:
        return f"half a bundle: {refusal}"
    return ""


# --- errors ----------------------------------------------------------------------------------------

KINDS = (
    ("EIO", "write,pwrite64,ftruncate"),
    ("ENOSPC", "write,pwrite64,ftruncate"),
    ("EIO", "fsync,fdatasync"),
)


def fail_everywhere(tally: Tally, errors: int) -> None:
    """One write in a run fails, another one each time; beyond the last the next kind begins."""
    number, kind, step = 0, 0, 1 if errors > SHORT_ERRORS else 9
    for _ in tally.pacing(errors):
        met = 0
        while not met:
            number += step
            met = fail_at(tally, *KINDS[kind % len(KINDS)], number)
            if not met:
                kind, number = kind + 1, kind % 7
        tally.errors += met


def fail_at(tally: Tally, error: str, calls: str, number: int) -> int:
    """How many errors were put: one, or none when the child makes fewer calls."""
    with scratch_folder() as scratch:
        source, key = _prepared()
        folder = shutil.copytree(source, scratch / "disk")
        files = (STORE, f"{STORE}-journal", f".{SAVED}.part", SAVED)
        watched = [folder / name for name in files]
        trace, command = scratch / "trace.txt", _words(folder, key)
        done, met = with_errors(command, trace, watched, (error, calls), str(number))
        said = [line.split() for line in acknowledged(folder / LOG)]
        where = f"{error} {calls} {number}"
        tally.refused += sum(words[-1] == "refused" for words in said)
        bad = [" ".join(words) for words in said[1:] if words[-1] in ("half", "bare", "damaged")]
        finished = {words[0] for words in said if words[-1] in ("done", "kept")}
        if done.returncode or finished != {act.__name__ for act in ACTS}:
            bad.append(complaint_of(done)[-300:] or "stopped halfway")
        tally.faults += [f"{where}: {fault}" for fault in bad]
    return met


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--worker"]:
        work(Path(arguments[1]), arguments[2])
    short, begun, tally = "--short" in arguments, time.monotonic(), Tally()
    try:
        cut_everywhere(tally, every=4 if short else 1)
        fail_everywhere(tally, SHORT_ERRORS if short else ERRORS)
    except NoTracing as reason:
        print(f"soak steps：此系统不能跟踪进程（{reason}），无法演练。")
        return 1
    for fault in tally.faults[:20]:
        print(fault)
    held = (
        f"断电 {tally.stops} 种，读写错误 {tally.errors} 次（拒绝 {tally.refused} 次），"
        f"{len(tally.faults)} 处不是前后两种状态之一"
        + (f"，还有 {tally.left} 处没有做到" if tally.left else "")
    )
    print(f"soak steps：{held}（{time.monotonic() - begun:.0f} 秒）")
    asked = "收进、签封、保存的每次写入都断电或出错：只有之前或之后的状态"
    return tell(Figure("crash", asked, held, not (tally.faults or tally.left)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Kills the program 1,000 times while it works and counts what is lost, half done or damaged.

A worker enrols, revises, imports, changes settings and makes backups through the desk and writes
down each act that was confirmed. (Draws are killed by ``soak draws``, upgrades by ``soak
migrations``.) After every kill the store must open, its pages and its journal must be whole,
each confirmed act must be there, and no act may be there by half. ``--short``: 25 kills.
"""

import random
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from killing import PASSWORD, acknowledge, acknowledged, run_and_kill, scratch_folder
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.headings import find_table
from ssj_desktop.domain.importing import parse_rows
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models import keyfile
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.models.copies import find_faults
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.models.office import Setting
from ssj_desktop.models.registries import RegistryChange, Target
from ssj_desktop.queries.journal import audit
from ssj_desktop.services.accounts import (
    ChangeSetting,
    FoundOffice,
    change_setting,
    create_store,
    sign_in,
)
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import (
    Enrol,
    ImportRows,
    Revise,
    SheetFile,
    enrol,
    import_rows,
    revise,
)

ROWS_OF_AN_IMPORT = 20
ROUNDS, SHORT_ROUNDS = 1000, 25
ROUNDS_OF_ONE_STORE = 50
LONGEST_LIFE = 0.6
CHANCE = random.Random(20260101)


def template(folder: Path) -> Path:
    """A new store with one target to revise."""
    store = folder / "template.ssj"
    office = FoundOffice("云岭县住房和城乡建设局", "239921", "王芳")
    desk, _ = create_store(store, office, PASSWORD, cost=LEAST_COST)
    desk.do(enrol, Enrol("targets", {"name": "底册企业", "number": "SOAK-0"}))
    desk.close()
    return store


def copy_store(source: Path, target: Path) -> None:
    for ending in ("", ".keys"):
        shutil.copyfile(f"{source}{ending}", f"{target}{ending}")


# --- the worker -------------------------------------------------------------------------------


def enrol_one(desk: Desk, mark: str) -> None:
    desk.do(enrol, Enrol("targets", {"name": f"企业{mark}", "number": f"N-{mark}"}))


def revise_one(desk: Desk, mark: str) -> None:
    known = select(Target.id).where(Target.number == "SOAK-0")
    row_id = desk.ask(lambda session: session.scalars(known).one())
    desk.do(revise, Revise("targets", row_id, {"address": f"地址{mark}"}, f"更正{mark}"))


def set_one(desk: Desk, mark: str) -> None:
    desk.do(change_setting, ChangeSetting(f"设置{mark}", mark))


def import_some(desk: Desk, mark: str) -> None:
    head = SheetRow(1, {0: Cell("单位名称"), 1: Cell("统一社会信用代码")})
    rows = (
        SheetRow(n + 1, {0: Cell(f"企业{mark}之{n}"), 1: Cell(f"M-{mark}-{n}")})
        for n in range(1, ROWS_OF_AN_IMPORT + 1)
    )
    workbook = Workbook(f"{mark}.xlsx", (Sheet("Sheet1", (head, *rows)),))
    parsed = parse_rows(find_table(workbook, TARGETS), TARGETS)
    desk.do(import_rows, ImportRows(SheetFile("targets", workbook.name, "0" * 64, parsed, ())))


ACTS: dict[str, Callable[[Desk, str], None]] = {
    "enrol": enrol_one,
    "revise": revise_one,
    "set": set_one,
    "import": import_some,
}


def back_up_one(desk: Desk, mark: str) -> None:
    """Something new, then a backup of it."""
    set_one(desk, mark)
    back_up(desk, BackupReason.MANUAL)


LOAD = {**ACTS, "backup": back_up_one}
"""What is killed; the other drills watch single files and leave backups out."""


def work(store: Path, log: Path, seed: int) -> None:
    """Act until killed; a line in the log for each act that the desk confirmed."""
    order = random.Random(seed)
    desk = sign_in(store, PASSWORD)
    for number in range(100_000):
        act = order.choice(list(LOAD))
        mark = f"[{act}-{seed}-{number}]"
        LOAD[act](desk, mark)
        acknowledge(log, mark)


# --- the check --------------------------------------------------------------------------------


@dataclass
class Tally:
    """What the rounds found."""

    confirmed: int = 0
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return len(self.lost) + len(self.half) + len(self.damaged)


def check(store: Path, marks: list[str], tally: Tally) -> None:
    """Open the store as after a crash and compare it with what was confirmed."""
    desk = sign_in(store, PASSWORD)
    try:
        tally.damaged += desk.ask(damages)
        journalled = desk.ask(marks_in_journal)
        tally.lost += sorted(set(marks) - journalled)
        tally.half += [mark for mark in sorted(journalled) if not desk.ask(is_whole, mark)]
        tally.half += sorted(desk.ask(marks_in_registry) - journalled)
    finally:
        desk.close()


def bad_backups(store: Path) -> list[str]:
    """A backup that has its name is whole; a kill leaves at most a nameless part."""
    key = keyfile.unlock(keyfile.read_slots(keyfile.keyfile_of(store)), "王芳", PASSWORD)
    newest = list_backups(backups_folder(store))[:2]
    return [
        f"{each.path.name}：{fault}" for each in newest for fault in find_faults(each.path, key)
    ]


def damages(session: Session) -> list[str]:
    """Pages in use are read and their checksums with them; an unused one may hold rubbish."""
    asked = session.connection().exec_driver_sql("PRAGMA quick_check")
    found = [str(row[0]) for row in asked if row[0] != "ok"]
    verdict = audit(session)
    return found if verdict.broken_at is None else [*found, str(verdict)]


def mark_in(text: str) -> str | None:
    start, end = text.find("["), text.find("]")
    return text[start : end + 1] if 0 <= start < end else None


def marks_in_journal(session: Session) -> set[str]:
    entries = session.execute(select(JournalRow.subject, JournalRow.payload))
    found = {mark_in(subject) or mark_in(str(payload)) for subject, payload in entries}
    return {mark for mark in found if mark}


def marks_in_registry(session: Session) -> set[str]:
    return {mark for name in session.scalars(select(Target.name)) if (mark := mark_in(name))}


def is_whole(session: Session, mark: str) -> bool:
    """Everything an act writes is there."""
    named = select(func.count()).where(Target.name.contains(mark, autoescape=True))
    match mark[1:].partition("-")[0]:
        case "enrol":
            return session.scalar(named) == 1
        case "import":
            return session.scalar(named) == ROWS_OF_AN_IMPORT
        case "set" | "backup":
            return session.get(Setting, f"设置{mark}") is not None
    reasons = select(func.count()).where(RegistryChange.reason == f"更正{mark}")
    return session.scalar(reasons) == 1


def soak(rounds: int) -> Tally:
    tally = Tally()
    with scratch_folder() as folder:
        source, store, log = template(folder), folder / "store.ssj", folder / "confirmed.txt"
        for number in range(rounds):
            if number % ROUNDS_OF_ONE_STORE == 0:
                shutil.rmtree(backups_folder(store), ignore_errors=True)
                copy_store(source, store)
                tally.confirmed += len(acknowledged(log))
                log.unlink(missing_ok=True)
            run_and_kill(
                [__file__, "--worker", str(store), str(log), str(number)],
                log,
                CHANCE.uniform(0, LONGEST_LIFE),
            )
            check(store, acknowledged(log), tally)
            tally.damaged += bad_backups(store)
        tally.confirmed += len(acknowledged(log))
    return tally


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--worker"]:
        work(Path(arguments[1]), Path(arguments[2]), int(arguments[3]))
        return 0
    rounds = SHORT_ROUNDS if "--short" in arguments else ROUNDS
    begun = time.monotonic()
    tally = soak(rounds)
    for fault in (*tally.lost, *tally.half, *tally.damaged):
        print(fault)
    print(
        f"soak kill：强行终止 {rounds} 次，已确认 {tally.confirmed} 项，丢失 {len(tally.lost)}，"
        f"半途 {len(tally.half)}，损坏 {len(tally.damaged)}（{time.monotonic() - begun:.0f} 秒）"
    )
    return int(tally.bad > 0 or tally.confirmed == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

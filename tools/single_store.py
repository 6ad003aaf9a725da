"""The acts of one computer that drills kill, starve and cut off, and the look at what is left of them.

Every act carries its own mark, so that the store tells what was done, what was lost and what is
there by half.
"""

import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from killing import PASSWORD
from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.headings import find_table
from ssj_desktop.domain.importing import parse_rows
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.models.registries import Target
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
_MARK = re.compile(r"\[[a-z]+-\d+(?:-\d+)?\]")


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


# --- the acts -------------------------------------------------------------------------------


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

WRITES = {"backup": "set", "folder": "set", "draw": "enrol"}
"""Acts that begin with another one, which carries the mark."""


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

    @property
    def sentence(self) -> str:
        return f"丢失 {len(self.lost)}，半途 {len(self.half)}，损坏 {len(self.damaged)}"

    def add(self, other: "Tally") -> None:
        self.confirmed += other.confirmed
        self.lost += other.lost
        self.half += other.half
        self.damaged += other.damaged


def check(store: Path, marks: list[str], tally: Tally) -> None:
    """Open the store as after a crash and compare it with what was confirmed."""
    desk = sign_in(store, PASSWORD)
    try:
        desk.ask(compare, marks, tally)
    finally:
        desk.close()


def compare(session: Session, marks: list[str], tally: Tally) -> None:
    """Whole pages and chain, every confirmed act there, no act there by half."""
    tally.damaged += damages(session)
    journalled = marks_in_journal(session)
    tally.lost += sorted(set(marks) - journalled)
    tally.half += half_acts(session, journalled)


def damages(session: Session) -> list[str]:
    """Pages in use are read and their checksums with them; an unused one may hold rubbish."""
    asked = session.connection().exec_driver_sql("PRAGMA quick_check")
    found = [str(row[0]) for row in asked if row[0] != "ok"]
    verdict = audit(session)
    return found if verdict.broken_at is None else [*found, str(verdict)]


def kind_of(mark: str) -> str:
    return mark[1:].partition("-")[0]


def mark_in(text: str) -> str | None:
    found = _MARK.search(text)
    return found[0] if found else None


def marks_in_journal(session: Session) -> set[str]:
    entries = session.connection().exec_driver_sql("SELECT subject, payload FROM journal")
    found = {mark_in(subject) or mark_in(payload) for subject, payload in entries}
    return {mark for mark in found if mark}


def half_acts(session: Session, journalled: set[str]) -> list[str]:
    """Marks of acts of which something is missing: rows, their journal entry, or too many rows."""
    names = _counted(session, "SELECT name FROM targets")
    there = {
        "enrol": names,
        "import": names,
        "revise": _counted(session, "SELECT reason FROM registry_changes"),
        "set": _counted(session, "SELECT name FROM settings"),
        "attach": _counted(session, "SELECT title FROM attachments"),
    }
    strangers = {mark for mark in names if kind_of(mark) in there} - journalled
    return sorted(strangers | {mark for mark in journalled if not _is_whole(mark, there)})


def _counted(session: Session, texts: str) -> Counter[str]:
    """Beneath the ORM, as everything that is looked at thousands of times."""
    marks = (mark_in(text) for (text,) in session.connection().exec_driver_sql(texts))
    return Counter(mark for mark in marks if mark)


def _is_whole(mark: str, there: dict[str, Counter[str]]) -> bool:
    kind = WRITES.get(kind_of(mark), kind_of(mark))
    wanted = ROWS_OF_AN_IMPORT if kind == "import" else 1
    return there[kind][mark] == wanted

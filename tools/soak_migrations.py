"""Lets every statement of every upgrade fail, once by an error and once by a kill (R5).

Each old store of tests/old_databases must afterwards hold exactly what it held, in the schema it
had; every so often the next start is made too and must upgrade it whole. ``--short``: every ninth
statement.
"""

import hashlib
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from figures import Figure, tell
from killing import Worker, in_child, scratch_folder
from make_old_database import FOLDER, PASSWORD
from sqlalchemy import event

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.models import cipher, keyfile
from ssj_desktop.models.copies import find_faults
from ssj_desktop.models.database import Database
from ssj_desktop.models.schema import revisions

SHORT_STEP = 9
NEXT_STARTS = 10
"""After one fault of so many the store is upgraded: the others left it equal to what it was."""
KILLED = 77


def old_stores() -> list[Path]:
    return sorted(FOLDER.glob("*.ssj"))


def key_of(store: Path) -> bytes:
    slots = keyfile.read_slots(keyfile.keyfile_of(store))
    return keyfile.unlock(slots, slots[0].account, PASSWORD)


def digest(store: Path, key: bytes) -> str:
    """One hash over the schema and all rows, whatever pages they lie on."""
    out = hashlib.sha256()
    with cipher.opened(store, key) as connection:
        for name, kind, sql in connection.execute(
            "SELECT name, type, sql FROM sqlite_master ORDER BY type, name"
        ).fetchall():
            out.update(f"{kind} {name} {sql}\n".encode())
            if kind == "table":
                rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608
                out.update("\n".join(sorted(map(repr, rows))).encode())
    return out.hexdigest()


class Stop(Exception):
    """The fault that was ordered."""


@dataclass
class Trip:
    """Counts the statements of an upgrade and stops at one of them."""

    at: int | None = None
    kill: bool = False
    seen: int = 0

    def watch(self, database: Database) -> None:
        engine = database._engine  # noqa: SLF001 - faults are put where the program cannot
        event.listen(engine, "before_cursor_execute", self._on_statement)
        event.listen(engine, "commit", self._on_statement)

    def _on_statement(self, *_: Any) -> None:
        if self.seen == self.at:
            self._stop()
        self.seen += 1

    def _stop(self) -> NoReturn:
        if self.kill:
            os._exit(KILLED)
        raise Stop


def upgrade(store: Path, key: bytes, trip: Trip) -> None:
    database = Database(store, key)
    trip.watch(database)
    try:
        database.upgrade(backup=False)
    finally:
        database.close()


def lay_out(source: Path, folder: Path) -> Path:
    store = folder / "office.ssj"
    for old in folder.glob("office*"):
        old.unlink()
    for ending in ("", ".keys"):
        shutil.copyfile(f"{source}{ending}", f"{store}{ending}")
    return store


@dataclass
class Tally:
    """Faults that were put, and what was found wrong after them."""

    faults: int = 0
    kills: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.faults += other.faults
        self.kills += other.kills
        self.wrong += other.wrong


def check(store: Path, key: bytes, before: str, label: str, tally: Tally) -> None:
    """As before; and, one time of some, the next start upgrades it."""
    if find_faults(store, key) or digest(store, key) != before:
        tally.wrong.append(f"{label}：数据库变了")
    elif (tally.faults + tally.kills) % NEXT_STARTS == 0:
        try:
            upgrade(store, key, Trip())
        except (SsjError, Stop) as problem:
            tally.wrong.append(f"{label}：再次打开没有升级（{problem}）")


def statements_of(source: Path, folder: Path, key: bytes) -> int:
    trip = Trip()
    upgrade(lay_out(source, folder), key, trip)
    return trip.seen


def stopped_upgrades(source: Path, folder: Path, step: int) -> Tally:
    """Stop at each ``step``-th statement by an error."""
    tally, key = Tally(), key_of(source)
    before = digest(lay_out(source, folder), key)
    for at in range(0, statements_of(source, folder, key), step):
        store = lay_out(source, folder)
        label = f"{source.stem} 第 {at} 句出错"
        try:
            upgrade(store, key, Trip(at))
            tally.wrong.append(f"{label}：没有停下")
        except Stop:
            tally.faults += 1
        check(store, key, before, label, tally)
    return tally


def killed_upgrade(source: Path, folder: Path, at: int) -> int:
    """Kill one upgrade at a statement; the code the process ended with."""
    store = lay_out(source, folder)
    worker = Worker(upgrade, store, in_child(key_of, store), Trip(at, kill=True))
    worker.process.join()
    return worker.process.exitcode or 0


def look_at_killed(source: Path, folder: Path, at: int, number: int) -> Tally:
    tally, key = Tally(kills=number), key_of(source)
    label = f"{source.stem} 第 {at} 句被终止"
    check(folder / "office.ssj", key, digest(source, key), label, tally)
    return tally


def killed_upgrades(source: Path, folder: Path, step: int) -> Tally:
    tally = Tally()
    last = in_child(count_statements, source, folder)
    for at in range(0, last, step):
        code = killed_upgrade(source, folder, at)
        if code != KILLED:
            tally.wrong.append(f"{source.stem} 第 {at} 句：没有停下（{code}）")
        tally.kills += 1
        tally.wrong += in_child(look_at_killed, source, folder, at, tally.kills).wrong
    return tally


def count_statements(source: Path, folder: Path) -> int:
    return statements_of(source, folder, key_of(source))


def main(arguments: list[str]) -> int:
    step, begun, tally = SHORT_STEP if "--short" in arguments else 1, time.monotonic(), Tally()
    revisions()  # what every opening reads is read before the forks
    with scratch_folder() as folder:
        for source in old_stores():
            tally.add(in_child(stopped_upgrades, source, folder, step))
            tally.add(killed_upgrades(source, folder, step))
    for text in tally.wrong:
        print(text)
    held = (
        f"{len(old_stores())} 个旧库，出错 {tally.faults} 处，终止 {tally.kills} 处，"
        f"不符 {len(tally.wrong)}"
    )
    print(f"soak migrations：{held}（{time.monotonic() - begun:.0f} 秒）")
    asked = "每次升级的每一句都出错或被终止：数据库逻辑上不变"
    return tell(Figure("R5", asked, held, not tally.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

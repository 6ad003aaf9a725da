"""Stops every upgrade at every statement, once by an error and once for good (R5).

A kill leaves the files as they are at that moment: they are copied before each statement of one
upgrade and looked at, which spares a process for each; files equal byte for byte to those of an
earlier statement need no second look; every so often one is really killed. Each old store of
tests/old_databases must afterwards hold exactly what it held, in the schema it had; every so often
the next start is made too and must upgrade it whole. ``--short``: every 40th statement.
"""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from figures import Figure, tell
from killing import Worker, in_child, memory_folder, scratch_folder
from make_old_database import FOLDER, PASSWORD
from pacing import Rounds
from sqlalchemy import event

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.models import cipher, keyfile
from ssj_desktop.models.copies import find_faults
from ssj_desktop.models.database import Database
from ssj_desktop.models.schema import revisions

SHORT_STEP = 40
NEXT_STARTS = 10
"""After one fault of so many the store is upgraded: the others left it equal to what it was."""
REAL_KILLS = 20
"""One of so many statements at which the files are looked at."""
KILLED, ENDLESS = 77, 10**9


def old_stores() -> list[Path]:
    return sorted(FOLDER.glob("*.ssj"))


def key_of(store: Path) -> bytes:
    slots = keyfile.read_slots(keyfile.keyfile_of(store))
    return keyfile.unlock(slots, slots[0].account, PASSWORD)


@cache
def known(source: Path) -> tuple[bytes, str]:
    """Key and digest of a store that stays as it is."""
    return key_of(source), digest(source, key_of(source))


def digest(store: Path, key: bytes) -> str:
    """One hash over the schema and all rows, whatever pages they lie on."""
    with cipher.opened(store, key) as connection:
        return digest_of(connection)


def digest_of(connection: Any) -> str:
    out = hashlib.sha256()
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


def is_untouched(store: Path, source: Path) -> bool:
    """Byte for byte what it was, with nothing to be played back: no need to look inside."""
    return not journal_of(store).exists() and store.read_bytes() == source.read_bytes()


def journal_of(store: Path) -> Path:
    return store.with_name(f"{store.name}-journal")


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
    stops: int = 0
    kills: int = 0
    left: int = 0
    """Statements there was no time for."""
    wrong: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.faults + self.stops + self.kills

    def add(self, other: "Tally") -> None:
        self.left += other.left
        self.faults += other.faults
        self.stops += other.stops
        self.kills += other.kills
        self.wrong += other.wrong


def check(store: Path, source: Path, label: str, tally: Tally) -> None:
    """As before; and, one time of some, the next start upgrades it."""
    key, before = known(source)
    if not is_untouched(store, source) and differs(store, key, before):
        tally.wrong.append(f"{label}：数据库变了")
    elif tally.count % NEXT_STARTS == 0:
        try:
            upgrade(store, key, Trip())
        except (SsjError, Stop) as problem:
            tally.wrong.append(f"{label}：再次打开没有升级（{problem}）")


def differs(store: Path, key: bytes, before: str) -> bool:
    """Sound and equal is seen on one connection; a suspicion takes the program's own look."""
    return not is_as_before(store, key, before) and (
        bool(find_faults(store, key)) or digest(store, key) != before
    )


def is_as_before(store: Path, key: bytes, before: str) -> bool:
    try:
        with cipher.opened(store, key) as connection:
            faults = connection.execute("PRAGMA cipher_integrity_check").fetchall()
            sound = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            return sound and not faults and digest_of(connection) == before
    except SsjError:
        return False


def statements_of(source: Path, folder: Path, key: bytes) -> int:
    trip = Trip()
    upgrade(lay_out(source, folder), key, trip)
    return trip.seen


def stopped_upgrades(source: Path, folder: Path, step: int) -> Tally:
    """Stop at each ``step``-th statement by an error."""
    tally, (key, _) = Tally(), known(source)
    rounds = Rounds(-(-statements_of(source, folder, key) // step))
    for at in (number * step for number in rounds):
        store = lay_out(source, folder)
        label = f"{source.stem} 第 {at} 句出错"
        try:
            upgrade(store, key, Trip(at))
            tally.wrong.append(f"{label}：没有停下")
        except Stop:
            tally.faults += 1
        check(store, source, label, tally)
    tally.left = rounds.count - rounds.done
    return tally


@dataclass
class Looks(Trip):
    """Does not stop an upgrade: looks at its files as they would be left by a kill."""

    source: Path = Path()
    store: Path = Path()
    step: int = 1
    tally: Tally = field(default_factory=Tally)
    rounds: Iterator[int] = field(default_factory=lambda: iter(()))
    equal: set[bytes] = field(default_factory=set)
    """Digests of the files that were found to be equal to the store before."""

    def _on_statement(self, *_: Any) -> None:
        at, self.seen = self.seen, self.seen + 1
        if at % self.step:
            return
        if next(self.rounds, None) is None:
            self.tally.left += 1
            return
        left = self.store.parent / "left" / self.store.name
        copy_left(self.store, left)
        self.tally.stops += 1
        if not (is_untouched(left, self.source) or self._is_equal(left)):
            self.tally.wrong.append(f"{self.source.stem} 停在第 {at} 句：数据库变了")

    def _is_equal(self, left: Path) -> bool:
        files = files_digest(left)
        if files not in self.equal and not differs(left, *known(self.source)):
            self.equal.add(files)
        return files in self.equal


def files_digest(store: Path) -> bytes:
    """Of the very bytes on the disk, the rollback journal apart from the store."""
    journal = journal_of(store)
    parts = (store.read_bytes(), journal.read_bytes() if journal.exists() else b"")
    return b"".join(hashlib.sha256(part).digest() for part in parts)


def copy_left(store: Path, left: Path) -> None:
    """What is on the disk now, the rollback journal too."""
    for ending in ("", "-journal"):
        Path(f"{left}{ending}").unlink(missing_ok=True)
        if Path(f"{store}{ending}").exists():
            shutil.copyfile(f"{store}{ending}", f"{left}{ending}")


def looked_at_upgrade(source: Path, folder: Path, step: int) -> Tally:
    """What a kill at each ``step``-th statement leaves."""
    (folder / "left").mkdir(exist_ok=True)
    store = lay_out(source, folder)
    looks = Looks(source=source, store=store, step=step, rounds=iter(Rounds(ENDLESS)))
    upgrade(store, known(source)[0], looks)
    return looks.tally


def killed_upgrade(source: Path, folder: Path, key: bytes, at: int) -> int:
    """Kill one upgrade at a statement; the code the process ended with."""
    worker = Worker(upgrade, lay_out(source, folder), key, Trip(at, kill=True))
    worker.process.join()
    return worker.process.exitcode or 0


def look_at_killed(source: Path, folder: Path, at: int, number: int) -> Tally:
    tally = Tally(kills=number)
    check(folder / "office.ssj", source, f"{source.stem} 第 {at} 句被终止", tally)
    return tally


def killed_upgrades(source: Path, folder: Path, step: int) -> Tally:
    tally, key = Tally(), in_child(key_of, source)
    rounds = Rounds(-(-in_child(count_statements, source, folder) // step))
    for at in (number * step for number in rounds):
        code = killed_upgrade(source, folder, key, at)
        if code != KILLED:
            tally.wrong.append(f"{source.stem} 第 {at} 句：没有停下（{code}）")
        tally.kills += 1
        if tally.kills % NEXT_STARTS == 0 or not is_untouched(folder / "office.ssj", source):
            tally.wrong += in_child(look_at_killed, source, folder, at, tally.kills).wrong
    tally.left = rounds.count - rounds.done
    return tally


def count_statements(source: Path, folder: Path) -> int:
    return statements_of(source, folder, key_of(source))


def main(arguments: list[str]) -> int:
    step, begun, tally = SHORT_STEP if "--short" in arguments else 1, time.monotonic(), Tally()
    revisions()  # what every opening reads is read before the forks
    with scratch_folder(), memory_folder() as folder:
        for source in old_stores():
            tally.add(in_child(stopped_upgrades, source, folder, step))
            tally.add(in_child(looked_at_upgrade, source, folder, step))
            tally.add(killed_upgrades(source, folder, step * REAL_KILLS))
    for text in tally.wrong:
        print(text)
    held = (
        f"{len(old_stores())} 个旧库，出错 {tally.faults} 处，停在半途 {tally.stops} 处，"
        f"真正终止 {tally.kills} 处，"
        f"不符 {len(tally.wrong)}" + (f"，还有 {tally.left} 句没有做到" if tally.left else "")
    )
    print(f"soak migrations：{held}（{time.monotonic() - begun:.0f} 秒）")
    asked = "每次升级的每一句都出错或被终止：数据库逻辑上不变"
    return tell(Figure("R5", asked, held, not (tally.wrong or tally.left)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

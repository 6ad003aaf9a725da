"""Tampers with a real store 10,000 times, and forks it.

Every sample changes one thing with the triggers gone, as somebody with the key and another tool
would: a field, an entry, a row, an operation, a sealed segment. The audit must find it and name the
entry. ``--short``: 300 samples.
"""

import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from figures import Figure, tell
from killing import PASSWORD, scratch_folder
from long_journal import ROWS, lengthen
from pacing import Rounds
from single_store import ACTS
from sqlalchemy import Table
from sqlalchemy.orm import Session

from ssj_desktop.domain.journal import COVERED
from ssj_desktop.models.capture import covered_tables, key_of
from ssj_desktop.models.database import Database
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.queries.audit import AuditAnswer, full_audit
from ssj_desktop.queries.journal import audit, find_sequence, list_entries
from ssj_desktop.services.accounts import FoundOffice, create_store
from ssj_desktop.services.desk import Desk

SAMPLES, SHORT_SAMPLES = 10_000, 300
SEALED, UNSEALED = 120, 12
LATER = (40, 60)
"""Acts after the moment of a fork: those that happened, and those of the forger."""
_ALL = (*COVERED, "hash")


def worked_store(folder: Path) -> Desk:
    """Sealed and unsealed entries about rows of many tables."""
    office = FoundOffice("云岭县住房和城乡建设局", "239921", "王芳")
    desk, _ = create_store(folder / "office.ssj", office, PASSWORD, cost=LEAST_COST)
    lengthen(desk, SEALED)
    for number in range(UNSEALED):
        act = list(ACTS)[number % len(ACTS)]
        if act != "revise":
            ACTS[act](desk, f"[{act}-{number}]")
    return desk


# --- J1: one thing changed ------------------------------------------------------------------


class Tamperer:
    """Changes one thing at random; says what, and the entry that must be named, if it is known."""

    def __init__(self, session: Session, chance: random.Random) -> None:
        self.run = session.connection().exec_driver_sql
        self.chance = chance
        self.length = int(self.run("SELECT max(sequence) FROM journal").scalar_one())

    def a_field(self) -> int:
        """Any field of any entry, its hash too; a sequence moves to another place."""
        place, name = self.chance.randint(1, self.length), self.chance.choice(_ALL)
        fresh = (
            f"{name} || '0'"
            if name not in ("sequence", "epoch", "monotonic_ns")
            else f"{name} + 1000000"
        )
        self.run(f"UPDATE journal SET {name} = {fresh} WHERE sequence = ?", (place,))  # noqa: S608
        return place

    def an_entry_less(self) -> int:
        place = self.chance.randint(1, self.length - 1)
        self.run("DELETE FROM journal WHERE sequence = ?", (place,))
        return place

    def an_entry_more(self) -> int:
        """A copy goes in, all later ones move up by one."""
        place = self.chance.randint(1, self.length)
        self.run("UPDATE journal SET sequence = -sequence - 1 WHERE sequence > ?", (place,))
        self.run("UPDATE journal SET sequence = -sequence WHERE sequence < 0")
        others = ", ".join(name for name in _ALL if name != "sequence")
        copied = f"SELECT ?, {others} FROM journal WHERE sequence = ?"  # noqa: S608
        self.run(f"INSERT INTO journal (sequence, {others}) {copied}", (place + 1, place))
        return place + 1

    def two_entries_swapped(self) -> int:
        place = self.chance.randint(1, self.length - 1)
        for before, after in ((place, -1), (place + 1, place), (-1, place + 1)):
            self.run("UPDATE journal SET sequence = ? WHERE sequence = ?", (after, before))
        return place

    def the_end_cut_off(self) -> int:
        """Entries only: their operations or the segment that holds them are left over."""
        place = self.chance.randint(2, self.length)
        self.run("DELETE FROM journal WHERE sequence >= ?", (place,))
        return 0

    def a_value(self) -> int:
        """A column of a row of any covered table."""
        table = self._table()
        columns = [c.name for c in table.columns if c.name != key_of(table)]
        name = self.chance.choice(columns)
        change = f"UPDATE {table.name} SET {name} = coalesce({name}, '') || '~'"  # noqa: S608
        self._change(change, table.name)
        return 0

    def a_row_less(self) -> int:
        table = self._table()
        self._change(f"DELETE FROM {table.name}", table.name)  # noqa: S608
        return 0

    def a_row_more(self) -> int:
        self.run(
            "INSERT INTO settings (name, value) VALUES (?, '1')", (f"x{self.chance.random()}",)
        )
        return self.length

    def a_setting(self) -> int:
        """A row whose last entry is known."""
        number = self.chance.randrange(1, SEALED, 2)
        self.run("UPDATE settings SET value = '别的' WHERE name = ?", (f"设置{number % ROWS}",))
        subject = "SELECT max(sequence) FROM journal WHERE action = '修改设置' AND subject = ?"
        return int(self.run(subject, (f"设置{number % ROWS}",)).scalar_one())

    def an_operation(self) -> int:
        """Its data, or all of it; the entry it belongs to is named."""
        some = "SELECT seq FROM operations ORDER BY seq LIMIT 1 OFFSET ?"
        count = int(self.run("SELECT count(*) FROM operations").scalar_one())
        seq = self.run(some, (self.chance.randrange(count),)).scalar_one()
        entry = int(self.run("SELECT entry FROM operations WHERE seq = ?", (seq,)).scalar_one())
        if self.chance.random() < 0.5:
            self.run("DELETE FROM operations WHERE seq = ?", (seq,))
        else:
            self.run("UPDATE operations SET data = data || ' ' WHERE seq = ?", (seq,))
        return entry

    def a_segment(self) -> int:
        """One byte of a sealed segment, or the whole segment."""
        rows = self.run("SELECT id, content, first FROM segments WHERE own").all()
        identity, content, _ = self.chance.choice(rows)
        if self.chance.random() < 0.2:
            self.run("DELETE FROM segments WHERE id = ?", (identity,))
            return 0
        bent = bytearray(content)
        bent[self.chance.randrange(len(bent))] ^= 1 << self.chance.randrange(8)
        self.run("UPDATE segments SET content = ? WHERE id = ?", (bytes(bent), identity))
        return 0

    def _table(self) -> Table:
        filled = [t for t in covered_tables() if self.run(f"SELECT 1 FROM {t.name}").first()]  # noqa: S608
        return self.chance.choice(filled)

    def _change(self, statement: str, table: str) -> None:
        rows = [r for (r,) in self.run(f"SELECT rowid FROM {table}").all()]  # noqa: S608
        self.run(f"{statement} WHERE rowid = ?", (self.chance.choice(rows),))


WAYS: tuple[Callable[[Tamperer], int], ...] = (
    Tamperer.a_field, Tamperer.an_entry_less, Tamperer.an_entry_more, Tamperer.two_entries_swapped,
    Tamperer.the_end_cut_off, Tamperer.a_value, Tamperer.a_row_less, Tamperer.a_row_more,
    Tamperer.a_setting, Tamperer.an_operation, Tamperer.a_segment,
)  # fmt: skip


@dataclass
class Tally:
    """What the samples found, by way."""

    samples: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)


def drop_triggers(database: Database) -> None:
    with database.writing() as session:
        run = session.connection().exec_driver_sql
        for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            run(f'DROP TRIGGER "{name}"')


class _Undo(Exception):
    """Carries the answer of a sample out of the transaction that is rolled back."""

    def __init__(self, expected: int, answer: AuditAnswer) -> None:
        super().__init__()
        self.expected, self.answer = expected, answer


def one_sample(database: Database, number: int, tally: Tally) -> None:
    way = WAYS[number % len(WAYS)]
    try:
        with database.writing() as session:
            expected = way(Tamperer(session, random.Random(number)))
            raise _Undo(expected, full_audit(session))
    except _Undo as end:
        tally.samples[way.__name__] += 1
        if end.answer.is_intact:
            tally.missed.append(f"{way.__name__} {number}")
        elif end.expected and end.answer.broken_at != end.expected:
            found = f"{way.__name__} {number}: {end.answer.broken_at} 应为 {end.expected}"
            tally.misnamed.append(found)


def samples(store: Path, key: bytes, count: int) -> Figure:
    tally, database, rounds = Tally(), Database(store, key), Rounds(count)
    drop_triggers(database)
    for number in rounds:
        one_sample(database, number, tally)
    database.close()
    for wrong in (*tally.missed[:5], *tally.misnamed[:5]):
        print(wrong)
    held = f"{rounds.text} 次篡改，漏掉 {len(tally.missed)}，指错序号 {len(tally.misnamed)}"
    is_held = rounds.is_whole and not tally.missed and not tally.misnamed
    asked = "真实数据库上 10,000 次篡改全部发现并指出第一条"
    return Figure("J1", asked, held, is_held)


# --- J2: a whole history exchanged for another ------------------------------------------------


def forks(folder: Path) -> Figure:
    """The copy of an early moment goes on differently, with every key in the forger's hands."""
    desk = worked_store(folder)
    desk.seal()
    early = folder / "early.ssj"
    shutil.copyfile(desk.database.path, early)
    fork_at = desk.ask(audit).length
    for number in range(LATER[0]):
        ACTS["set"](desk, f"[set-{number}]")
    heads = [e.hash for e in desk.ask(list_entries, 10_000) if e.sequence > fork_at]
    forged = Desk(Database(early, desk.database.key), desk.actor, desk.surroundings)
    old = [forged.ask(full_audit, head[:20]).is_forked for head in heads]
    for number in range(LATER[1]):
        ACTS["set"](forged, f"[forged-{number}]")
    consistent = forged.ask(full_audit).is_intact
    rewritten = [forged.ask(full_audit, head[:20]).is_forked for head in heads]
    own = all(desk.ask(find_sequence, head[:20]) for head in heads)
    forged.close()
    desk.close()
    held = f"{len(heads)} 个旧链头：旧备份 {sum(old)} 个发现，改写后 {sum(rewritten)} 个发现"
    asked = "改写整条链或换上旧备份，凭任何一个更晚的链头发现"
    return Figure("J2", asked, held, consistent and own and all(old) and all(rewritten))


def main() -> int:
    short = "--short" in sys.argv[1:]
    with scratch_folder() as folder:
        for name in ("samples", "forks"):
            (folder / name).mkdir()
        desk = worked_store(folder / "samples")
        key = desk.database.key
        desk.database.close()
        figures = (
            samples(desk.database.path, key, SHORT_SAMPLES if short else SAMPLES),
            forks(folder / "forks"),
        )
    print("；".join(f"{figure.name} {figure.held}" for figure in figures))
    return tell(*figures)


if __name__ == "__main__":
    sys.exit(main())

"""A journal of many years, made quickly: a real chain over real operations, sealed as the desk seals.

Acts one by one would take an hour for 200,000 entries. Here one statement changes the row, the
triggers write its operation, and the entry is hashed and chained exactly as the desk does it.
An entry without a row is one of a sign-in or a print.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from ssj_desktop.domain.clock import next_stamp
from ssj_desktop.domain.journal import COVERED, JournalEntry, entry_hash
from ssj_desktop.domain.operations import rows_digest
from ssj_desktop.models.chain import CAPTURE, LINES_OF_ENTRY, OpenEntry
from ssj_desktop.queries.journal_names import own_name_key
from ssj_desktop.services import sealing
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.journal import last_place

ROWS = 5_000
_CHANGE = (
    "INSERT INTO settings (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_COLUMNS = (*COVERED, "hash")
_ENTRY = f"INSERT INTO journal ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608


def lengthen(desk: Desk, count: int) -> None:
    """Add ``count`` entries; every second one changed one of a few thousand rows."""
    for first in range(0, count, sealing.MOST_ENTRIES):
        part = min(sealing.MOST_ENTRIES, count - first)
        with desk.database.writing() as session:
            with entered(session, desk, CAPTURE, first, part):
                pass
            sealing.seal_entries(session, desk.surroundings.now())


@contextmanager
def entered(
    session: Session, desk: Desk, mode: str, first: int = 0, count: int = 1
) -> Iterator[Any]:
    """A cursor for what belongs to ``count`` new entries, beneath SQLAlchemy."""
    values = {"only": 1, "entry": 0, "stem": desk.surroundings.stem(), "mode": mode}
    session.execute(insert(OpenEntry).values(**values))
    cursor = session.connection().connection.cursor()
    cursor.executemany(_ENTRY, _entries(session, desk, first, count))
    yield cursor
    cursor.close()
    session.execute(delete(OpenEntry))


def _entries(session: Session, desk: Desk, first: int, count: int) -> Iterator[tuple[Any, ...]]:
    """Beneath SQLAlchemy, whose share would be most of the time."""
    place, letter = last_place(session), desk.office.device
    actor = f"〔{own_name_key(session).hex()[:16]}〕"
    now = place.at or desk.surroundings.now()
    cursor = session.connection().connection.cursor()
    for number in range(first, first + count):
        now, sequence, name = (
            now + timedelta(seconds=40),
            place.sequence + 1,
            f"设置{number % ROWS}",
        )
        cursor.execute("UPDATE open_entry SET entry = ?", (sequence,))
        lines = []
        if number % 2:
            cursor.execute(_CHANGE, (name, str(number)))
            cursor.execute(LINES_OF_ENTRY, (sequence,))
            lines = [line.encode() for (line,) in cursor.fetchall()]
        entry = JournalEntry(
            sequence, letter, place.epoch, now.isoformat(timespec="microseconds"),
            now.isoformat(timespec="seconds"), number * 40_000_000_000, "OK", actor, "CLERK",
            "修改设置", name, f'{{"after":"{number}","before":"{number - ROWS}"}}',
            next_stamp(now, place.stamp), rows_digest(lines), place.head,
        )  # fmt: skip
        place = replace(place, sequence=sequence, head=entry_hash(entry), at=now, stamp=entry.stamp)
        yield (*(getattr(entry, column) for column in COVERED), place.head)
    cursor.close()

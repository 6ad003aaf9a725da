"""Writing the journal: one entry per act, in the transaction of the act.

``open_entry`` lets the triggers capture rows for the entry to come; ``append`` closes the first
entry of an act over the rows it changed. Nothing can be committed between the two.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from ssj_desktop.domain.clock import next_stamp
from ssj_desktop.domain.journal import GENESIS, JournalEntry, entry_hash
from ssj_desktop.domain.operations import NO_ROWS, rows_digest
from ssj_desktop.domain.segment_body import Block
from ssj_desktop.models.base import canonical_json
from ssj_desktop.models.chain import CAPTURE, LINES_OF_ENTRY, OpenEntry
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.queries.journal_names import name_veil

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from ssj_desktop.domain.journal_names import NameVeil
    from ssj_desktop.services.desk import Note, Work

_BACKWARDS = timedelta(minutes=5)
_FORWARDS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next entry goes: after which one, with which hash and stamp."""

    sequence: int = 0
    head: str = GENESIS
    at: datetime | None = None
    stamp: str = ""
    epoch: int = 1


def last_place(session: Session) -> Place:
    row = session.execute(
        select(
            JournalRow.sequence, JournalRow.hash, JournalRow.at, JournalRow.stamp, JournalRow.epoch
        )
        .order_by(JournalRow.sequence.desc())
        .limit(1)
    ).first()
    return Place(row.sequence, row.hash, row.at, row.stamp or "", row.epoch) if row else Place()


def open_entry(work: Work, mode: str = CAPTURE) -> None:
    """From here to ``append`` the rows of covered tables may be written."""
    work.session.execute(delete(OpenEntry))
    work.session.execute(
        insert(OpenEntry).values(
            only=1,
            entry=last_place(work.session).sequence + 1,
            stem=work.surroundings.stem(),
            mode=mode,
        )
    )


def append(work: Work, notes: Iterable[Note]) -> tuple[Block, ...]:
    """Add the entries of an act to the chain; the first covers all rows the act changed."""
    place = last_place(work.session)
    lines = operation_lines(work.session, place.sequence + 1)
    rows, blocks = rows_digest(lines), []
    stamp = next_stamp(work.now, place.stamp, work.seen)
    veil = name_veil(work.session, (work.actor.name, *work.people))
    for note in notes:
        entry = _entry(work, veil, note, place, stamp, rows)
        work.session.execute(insert(JournalRow).values(**{**asdict(entry), "at": work.now}))
        place, rows = Place(entry.sequence, entry.hash, work.now, stamp, entry.epoch), NO_ROWS
        blocks.append(Block(entry, lines))
        lines = ()
    work.session.execute(delete(OpenEntry))
    return tuple(blocks)


def operation_lines(session: Session, entry: int) -> tuple[bytes, ...]:
    """The lines of the unsealed operations of one entry, in the order they happened."""
    result = session.connection().exec_driver_sql(LINES_OF_ENTRY, (entry,))
    cursor: Any = result.cursor  # past the result: an import has hundreds of thousands
    lines = tuple([line.encode() for (line,) in cursor])
    result.close()
    return lines


def _entry(
    work: Work, veil: NameVeil, note: Note, place: Place, stamp: str, rows: str
) -> JournalEntry:
    entry = JournalEntry(
        sequence=place.sequence + 1,
        device=work.office.device,
        epoch=work.epoch or place.epoch,
        at=work.now.astimezone(UTC).isoformat(timespec="microseconds"),
        local_time=work.surroundings.local(work.now).isoformat(timespec="seconds"),
        monotonic_ns=work.surroundings.monotonic_ns(),
        clock=clock_flag(work.now, place.at),
        actor=veil.code(work.actor.name),
        role=",".join(role.value for role in work.actor.roles),
        action=note.action,
        subject=veil.over(note.subject),
        payload=canonical_json(veil.over_value(note.payload)),
        stamp=stamp,
        rows=rows,
        previous=place.head,
    )
    return replace(entry, hash=entry_hash(entry))


def clock_flag(now: datetime, last: datetime | None) -> str:
    """OK, BACK (earlier than the last entry − 5 min) or AHEAD (more than a day after it)."""
    if last is None:
        return "OK"
    if now < last - _BACKWARDS:
        return "BACK"
    return "AHEAD" if now > last + _FORWARDS else "OK"

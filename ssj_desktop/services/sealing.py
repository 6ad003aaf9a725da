"""Sealing: what the journal and its row operations became since the last time, as one segment.

A sealed segment is also the checkpoint. Sealing changes no row and is no act of a person, so it
has no entry of its own; the desk calls it, by one rule.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.segment import SealedSegment, SegmentHeader, segment_file_bytes
from ssj_desktop.domain.segment_body import Block, chained_body_of
from ssj_desktop.formats.segments import seal
from ssj_desktop.models import schema
from ssj_desktop.models.chain import (
    LINES_OF_ENTRY,
    ROWS_OF_ENTRIES,
    SEAL,
    OpenEntry,
    OperationRow,
    OwnDevice,
    SegmentRow,
    row_digest,
)
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.office import Office
from ssj_desktop.queries.journal import list_entries_after
from ssj_desktop.queries.segments import APPLIED, sealed_to

MOST_ENTRIES = 500
SEALED_BEFORE = frozenset(
    {
        "import_rows",
        "freeze_draw",
        "draw",
        "void_draw",
        "record_publication",
        "file_plan",
        "apply_segments",
        "record_restore",
    }
)
"""Acts that begin on a checkpoint: import, draw, publication, filing, exchange, restore."""
_NO_STAMP = "000000000000000-000000"


def is_due(session: Session, use_case: str, now: datetime) -> bool:
    """Whether to seal before this act: an act of weight, 500 entries, or another day begun."""
    after = sealed_to(session)
    last: int = session.scalar(select(func.max(JournalRow.sequence))) or 0
    first = session.scalar(select(JournalRow.at).where(JournalRow.sequence == after + 1))
    if first is None:
        return False
    another_day = first.date() < now.astimezone(UTC).date()
    return use_case in SEALED_BEFORE or another_day or last - after >= MOST_ENTRIES


def seal_entries(session: Session, now: datetime) -> None:
    """Seal every entry not sealed yet; each epoch of the journal gets segments of its own."""
    own = session.get(OwnDevice, 1)
    if own is None or session.scalar(select(Office.id)) is None:
        return  # a device that has not joined yet keeps its entries until it has
    entries = list_entries_after(session, sealed_to(session))
    if not entries:
        return
    session.execute(delete(OpenEntry))
    session.execute(insert(OpenEntry).values(only=1, entry=0, stem="", mode=SEAL))
    for _, group in groupby(entries, key=lambda entry: entry.epoch):
        blocks = [Block(entry, tuple(_lines(session, entry.sequence))) for entry in group]
        keep_own(session, _seal(session, own, blocks, now), now)
    session.execute(delete(OperationRow))
    session.execute(delete(OpenEntry))


def _lines(session: Session, sequence: int) -> Iterable[bytes]:
    rows = session.connection().exec_driver_sql(LINES_OF_ENTRY, (sequence,))
    return [line.encode() for (line,) in rows]


def _seal(
    session: Session, own: OwnDevice, blocks: Sequence[Block], now: datetime
) -> SealedSegment:
    first, last = blocks[0].entry, blocks[-1].entry
    number = session.scalar(select(func.max(SegmentRow.number)).where(SegmentRow.own)) or 0
    header = SegmentHeader(
        office=session.scalars(select(Office.id)).one(),
        device=own.device,
        epoch=first.epoch,
        number=number + 1,
        first=first.sequence,
        last=last.sequence,
        head=last.hash,
        parents=tuple(sorted(session.scalars(select(SegmentRow.id).where(SegmentRow.is_tip)))),
        schema=str(schema.current(session.connection())),
        clock=max((block.entry.stamp for block in blocks), default="") or _NO_STAMP,
        sealed_at=now.astimezone(UTC).isoformat(timespec="microseconds"),
        operations=sum(len(block.lines) for block in blocks),
        size=0,
        packed=0,
        body="",
    )
    return seal(header, chained_body_of(blocks), DeviceKeys(own.seed).seed)


def keep_own(session: Session, segment: SealedSegment, now: datetime) -> None:
    header = segment.header
    found = session.connection().exec_driver_sql(ROWS_OF_ENTRIES, (header.first, header.last))
    touched = touched_rows((table, key) for table, key in found)
    keep(session, segment, now, own=True, touched=touched)
    mark_applied(session, segment, None)


def keep(
    session: Session,
    segment: SealedSegment,
    now: datetime,
    *,
    own: bool = False,
    touched: bytes = b"",
    state: str = APPLIED,
    reason: str = "",
) -> None:
    """Store a segment as it is in every file."""
    header = segment.header
    session.execute(
        insert(SegmentRow).values(
            id=segment.identity,
            device=header.device,
            epoch=header.epoch,
            number=header.number,
            first=header.first,
            last=header.last,
            own=own,
            state=state,
            reason=reason,
            parents=list(header.parents),
            is_tip=False,
            kept_at=now,
            touched=touched,
            content=segment_file_bytes(segment),
        )
    )


def mark_applied(session: Session, segment: SealedSegment, entry: int | None) -> None:
    """The segment is part of the state: it is a tip, and its parents are none any more.

    Nothing applied can stand on it yet: parents are applied before their children.
    """
    session.execute(
        update(SegmentRow).where(SegmentRow.id.in_(segment.header.parents)).values(is_tip=False)
    )
    session.execute(
        update(SegmentRow)
        .where(SegmentRow.id == segment.identity)
        .values(state=APPLIED, reason="", is_tip=True, applied_by=entry)
    )


def touched_rows(rows: Iterable[tuple[str, str]]) -> bytes:
    """Sorted eight-byte digests of rows, by which the segments about a row are found."""
    return b"".join(sorted({row_digest(table, key) for table, key in rows}))

"""Sealed segments: what is there, what is missing, and the operations about single rows."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.operations import Operation, read_operation
from ssj_desktop.domain.segment import SealedSegment, read_segment_file
from ssj_desktop.domain.segment_body import Block, lines_about, read_blocks
from ssj_desktop.formats.excerpts import read_excerpt
from ssj_desktop.formats.segments import unpack
from ssj_desktop.models import schema
from ssj_desktop.models.chain import UNSEALED_OPERATIONS, SegmentRow
from ssj_desktop.models.exchange import ExcerptRow

APPLIED, WAITING, QUARANTINED = "applied", "waiting", "quarantined"
HEAD = "head"
"""Only the signed header is here: the rows a field laptop works with came as an excerpt."""
Row = tuple[str, str]
LATEST = "999999999999999-999999"
"""The clock of an entry still being written: nothing known here is later."""


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """One segment as lists show it."""

    id: str
    device: str
    epoch: int
    number: int
    first: int
    last: int
    own: bool
    state: str
    reason: str
    parents: tuple[str, ...]
    is_tip: bool
    kept_at: datetime
    size: int


def list_segments(session: Session, state: str = "") -> tuple[SegmentInfo, ...]:
    """In the order they were kept."""
    s = SegmentRow
    query = select(
        s.id, s.device, s.epoch, s.number, s.first, s.last, s.own, s.state, s.reason, s.parents,
        s.is_tip, s.kept_at, func.length(s.content).label("size"),
    ).order_by(s.kept_at, s.device, s.number, s.id)  # fmt: skip
    if state:
        query = query.where(s.state == state)
    rows = session.execute(query)
    return tuple(SegmentInfo(**{**row._asdict(), "parents": tuple(row.parents)}) for row in rows)


def list_tips(session: Session) -> tuple[str, ...]:
    """The applied segments that no applied segment has as a parent: the heads of this store."""
    return tuple(sorted(session.scalars(select(SegmentRow.id).where(SegmentRow.is_tip))))


def read_segment(session: Session, identity: str) -> bytes | None:
    """The file bytes of a segment, as they came or were sealed."""
    return session.scalar(select(SegmentRow.content).where(SegmentRow.id == identity))


def has_ripened(session: Session) -> bool:
    """Whether something set aside as written by a newer program is not newer any more."""
    s = SegmentRow
    query = select(s.content).where(s.state == WAITING, s.reason != "")
    known = str(schema.current(session.connection()))
    return any(
        read_segment_file(content).header.schema <= known for content in session.scalars(query)
    )


def sealed_to(session: Session) -> int:
    """The last own entry that is inside a segment."""
    return session.scalar(select(func.max(SegmentRow.last)).where(SegmentRow.own)) or 0


def iterate_applied(session: Session) -> Iterator[SealedSegment]:
    """Every segment that is part of the state, one at a time."""
    query = select(SegmentRow.id).where(SegmentRow.state == APPLIED)
    for identity in session.scalars(query.order_by(SegmentRow.last, SegmentRow.id)).all():
        content = read_segment(session, identity)
        if content is not None:
            yield read_segment_file(content)


def blocks_of(segment: SealedSegment) -> Iterator[Block]:
    return read_blocks(unpack(segment))


def operations_about(
    session: Session, rows: AbstractSet[Row], digests: Iterable[bytes]
) -> dict[Row, list[Operation]]:
    """All operations of some rows, from the segments that touch them and from those unsealed."""
    found: dict[Row, list[Operation]] = {row: [] for row in rows}
    wanted, digests = set(rows), frozenset(digests)
    for identity in touching(session, digests):
        content = read_segment(session, identity)
        if content is None:
            continue
        for block in blocks_of(read_segment_file(content)):
            _collect(found, block, lines_about(block, wanted))
    for block in excerpt_blocks(session, digests):
        _collect(found, block, lines_about(block, wanted))
    for operation in unsealed_operations(session):
        row = operation.table, operation.key
        if row in found:
            found[row].append(operation)
    return found


def _collect(found: dict[Row, list[Operation]], block: Block, lines: tuple[bytes, ...]) -> None:
    for operation in Block(block.entry, lines).operations():
        row = operation.table, operation.key
        if row in found:
            found[row].append(operation)


def touching(session: Session, digests: AbstractSet[bytes]) -> list[str]:
    """The applied segments with operations about some of these rows."""
    query = select(SegmentRow.id, SegmentRow.touched).where(SegmentRow.state == APPLIED)
    query = query.order_by(SegmentRow.last, SegmentRow.id)
    return [name for name, touched in session.execute(query) if _meet(touched, digests)]


def _meet(touched: bytes, digests: AbstractSet[bytes]) -> bool:
    return not digests.isdisjoint(touched[at : at + 8] for at in range(0, len(touched), 8))


def excerpt_blocks(session: Session, digests: AbstractSet[bytes]) -> Iterator[Block]:
    """The blocks of excerpts that touch some of these rows."""
    rows = session.execute(select(ExcerptRow.id, ExcerptRow.touched)).all()
    for name in [name for name, touched in rows if _meet(touched, digests)]:
        content = session.scalars(select(ExcerptRow.content).where(ExcerptRow.id == name)).one()
        yield from read_excerpt(content).blocks()


def unsealed_operations(session: Session) -> Iterator[Operation]:
    """In the order they happened; those of the act being done have no entry yet."""
    rows = session.connection().exec_driver_sql(UNSEALED_OPERATIONS)
    for line, stamp, device, actor, at in rows:
        yield read_operation(line, stamp or LATEST, device or "", actor or "", at or "")

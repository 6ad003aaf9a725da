"""What a field laptop needs: its tasks, the registry rows they name, catalogue, people, calendar."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.journal_names import KEY_SETTING
from ssj_desktop.domain.operations import read_operation
from ssj_desktop.domain.segment import SealedSegment, read_segment_file
from ssj_desktop.domain.segment_body import Block, lines_about
from ssj_desktop.models import schema
from ssj_desktop.models.attachments import Attachment, AttachmentVoid
from ssj_desktop.models.capture import key_of, model_of
from ssj_desktop.models.chain import SegmentRow
from ssj_desktop.models.exchange import FieldLease
from ssj_desktop.models.inspections import InspectionTask, ItemResult
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.registries import Expert, Inspector, Target
from ssj_desktop.queries.exchanges import heads_of
from ssj_desktop.queries.lineage import ancestry, segment_parents
from ssj_desktop.queries.segments import (
    APPLIED,
    Row,
    blocks_of,
    excerpt_blocks,
    read_segment,
    touching,
)

WHOLE = ("accounts", "changed_days", "devices", "inspection_items", "settings")
"""Small tables every device needs: who signs in, which days count, what is inspected and how."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks with the chosen lines, and the segments the laptop's own ones will stand on."""

    blocks: tuple[Block, ...]
    heads: tuple[SealedSegment, ...]


def rows_for_tasks(session: Session, task_ids: Iterable[str]) -> frozenset[Row]:
    """Everything about these tasks and what they name; no other object, plan or draw.

    Nor the keys to the names in other devices' journals.
    """
    wanted = tuple(task_ids)
    tasks = session.scalars(select(InspectionTask).where(InspectionTask.id.in_(wanted))).all()
    team = {code for task in tasks for code in (*task.team, task.leader)}
    experts = {code for task in tasks for code in task.experts or ()}
    found = {(InspectionTask.__tablename__, task.id) for task in tasks}
    found |= _keyed(session, Target.id, Target.id, {task.target_id for task in tasks})
    found |= _keyed(session, Inspector.id, Inspector.code, team)
    found |= _keyed(session, Expert.id, Expert.code, experts)
    found |= _keyed(session, ItemResult.id, ItemResult.task_id, set(wanted))
    found |= _keyed(session, FieldLease.id, FieldLease.task_id, set(wanted))
    found |= _attachments(session, set(wanted))
    for name in WHOLE:
        key = getattr(model_of(name), key_of(model_of(name).__table__))
        found |= {(name, each) for each in session.scalars(select(key))}
    return frozenset(row for row in found if not row[1].startswith(KEY_SETTING))


def _attachments(session: Session, task_ids: set[str]) -> set[Row]:
    """Their rows; the bytes go beside them, by their hashes."""
    found = _keyed(session, Attachment.id, Attachment.task_id, task_ids)
    keys = {key for _, key in found}
    return found | _keyed(session, AttachmentVoid.id, AttachmentVoid.attachment_id, keys)


def _keyed(session: Session, key: object, column: object, values: set[str]) -> set[Row]:
    query = select(key).where(column.in_(values))  # type: ignore[call-overload, attr-defined]
    table = key.parent.class_.__tablename__  # type: ignore[attr-defined]
    return {(table, each) for each in session.scalars(query)}


def tasks_out_with(session: Session, device: str) -> tuple[str, ...]:
    """The tasks this laptop has taken out and that nobody has reviewed yet."""
    query = (
        select(FieldLease.task_id)
        .join(InspectionTask, InspectionTask.id == FieldLease.task_id)
        .where(FieldLease.device == device, InspectionTask.completed_on.is_(None))
    )
    return tuple(sorted(set(session.scalars(query))))


def choose(session: Session, rows: frozenset[Row], of_rows: Iterable[bytes]) -> Choice:
    """The whole history of these rows, and the newest segments with the tasks among them.

    A laptop edits nothing but its tasks, so its segments need not stand on anything else: they are
    taken even when the office was put back to before the lease.
    """
    edited = frozenset(row for row in rows if row[0] == InspectionTask.__tablename__)
    blocks: list[Block] = []
    sources: dict[str, SealedSegment] = {}
    digests = frozenset(of_rows)
    for name in touching(session, digests):
        segment = read_segment_file(read_segment(session, name) or b"")
        for block in blocks_of(segment):
            lines = _lines(block, rows)
            if lines:
                blocks.append(Block(block.entry, lines))
            if _lines(block, edited):
                sources[name] = segment
    blocks += _only_in_excerpts(session, rows, digests, blocks)
    parents = segment_parents(session)
    below = ancestry(parents, [p for name in sources for p in parents[name]])
    newest = [segment for name, segment in sources.items() if name not in below]
    return Choice(tuple(blocks), tuple(newest))


def _only_in_excerpts(
    session: Session, rows: frozenset[Row], digests: frozenset[bytes], known: Iterable[Block]
) -> list[Block]:
    """Operations whose segment was lost and that came back from a laptop."""
    seen = {line for block in known for line in block.lines}
    found = []
    for block in excerpt_blocks(session, digests):
        lines = tuple(line for line in _lines(block, rows) if line not in seen)
        seen.update(lines)
        if lines:
            found.append(Block(block.entry, lines))
    return found


def schema_of(session: Session) -> str:
    return str(schema.current(session.connection()))


def newest_clock(session: Session) -> str:
    """What an entry of the laptop has to come after."""
    query = select(JournalRow.stamp).order_by(JournalRow.sequence.desc()).limit(1)
    return session.scalar(query) or ""


def _lines(block: Block, rows: frozenset[Row]) -> tuple[bytes, ...]:
    found = []
    for line in lines_about(block, set(rows)):
        operation = read_operation(line.decode(), "")
        if (operation.table, operation.key) in rows:
            found.append(line)
    return tuple(found)


def acknowledged_to(session: Session, device: str) -> tuple[str, ...]:
    """What of this laptop is part of the state here: its own segments and the headers it named."""
    own = select(SegmentRow.id).where(SegmentRow.device == device, SegmentRow.state == APPLIED)
    named = set(heads_of(session, device))
    known = set(session.scalars(select(SegmentRow.id).where(SegmentRow.state == APPLIED)))
    return tuple(sorted({*session.scalars(own), *(named & known)}))


def covered_by(session: Session, device: str, heads: Sequence[str]) -> tuple[str, ...]:
    """Of what the laptop named as its newest, that on which these segments stand already."""
    parents = segment_parents(session)
    below = ancestry(parents, [p for head in heads for p in parents.get(head, ())])
    return tuple(sorted(below & set(heads_of(session, device))))

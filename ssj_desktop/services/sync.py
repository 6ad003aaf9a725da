"""Taking in the segments of other devices, and settling what was edited on both sides.

Order and repetition do not matter: a segment is known by its hash, waits until its parents are
there, and only then enters the fold. Nothing is ever thrown away: what cannot be believed or read
is kept in quarantine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import FileRefused, InvalidInput, RuleViolation
from ssj_desktop.domain.journal import TAKEN_IN
from ssj_desktop.domain.operations import DELETE, UPDATE, Operation, canonical
from ssj_desktop.domain.segment import SealedSegment, read_segment_file
from ssj_desktop.domain.segment_body import Block, verified_blocks
from ssj_desktop.formats.segments import is_signed_by, unpack
from ssj_desktop.models import rows, schema
from ssj_desktop.models.chain import (
    APPLY,
    CAPTURE,
    INSERT_OPERATION,
    ConflictRow,
    Device,
    OpenEntry,
    OperationRow,
    SegmentRow,
)
from ssj_desktop.queries.lineage import GAP
from ssj_desktop.queries.segments import APPLIED, HEAD, QUARANTINED, WAITING
from ssj_desktop.services import sealing
from ssj_desktop.services.desk import Work
from ssj_desktop.services.folding import Changes, apply_operations, fold_rows
from ssj_desktop.services.returned_excerpts import give_back
from ssj_desktop.services.steps import Steps, in_silence

Judge = Callable[[Session, SealedSegment], str]
"""Why a segment is not believed, in Chinese; empty when it is."""


def known_device(session: Session, segment: SealedSegment) -> str:
    """The plain judge: the signature is that of a device of this office."""
    device = segment.header.device
    keys = session.scalars(select(Device.public_key).where(Device.device == device)).all()
    if not keys:
        return "设备不属于本单位"
    if not any(is_signed_by(segment, bytes.fromhex(key)) for key in keys):
        return "签名不对"
    return ""


@dataclass(frozen=True, slots=True)
class ApplySegments:
    """Files as they came; ``judge`` says whose segments count."""

    contents: tuple[bytes, ...]
    judge: Judge = known_device
    source: str = ""
    steps: Steps = in_silence


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was no segment, or one in quarantine."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class SegmentsApplied:
    """What an exchange brought: one printable page (新增、变更、冲突、等待、拒收)."""

    applied: tuple[str, ...]
    known: int
    added: int
    changed: int
    removed: int
    conflicts: int
    waiting: tuple[str, ...]
    refused: tuple[Refused, ...]
    tables: tuple[str, ...] = ()


@dataclass(slots=True)
class _Intake:
    """The exchange while it goes on."""

    work: Work
    judge: Judge
    applied: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    believed: set[str] = field(default_factory=set)
    gaps: set[str] = field(default_factory=set)
    known: int = 0
    total: Changes = field(default_factory=Changes)


def apply_segments(work: Work, command: ApplySegments) -> SegmentsApplied:
    """Keep the segments and apply all that can be; one transaction, one journal entry."""
    session = work.session
    intake = _Intake(work, command.judge)
    before = _open_conflicts(session)
    _set_mode(session, APPLY)
    retry_waiting(session)
    for content in command.contents:
        _take_in(intake, content)
    _believe_again(intake)
    total = len(command.contents)
    while True:
        give_back(work, intake.total)
        ready = _ready(session)
        if not ready:
            break
        for identity in ready:
            count = len(intake.applied) + 1
            command.steps(f"并入第 {count} 段，共 {max(count, total)} 段", count, max(count, total))
            _apply(intake, identity)
    _set_mode(session, CAPTURE)
    done = SegmentsApplied(
        tuple(intake.applied),
        intake.known,
        intake.total.added,
        intake.total.changed,
        intake.total.removed,
        _open_conflicts(session) - before,
        tuple(session.scalars(select(SegmentRow.id).where(SegmentRow.state == WAITING))),
        tuple(intake.refused),
        tuple(sorted(intake.total.tables)),
    )
    _note(work, command, done)
    return done


def _note(work: Work, command: ApplySegments, done: SegmentsApplied) -> None:
    work.note(
        TAKEN_IN,
        command.source or "数据交换",
        *ALL_AREAS,
        segments=list(done.applied),
        known=done.known,
        added=done.added,
        changed=done.changed,
        removed=done.removed,
        conflicts=done.conflicts,
        waiting=len(done.waiting),
        refused=[each.name for each in done.refused],
    )


ALL_AREAS = (
    "targets",
    "inspectors",
    "items",
    "witnesses",
    "experts",
    "plans",
    "draws",
    "inspections",
    "attachments",
    "disclosures",
    "calendar",
    "office",
    "sync",
)
"""What arrives from outside may change any screen."""


def _open_conflicts(session: Session) -> int:
    """Rows, not fields: the page counts what the list of cards will show."""
    return len(set(session.execute(select(ConflictRow.tbl, ConflictRow.key)).all()))


def _set_mode(session: Session, mode: str) -> None:
    session.flush()
    session.execute(update(OpenEntry).values(mode=mode))


def _take_in(intake: _Intake, content: bytes) -> None:
    """Keep what is a segment; whether it counts is a second question."""
    session, now = intake.work.session, intake.work.now
    try:
        segment = read_segment_file(content)
    except FileRefused as refusal:
        intake.refused.append(Refused("", refusal.message))
        return
    kept = session.get(SegmentRow, segment.identity)
    if kept is not None and kept.state != GAP:
        intake.known += 1
        return
    if kept is not None:
        intake.gaps.add(segment.identity)
        session.delete(kept)
        session.flush()
    reason = intake.judge(session, segment)
    state = QUARANTINED if reason else WAITING
    sealing.keep(session, segment, now, state=state, reason=reason)
    if reason:
        intake.refused.append(Refused(segment.identity, reason))
    else:
        intake.believed.add(segment.identity)


def _believe_again(intake: _Intake) -> None:
    """Membership may have changed since something went into quarantine, or began to wait."""
    session = intake.work.session
    open_ = select(SegmentRow).where(SegmentRow.state.in_((QUARANTINED, WAITING)))
    for row in session.scalars(open_).all():
        if row.id not in intake.believed and not row.reason.startswith(BROKEN):
            reason = intake.judge(session, read_segment_file(row.content))
            row.state, row.reason = (QUARANTINED, reason) if reason else (WAITING, "")
    session.flush()


BROKEN = "内容"
"""Begins the reason of a segment whose content is broken: nobody's word mends it."""


def _ready(session: Session) -> list[str]:
    """Waiting segments whose parents are all applied and whose tables this program knows."""
    s = SegmentRow
    known = session.execute(select(s.id, s.state, s.parents, s.reason))
    states = {row.id: row for row in known}
    applied = {identity for identity, row in states.items() if row.state in (APPLIED, HEAD, GAP)}
    return sorted(
        identity
        for identity, row in states.items()
        if row.state == WAITING and not row.reason and applied.issuperset(row.parents)
    )


def _apply(intake: _Intake, identity: str) -> None:
    session = intake.work.session
    content = session.scalars(select(SegmentRow.content).where(SegmentRow.id == identity)).one()
    segment = read_segment_file(content)
    if segment.header.schema > str(schema.current(session.connection())):
        _set_aside(session, identity, WAITING, "由更新版本的程序写成")
        return
    try:
        operations = _operations(segment)
    except FileRefused as refusal:
        reason = f"{BROKEN}：{refusal.message}"
        _set_aside(session, identity, QUARANTINED, reason)
        intake.refused.append(Refused(identity, reason))
        return
    _add(intake, _enter(session, segment, operations))
    if identity in intake.gaps:  # what stands on it was applied before it
        session.execute(update(SegmentRow).where(SegmentRow.id == identity).values(is_tip=False))
    intake.applied.append(identity)
    intake.work.seen = max(intake.work.seen, segment.header.clock)


def _enter(session: Session, segment: SealedSegment, operations: list[Operation]) -> Changes:
    """The segment becomes part of the state with the entry that is being written."""
    touched = sealing.touched_rows({(o.table, o.key) for o in operations})
    ours = SegmentRow.id == segment.identity
    session.execute(update(SegmentRow).where(ours).values(touched=touched))
    sealing.mark_applied(session, segment, session.scalars(select(OpenEntry.entry)).one())
    return apply_operations(session, operations)


def apply_again(session: Session, content: bytes, now: datetime) -> bool:
    """A segment this store had applied before it was lost; False while a parent is missing."""
    segment = read_segment_file(content)
    if session.get(SegmentRow, segment.identity) is None:
        sealing.keep(session, segment, now, state=WAITING)
    if segment.identity not in _ready(session):
        return False
    _enter(session, segment, _operations(segment))
    return True


def _operations(segment: SealedSegment) -> list[Operation]:
    blocks: tuple[Block, ...] = verified_blocks(segment.header, unpack(segment))
    return [operation for block in blocks for operation in block.operations()]


def _set_aside(session: Session, identity: str, state: str, reason: str) -> None:
    session.execute(
        update(SegmentRow).where(SegmentRow.id == identity).values(state=state, reason=reason)
    )


def _add(intake: _Intake, changes: Changes) -> None:
    intake.total = Changes(
        intake.total.added + changes.added,
        intake.total.changed + changes.changed,
        intake.total.removed + changes.removed,
        intake.total.tables | changes.tables,
    )


def retry_waiting(session: Session) -> None:
    """What waited for newer tables is tried again: the program may have been upgraded since."""
    session.execute(update(SegmentRow).where(SegmentRow.state == WAITING).values(reason=""))


@dataclass(frozen=True, slots=True)
class ResolveConflict:
    """A person's decision about one row: the fields as they are to be, or that the row goes.

    Empty ``values`` without ``remove`` keep the row as it is shown.
    """

    table: str
    key: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    remove: bool = False


def resolve_conflict(work: Work, command: ResolveConflict) -> None:
    """Write the decision as an edit that stands on all heads, so that it travels like any other."""
    if not command.reason.strip():
        raise InvalidInput("没有写理由。", "请填写为什么这样处理。")
    session = work.session
    table = rows.table_of(command.table)
    present = rows.read_row(session.connection(), table, command.key) if table is not None else None
    if table is None or present is None or not _is_disputed(session, command):
        raise RuleViolation("这一行没有待处理的冲突。", "请刷新后查看。")
    if rows.rule_of(table).insert_only:
        raise RuleViolation(
            "这一行只能核查，不能改写：两份内容都已保留。", "请查明来源并联系上级。"
        )
    if not set(command.values) <= {column.name for column in table.columns} - {"id"}:
        raise InvalidInput("要填写的栏目不存在。", "请刷新后重试。")
    heads = rows.read_heads(session.connection(), table, [command.key])[command.key]
    operation = _decision(session, command, heads, present)
    _set_mode(session, APPLY)
    _write_operation(session, operation)
    fold_rows(session, {(command.table, command.key)})
    _set_mode(session, CAPTURE)
    work.note(
        "处理冲突",
        f"{command.table} {command.key}",
        *ALL_AREAS,
        fields=sorted(command.values),
        removed=command.remove,
        reason=command.reason,
    )


def _is_disputed(session: Session, command: ResolveConflict) -> bool:
    return (
        session.scalars(
            select(ConflictRow.field).where(
                ConflictRow.tbl == command.table, ConflictRow.key == command.key
            )
        ).first()
        is not None
    )


def _decision(
    session: Session,
    command: ResolveConflict,
    heads: tuple[str, ...],
    present: Mapping[str, Any],
) -> Operation:
    """Sets the fields explicitly, even to the value already shown."""
    opened = session.scalars(select(OpenEntry)).one()
    count = (session.scalar(select(func.max(OperationRow.seq))) or 0) + 1
    blank = Operation(
        f"{opened.stem}{count:08x}", command.table, command.key, DELETE, heads, present
    )
    if command.remove:
        return blank
    old = {name: present[name] for name in command.values}
    return replace(blank, kind=UPDATE, data={"new": dict(command.values), "old": old})


def _write_operation(session: Session, o: Operation) -> None:
    """Past the triggers: an update that changes nothing would not reach them."""
    values = (o.id, o.table, o.key, o.kind, canonical(list(o.base)), canonical(o.data))
    session.connection().exec_driver_sql(INSERT_OPERATION, values)

"""After the draw: 替补 and 回避, applied for with evidence, decided by a second person.

Nobody names a successor: it is the next ticket of the stratum or the next candidate of the seat.
"""

from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import func, insert, select

from ssj_desktop.domain.draw.afterwards import inherited_team, next_target, seat_successor
from ssj_desktop.domain.draw.freezing import thaw
from ssj_desktop.domain.draw.matching import Team
from ssj_desktop.domain.draw.record import read_record, teams_of
from ssj_desktop.domain.draw.scheme import Scheme
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.permissions import refuse_same_person
from ssj_desktop.domain.vocabulary import (
    AmendmentKind,
    AmendmentState,
    RecusalReason,
    ReplacementReason,
    TaskState,
)
from ssj_desktop.models.draws import Draw, DrawAmendment
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.services.desk import Work
from ssj_desktop.services.draw_results import NewTask, open_tasks
from ssj_desktop.services.inspections import refuse_foreign

REASONS: dict[AmendmentKind, type[ReplacementReason] | type[RecusalReason]] = {
    AmendmentKind.REPLACEMENT: ReplacementReason,
    AmendmentKind.RECUSAL: RecusalReason,
}
_BEFORE_RESULTS = (TaskState.OPEN, TaskState.ENTERING, TaskState.RETURNED)


@dataclass(frozen=True, slots=True)
class ApplyAmendment:
    """``subject`` is the inspector or expert who asks to leave; empty for a replacement.

    ``reason`` is a term of the closed list; ``evidence`` says what proves it and where it is kept.
    """

    task_id: str
    kind: AmendmentKind
    reason: str
    evidence: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class DecideAmendment:
    """同意 or 不同意 with an opinion."""

    amendment_id: str
    approved: bool
    opinion: str = ""


def apply_amendment(work: Work, command: ApplyAmendment) -> str:
    """Enter an application; the drawn list does not change yet."""
    task = work.session.get(InspectionTask, command.task_id)
    if task is None or task.state not in _BEFORE_RESULTS:
        raise RuleViolation("这项任务已经提交或已替补。", "抽查结果提交之前才能申请替补或回避。")
    refuse_foreign(work, task)
    reason = REASONS[command.kind].of(command.reason)
    if not command.evidence.strip():
        raise InvalidInput("没有写明证据。", "请写明证明材料的名称和存放处。")
    subject = command.subject if command.kind is AmendmentKind.RECUSAL else task.target_code
    seat = _seat_of(task, subject) if command.kind is AmendmentKind.RECUSAL else None
    _refuse_pending(work, task, subject)
    amendment_id = work.new_id()
    work.session.execute(
        insert(DrawAmendment).values(
            id=amendment_id,
            draw_id=task.draw_id,
            kind=command.kind,
            target_code=task.target_code,
            seat=seat,
            subject=subject,
            reason=reason.label,
            evidence=command.evidence.strip(),
            state=AmendmentState.APPLIED,
            applied_by=work.actor.name,
            applied_at=work.now,
        )
    )
    work.note(
        f"申请{command.kind.label}", task.number, "draws", "inspections",
        person=subject, reason=reason.label, evidence=command.evidence,
    )  # fmt: skip
    return amendment_id


def _seat_of(task: InspectionTask, subject: str) -> int:
    """Seats count from 1: inspectors first, experts after them."""
    people = (*task.team, *(task.experts or ()))
    if subject not in people:
        raise InvalidInput("申请回避的人不在这个检查组里。", "请从检查组中选择。")
    return people.index(subject) + 1


def _refuse_pending(work: Work, task: InspectionTask, subject: str) -> None:
    pending = select(func.count()).where(
        DrawAmendment.draw_id == task.draw_id,
        DrawAmendment.target_code == task.target_code,
        DrawAmendment.subject == subject,
        DrawAmendment.state == AmendmentState.APPLIED,
    )
    if work.session.scalar(pending):
        raise RuleViolation("同一申请正在审批。", "请先由审批人作出决定。")


def decide_amendment(work: Work, command: DecideAmendment) -> str:
    """Decide; returns who follows, "" when refused."""
    row = work.session.get(DrawAmendment, command.amendment_id)
    if row is None or row.state is not AmendmentState.APPLIED:
        raise RuleViolation("这项申请已经有决定。", "请刷新后查看。")
    refuse_same_person(row.applied_by, work.actor.name, f"{row.kind.label}审批")
    if not command.approved and not command.opinion.strip():
        raise InvalidInput("不同意要写明意见。", "请填写意见。")
    row.decided_by, row.decided_at = work.actor.name, work.now
    row.opinion = command.opinion.strip() or "同意"
    row.state = AmendmentState.APPROVED if command.approved else AmendmentState.REFUSED
    if command.approved:
        row.successor = (_replace if row.kind is AmendmentKind.REPLACEMENT else _recuse)(work, row)
    work.note(
        f"{row.kind.label}审批", row.subject, "draws", "inspections",
        approved=command.approved, opinion=command.opinion, successor=row.successor,
    )  # fmt: skip
    return row.successor or ""


def _replace(work: Work, row: DrawAmendment) -> str:
    draw, task = work.session.get_one(Draw, row.draw_id), _task(work, row)
    record = read_record(draw.record or b"")
    scheme = thaw(draw.pool_int, draw.plan_file, draw.staff_file, draw.device)
    drawn = {code for stratum in record["strata"] for code in stratum["drawn"]}
    used = drawn | _successors(work, row, AmendmentKind.REPLACEMENT)
    successor = next_target(scheme, record["seed"], row.target_code, used)
    heir = partial(_heir, work, row, record, successor=successor)
    experts = heir(scheme.for_experts(), "experts", task.experts or ())
    team = heir(scheme, "", task.team)
    names = {entry.id: entry.name for entry in scheme.pool}
    mark = "" if draw.device == work.office.device else work.office.device  # a block of its own
    count = select(func.count()).where(InspectionTask.draw_id == draw.id)
    number = f"{draw.number}-{mark}{(work.session.scalar(count) or 0) + 1:03d}"
    seats = experts.officers if experts else ()
    fresh = NewTask(number, successor, names[successor], team, seats, task.batch)
    open_tasks(work, draw, scheme.items, [fresh])
    task.state = TaskState.REPLACED
    return successor


def _heir(
    work: Work,
    row: DrawAmendment,
    record: dict[str, object],
    scheme: Scheme,
    part: str,
    officers: tuple[str, ...],
    successor: str,
) -> Team | None:
    team = _recorded(work, row, record, part)
    if team is None:
        return None
    return inherited_team(
        scheme, str(record["seed"]), replace(team, officers=tuple(officers)), successor
    )


def _recorded(work: Work, row: DrawAmendment, record: dict[str, object], part: str) -> Team | None:
    """The team of the object first drawn, whose candidates are printed."""
    replaced = work.session.execute(
        select(DrawAmendment.successor, DrawAmendment.target_code).where(
            DrawAmendment.draw_id == row.draw_id,
            DrawAmendment.kind == AmendmentKind.REPLACEMENT,
            DrawAmendment.successor.is_not(None),
        )
    )
    origin = dict(replaced.all())
    code = row.target_code
    while code in origin:
        code = origin[code]
    source = record.get(part) if part else record
    return teams_of(source).get(code) if isinstance(source, dict) else None


def _recuse(work: Work, row: DrawAmendment) -> str:
    draw, task = work.session.get_one(Draw, row.draw_id), _task(work, row)
    record = read_record(draw.record or b"")
    scheme = thaw(draw.pool_int, draw.plan_file, draw.staff_file, draw.device)
    seat, officers, part = _seat_of(task, row.subject) - 1, task.team, ""
    if seat >= len(task.team):
        seat, officers, part = seat - len(task.team), task.experts or (), "experts"
        scheme = scheme.for_experts()
    team = _recorded(work, row, record, part)
    if team is None:
        raise RuleViolation("抽取记录里没有这个检查组。", "请保留现场并联系技术支持。")
    now = replace(team, object=row.target_code, officers=tuple(officers))
    changed = seat_successor(scheme, record["seed"], now, seat, _departed(work, row))
    if part:
        task.experts = changed.officers
    else:
        task.team, task.leader = changed.officers, changed.leader
    return changed.officers[seat]


def _task(work: Work, row: DrawAmendment) -> InspectionTask:
    query = select(InspectionTask).where(
        InspectionTask.draw_id == row.draw_id, InspectionTask.target_code == row.target_code
    )
    task = work.session.scalars(query).one()
    if task.state not in _BEFORE_RESULTS:
        raise RuleViolation("这项任务已经提交或已替补。", "请不同意本申请，并写明意见。")
    return task


def _successors(work: Work, row: DrawAmendment, kind: AmendmentKind) -> set[str]:
    query = select(DrawAmendment.successor).where(
        DrawAmendment.draw_id == row.draw_id,
        DrawAmendment.kind == kind,
        DrawAmendment.successor.is_not(None),
    )
    return {code for code in work.session.scalars(query) if code}


def _departed(work: Work, row: DrawAmendment) -> list[str]:
    """Everybody who has left a seat of this object."""
    query = select(DrawAmendment.subject).where(
        DrawAmendment.draw_id == row.draw_id,
        DrawAmendment.kind == AmendmentKind.RECUSAL,
        DrawAmendment.target_code == row.target_code,
        DrawAmendment.state == AmendmentState.APPROVED,
    )
    return [row.subject, *work.session.scalars(query)]

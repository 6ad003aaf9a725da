"""Inspections: visit, result per item, review by a second person."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select

from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.permissions import refuse_foreign_task, refuse_same_person
from ssj_desktop.domain.result_rules import EDITABLE, Entry, check_entry, registry_status
from ssj_desktop.domain.vocabulary import InspectionMethod, TaskState
from ssj_desktop.models.inspections import InspectionTask, ItemResult
from ssj_desktop.models.office import Account
from ssj_desktop.models.registries import Target
from ssj_desktop.queries.inspections import find_task
from ssj_desktop.services.desk import Work
from ssj_desktop.services.registries import Revise, revise


@dataclass(frozen=True, slots=True)
class ScheduleVisit:
    """When, where and how the object is visited."""

    task_id: str
    visit_on: date
    method: InspectionMethod = InspectionMethod.ON_SITE
    place: str = ""


@dataclass(frozen=True, slots=True)
class EnterResult:
    """The result of one item."""

    task_id: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class ReviewTask:
    """复核: passed or returned, with an opinion."""

    task_id: str
    passed: bool
    opinion: str = ""


def schedule_visit(work: Work, command: ScheduleVisit) -> None:
    """Record the date of the visit; a visit cannot lie in the future nor before the draw."""
    task = editable_task(work, command.task_id)
    if command.visit_on > work.today:
        raise InvalidInput("检查日期在今天之后。", "请填写实际检查日期。")
    task.visit_on, task.method = command.visit_on, command.method
    task.place = command.place.strip() or None
    if task.state is TaskState.OPEN:
        task.state = TaskState.ENTERING
    work.note("登记检查", task.number, "inspections", visit=command.visit_on.isoformat())


def enter_result(work: Work, command: EnterResult) -> None:
    """Add a result; earlier ones stay, the latest holds."""
    task = editable_task(work, command.task_id)
    entry = command.entry
    if entry.item not in task.items:
        raise InvalidInput(f"事项 {entry.item} 不属于这次检查。", "请核对事项编码。")
    check_entry(entry, task.visit_on)
    revision = select(func.count()).where(ItemResult.task_id == task.id)
    work.session.execute(
        insert(ItemResult).values(
            id=work.new_id(),
            task_id=task.id,
            item_number=entry.item,
            codes=tuple(code.value for code in entry.codes),
            finding=entry.finding.strip() or None,
            follow_up=entry.follow_up,
            rectify_by=entry.rectify_by,
            note=entry.note.strip() or None,
            revision=(work.session.scalar(revision) or 0) + 1,
            entered_at=work.now,
            entered_by=work.actor.name,
        )
    )
    task.entered_by = work.actor.name
    if task.state is TaskState.OPEN:
        task.state = TaskState.ENTERING
    codes = [code.value for code in entry.codes]
    work.note("录入结果", task.number, "inspections", item=entry.item, codes=codes)


def submit_task(work: Work, task_id: str) -> None:
    """Hand over to the reviewer when nothing is missing."""
    task = editable_task(work, task_id)
    work.session.flush()
    missing = find_task(work.session, task_id).gaps
    if missing:
        raise RuleViolation(f"还不能提交：{'；'.join(missing)}。", "请补齐后再提交复核。")
    task.state, task.submitted_at, task.entered_by = TaskState.SUBMITTED, work.now, work.actor.name
    work.note("提交复核", task.number, "inspections")


def review_task(work: Work, command: ReviewTask) -> None:
    """A second person passes or returns; passing completes the inspection."""
    task = work.session.get(InspectionTask, command.task_id)
    if task is None or task.state is not TaskState.SUBMITTED:
        raise RuleViolation("这项任务不在待复核状态。", "请刷新后查看。")
    for enterer in _enterers(work, task):
        refuse_same_person(enterer, work.actor.name, "复核")
    if not command.passed and not command.opinion.strip():
        raise InvalidInput("退回要写明意见。", "请填写复核意见。")
    task.reviewed_by, task.reviewed_at = work.actor.name, work.now
    task.review_opinion = command.opinion.strip() or "同意"
    task.state = TaskState.REVIEWED if command.passed else TaskState.RETURNED
    if command.passed:
        task.completed_on = task.visit_on
        _keep_registry(work, task)
    act = "复核通过" if command.passed else "复核退回"
    work.note(act, task.number, "inspections", "disclosures", opinion=command.opinion)


def _keep_registry(work: Work, task: InspectionTask) -> None:
    """An outcome such as 迁出 or 注销 changes the registry (方案 二（六）)."""
    row = find_task(work.session, task.id)
    codes = [code for item in row.items if item.entry for code in item.entry.codes]
    status = registry_status(codes)
    target = work.session.get(Target, task.target_id)
    if status is not None and target is not None and target.status is not status:
        reason = f"检查发现{status.label}（{task.number}）"
        revise(work, Revise("targets", target.id, {"status": status.label}, reason))


def editable_task(work: Work, task_id: str) -> InspectionTask:
    task = work.session.get(InspectionTask, task_id)
    if task is None:
        raise InvalidInput("找不到这项检查任务。", "请刷新后重试。")
    refuse_foreign(work, task)
    if task.state not in EDITABLE:
        raise RuleViolation(f"任务{task.state.label}，不能再修改。", "需要修改时请由复核人退回。")
    return task


def refuse_foreign(work: Work, task: InspectionTask) -> None:
    """PermissionRefused for a 检查人员 who is not in the team of the task."""
    person = work.session.scalar(select(Account.person_code).where(Account.name == work.actor.name))
    refuse_foreign_task(person, (*task.team, *(task.experts or ())), work.actor.roles)


def _enterers(work: Work, task: InspectionTask) -> set[str]:
    """Everybody who entered a result of the task, not only the last one."""
    query = select(ItemResult.entered_by).where(ItemResult.task_id == task.id)
    return {*work.session.scalars(query), *([task.entered_by] if task.entered_by else [])}

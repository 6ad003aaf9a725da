"""Making the annual plan (方案 二（五）): draft, lines, approval, filing, new versions."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select

from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.permissions import refuse_same_person
from ssj_desktop.domain.plan_rules import LineDraft, check_line
from ssj_desktop.domain.vocabulary import ItemStatus, PlanState
from ssj_desktop.models.plans import AnnualPlan, PlanLine
from ssj_desktop.models.registries import InspectionItem
from ssj_desktop.queries.plans import LIVE_STATES, count_strata
from ssj_desktop.queries.taken_numbers import AD_HOC, ad_hoc_mark, highest_taken
from ssj_desktop.services.desk import Work


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """A new plan for a year; an ad-hoc plan (临时抽查任务) needs a name and a reason."""

    year: int
    name: str = ""
    ad_hoc: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SaveLine:
    """A line of a draft; ``line_id`` None adds one."""

    plan_id: str
    line: LineDraft
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class RemoveLine:
    """Take a line out of a draft."""

    line_id: str


@dataclass(frozen=True, slots=True)
class RevisePlan:
    """A new version of a live plan and why (计划调整)."""

    plan_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class FilePlan:
    """备案 of a plan: to whom, when, receipt number."""

    plan_id: str
    filed_to: str
    filed_on: date
    number: str = ""


def draft_plan(work: Work, command: DraftPlan) -> str:
    """Open a year's plan; one per year, later changes are versions."""
    if not 2000 <= command.year <= 2100:
        raise InvalidInput(f"年度“{command.year}”不对。", "请填写四位年份。")
    if command.ad_hoc:
        return _draft_ad_hoc(work, command)
    if any(not plan.ad_hoc for plan in _plans_of(work, command.year)):
        raise RuleViolation(
            f"{command.year} 年度已有抽查计划。", "请打开它，或用“调整计划”建立新版本。"
        )
    name = command.name.strip() or f"{command.year}年度“双随机、一公开”抽查计划"
    number = f"{work.office.division}{command.year}0001"
    plan_id = _insert_plan(work, command.year, number, name, 1, "初次编制")
    work.note("编制计划", name, "plans", number=number)
    return plan_id


def _draft_ad_hoc(work: Work, command: DraftPlan) -> str:
    """临时抽查任务: beside the year's plan, with its reason; approved like any plan."""
    if not command.name.strip():
        raise InvalidInput("没有填写临时任务的名称。", "请填写名称。")
    if not command.reason.strip():
        raise InvalidInput("没有写明临时任务的原因。", "请写明文件、投诉举报或上级交办的依据。")
    number = _next_ad_hoc(work, command.year)
    plan_id = _insert_plan(
        work, command.year, number, command.name.strip(), 1, command.reason.strip(), ad_hoc=True
    )
    work.note("编制临时任务", command.name, "plans", number=number, reason=command.reason)
    return plan_id


def _next_ad_hoc(work: Work, year: int) -> str:
    """After the highest of this device, also of those that a restored backup has lost."""
    start = f"{work.office.division}{year}L{ad_hoc_mark(work.office.device)}"
    ends = [p.number[len(start) :] for p in _plans_of(work, year) if p.number.startswith(start)]
    taken = [int(end) for end in ends if end.isdecimal()]
    return f"{start}{max(*taken, highest_taken(work.session, AD_HOC, year), 0) + 1:03d}"


def _insert_plan(
    work: Work,
    year: int,
    number: str,
    name: str,
    version: int,
    reason: str,
    *,
    ad_hoc: bool = False,
) -> str:
    plan_id = work.new_id()
    work.session.execute(
        insert(AnnualPlan).values(
            id=plan_id,
            year=year,
            number=number,
            name=name,
            version=version,
            state=PlanState.DRAFT,
            reason=reason,
            created_at=work.now,
            created_by=work.actor.name,
            ad_hoc=ad_hoc,
        )
    )
    return plan_id


def save_line(work: Work, command: SaveLine) -> str:
    """Add or change a line; the base is counted and dated now."""
    plan = _draft(work, command.plan_id)
    check_line(command.line)
    _check_items(work, command.line)
    columns = _columns(work, command.line)
    line = work.session.get(PlanLine, command.line_id) if command.line_id else None
    if line is None:
        position = work.session.scalar(select(func.count()).where(PlanLine.plan_id == plan.id)) or 0
        line = PlanLine(
            id=work.new_id(), plan_id=plan.id, line_key=work.new_id(), position=position + 1
        )
        work.session.add(line)
    for name, value in columns.items():
        setattr(line, name, value)
    work.note("计划任务", command.line.name, "plans", plan=plan.number, base=columns["base_count"])
    return line.id


def _check_items(work: Work, line: LineDraft) -> None:
    query = select(InspectionItem.number).where(InspectionItem.status == ItemStatus.ADOPTED)
    adopted = set(work.session.scalars(query))
    for number in line.items:
        if number not in adopted:
            raise InvalidInput(f"事项“{number}”不在已认领的清单里。", "请先在抽查事项清单中认领。")


def _columns(work: Work, line: LineDraft) -> dict[str, Any]:
    strata = count_strata(work.session, line.object_filter, line.stratify_by)
    missing = sorted(set(strata) - {quota.code for quota in line.quotas})
    if missing:
        raise InvalidInput(
            f"分层“{'、'.join(missing)}”没有抽取规则（“N”表示未评定）。",
            "请为每个分层填写比例或家数。",
        )
    return {
        "name": line.name.strip(),
        "items": line.items,
        "object_filter": [[name, list(values)] for name, values in line.object_filter],
        "stratify_by": line.stratify_by,
        "strata": [{**asdict(quota), "mode": quota.mode.value} for quota in line.quotas],
        "base_count": sum(strata.values()),
        "base_date": work.today,
        "first_month": line.first_month,
        "last_month": line.last_month,
        "lead": line.lead.strip(),
        "partners": line.partners,
        "method": line.method,
        "targeting": line.targeting,
        "team_size": line.team_size,
        "total": line.total,
        "batches": line.batches or None,
        "expert_seats": line.expert_seats or None,
    }


def remove_line(work: Work, command: RemoveLine) -> None:
    line = work.session.get(PlanLine, command.line_id)
    if line is None:
        raise InvalidInput("这一项任务已经不在计划里。", "请刷新后重试。")
    plan = _draft(work, line.plan_id)
    work.session.delete(line)
    work.note("删去计划任务", line.name, "plans", plan=plan.number)


def approve_plan(work: Work, plan_id: str) -> None:
    """审定 by a second person; the version before it is replaced."""
    plan = _draft(work, plan_id)
    refuse_same_person(plan.created_by, work.actor.name, "计划审定")
    if not work.session.scalar(select(func.count()).where(PlanLine.plan_id == plan.id)):
        raise RuleViolation("计划里还没有抽查任务。", "请先增加至少一项任务。")
    for earlier in _versions(work, plan):
        if earlier.state in LIVE_STATES:
            earlier.state = PlanState.REPLACED
    plan.state, plan.approved_by, plan.approved_on = PlanState.APPROVED, work.actor.name, work.today
    work.note("审定计划", plan.name, "plans", version=plan.version)


def _plans_of(work: Work, year: int) -> list[AnnualPlan]:
    return list(work.session.scalars(select(AnnualPlan).where(AnnualPlan.year == year)))


def _versions(work: Work, plan: AnnualPlan) -> list[AnnualPlan]:
    return [other for other in _plans_of(work, plan.year) if other.number == plan.number]


def file_plan(work: Work, command: FilePlan) -> None:
    """Record the filing with the next level up (报上一级备案)."""
    plan = work.session.get(AnnualPlan, command.plan_id)
    if plan is None or plan.state is not PlanState.APPROVED:
        raise RuleViolation("只有已审定的计划可以备案。", "请先由审批人审定。")
    if not command.filed_to.strip():
        raise InvalidInput("没有填写备案机关。", "请填写上一级主管部门。")
    plan.state, plan.filed_to = PlanState.FILED, command.filed_to.strip()
    plan.filed_on, plan.filing_number = command.filed_on, command.number
    work.note("计划备案", plan.name, "plans", to=command.filed_to, number=command.number)


def revise_plan(work: Work, command: RevisePlan) -> str:
    """Copy a live plan into a new draft version; the old one holds until the new is approved."""
    plan = work.session.get(AnnualPlan, command.plan_id)
    if plan is None or plan.state not in LIVE_STATES:
        raise RuleViolation("只有已审定的计划可以调整。", "编制中的计划可直接修改。")
    if not command.reason.strip():
        raise InvalidInput("没有填写调整原因。", "请写明调整原因。")
    versions = _versions(work, plan)
    if any(version.state is PlanState.DRAFT for version in versions):
        raise RuleViolation("已有一个编制中的新版本。", "请先完成它。")
    version = max(version.version for version in versions) + 1
    fresh = _insert_plan(
        work, plan.year, plan.number, plan.name, version, command.reason.strip(),
        ad_hoc=bool(plan.ad_hoc),
    )  # fmt: skip
    _copy_lines(work, plan.id, fresh)
    work.note("调整计划", plan.name, "plans", version=version, reason=command.reason)
    return fresh


def _copy_lines(work: Work, source: str, fresh: str) -> None:
    columns = [column.name for column in PlanLine.__table__.columns]
    for line in work.session.scalars(select(PlanLine).where(PlanLine.plan_id == source)):
        values = {name: getattr(line, name) for name in columns}
        work.session.execute(
            insert(PlanLine).values(**{**values, "id": work.new_id(), "plan_id": fresh})
        )


def _draft(work: Work, plan_id: str) -> AnnualPlan:
    plan = work.session.get(AnnualPlan, plan_id)
    if plan is None or plan.state is not PlanState.DRAFT:
        raise RuleViolation("这一版计划已经审定，不能直接修改。", "请用“调整计划”建立新版本。")
    return plan

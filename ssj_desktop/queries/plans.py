"""Reading annual plans."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.domain.plan_rules import NO_STRATA, UNRATED, LineDraft, Quota
from ssj_desktop.domain.vocabulary import PlanState, QuotaMode, TargetStatus, Term
from ssj_desktop.models.plans import AnnualPlan, PlanLine
from ssj_desktop.models.registries import InspectionItem, Target
from ssj_desktop.queries.office import find_office

ObjectFilter = Iterable[tuple[str, tuple[str, ...]]]
LIVE_STATES = (PlanState.APPROVED, PlanState.FILED, PlanState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One version of a plan, with what may be done to it now."""

    id: str
    year: int
    number: str
    name: str
    version: int
    state: PlanState
    reason: str
    created_by: str
    approved_by: str | None
    approved_on: date | None
    filed_to: str | None
    filed_on: date | None
    filing_number: str | None
    ad_hoc: bool

    @property
    def is_draft(self) -> bool:
        return self.state is PlanState.DRAFT

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a plan version."""

    id: str
    plan_id: str
    line_key: str
    position: int
    draft: LineDraft
    base_count: int
    base_date: date
    item_names: tuple[str, ...]

    @property
    def months(self) -> str:
        first, last = self.draft.first_month, self.draft.last_month
        return f"{first} 月" if first == last else f"{first}–{last} 月"

    @property
    def quota_text(self) -> str:
        return self.draft.quota_text


def list_plans(session: Session, year: int | None = None) -> tuple[PlanRow, ...]:
    """The year's plan before ad-hoc plans, versions newest first."""
    query = select(AnnualPlan).order_by(
        AnnualPlan.year.desc(),
        func.coalesce(AnnualPlan.ad_hoc, False),
        AnnualPlan.number,
        AnnualPlan.version.desc(),
    )
    if year is not None:
        query = query.where(AnnualPlan.year == year)
    return tuple(_plan_row(plan) for plan in session.scalars(query))


def find_plan(session: Session, plan_id: str) -> PlanRow | None:
    plan = session.get(AnnualPlan, plan_id)
    return _plan_row(plan) if plan else None


def _plan_row(plan: AnnualPlan) -> PlanRow:
    return PlanRow(
        plan.id, plan.year, plan.number, plan.name, plan.version, plan.state, plan.reason,
        plan.created_by, plan.approved_by, plan.approved_on, plan.filed_to, plan.filed_on,
        plan.filing_number, bool(plan.ad_hoc),
    )  # fmt: skip


def list_lines(session: Session, plan_id: str) -> tuple[LineRow, ...]:
    query = select(PlanLine).where(PlanLine.plan_id == plan_id).order_by(PlanLine.position)
    names = item_names(session)
    return tuple(_line_row(line, names) for line in session.scalars(query))


def find_line(session: Session, line_id: str) -> LineRow | None:
    line = session.get(PlanLine, line_id)
    return _line_row(line, item_names(session)) if line else None


def item_names(session: Session) -> dict[str, str]:
    """Item number → name."""
    rows = session.execute(select(InspectionItem.number, InspectionItem.name))
    return dict(rows.all())


def _line_row(line: PlanLine, names: dict[str, str]) -> LineRow:
    draft = LineDraft(
        name=line.name,
        items=line.items,
        object_filter=tuple((name, tuple(values)) for name, values in line.object_filter),
        stratify_by=line.stratify_by,
        quotas=tuple(_quota(value) for value in line.strata),
        first_month=line.first_month,
        last_month=line.last_month,
        lead=line.lead,
        partners=line.partners or (),
        method=line.method,
        targeting=line.targeting,
        team_size=line.team_size,
        total=line.total,
        batches=line.batches or 0,
        expert_seats=line.expert_seats or (),
    )
    titles = tuple(names.get(number, number) for number in line.items)
    return LineRow(
        line.id, line.plan_id, line.line_key, line.position, draft, line.base_count, line.base_date,
        titles,
    )  # fmt: skip


def _quota(value: dict[str, Any]) -> Quota:
    return Quota(**{**value, "mode": QuotaMode.of(value["mode"])})


def filtered_targets(session: Session, object_filter: ObjectFilter) -> list[Target]:
    """The targets a plan line speaks of, whatever their status."""
    query = select(Target).where(*conditions(object_filter)).order_by(Target.code)
    return list(session.scalars(query))


def conditions(object_filter: ObjectFilter) -> list[ColumnElement[bool]]:
    """What holds for the targets a plan line speaks of."""
    columns = Target.__table__.columns
    return [
        columns[name].in_([_stored(name, value) for value in values])
        for name, values in object_filter
    ]


def _stored(name: str, value: str) -> Any:
    vocabulary = getattr(Target.__table__.columns[name].type, "vocabulary", None)
    return vocabulary.of(value) if vocabulary else value


def stratum_of(target: Target, stratify_by: str) -> str:
    """The stratum code of a target."""
    if not stratify_by:
        return NO_STRATA
    return _code_of(getattr(target, stratify_by))


def count_strata(session: Session, object_filter: ObjectFilter, stratify_by: str) -> dict[str, int]:
    """How many normal targets each stratum holds now; the store counts, for it may be a million."""
    by = Target.__table__.columns[stratify_by] if stratify_by else literal(NO_STRATA)
    normal = Target.status == TargetStatus.NORMAL
    query = select(by, func.count()).where(normal, *conditions(object_filter))
    counts: Counter[str] = Counter()
    for value, count in session.execute(query.group_by(by)):
        counts[_code_of(value)] += count
    return dict(sorted(counts.items()))


def _code_of(value: object) -> str:
    if value is None:
        return UNRATED
    return value.value if isinstance(value, Term) else str(value)


PLAN_COLUMNS = (
    Column("序号", 11, "center"),
    Column("抽查任务", 45),
    Column("抽查事项", 52),
    Column("检查对象（基数）", 38),
    Column("抽查比例或数量", 44),
    Column("时间", 18, "center"),
    Column("检查方式", 19, "center"),
    Column("牵头及配合部门", 34),
)


def plan_paper(session: Session, plan_id: str) -> TablePaper:
    """年度抽查计划表."""
    plan = session.get_one(AnnualPlan, plan_id)
    office = find_office(session)
    rows = tuple(_plan_line_cells(line) for line in list_lines(session, plan_id))
    return TablePaper(
        organ=office.unit,
        title=(
            "“双随机、一公开”临时抽查任务表"
            if plan.ad_hoc
            else f"{plan.year}年度“双随机、一公开”抽查计划表"
        ),
        head_lines=_plan_heads(plan),
        columns=PLAN_COLUMNS,
        rows=rows,
        foot_left=f"编制人：{plan.created_by}　　审批人：{plan.approved_by or '　　　'}",
        foot_right=f"共 {len(rows)} 项任务",
        page_foot=f"{plan.number}　第 {plan.version} 版",
    )


def _plan_heads(plan: AnnualPlan) -> tuple[tuple[str, str], ...]:
    head = (f"计划编号：{plan.number}　第 {plan.version} 版", f"状态：{plan.state.label}")
    return (head, (f"任务名称：{plan.name}", f"原因：{plan.reason}")) if plan.ad_hoc else (head,)


def _plan_line_cells(line: LineRow) -> tuple[str, ...]:
    draft = line.draft
    scope = "、".join("、".join(values) for _, values in draft.object_filter) or "全部检查对象"
    items = "；".join(
        f"{name}（{number}）" for number, name in zip(draft.items, line.item_names, strict=True)
    )
    day = f"{line.base_date.year}年{line.base_date.month}月{line.base_date.day}日"
    departments = "、".join((draft.lead, *draft.partners))
    return (
        str(line.position), draft.name, items, f"{scope}（{line.base_count} 家，{day}）",
        line.quota_text, line.months, draft.method.label, departments,
    )  # fmt: skip

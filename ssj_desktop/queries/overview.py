"""The year view: steps, the evaluator's four questions, nearest deadlines, months."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.calendar import WorkCalendar
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.vocabulary import (
    DisclosureState,
    InspectorStatus,
    ItemStatus,
    PlanState,
    TargetStatus,
    TaskState,
)
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.plans import AnnualPlan, PlanLine
from ssj_desktop.queries.calendar import work_calendar
from ssj_desktop.queries.disclosures import (
    DisclosureRow,
    DisclosureSubject,
    list_disclosures,
    list_subjects,
)
from ssj_desktop.queries.draws import list_draws
from ssj_desktop.queries.inspections import TaskRow, list_tasks
from ssj_desktop.queries.plans import PlanRow, list_plans
from ssj_desktop.queries.registries import RowFilter, count_rows
from ssj_desktop.queries.staff_check import last_staff_check

_SATURDAY = 5
_FINISHED = (TaskState.REVIEWED, TaskState.REPLACED)
STEPS = ("认领清单", "核对两库", "编制计划", "备案公示", "随机抽取", "现场检查", "结果公示")


@dataclass(frozen=True, slots=True)
class Question:
    """One of the evaluator's questions: a figure and a pill with words."""

    title: str
    figure: str
    detail: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class DueRow:
    """A deadline in working days."""

    what: str
    day: str
    left: str
    tone: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the home page shows."""

    step: int
    steps: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]
    due: tuple[DueRow, ...]
    months: tuple[tuple[str, int, int], ...]
    results: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Year:
    """What several parts of the page count, read once."""

    today: date
    calendar: WorkCalendar
    tasks: tuple[TaskRow, ...]
    plans: tuple[PlanRow, ...]
    disclosures: tuple[DisclosureRow, ...]
    subjects: tuple[DisclosureSubject, ...]
    draws: int
    """Draws of the year with a result."""


def year_overview(session: Session, today: date) -> Overview:
    """The state of the year at a glance."""
    year = _Year(
        today,
        work_calendar(session),
        list_tasks(session, year=today.year),
        list_plans(session, today.year),
        list_disclosures(session, today),
        list_subjects(session, today),
        sum(row.state is DrawState.DRAWN for row in list_draws(session, today.year)),
    )
    codes = Counter(task.result_text for task in year.tasks if task.state is TaskState.REVIEWED)
    return Overview(
        step=_step(session, year),
        steps=_steps(session, year),
        questions=(_items(session), _registries(session), _plan(year), _timely(year)),
        due=_due(year),
        months=_months(session, year),
        results=tuple(codes.most_common(5)),
    )


def _items(session: Session) -> Question:
    whole = count_rows(session, "items")
    adopted = count_rows(session, "items", RowFilter(equals={"status": ItemStatus.ADOPTED}))
    missing = whole - adopted
    state = ("齐全", "ok") if whole and not missing else (f"差 {missing} 项", "warn")
    return Question("清单是否齐全", f"{adopted} / {whole}", "项已认领", *state)


def _registries(session: Session) -> Question:
    targets = count_rows(session, "targets", RowFilter(equals={"status": TargetStatus.NORMAL}))
    people = count_rows(session, "inspectors", RowFilter(equals={"status": InspectorStatus.ACTIVE}))
    check = last_staff_check(session)
    missing = check.obliged - check.enrolled if check else 0
    state = ("已建立", "ok") if targets and people else ("待建立", "warn")
    if missing and state[1] == "ok":
        state = (f"差 {missing} 人", "warn")
    return Question("两库是否准确", f"{targets}", f"家　{people} 人", *state)


def _plan(year: _Year) -> Question:
    live = [plan for plan in year.plans if plan.is_live]
    if not live:
        return Question("计划是否备案公示", "无", f"{year.today.year} 年度", "未审定", "warn")
    plan = live[0]
    done = plan.state in (PlanState.FILED, PlanState.PUBLISHED)
    state = (plan.state.label, "ok") if done else ("未备案", "warn")
    return Question("计划是否备案公示", f"第 {plan.version} 版", f"{year.today.year} 年度", *state)


def _timely(year: _Year) -> Question:
    late = sum(row.days_left < 0 for row in year.disclosures if row.is_due)
    late += sum(subject.days_left < 0 for subject in year.subjects)
    done = sum(row.state is DisclosureState.PUBLISHED for row in year.disclosures)
    state = (f"{late} 条超期", "bad") if late else ("无超期", "ok")
    return Question("公示是否及时", f"{done}", "条已公示", *state)


def _due(year: _Year) -> tuple[DueRow, ...]:
    found = [(s.deadline.day, f"准备公示：{s.title}", s.days_left) for s in year.subjects]
    found += [
        (row.deadline.day, f"公示：{row.title}", row.days_left)
        for row in year.disclosures
        if row.is_due
    ]
    return tuple(
        _due_row(_day_text(year.calendar, day), what, left) for day, what, left in sorted(found)[:8]
    )


def _day_text(calendar: WorkCalendar, day: date) -> str:
    """A weekend that is worked is named, or the clerk would take it for a free day."""
    is_moved = day.weekday() >= _SATURDAY and calendar.is_working_day(day)
    return f"{day.isoformat()} 调休" if is_moved else day.isoformat()


def _due_row(day: str, what: str, left: int) -> DueRow:
    if left < 0:
        return DueRow(what, day, f"已超 {-left} 个工作日", "bad")
    return DueRow(what, day, f"还有 {left} 个工作日", "warn" if left <= 5 else "neutral")


def _steps(session: Session, year: _Year) -> tuple[tuple[str, str], ...]:
    """Each step of the year with where it stands, in a few words."""
    plan = next((plan for plan in year.plans if not plan.ad_hoc), None)
    finished = sum(task.state in _FINISHED for task in year.tasks)
    words = (
        f"{count_rows(session, 'items')} 项",
        f"{count_rows(session, 'targets')} 家",
        f"第 {plan.version} 版" if plan else "未编制",
        plan.state.label if plan else "未开始",
        f"已抽 {year.draws} 批" if year.draws else "未开始",
        f"{finished} / {len(year.tasks)} 家" if year.tasks else "未开始",
        f"待公示 {len(year.subjects)} 项" if year.subjects else "没有待办",
    )
    return tuple(zip(STEPS, words, strict=True))


def _months(session: Session, year: _Year) -> tuple[tuple[str, int, int], ...]:
    """Drawn objects spread evenly over the months of their plan line, and those checked."""
    query = (
        select(PlanLine.first_month, PlanLine.last_month, func.count(InspectionTask.id))
        .join(Draw, Draw.plan_line_id == PlanLine.id)
        .join(InspectionTask, InspectionTask.draw_id == Draw.id)
        .join(AnnualPlan, AnnualPlan.id == PlanLine.plan_id)
        .where(AnnualPlan.year == year.today.year)
        .group_by(Draw.id, PlanLine.first_month, PlanLine.last_month)
    )
    planned: Counter[int] = Counter()
    for first, last, count in session.execute(query):
        span = last - first + 1
        for place in range(span):
            planned[first + place] += count * (place + 1) // span - count * place // span
    visits = (task.visit_on for task in year.tasks)
    done = Counter(day.month for day in visits if day and day.year == year.today.year)
    return tuple((f"{m}月", planned[m], done[m]) for m in range(1, 13))


def _step(session: Session, year: _Year) -> int:
    """The first step that is not finished."""
    plans = [plan for plan in year.plans if plan.is_live]
    finished = (
        bool(count_rows(session, "items")),
        bool(count_rows(session, "targets") and count_rows(session, "inspectors")),
        bool(plans),
        any(plan.state is not PlanState.APPROVED for plan in plans),
        bool(year.draws),
        bool(year.tasks) and all(task.state in _FINISHED for task in year.tasks),
    )
    return finished.index(False) if False in finished else len(finished)

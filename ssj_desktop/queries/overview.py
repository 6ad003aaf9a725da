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
from ssj_desktop.queries.disclosures import list_disclosures, list_subjects
from ssj_desktop.queries.draws import list_draws
from ssj_desktop.queries.inspections import TaskRow, list_tasks
from ssj_desktop.queries.plans import list_plans
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


def year_overview(session: Session, today: date) -> Overview:
    """The state of the year at a glance."""
    tasks = list_tasks(session)
    questions = (
        _items(session), _registries(session), _plan(session, today.year), _timely(session, today),
    )  # fmt: skip
    codes = Counter(task.result_text for task in tasks if task.state is TaskState.REVIEWED)
    return Overview(
        step=_step(session, today),
        steps=_steps(session, today, tasks),
        questions=questions,
        due=_due(session, today),
        months=_months(session, today.year),
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


def _plan(session: Session, year: int) -> Question:
    live = [plan for plan in list_plans(session, year) if plan.is_live]
    if not live:
        return Question("计划是否备案公示", "无", f"{year} 年度", "未审定", "warn")
    plan = live[0]
    done = plan.state in (PlanState.FILED, PlanState.PUBLISHED)
    state = (plan.state.label, "ok") if done else ("未备案", "warn")
    return Question("计划是否备案公示", f"第 {plan.version} 版", f"{year} 年度", *state)


def _timely(session: Session, today: date) -> Question:
    rows = list_disclosures(session, today)
    late = sum(row.days_left < 0 for row in rows if row.is_due)
    late += sum(subject.days_left < 0 for subject in list_subjects(session, today))
    done = sum(row.state is DisclosureState.PUBLISHED for row in rows)
    state = (f"{late} 条超期", "bad") if late else ("无超期", "ok")
    return Question("公示是否及时", f"{done}", "条已公示", *state)


def _due(session: Session, today: date) -> tuple[DueRow, ...]:
    calendar = work_calendar(session)
    found = [
        (s.deadline.day, f"准备公示：{s.title}", s.days_left) for s in list_subjects(session, today)
    ]
    found += [
        (row.deadline.day, f"公示：{row.title}", row.days_left)
        for row in list_disclosures(session, today)
        if row.is_due
    ]
    return tuple(
        _due_row(_day_text(calendar, day), what, left) for day, what, left in sorted(found)[:8]
    )


def _day_text(calendar: WorkCalendar, day: date) -> str:
    """A weekend that is worked is named, or the clerk would take it for a free day."""
    is_moved = day.weekday() >= _SATURDAY and calendar.is_working_day(day)
    return f"{day.isoformat()} 调休" if is_moved else day.isoformat()


def _due_row(day: str, what: str, left: int) -> DueRow:
    if left < 0:
        return DueRow(what, day, f"已超 {-left} 个工作日", "bad")
    return DueRow(what, day, f"还有 {left} 个工作日", "warn" if left <= 5 else "neutral")


def _steps(
    session: Session, today: date, tasks: tuple[TaskRow, ...]
) -> tuple[tuple[str, str], ...]:
    """Each step of the year with where it stands, in a few words."""
    plans = [plan for plan in list_plans(session, today.year) if not plan.ad_hoc]
    plan = plans[0] if plans else None
    drawn = sum(row.state is DrawState.DRAWN for row in list_draws(session, today.year))
    finished = sum(task.state in _FINISHED for task in tasks)
    waiting = len(list_subjects(session, today))
    words = (
        f"{count_rows(session, 'items')} 项",
        f"{count_rows(session, 'targets')} 家",
        f"第 {plan.version} 版" if plan else "未编制",
        plan.state.label if plan else "未开始",
        f"已抽 {drawn} 批" if drawn else "未开始",
        f"{finished} / {len(tasks)} 家" if tasks else "未开始",
        f"待公示 {waiting} 项" if waiting else "没有待办",
    )
    return tuple(zip(STEPS, words, strict=True))


def _months(session: Session, year: int) -> tuple[tuple[str, int, int], ...]:
    """Drawn objects spread evenly over the months of their plan line, and those checked."""
    query = (
        select(PlanLine.first_month, PlanLine.last_month, func.count(InspectionTask.id))
        .join(Draw, Draw.plan_line_id == PlanLine.id)
        .join(InspectionTask, InspectionTask.draw_id == Draw.id)
        .join(AnnualPlan, AnnualPlan.id == PlanLine.plan_id)
        .where(AnnualPlan.year == year)
        .group_by(Draw.id, PlanLine.first_month, PlanLine.last_month)
    )
    planned: Counter[int] = Counter()
    for first, last, count in session.execute(query):
        span = last - first + 1
        for place in range(span):
            planned[first + place] += count * (place + 1) // span - count * place // span
    visits = (task.visit_on for task in list_tasks(session))
    done = Counter(day.month for day in visits if day and day.year == year)
    return tuple((f"{m}月", planned[m], done[m]) for m in range(1, 13))


def _step(session: Session, today: date) -> int:
    """The first step that is not finished."""
    plans = [plan for plan in list_plans(session, today.year) if plan.is_live]
    tasks = list_tasks(session)
    finished = (
        bool(count_rows(session, "items")),
        bool(count_rows(session, "targets") and count_rows(session, "inspectors")),
        bool(plans),
        any(plan.state is not PlanState.APPROVED for plan in plans),
        any(row.state is DrawState.DRAWN for row in list_draws(session, today.year)),
        bool(tasks) and all(task.state in _FINISHED for task in tasks),
    )
    return finished.index(False) if False in finished else len(finished)

"""The year view: steps, the evaluator's four questions, nearest deadlines, months."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.vocabulary import (
    DisclosureState,
    InspectorStatus,
    ItemStatus,
    PlanState,
    TargetStatus,
    TaskState,
)
from ssj_desktop.queries.disclosures import list_disclosures, list_subjects
from ssj_desktop.queries.draws import list_draws
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.plans import list_lines, list_plans
from ssj_desktop.queries.registries import RowFilter, count_rows

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
    state = ("已建立", "ok") if targets and people else ("待建立", "warn")
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
    found = [
        (s.deadline.day, f"准备公示：{s.title}", s.days_left) for s in list_subjects(session, today)
    ]
    found += [
        (row.deadline.day, f"公示：{row.title}", row.days_left)
        for row in list_disclosures(session, today)
        if row.is_due
    ]
    return tuple(_due_row(day, what, left) for day, what, left in sorted(found)[:8])


def _due_row(day: date, what: str, left: int) -> DueRow:
    if left < 0:
        return DueRow(what, f"{day:%m-%d}", f"已超 {-left} 个工作日", "bad")
    tone = "warn" if left <= 5 else "neutral"
    return DueRow(what, f"{day:%m-%d}", f"还有 {left} 个工作日", tone)


def _months(session: Session, year: int) -> tuple[tuple[str, int, int], ...]:
    """Planned lines and drawn objects checked, per month."""
    planned: Counter[int] = Counter()
    for plan in list_plans(session, year)[:1]:
        for line in list_lines(session, plan.id):
            for month in range(line.draft.first_month, line.draft.last_month + 1):
                planned[month] += 1
    done = Counter(task.visit_on.month for task in list_tasks(session) if task.visit_on)
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

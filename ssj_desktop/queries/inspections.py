"""Reading inspection tasks and results."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from ssj_desktop.domain.result_rules import EDITABLE, Entry, gaps
from ssj_desktop.domain.vocabulary import InspectionMethod, ResultCode, Role, TaskState
from ssj_desktop.models.draws import Draw, InspectorAssignment
from ssj_desktop.models.inspections import InspectionTask, ItemResult
from ssj_desktop.models.office import Account
from ssj_desktop.models.registries import Expert, Inspector
from ssj_desktop.queries.plans import item_names
from ssj_desktop.queries.registry_pages import ListedRow

_NAMED_KEYS = 500
"""Up to so many rows are named to the store; beyond it all are read."""


@dataclass(frozen=True, slots=True)
class TeamMember:
    """An officer of a team."""

    name: str
    certificate: str
    is_leader: bool
    code: str


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """One item of a task with the result that holds, if any."""

    item: str
    name: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task with everything the entry screen shows, decisions included."""

    id: str
    number: str
    draw_number: str
    title: str
    target_id: str
    target_code: str
    target_name: str
    state: TaskState
    visit_on: date | None
    method: InspectionMethod | None
    team: tuple[TeamMember, ...]
    items: tuple[ItemEntry, ...]
    gaps: tuple[str, ...]
    entered_by: str | None
    reviewed_by: str | None
    review_opinion: str | None
    completed_on: date | None
    batch: int | None
    experts: tuple[TeamMember, ...]
    sealed_until: date | None

    @property
    def people(self) -> tuple[TeamMember, ...]:
        """Inspectors, then experts."""
        return (*self.team, *self.experts)

    def name_on(self, today: date) -> str:
        """The object's name, or that it is still sealed."""
        if self.sealed_until is not None and today < self.sealed_until:
            return f"名单封存至 {self.sealed_until.isoformat()}"
        return self.target_name

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def why_not_submit(self) -> str | None:
        if not self.is_editable:
            return f"任务{self.state.label}"
        return f"还缺 {len(self.gaps)} 项" if self.gaps else None

    @property
    def progress(self) -> str:
        done = sum(item.entry is not None for item in self.items)
        return f"{done} / {len(self.items)}"

    @property
    def result_text(self) -> str:
        codes = [c.label for item in self.items if item.entry for c in item.entry.codes]
        return "、".join(dict.fromkeys(codes)) or "—"


def list_tasks(
    session: Session,
    draw_id: str | None = None,
    state: TaskState | None = None,
    year: int | None = None,
) -> tuple[TaskRow, ...]:
    """Tasks in order of their number; those of ``year`` were drawn in it."""
    query = select(InspectionTask).order_by(InspectionTask.number)
    if draw_id is not None:
        query = query.where(InspectionTask.draw_id == draw_id)
    if state is not None:
        query = query.where(InspectionTask.state == state)
    if year is not None:  # a field laptop does not hold the draws of its tasks
        query = query.where(InspectionTask.draw_id.not_in(select(Draw.id).where(Draw.year != year)))
    return _rows(session, list(session.scalars(query)))


def list_visits(session: Session, kind: str, row: ListedRow) -> tuple[TaskRow, ...]:
    """The tasks of a target, or those an inspector was drawn for; newest first."""
    query = select(InspectionTask).order_by(InspectionTask.number.desc())
    if kind == "targets":
        return _rows(
            session, list(session.scalars(query.where(InspectionTask.target_id == row.id)))
        )
    seats = select(InspectorAssignment.draw_id, InspectorAssignment.target_code).where(
        InspectorAssignment.inspector_code == row.code
    )
    place = tuple_(InspectionTask.draw_id, InspectionTask.target_code)
    return _rows(session, list(session.scalars(query.where(place.in_(seats)))))


def list_tasks_for(session: Session, account: str) -> tuple[TaskRow, ...]:
    """What an account sees: a 检查人员 only the tasks of the own teams, everybody else all."""
    rows = list_tasks(session)
    row = session.execute(
        select(Account.roles, Account.person_code).where(Account.name == account)
    ).first()
    if row is None or set(row.roles) != {Role.INSPECTOR.value}:
        return rows
    return tuple(task for task in rows if row.person_code in {m.code for m in task.people})


def find_task(session: Session, task_id: str) -> TaskRow:
    return _rows(session, [session.get_one(InspectionTask, task_id)])[0]


def _rows(session: Session, tasks: list[InspectionTask]) -> tuple[TaskRow, ...]:
    if not tasks:
        return ()
    names = item_names(session)
    draws = _draws(session, {task.draw_id for task in tasks})
    team = _among(select(Inspector), Inspector.code, {code for task in tasks for code in task.team})
    people = {person.code: person for person in session.scalars(team)}
    entries = _entries(session, [task.id for task in tasks])
    experts = dict(session.execute(select(Expert.code, Expert.name)).all())
    return tuple(
        _row(task, draws.get(task.draw_id, _ELSEWHERE), people, names, entries, experts)
        for task in tasks
    )


@dataclass(frozen=True, slots=True)
class _DrawOfTask:
    """What a task shows of its draw; a field laptop does not hold the draw itself."""

    number: str
    title: str
    hidden_until: date | None


_ELSEWHERE = _DrawOfTask("", "", None)


def _draws(session: Session, keys: set[str]) -> dict[str, _DrawOfTask]:
    query = select(Draw.id, Draw.number, Draw.title, Draw.sealed_until, Draw.unsealed_by)
    return {
        row.id: _DrawOfTask(row.number, row.title, None if row.unsealed_by else row.sealed_until)
        for row in session.execute(_among(query, Draw.id, keys))
    }


def _among(query: Any, column: InstrumentedAttribute[str], keys: set[str]) -> Any:
    """Only the named rows, unless they are so many that reading all is the shorter way."""
    return query.where(column.in_(keys)) if len(keys) <= _NAMED_KEYS else query


def _entries(session: Session, task_ids: list[str]) -> dict[tuple[str, str], Entry]:
    """The latest result of each task and item."""
    query = _among(select(ItemResult), ItemResult.task_id, set(task_ids))
    query = query.order_by(ItemResult.revision)
    return {
        (r.task_id, r.item_number): Entry(
            r.item_number,
            tuple(ResultCode.of(code) for code in r.codes),
            r.finding or "",
            r.follow_up,
            r.rectify_by,
            r.note or "",
        )
        for r in session.scalars(query)
    }


def _row(
    task: InspectionTask,
    draw: _DrawOfTask,
    people: dict[str, Inspector],
    names: dict[str, str],
    entries: dict[tuple[str, str], Entry],
    experts: dict[str, str],
) -> TaskRow:
    items = tuple(
        ItemEntry(item, names.get(item, item), entries.get((task.id, item))) for item in task.items
    )
    entered = [item.item for item in items if item.entry]
    team = tuple(
        TeamMember(people[code].name, people[code].certificate_number, code == task.leader, code)
        for code in task.team
        if code in people
    )
    return TaskRow(
        task.id, task.number, draw.number, draw.title, task.target_id, task.target_code,
        task.target_name, task.state, task.visit_on, task.method, team, items,
        gaps(task.items, entered, task.visit_on, len(task.team)),
        task.entered_by, task.reviewed_by, task.review_opinion, task.completed_on, task.batch,
        tuple(
            TeamMember(experts.get(code, code), code, False, code) for code in task.experts or ()
        ),
        draw.hidden_until,
    )  # fmt: skip

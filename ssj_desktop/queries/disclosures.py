"""Reading publications: what must be published by when, and the 公示表."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.calendar import Deadline
from ssj_desktop.domain.disclosure_rules import WORKING_DAYS, mask
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.fields import ITEMS
from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.domain.vocabulary import (
    DisclosureKind,
    DisclosureState,
    EditionState,
    FollowUp,
    ItemStatus,
    PlanState,
    ResultCode,
    TaskState,
)
from ssj_desktop.models.disclosures import Disclosure
from ssj_desktop.models.draws import Draw, SelectedTarget
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.item_lists import ListEdition
from ssj_desktop.models.plans import AnnualPlan, PlanLine
from ssj_desktop.queries.calendar import work_calendar
from ssj_desktop.queries.draw_words import paper_date
from ssj_desktop.queries.draws import is_hidden
from ssj_desktop.queries.inspections import TaskRow, list_tasks
from ssj_desktop.queries.item_lists import list_editions
from ssj_desktop.queries.office import find_office, find_setting
from ssj_desktop.queries.plans import item_names, list_lines
from ssj_desktop.queries.registries import RowFilter, count_rows, list_rows, shown

_ADOPTED = RowFilter(equals={"status": ItemStatus.ADOPTED})
_DUE = (DisclosureState.PREPARED, DisclosureState.ASSESSED, DisclosureState.APPROVED)
CONTACT_SETTING = "objection_contact"


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """One publication with its clock and what may be done now; ``days_left`` only while due."""

    id: str
    kind: DisclosureKind
    title: str
    state: DisclosureState
    rows: int
    completed_on: date
    deadline: Deadline
    days_left: int
    prepared_by: str
    assessment: str | None
    approved_by: str | None
    published_on: date | None
    channel: str | None
    exemption_basis: str | None
    subject_id: str

    @property
    def clock_text(self) -> str:
        if self.state in (DisclosureState.PUBLISHED, DisclosureState.WITHDRAWN):
            late = self.published_on is not None and self.published_on > self.deadline.day
            return "超期公示" if late else "按期公示"
        if self.state is DisclosureState.EXEMPTED:
            return "不予公示"
        if self.days_left < 0:
            return f"已超 {-self.days_left} 个工作日"
        return f"还有 {self.days_left} 个工作日" + ("（假定）" if self.deadline.provisional else "")

    @property
    def is_due(self) -> bool:
        return self.state in _DUE


@dataclass(frozen=True, slots=True)
class DisclosureSubject:
    """Something that must be published and is not prepared yet."""

    kind: DisclosureKind
    subject_id: str
    title: str
    completed_on: date
    deadline: Deadline
    days_left: int


def list_disclosures(session: Session, today: date) -> tuple[DisclosureRow, ...]:
    """Newest first; the published rows themselves are counted, not read."""
    calendar = work_calendar(session)
    query = select(
        Disclosure.id, Disclosure.kind, Disclosure.title, Disclosure.state,
        func.json_array_length(Disclosure.rows).label("rows"), Disclosure.completed_on,
        Disclosure.prepared_by, Disclosure.assessment, Disclosure.approved_by,
        Disclosure.published_on, Disclosure.channel, Disclosure.exemption_basis,
        Disclosure.subject_id,
    )  # fmt: skip
    found = []
    for d in session.execute(query.order_by(Disclosure.prepared_at.desc())):
        deadline = calendar.nth_working_day(d.completed_on, WORKING_DAYS)
        left = calendar.working_days_left(today, deadline.day) if d.state in _DUE else 0
        found.append(
            DisclosureRow(
                d.id, d.kind, d.title, d.state, d.rows, d.completed_on, deadline, left,
                d.prepared_by, d.assessment, d.approved_by, d.published_on, d.channel,
                d.exemption_basis, d.subject_id,
            )
        )  # fmt: skip
    return tuple(found)


def list_subjects(session: Session, today: date) -> tuple[DisclosureSubject, ...]:
    """The item list, plans, draw lists and finished draws that no publication covers yet."""
    made = select(Disclosure.kind, Disclosure.subject_id, Disclosure.state)
    covered = {
        (kind, subject_id)
        for kind, subject_id, state in session.execute(made)
        if state is not DisclosureState.WITHDRAWN
    }
    calendar = work_calendar(session)
    found = []
    for kind, subject_id, title, completed in _candidates(session, today):
        if (kind, subject_id) not in covered:
            deadline = calendar.nth_working_day(completed, WORKING_DAYS)
            left = calendar.working_days_left(today, deadline.day)
            found.append(DisclosureSubject(kind, subject_id, title, completed, deadline, left))
    return tuple(sorted(found, key=lambda subject: subject.deadline.day))


def _candidates(session: Session, today: date) -> list[tuple[DisclosureKind, str, str, date]]:
    found = [
        (DisclosureKind.PLAN, plan.id, f"{plan.name}（第 {plan.version} 版）", plan.approved_on)
        for plan in session.scalars(select(AnnualPlan))
        if plan.state in (PlanState.APPROVED, PlanState.FILED) and plan.approved_on
    ]
    query = select(Draw.id, Draw.title, Draw.drawn_at, Draw.sealed_until, Draw.unsealed_by)
    completed = _completed(session)
    for draw in session.execute(query.where(Draw.state == DrawState.DRAWN.value)):
        if draw.drawn_at is None:
            continue
        day = draw.drawn_at.astimezone().date()
        if not is_hidden(draw.sealed_until, draw.unsealed_by, today):
            found.append((DisclosureKind.DRAW_LIST, draw.id, f"{draw.title}抽取名单", day))
        if done := completed.get(draw.id):
            found.append((DisclosureKind.RESULTS, draw.id, f"{draw.title}结果", done))
    return found + _item_list(session, today)


def _item_list(session: Session, today: date) -> list[tuple[DisclosureKind, str, str, date]]:
    """The list of this office under the edition in force, once it has adopted items of it."""
    in_force = [e for e in list_editions(session, today) if e.state is EditionState.IN_FORCE]
    if not in_force or not count_rows(session, "items", _ADOPTED):
        return []
    edition = in_force[-1]
    title = f"抽查事项清单（《{edition.name}》）"
    return [(DisclosureKind.ITEM_LIST, edition.id, title, edition.counts_from)]


def _completed(session: Session) -> dict[str, date]:
    """Draw id → the day its last object was checked, once all are reviewed."""
    query = select(InspectionTask.draw_id, InspectionTask.completed_on)
    rows = session.execute(query.where(InspectionTask.state != TaskState.REPLACED))
    days: dict[str, list[date | None]] = defaultdict(list)
    for draw_id, day in rows:
        days[draw_id].append(day)
    return {draw_id: max(filter(None, each)) for draw_id, each in days.items() if all(each)}


def subject_rows(session: Session, kind: DisclosureKind, subject_id: str) -> list[list[str]]:
    """The public rows of a subject, masked and sorted by code, without stratum or class."""
    if kind is DisclosureKind.ITEM_LIST:
        return _item_rows(session)
    if kind is DisclosureKind.PLAN:
        return [
            [str(line.position), line.draft.name, "；".join(line.item_names), line.months,
             line.draft.method.label, "、".join((line.draft.lead, *line.draft.partners))]
            for line in list_lines(session, subject_id)
        ]  # fmt: skip
    if kind is DisclosureKind.DRAW_LIST:
        return _draw_list_rows(session, subject_id)
    return _result_rows(list_tasks(session, subject_id))


def _item_rows(session: Session) -> list[list[str]]:
    """What this office inspects: adopted items and its own supplements, by number."""
    items = [shown(ITEMS, row.values) for row in list_rows(session, "items", _ADOPTED)]
    items.sort(key=lambda texts: texts["number"])
    return [
        [str(n), *(texts[name] or "—" for name in _ITEM_FIELDS)]
        for n, texts in enumerate(items, start=1)
    ]


def _draw_list_rows(session: Session, draw_id: str) -> list[list[str]]:
    line = session.get_one(PlanLine, session.get_one(Draw, draw_id).plan_line_id)
    names = item_names(session)
    items = "；".join(names.get(number, number) for number in line.items)
    drawn = session.execute(
        select(SelectedTarget.name, SelectedTarget.target_code)
        .where(SelectedTarget.draw_id == draw_id, SelectedTarget.standing == "drawn")
        .order_by(SelectedTarget.target_code)
    )
    return [[str(n), name, code, items] for n, (name, code) in enumerate(drawn, start=1)]


def _result_rows(tasks: tuple[TaskRow, ...]) -> list[list[str]]:
    """One row per item and object: the result is per item, not per firm."""
    rows: list[list[str]] = []
    for task in sorted(tasks, key=lambda task: task.target_code):
        for item in task.items:
            if task.state is TaskState.REPLACED:
                rows.append([str(len(rows) + 1), task.target_name, task.target_code, item.name, "—",
                             "未检查，已按次序替补", "—"])  # fmt: skip
            if item.entry is None or task.state is not TaskState.REVIEWED:
                continue
            done = paper_date(task.completed_on) if task.completed_on else "—"
            result = "、".join(code.label for code in item.entry.codes)
            follow = _follow_text(item.entry.codes, item.entry.follow_up)
            rows.append(
                [
                    str(len(rows) + 1),
                    task.target_name,
                    task.target_code,
                    item.name,
                    done,
                    result,
                    follow,
                ]
            )
    return rows


def _follow_text(codes: tuple[ResultCode, ...], follow_up: FollowUp) -> str:
    if follow_up is FollowUp.NONE:
        return "—"
    if ResultCode.PROBLEM_CORRECTED in codes:
        return "已改正"
    return f"已{follow_up.label}" if follow_up is not FollowUp.OTHER else "其他处理"


_NUMBER = Column("序号", 12, "center", "number")
_OBJECT = (Column("检查对象", 60), Column("统一社会信用代码", 46, "center", "code"))
_ITEM_FIELDS = (
    "number", "name", "target_text", "item_class", "methods", "legal_basis", "frequency",
)  # fmt: skip
COLUMNS = {
    DisclosureKind.ITEM_LIST: (
        _NUMBER, Column("事项编码", 30, "center", "code"), Column("抽查事项", 54), Column("检查对象", 40),
        Column("类别", 16, "center"), Column("检查方式", 32), Column("检查依据", 55), Column("频次", 22),
    ),
    DisclosureKind.PLAN: (
        _NUMBER, Column("抽查任务", 62), Column("抽查事项", 78), Column("时间", 24, "center"),
        Column("检查方式", 26, "center"), Column("牵头及配合部门", 59),
    ),
    DisclosureKind.DRAW_LIST: (_NUMBER, *_OBJECT, Column("抽查事项", 120)),
    DisclosureKind.RESULTS: (
        _NUMBER, *_OBJECT, Column("抽查事项", 62), Column("抽查完成日期", 33, "center", "date"),
        Column("抽查结果", 44), Column("后续处理", 32),
    ),
}  # fmt: skip
TITLES = {
    DisclosureKind.ITEM_LIST: "“双随机、一公开”抽查事项清单公示表",
    DisclosureKind.PLAN: "“双随机、一公开”年度抽查计划公示表",
    DisclosureKind.DRAW_LIST: "“双随机、一公开”抽取名单公示表",
    DisclosureKind.RESULTS: "“双随机、一公开”抽查结果公示表",
}


_ORDERS = {
    DisclosureKind.ITEM_LIST: "按事项编码排序",
    DisclosureKind.DRAW_LIST: "按统一社会信用代码排序",
    DisclosureKind.RESULTS: "按统一社会信用代码排序",
}


def disclosure_paper(session: Session, disclosure_id: str, today: date) -> TablePaper:
    """公示表, from the approved rows and nothing else."""
    disclosure = session.get_one(Disclosure, disclosure_id)
    office = find_office(session)
    contact = find_setting(session, CONTACT_SETTING) or f"{office.unit}法规股"
    draft = disclosure.state in (DisclosureState.PREPARED, DisclosureState.ASSESSED)
    day = disclosure.published_on or today
    return TablePaper(
        organ=office.unit,
        title=TITLES[disclosure.kind],
        head_lines=tuple(
            (mask(left), mask(right)) for left, right in _head_lines(session, disclosure, day)
        ),
        columns=COLUMNS[disclosure.kind],
        rows=tuple(tuple(mask(text) for text in row) for row in disclosure.rows),
        foot_left=f"抽查机关：{office.unit}　　共 {len(disclosure.rows)} 条",
        foot_right=_ORDERS.get(disclosure.kind, ""),
        page_foot=f"异议受理：{contact}",
        watermark="未审批" if draft else "",
    )


def _head_lines(session: Session, disclosure: Disclosure, day: date) -> tuple[tuple[str, str], ...]:
    if disclosure.kind is DisclosureKind.ITEM_LIST:
        edition = session.get_one(ListEdition, disclosure.subject_id)
        said = f"依据清单：《{edition.name}》（{edition.organ}）"
        return ((said, f"公示日期：{paper_date(day)}"),)
    if disclosure.kind is DisclosureKind.PLAN:
        plan = session.get_one(AnnualPlan, disclosure.subject_id)
        return ((f"抽查计划：{plan.name}（{plan.number}）", f"公示日期：{paper_date(day)}"),)
    draw = session.get_one(Draw, disclosure.subject_id)
    line = session.get_one(PlanLine, draw.plan_line_id)
    plan = session.get_one(AnnualPlan, line.plan_id)
    return (
        (f"抽查计划：{plan.name}（{plan.number}）", f"抽查类型：{line.targeting.label}"),
        (f"抽查任务：{draw.title}（{draw.number}）", f"公示日期：{paper_date(day)}"),
    )

"""现场检查录入: tasks at the left, items in the middle, what is missing at the right."""

from datetime import date
from functools import partial

from PySide6.QtCore import QDate
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.result_rules import PROBLEMS, Entry
from ssj_desktop.domain.vocabulary import FollowUp, InspectionMethod, ResultCode, TaskState
from ssj_desktop.queries.calendar import work_calendar
from ssj_desktop.queries.inspections import ItemEntry, TaskRow, list_tasks
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.inspections import (
    EnterResult,
    ReviewTask,
    ScheduleVisit,
    enter_result,
    review_task,
    schedule_visit,
    submit_task,
)
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.widgets import Card, Page, Pill, button, label

RECTIFY_WORKING_DAYS = 10
_TONES = {
    TaskState.OPEN: "neutral", TaskState.ENTERING: "neutral", TaskState.SUBMITTED: "warn",
    TaskState.RETURNED: "bad", TaskState.REVIEWED: "ok", TaskState.REPLACED: "neutral",
}  # fmt: skip


def build(desk: Desk) -> "InspectionsPage":
    return InspectionsPage(desk)


class ItemCard(Card):
    """One item: its result code; a problem opens the finding below."""

    def __init__(self, item: ItemEntry, due: date, *, editable: bool) -> None:
        super().__init__()
        self.item = item
        row = QHBoxLayout()
        row.addWidget(label(f"{item.name}（{item.item}）", wrap=True), 1)
        self.code = QComboBox()
        self.code.setAccessibleName(f"{item.item} 检查结果")
        self.code.addItem("未选")
        for code in ResultCode:
            self.code.addItem(code.label)
        row.addWidget(self.code)
        self.box.addLayout(row)
        self.finding = QLineEdit()
        self.finding.setPlaceholderText("问题描述")
        self.follow = QComboBox()
        self.follow.addItems([term.label for term in FollowUp])
        self.due = QDateEdit(QDate(due.year, due.month, due.day))
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.problem = QWidget()
        below = QHBoxLayout(self.problem)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.finding, 1)
        below.addWidget(self.follow)
        below.addWidget(label("改正期限", "hint"))
        below.addWidget(self.due)
        self.box.addWidget(self.problem)
        self._fill(item.entry)
        self.setEnabled(editable)
        self.code.currentIndexChanged.connect(self._toggle)
        self._toggle()

    def _fill(self, entry: Entry | None) -> None:
        if entry is None:
            self.follow.setCurrentText(FollowUp.ORDER_TO_CORRECT.label)
            return
        self.code.setCurrentText(entry.codes[0].label)
        self.finding.setText(entry.finding)
        self.follow.setCurrentText(entry.follow_up.label)
        if entry.rectify_by:
            self.due.setDate(
                QDate(entry.rectify_by.year, entry.rectify_by.month, entry.rectify_by.day)
            )

    def chosen(self) -> ResultCode | None:
        return ResultCode.of(self.code.currentText()) if self.code.currentIndex() > 0 else None

    def _toggle(self) -> None:
        self.problem.setVisible(self.chosen() in PROBLEMS)

    def entry(self) -> Entry | None:
        """What was entered, None when nothing was chosen."""
        code = self.chosen()
        if code is None:
            return None
        if code not in PROBLEMS:
            return Entry(self.item.item, (code,))
        follow = FollowUp.of(self.follow.currentText())
        due = self.due.date()
        rectify = (
            date(due.year(), due.month(), due.day())
            if follow is FollowUp.ORDER_TO_CORRECT
            else None
        )
        return Entry(self.item.item, (code,), self.finding.text(), follow, rectify)


class InspectionsPage(Page):
    """Entry and review of one task at a time."""

    areas = frozenset({"inspections", "draws"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("现场检查录入")
        self.desk = desk
        columns: list[ColumnSpec[TaskRow]] = [
            ColumnSpec("检查对象", lambda r: r.name_on(desk.today()), 14, stretch=True),
            ColumnSpec("状态", lambda r: r.state.label, 8, tone=lambda r: _TONES[r.state]),
            ColumnSpec("进度", lambda r: r.progress, 5),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "检查任务")
        self.table.selectionModel().currentRowChanged.connect(self._show_task)
        tasks = Card()
        tasks.box.setContentsMargins(1, 8, 1, 1)
        tasks.box.addWidget(self.table)
        self.empty = label(
            "还没有检查任务。完成抽取后自动生成，每个抽中对象一项。", "hint", wrap=True
        )
        tasks.box.addWidget(self.empty)
        splitter = QSplitter()
        splitter.addWidget(tasks)
        splitter.addWidget(self._entry_card())
        splitter.addWidget(self._side_card())
        splitter.setSizes([330, 560, 260])
        self.box.addWidget(splitter, 1)
        self.items: list[ItemCard] = []

    def _entry_card(self) -> Card:
        card = Card()
        self.title = label("", "section", wrap=True)
        card.box.addWidget(self.title)
        row = QHBoxLayout()
        today = self.desk.today()
        self.visit = QDateEdit(QDate(today.year, today.month, today.day))
        self.visit.setDisplayFormat("yyyy-MM-dd")
        self.visit.setCalendarPopup(True)
        self.method = QComboBox()
        self.method.addItems([term.label for term in InspectionMethod])
        for text, widget in (("检查日期", self.visit), ("检查方式", self.method)):
            row.addWidget(label(text, "hint"))
            row.addWidget(widget)
        row.addStretch(1)
        card.box.addLayout(row)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        card.box.addWidget(self.area, 1)
        self.save_button = button("保存录入", self.save)
        card.box.addWidget(self.save_button)
        return card

    def _side_card(self) -> Card:
        card = Card("复核")
        self.state = Pill()
        self.missing = label("", "soft", wrap=True)
        self.team = label("", wrap=True)
        self.opinion = label("", "hint", wrap=True)
        for widget in (self.state, self.missing, self.team, self.opinion):
            card.box.addWidget(widget)
        card.box.addStretch(1)
        self.reason = label("", "hint", wrap=True)
        self.submit_button = button("提交复核", self.submit, "primary")
        self.pass_button = button("复核通过", partial(self.review, True), "primary")
        self.return_button = button("退回修改…", partial(self.review, False), "danger")
        for control in (self.reason, self.submit_button, self.pass_button, self.return_button):
            card.box.addWidget(control)
        return card

    def refresh(self) -> None:
        kept = self.table.currentIndex().row()
        rows = self.desk.ask(list_tasks)
        done = sum(row.state in (TaskState.REVIEWED, TaskState.REPLACED) for row in rows)
        self.model.show(rows)
        self.head.subtitle.setText(f"{len(rows)} 家，已复核 {done}")
        self.empty.setVisible(not rows)
        if rows:
            self.table.selectRow(min(max(kept, 0), len(rows) - 1))
        self._show_task()

    def current(self) -> TaskRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _show_task(self, *_: object) -> None:
        task = self.current()
        body = QWidget()
        column = QVBoxLayout(body)
        self.items = []
        if task:
            start = task.visit_on or self.desk.today()
            due = self.desk.ask(work_calendar).nth_working_day(start, RECTIFY_WORKING_DAYS).day
            self.items = [ItemCard(item, due, editable=task.is_editable) for item in task.items]
            for card in self.items:
                column.addWidget(card)
            if task.visit_on:
                self.visit.setDate(
                    QDate(task.visit_on.year, task.visit_on.month, task.visit_on.day)
                )
        column.addStretch(1)
        self.area.setWidget(body)
        self._show_side(task)

    def _show_side(self, task: TaskRow | None) -> None:
        self.title.setText(f"{task.name_on(self.desk.today())}　{task.number}" if task else "")
        self.state.show_state(
            task.state.label if task else "", _TONES[task.state] if task else "neutral"
        )
        self.missing.setText(
            "\n".join(f"● {gap}" for gap in task.gaps) if task and task.is_editable else ""
        )
        members = (
            [f"{m.name}　{'组长 ' if m.is_leader else ''}{m.certificate}" for m in task.team]
            if task
            else []
        )
        self.team.setText("检查组\n" + "\n".join(members) if members else "")
        self.opinion.setText(
            f"复核意见：{task.review_opinion}（{task.reviewed_by}）"
            if task and task.reviewed_by
            else ""
        )
        editable = bool(task and task.is_editable)
        waiting = bool(task and task.state is TaskState.SUBMITTED)
        self.save_button.setVisible(editable)
        self.submit_button.setVisible(editable)
        self.submit_button.setEnabled(bool(task and task.why_not_submit is None))
        self.reason.setText((task.why_not_submit or "") if task and editable else "")
        self.pass_button.setVisible(waiting)
        self.return_button.setVisible(waiting)

    def save(self) -> None:
        """The visit and every chosen result; the first refusal stops and names its item."""
        task = self.current()
        if task is None:
            return
        day = self.visit.date()
        visit = date(day.year(), day.month(), day.day())
        method = InspectionMethod.of(self.method.currentText())
        entries = [(card.entry(), card.item.entry) for card in self.items]
        acts = [partial(self.desk.do, schedule_visit, ScheduleVisit(task.id, visit, method))]
        acts += [
            partial(self.desk.do, enter_result, EnterResult(task.id, new))
            for new, old in entries
            if new and new != old
        ]
        for act in acts:
            if not attempt(self, act):
                return

    def submit(self) -> None:
        task = self.current()
        if task:
            attempt(self, partial(self.desk.do, submit_task, task.id))

    def review(self, passed: bool) -> None:
        task = self.current()
        opinion = "同意"
        if not passed:
            opinion, ok = QInputDialog.getText(self, "退回修改", "复核意见")
            if not ok:
                return
        if task:
            attempt(self, partial(self.desk.do, review_task, ReviewTask(task.id, passed, opinion)))

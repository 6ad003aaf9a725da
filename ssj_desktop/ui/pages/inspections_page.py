"""现场检查录入: tasks at the left, items in the middle, what is missing at the right."""

from datetime import date
from functools import partial

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QHBoxLayout,
    QInputDialog,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.vocabulary import AmendmentKind, InspectionMethod, TaskState
from ssj_desktop.queries.calendar import rectification_due
from ssj_desktop.queries.inspections import TaskRow, TeamMember, list_tasks_for
from ssj_desktop.services.amendments import apply_amendment
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
from ssj_desktop.ui.pages.amendment_dialog import AmendmentDialog
from ssj_desktop.ui.pages.item_card import ItemCard
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.widgets import Card, Page, Pill, button, label

_TONES = {
    TaskState.OPEN: "neutral", TaskState.ENTERING: "neutral", TaskState.SUBMITTED: "warn",
    TaskState.RETURNED: "bad", TaskState.REVIEWED: "ok", TaskState.REPLACED: "neutral",
}  # fmt: skip


def build(desk: Desk) -> "InspectionsPage":
    return InspectionsPage(desk)


class InspectionsPage(Page):
    """Entry and review of one task at a time."""

    areas = frozenset({"inspections", "draws"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("现场检查录入")
        self.desk = desk
        columns: list[ColumnSpec[TaskRow]] = [
            ColumnSpec("检查对象", lambda r: r.name_on(desk.today()), 14, stretch=True),
            ColumnSpec("状态", lambda r: r.state.label, 6, tone=lambda r: _TONES[r.state]),
            ColumnSpec("进度", lambda r: r.progress, 3),
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
        splitter.setSizes([400, 530, 250])
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
        card.box.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignRight)
        return card

    def _side_card(self) -> Card:
        card = Card("复核")
        self.state = Pill()
        self.missing = QVBoxLayout()
        self.team = label("", wrap=True)
        self.opinion = label("", "hint", wrap=True)
        card.box.addWidget(self.state)
        card.box.addLayout(self.missing)
        for widget in (self.team, self.opinion):
            card.box.addWidget(widget)
        card.box.addStretch(1)
        self.replace_button = button("申请替补…", partial(self.apply, AmendmentKind.REPLACEMENT))
        self.recuse_button = button("申请回避…", partial(self.apply, AmendmentKind.RECUSAL))
        row = QHBoxLayout()
        row.addWidget(self.replace_button)
        row.addWidget(self.recuse_button)
        card.box.addLayout(row)
        self.reason = label("", "hint", wrap=True)
        self.submit_button = button("提交复核", self.submit, "primary")
        self.pass_button = button("复核通过", partial(self.review, True), "primary")
        self.return_button = button("退回修改…", partial(self.review, False), "danger")
        for control in (self.reason, self.submit_button, self.pass_button, self.return_button):
            card.box.addWidget(control)
        return card

    def refresh(self) -> None:
        kept = self.table.currentIndex().row()
        rows = self.desk.ask(list_tasks_for, self.desk.actor.name)
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
            due = self.desk.ask(rectification_due, start)
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
        self._show_gaps(task.gaps if task and task.is_editable else ())
        members = [_member_text(member) for member in task.team] if task else []
        members += [f"{expert.name}　专家" for expert in task.experts] if task else []
        self.team.setText("检查组\n" + "\n".join(members) if members else "")
        self.opinion.setText(
            f"复核意见：{task.review_opinion}（{task.reviewed_by}）"
            if task and task.reviewed_by
            else ""
        )
        editable = bool(task and task.is_editable)
        waiting = bool(task and task.state is TaskState.SUBMITTED)
        for control in (self.save_button, self.replace_button, self.recuse_button):
            control.setVisible(editable)
        self.submit_button.setVisible(editable)
        self.submit_button.setEnabled(bool(task and task.why_not_submit is None))
        self.reason.setText((task.why_not_submit or "") if task and editable else "")
        self.pass_button.setVisible(waiting)
        self.return_button.setVisible(waiting)

    def _show_gaps(self, missing: tuple[str, ...]) -> None:
        """还缺 n 项: each one leads to the place where it is filled in."""
        while (old := self.missing.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for gap in missing:
            link = button(f"● {gap}　去补", partial(self.go_to, gap), "link")
            self.missing.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def go_to(self, gap: str) -> None:
        """Bring what is missing into view and give it the focus."""
        for card in self.items:
            if card.item.item in gap:
                self.area.ensureWidgetVisible(card)
                card.setFocus()
                return
        self.visit.setFocus()

    def apply(self, kind: AmendmentKind) -> None:
        """申请替补 or 回避 for the open task."""
        task = self.current()
        if task is None:
            return
        dialog = AmendmentDialog(self, task, kind)
        if dialog.exec():
            attempt(self, partial(self.desk.do, apply_amendment, dialog.command()))

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


def _member_text(member: TeamMember) -> str:
    return f"{member.name}　{'组长 ' if member.is_leader else ''}{member.certificate}"

"""现场检查录入: tasks at the left, items in the middle, what is missing at the right."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QShortcut
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

from ssj_desktop.domain.result_rules import OpenPoint, open_points
from ssj_desktop.domain.vocabulary import AmendmentKind, InspectionMethod, TaskState
from ssj_desktop.queries.calendar import advise_rectification
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
from ssj_desktop.ui.asking import ask_all
from ssj_desktop.ui.drafts import DraftKeeper
from ssj_desktop.ui.pages.amendment_dialog import AmendmentDialog
from ssj_desktop.ui.pages.attachment_strip import AttachmentStrip
from ssj_desktop.ui.pages.entry_parts import to_qdate
from ssj_desktop.ui.pages.item_card import ItemCard
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import attempt_slowly, carry_out
from ssj_desktop.ui.widgets import Card, Page, Pill, button, label

Act = Callable[[], object]
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
            ColumnSpec("检查对象", lambda r: r.name_on(desk.today()), 8, stretch=True),
            ColumnSpec("状态", _state_text, 7, tone=lambda r: _TONES[r.state]),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "检查任务")
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        tasks = Card()
        tasks.box.setContentsMargins(1, 8, 1, 1)
        tasks.setMinimumWidth(self.fontMetrics().height() * 11)
        tasks.box.addWidget(self.table)
        self.empty = label(
            "还没有检查任务。完成抽取后自动生成，每个抽中对象一项。", "hint", wrap=True
        )
        tasks.box.addWidget(self.empty)
        self.kept = label("", "hint")
        self.head.add(self.kept)
        self.drafts = DraftKeeper(self, desk, "inspection", self._draft)
        self.drafts.told = self.kept.setText
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(tasks)
        splitter.addWidget(self._entry_card())
        splitter.addWidget(self._side_card())
        splitter.setSizes([270, 570, 260])
        self.box.addWidget(splitter, 1)
        self.items: list[ItemCard] = []
        self._shown: TaskRow | None = None
        self._is_fresh = self._goes_on = False
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Ctrl+Return"), self, self.submit, context=inside)
        pasted = QKeySequence(QKeySequence.StandardKey.Paste)  # a text field takes it for itself
        QShortcut(pasted, self, self._paste, context=inside)

    def _entry_card(self) -> Card:
        card = Card()
        self.title = label("", "section", wrap=True)
        card.box.addWidget(self.title)
        row = QHBoxLayout()
        today = self.desk.today()
        self.visit = QDateEdit(to_qdate(today))
        self.visit.setAccessibleName("检查日期")
        self.visit.dateChanged.connect(self._on_visit)
        self.visit.setDisplayFormat("yyyy-MM-dd")
        self.visit.setCalendarPopup(True)
        self.method = QComboBox()
        self.method.setAccessibleName("检查方式")
        self.method.addItems([term.label for term in InspectionMethod])
        for text, widget in (("检查日期", self.visit), ("检查方式", self.method)):
            title = label(text, "hint")
            title.setBuddy(widget)
            row.addWidget(title)
            row.addWidget(widget)
        row.addStretch(1)
        card.box.addLayout(row)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        card.box.addWidget(self.area, 1)
        self.attachments = AttachmentStrip(self.desk)
        card.box.addWidget(self.attachments)
        self.save_button = button("保存录入", self.save)
        foot = QHBoxLayout()
        foot.addWidget(
            label("选中一条后按 1 未发现问题，2 发现问题，3 其他；↑ ↓ 上下条", "hint", wrap=True), 1
        )
        foot.addWidget(self.save_button)
        card.box.addLayout(foot)
        return card

    def _side_card(self) -> Card:
        card = Card()
        self.side_title = label("复核", "section")
        card.box.addWidget(self.side_title)
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
        self._is_fresh = True
        ask = partial(self.desk.ask, list_tasks_for, self.desk.actor.name)
        ask_all(self, self.desk, "tasks", ask, self._show_tasks)

    def _show_tasks(self, rows: tuple[TaskRow, ...]) -> None:
        place = max(self.table.currentIndex().row(), 0)
        if self._goes_on:
            place = _next_editable(rows, place)
        self._goes_on = False
        if rows and rows == self.model.rows:
            return
        done = sum(row.state in (TaskState.REVIEWED, TaskState.REPLACED) for row in rows)
        with QSignalBlocker(self.table.selectionModel()):
            self.model.show(rows)
        self.head.subtitle.setText(f"{len(rows)} 家，已复核 {done}")
        self.empty.setVisible(not rows)
        if rows:
            self.table.selectRow(min(place, len(rows) - 1))
        else:
            self._show_task()

    def current(self) -> TaskRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _on_row(self, *_: object) -> None:
        """New rows leave the task in view as it stands, unless something of it changed."""
        task = self.current()
        if task is None or task != self._shown:
            self._show_task()
        else:
            self.attachments.show_task(task)

    def _show_task(self) -> None:
        task = self._shown = self.current()
        self.drafts.settle()
        self.items = []
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(0)
        if task:
            self._show_visit(task)
            self._add_cards(task, column)
        column.addStretch(1)
        self.area.setWidget(body)
        self._restore(task)
        self.attachments.show_task(task)
        self._show_side(task)

    def _show_visit(self, task: TaskRow) -> None:
        self.visit.blockSignals(True)
        self.visit.setDate(to_qdate(task.visit_on or self.desk.today()))
        self.visit.blockSignals(False)
        if task.method:
            self.method.setCurrentText(task.method.label)

    def _add_cards(self, task: TaskRow, column: QVBoxLayout) -> None:
        advice = self.desk.ask(advise_rectification, task.visit_on or self.desk.today())
        for place, item in enumerate(task.items, start=1):
            card = ItemCard(place, item, advice, editable=task.is_editable)
            card.changed.connect(self._on_changed)
            card.left.connect(partial(self._go, place - 1))
            column.addWidget(card)
            self.items.append(card)

    def _restore(self, task: TaskRow | None) -> None:
        """Put back what was typed and not stored, after a crash or a change of the page."""
        self.drafts.subject = task.id if task else ""
        self.kept.setText("")
        draft = self.drafts.find() if task and task.is_editable else None
        if draft is None:
            return
        for card in self.items:
            if card.item.item in draft.content:
                card.blockSignals(True)
                card.restore(draft.content[card.item.item])
                card.blockSignals(False)
        saved = self.desk.surroundings.local(draft.saved_at)
        self.kept.setText(f"已恢复 {saved:%H:%M} 的草稿，还没有保存")

    def _draft(self) -> dict[str, dict[str, object]]:
        return {card.item.item: card.draft() for card in self.items}

    def _on_changed(self) -> None:
        self.drafts.touch()
        self._show_points(self.current())

    def _on_visit(self) -> None:
        """The due dates that nobody chose follow the visit."""
        advice = self.desk.ask(advise_rectification, self._visit_day())
        for card in self.items:
            card.advise(advice)
        self._on_changed()

    def _visit_day(self) -> date:
        day = self.visit.date()
        return date(day.year(), day.month(), day.day())

    def _go(self, place: int, step: int) -> None:
        """From one row to its neighbour."""
        if 0 <= place + step < len(self.items):
            card = self.items[place + step]
            card.setFocus()
            self.area.ensureWidgetVisible(card)

    def points(self, task: TaskRow) -> tuple[OpenPoint, ...]:
        """What is still open with the entries as they stand on the screen."""
        entries = {card.item.item: card.entry() for card in self.items}
        return open_points(entries, self._visit_day(), len(task.team))

    def _show_points(self, task: TaskRow | None) -> None:
        editable = bool(task and task.is_editable)
        points = self.points(task) if task and editable else ()
        self.side_title.setText(f"还缺 {len(points)} 项" if points else "复核")
        self._show_gaps(points)
        self.submit_button.setEnabled(editable and not points)
        self.reason.setText(f"补齐 {len(points)} 项后可提交" if points else "")

    def _show_side(self, task: TaskRow | None) -> None:
        self.title.setText(f"{task.name_on(self.desk.today())}　{task.number}" if task else "")
        self.state.show_state(
            task.state.label if task else "", _TONES[task.state] if task else "neutral"
        )
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
        self._show_points(task)
        self.pass_button.setVisible(waiting)
        self.return_button.setVisible(waiting)

    def _show_gaps(self, missing: tuple[OpenPoint, ...]) -> None:
        """还缺 n 项: each one leads to the place where it is filled in."""
        while (old := self.missing.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for gap in missing:
            link = button(f"● {gap.text}　去补", partial(self.go_to, gap), "gap")
            self.missing.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def go_to(self, gap: OpenPoint) -> None:
        """Bring what is missing into view and give it the focus."""
        for card in self.items:
            if card.item.item == gap.item:
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
            carry_out(self, self.desk, apply_amendment, dialog.command())

    def save(self) -> bool:
        """The visit and every chosen result; the first refusal stops, what was typed stays."""
        task = self.current()
        return task is not None and task.is_editable and self._carry_out(self._entries(task))

    def submit(self) -> None:
        """Save, hand over to the reviewer, and go on to the next object."""
        task = self.current()
        if task is None or not self.submit_button.isEnabled():
            return
        acts: list[Act] = [*self._entries(task), partial(self.desk.do, submit_task, task.id)]
        self._carry_out(acts, goes_on=True)

    def _entries(self, task: TaskRow) -> list[Act]:
        method = InspectionMethod.of(self.method.currentText())
        visit = ScheduleVisit(task.id, self._visit_day(), method)
        acts: list[Act] = [partial(self.desk.do, schedule_visit, visit)]
        for card in self.items:
            new = card.entry()
            if new and new != card.item.entry:
                acts.append(partial(self.desk.do, enter_result, EnterResult(task.id, new)))
        return acts

    def _carry_out(self, acts: list[Act], *, goes_on: bool = False) -> bool:
        acts = [self.drafts.keeping(), *acts, self.drafts.dropping()]
        self._is_fresh = False
        with self.desk.together():
            done = attempt_slowly(self, "正在保存……", lambda: [act() for act in acts])
            self._goes_on = goes_on and done
            if done:
                self.kept.setText("")
        if not self._is_fresh:
            self.refresh()
        return done

    def _paste(self) -> None:
        if self.attachments.is_open:
            self.attachments.paste()

    def review(self, passed: bool) -> None:
        task = self.current()
        opinion = "同意"
        if not passed:
            opinion, ok = QInputDialog.getText(self, "退回修改", "复核意见")
            if not ok:
                return
        if task:
            carry_out(self, self.desk, review_task, ReviewTask(task.id, passed, opinion))


def _member_text(member: TeamMember) -> str:
    return f"{member.name}　{'组长 ' if member.is_leader else ''}{member.certificate}"


def _state_text(row: TaskRow) -> str:
    return (
        f"{row.state.label} {row.progress}" if row.state is TaskState.ENTERING else row.state.label
    )


def _next_editable(rows: Sequence[TaskRow], start: int) -> int:
    """The first one from ``start`` on that still takes entries; ``start`` when none does."""
    order = [*range(start, len(rows)), *range(min(start, len(rows)))]
    return next((row for row in order if rows[row].is_editable), start)

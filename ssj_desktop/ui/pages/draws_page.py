"""随机抽取: the ledger of the year and the wizard."""

import tempfile
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QSplitter, QVBoxLayout, QWidget

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.queries.draw_ledger import ledger_paper
from ssj_desktop.queries.draws import DrawRow, list_draws
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.rehearsals import open_rehearsal
from ssj_desktop.ui.asking import ask_all
from ssj_desktop.ui.draw_wizard.projection import Projection
from ssj_desktop.ui.draw_wizard.wizard import DrawWizard
from ssj_desktop.ui.errors import show_refusal
from ssj_desktop.ui.pages.amendments_card import AmendmentsCard
from ssj_desktop.ui.pages.fairness_view import FairnessView
from ssj_desktop.ui.pages.void_dialog import VoidDialog
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.widgets import Card, InView, Page, button, label, plain_tip

_TONES = {
    DrawState.FROZEN: "warn",
    DrawState.OPENED: "warn",
    DrawState.DRAWN: "ok",
    DrawState.VOID: "neutral",
}


def build(desk: Desk) -> "DrawsPage":
    return DrawsPage(desk)


class DrawsPage(Page):
    """The ledger; opening a draw shows the wizard at its step."""

    areas = frozenset({"draws", "plans", "inspections"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("随机抽取")
        self.desk = desk
        self.back_button = button("返回台账", self.show_ledger)
        self.void_button = button("作废…", self.void, "danger")
        self.new_button = button("新的抽取", self.start, "primary")
        self.ledger_button = button("台账打印", self.show_ledger_paper)
        self.fairness_button = button("历史均衡性", self.show_fairness)
        self.rehearse_button = button("演练", self.rehearse)
        self.screen_button = button("大屏显示", self.project)
        self.head.add(
            self.back_button, self.screen_button, self.ledger_button, self.fairness_button,
            self.rehearse_button, self.void_button, self.new_button,
        )  # fmt: skip
        self.meeting_screen: Projection | None = None
        columns: list[ColumnSpec[DrawRow]] = [
            ColumnSpec("抽取编号", lambda r: r.number, 16),
            ColumnSpec("抽查任务", lambda r: r.title, 20, stretch=True),
            ColumnSpec("状态", lambda r: r.state.label, 9, tone=lambda r: _TONES[r.state]),
            ColumnSpec("抽中", lambda r: f"{r.drawn} 家" if r.drawn else "—", 6),
            ColumnSpec("冻结时间", lambda r: f"{r.frozen_at.astimezone():%Y-%m-%d %H:%M}", 12),
            ColumnSpec("操作人", lambda r: r.operator, 7),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "抽取台账")
        self.table.doubleClicked.connect(self.open_selected)
        self.table.selectionModel().currentRowChanged.connect(self._on_select)
        ledger = self._add_stack()
        ledger.box.addWidget(self.table)
        self.empty = label("今年还没有抽取。先审定年度计划，再点“新的抽取”。", "hint")
        ledger.box.addWidget(self.empty)
        self.wizard: DrawWizard | None = None
        self.show_ledger()

    def _add_stack(self) -> Card:
        """Returns the card of the ledger, in its place and still empty."""
        self.stack, self.ledger = InView(), QSplitter(Qt.Orientation.Vertical)
        self.box.addWidget(self.stack, 1)
        self.stack.addWidget(self.ledger)
        ledger = Card("全年抽取台账（双击打开）")
        self.ledger.addWidget(ledger)
        self.amendments = AmendmentsCard(self.desk)
        self.ledger.addWidget(self.amendments)
        self.fairness = FairnessView(self.desk)
        self.stack.addWidget(self.fairness)
        return ledger

    def refresh(self) -> None:
        ask_all(self, self.desk, "draws", partial(self.desk.ask, list_draws), self._show_draws)
        self.amendments.refresh()
        if self.stack.currentWidget() is self.fairness:
            self.fairness.refresh()

    def _show_draws(self, rows: tuple[DrawRow, ...]) -> None:
        voided = sum(row.state is DrawState.VOID for row in rows)
        self.model.show(rows)
        self.empty.setVisible(not rows)
        self.head.subtitle.setText(f"共 {len(rows)} 次，作废 {voided} 次")
        self._on_select()

    def _on_select(self, *_: object) -> None:
        row = self._row()
        self.void_button.setEnabled(row is not None and row.why_not_void is None)
        self.void_button.setToolTip(plain_tip((row.why_not_void if row else None) or ""))

    def _row(self) -> DrawRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def start(self) -> None:
        self._open(DrawWizard(self.desk, parent=self.stack))

    def open_selected(self) -> None:
        row = self._row()
        if row:
            self._open(DrawWizard(self.desk, row.id, self.stack))

    def _open(self, wizard: DrawWizard) -> None:
        self._drop_wizard()
        """Built in this turn, laid out and drawn in the next: both at once would be felt."""
        self.wizard = wizard
        self.stack.addWidget(wizard)
        self._toggle(in_ledger=False)
        QTimer.singleShot(0, wizard, partial(self.stack.setCurrentWidget, wizard))

    def show_ledger(self) -> None:
        self._drop_wizard()
        self.stack.setCurrentWidget(self.ledger)
        self._toggle(in_ledger=True)

    def _toggle(self, *, in_ledger: bool) -> None:
        self.back_button.setVisible(not in_ledger)
        self.screen_button.setVisible(not in_ledger)
        for widget in (
            self.ledger_button, self.fairness_button, self.void_button, self.new_button,
        ):  # fmt: skip
            widget.setVisible(in_ledger)
        self.rehearse_button.setVisible(in_ledger and not self.desk.office.rehearsal)

    def _drop_wizard(self) -> None:
        if isinstance(self.wizard, QWidget):
            self.stack.removeWidget(self.wizard)
            self.wizard.deleteLater()
            self.wizard = None

    def project(self) -> Projection | None:
        """The meeting room's screen; F11 for the whole screen, Esc closes it."""
        if self.wizard is None or self.wizard.draw_id is None:
            show_refusal(self, RuleViolation("还没有锁定名录。", "锁定名录之后再打开大屏显示。"))
            return None
        self.meeting_screen = Projection(self.desk, self.wizard.draw_id)
        self.meeting_screen.show()
        return self.meeting_screen

    def show_ledger_paper(self) -> None:
        """The year of the selected draw; this year where none is selected."""
        row = self._row()
        year = row.year if row else self.desk.today().year
        show_paper(self, self.desk, partial(self.desk.ask, ledger_paper, year))

    def show_fairness(self) -> None:
        self.fairness.refresh()
        self.stack.setCurrentWidget(self.fairness)
        self._toggle(in_ledger=False)
        self.screen_button.hide()

    def rehearse(self) -> None:
        """The same page over a copy of the registries, thrown away when closed."""
        with tempfile.TemporaryDirectory(prefix="ssj-", ignore_cleanup_errors=True) as folder:
            rehearsal = open_rehearsal(self.desk, Path(folder))
            try:
                RehearsalDialog(self, DrawsPage(rehearsal)).exec()
            finally:
                rehearsal.close()

    def void(self) -> None:
        row = self._row()
        if row is not None:
            VoidDialog(self, self.desk, row).exec()


class RehearsalDialog(QDialog):
    """演练: a window that cannot be mistaken for the real one."""

    def __init__(self, parent: QWidget, page: DrawsPage) -> None:
        super().__init__(parent)
        self.setWindowTitle("演练")
        self.resize(1180, 700)
        box = QVBoxLayout(self)
        text = "演练：使用名录和计划的副本，不占编号，文件带“演练”水印，关闭后全部丢弃。"
        box.addWidget(label(text, "notice", wrap=True))
        box.addWidget(page, 1)
        page.refresh()

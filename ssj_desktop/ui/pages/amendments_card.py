"""Applications for 替补 and 回避 with their decisions, on the page of the draws."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QInputDialog

from ssj_desktop.domain.vocabulary import AmendmentState
from ssj_desktop.queries.draw_ledger import AmendmentRow, amendment_paper, list_amendments
from ssj_desktop.services.amendments import DecideAmendment, decide_amendment
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import carry_out
from ssj_desktop.ui.widgets import Card, button

_TONES = {
    AmendmentState.APPLIED: "warn",
    AmendmentState.APPROVED: "ok",
    AmendmentState.REFUSED: "neutral",
}


class AmendmentsCard(Card):
    """Hidden while there is nothing to show."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("替补和回避")
        self.desk = desk
        columns: list[ColumnSpec[AmendmentRow]] = [
            ColumnSpec("类别", lambda r: r.kind.label, 5),
            ColumnSpec("抽取编号", lambda r: r.number, 16),
            ColumnSpec("检查对象", lambda r: r.target, 16, stretch=True),
            ColumnSpec("原对象或人员", lambda r: r.subject, 12),
            ColumnSpec("理由", lambda r: r.reason, 14),
            ColumnSpec("状态", lambda r: r.state.label, 7, tone=lambda r: _TONES[r.state]),
            ColumnSpec("递补或接替", lambda r: r.successor or "—", 12),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "替补和回避申请")
        self.table.selectionModel().currentRowChanged.connect(self._on_select)
        self.box.addWidget(self.table, 1)
        self.approve_button = button("同意", partial(self.decide, True), "primary")
        self.refuse_button = button("不同意…", partial(self.decide, False), "danger")
        self.print_button = button("审批表预览与打印", self.show_paper)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for widget in (self.print_button, self.refuse_button, self.approve_button):
            foot.addWidget(widget)
        self.box.addLayout(foot)

    def refresh(self) -> None:
        rows = self.desk.ask(list_amendments)
        self.model.show(rows)
        self.setVisible(bool(rows))
        if rows and not self.table.currentIndex().isValid():
            self.table.selectRow(0)
        self._on_select()

    def current(self) -> AmendmentRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _on_select(self, *_: object) -> None:
        row = self.current()
        waiting = row is not None and row.state is AmendmentState.APPLIED
        self.approve_button.setEnabled(waiting)
        self.refuse_button.setEnabled(waiting)
        self.print_button.setEnabled(row is not None)

    def decide(self, approved: bool) -> None:
        row, opinion = self.current(), ""
        if row is None:
            return
        if not approved:
            opinion, ok = QInputDialog.getText(self, f"不同意{row.kind.label}", "意见")
            if not ok:
                return
        command = DecideAmendment(row.id, approved, opinion)
        carry_out(self, self.desk, decide_amendment, command)

    def show_paper(self) -> None:
        row = self.current()
        if row is None:
            return
        show_paper(self, self.desk, partial(self.desk.ask, amendment_paper, row.id))

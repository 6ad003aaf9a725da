"""The witness takes the keyboard for a moment: PIN, and the own digits are confirmed."""

from PySide6.QtWidgets import QComboBox, QWidget

from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.queries.confirmations import list_slip_standings
from ssj_desktop.services.confirmations import ConfirmSlip, confirm_with_pin
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.start import StartDialog, password_field

_INTRO = (
    "请见证人本人核对自己的数字，再输入 PIN。确认以见证人的名义记入操作日志，并印在记录表上；"
    "最后一位见证人在抽取之后确认。"
)


class ConfirmDialog(StartDialog):
    """One witness after the other; closed by 完成."""

    def __init__(self, parent: QWidget, desk: Desk, draw_id: str) -> None:
        super().__init__("见证人确认", _INTRO, "确认", "完成", parent)
        self.work_desk, self.draw_id = desk, draw_id
        self.witness = QComboBox()
        self.witness.setAccessibleName("见证人")
        self.pin = password_field("PIN")
        self.add_row("见证人", self.witness)
        self.add_row("PIN", self.pin)
        self._fill()

    def _fill(self) -> None:
        self.witness.clear()
        for row in self.work_desk.ask(list_slip_standings, self.draw_id):
            state = f"（{row.why_not}）" if row.why_not else ""
            self.witness.addItem(row.name + state, row)
        waiting = [n for n in range(self.witness.count()) if not self.witness.itemData(n).why_not]
        self.go.setEnabled(bool(waiting))
        if waiting:
            self.witness.setCurrentIndex(waiting[0])

    def open_store(self) -> Desk:
        row = self.witness.currentData()
        if row.why_not:
            raise RuleViolation(f"现在不能确认：{row.why_not}。", "请选择另一位见证人。")
        command = ConfirmSlip(self.draw_id, row.position)
        confirm_with_pin(self.work_desk, command, row.name, self.pin.text())
        return self.work_desk

    def accept(self) -> None:
        """Stays open for the next witness."""
        self.pin.clear()
        self.fault.setText("")
        self._fill()
        if not self.go.isEnabled():
            super().accept()

"""作废: what becomes of the draw, and why, before it is done; there is no way back."""

from PySide6.QtWidgets import QLineEdit, QWidget

from ssj_desktop.queries.draws import DrawRow
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import VoidDraw, void_draw
from ssj_desktop.ui.start import StartDialog

_MEANS = (
    "作废以后不能恢复：编号 {number} 保留，不再使用；锁定的名录和承诺单留档，原因印在作废单和下一张记录上。"
    "要再抽，请重新锁定名录。"
)


class VoidDialog(StartDialog):
    """One reason, typed in full: it is printed."""

    def __init__(self, parent: QWidget, desk: Desk, row: DrawRow) -> None:
        means = _MEANS.format(number=row.number)
        super().__init__(f"作废 {row.number}", means, "作废", "取消", parent)
        self.resize(600, 240)
        self._own_desk, self._draw = desk, row.id
        self.reason = QLineEdit()
        self.reason.setAccessibleName("原因")
        self.reason.setPlaceholderText("例如：监督人临时有事，未能到场")
        self.reason.textChanged.connect(self._check)
        self.add_row("原因", self.reason)
        self.go.setProperty("kind", "danger")
        self._check("")

    def _check(self, text: str) -> None:
        self.go.setEnabled(bool(text.strip()))

    def open_store(self) -> Desk:
        self._own_desk.do(void_draw, VoidDraw(self._draw, self.reason.text().strip()))
        return self._own_desk

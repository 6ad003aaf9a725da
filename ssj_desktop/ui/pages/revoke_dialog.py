"""撤销设备: why, and what it means, before it is done."""

from PySide6.QtWidgets import QComboBox, QWidget

from ssj_desktop.services.desk import Desk
from ssj_desktop.services.membership import RevokeDevice, revoke_device
from ssj_desktop.ui.start import StartDialog

_REASONS = ("笔记本丢失", "电脑报废", "换人使用")
_MEANS = (
    "撤销以后，它送来的数据一律隔离，新的数据包它也打不开；已经收到的检查结果不受影响。"
    "撤销后请与其他电脑各交换一次，让它们也知道。"
)


class RevokeDialog(StartDialog):
    """One reason to choose or to type."""

    def __init__(self, parent: QWidget, desk: Desk, device: str, name: str) -> None:
        super().__init__(f"撤销“{name}”", _MEANS, "撤销", "取消", parent)
        self.resize(560, 240)
        self._own_desk, self.device = desk, device
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.addItems(["", *_REASONS])
        self.reason.setAccessibleName("原因")
        self.add_row("原因", self.reason)
        self.go.setProperty("kind", "danger")

    def open_store(self) -> Desk:
        command = RevokeDevice(self.device, self.reason.currentText().strip())
        self._own_desk.do(revoke_device, command)
        return self._own_desk

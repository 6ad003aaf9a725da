"""Why somebody needs whole telephone or ID numbers; the reason goes into the journal."""

from PySide6.QtWidgets import QComboBox, QWidget

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.start import StartDialog

_USUAL = ("电话通知检查", "核对联系方式", "送达文书", "移交有关部门")


class ReasonDialog(StartDialog):
    """One line to choose or to type."""

    def __init__(self, parent: QWidget, desk: Desk, title: str, intro: str) -> None:
        super().__init__(title, intro, "继续", "取消", parent)
        self.resize(520, 200)
        self._own_desk = desk
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.addItems(["", *_USUAL])
        self.reason.setAccessibleName("理由")
        self.add_row("理由", self.reason)

    def text(self) -> str:
        return self.reason.currentText().strip()

    def open_store(self) -> Desk:
        if len(self.text()) < 2:
            raise InvalidInput("没有写明理由。", "请选择或填写为什么需要完整号码。")
        return self._own_desk

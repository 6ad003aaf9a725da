"""After a device was admitted: where the answer lies, and the digits to compare on the other side."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ssj_desktop.ui.widgets import GrowingDialog, button, label


class AdmittedDialog(GrowingDialog):
    """Stays open until the other screen shows the same."""

    def __init__(self, parent: QWidget, device: str, file: str, code: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("加入回复")
        self.setObjectName("page")
        self.resize(560, 260)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 22)
        box.addWidget(label(f"“{device}”已加入", "title"))
        text = f"加入回复“{file}”已写出并读回核对，可以安全拔出 U 盘。请在“{device}”上导入。"
        box.addWidget(label(text, wrap=True))
        box.addStretch(1)
        box.addWidget(label("单位比对码", "hint"), 0, Qt.AlignmentFlag.AlignHCenter)
        self.code = label(code, "title")
        self.code.setAccessibleName("单位比对码")
        box.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        box.addWidget(
            label("对方屏幕上应是同样的 10 位数字；不一样就不要加入。", "hint", wrap=True)
        )
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("核对好了", self.accept, "primary"))
        box.addLayout(foot)

"""On a field laptop: what it has out, and that its copy is kept until the office has everything."""

from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QMessageBox

from ssj_desktop.queries.field_trips import FieldCopy, find_field_copy
from ssj_desktop.queries.leases import field_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.leaving import ERASE_WANTED
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.widgets import button, label, plain_tip

_MEANS = (
    "清除以后，本机上的数据库、日志镜像和备份都会删除，程序随即关闭。"
    "局里已经收到本机的全部录入；下次下乡请重新加入并导入外业包。"
)


class FieldStrip(QFrame):
    """Hidden on every other computer."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.desk = desk
        self.copy = FieldCopy(is_field=False, task_ids=(), why_not_erase="")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        self.text = label("", wrap=True)
        row.addWidget(self.text, 1)
        self.sheet_button = button("任务单…", self.show_sheet)
        self.erase_button = button("清除外业副本…", self.erase, "danger")
        row.addWidget(self.sheet_button)
        row.addWidget(self.erase_button)

    def refresh(self) -> None:
        self.copy = self.desk.ask(find_field_copy)
        self.setVisible(self.copy.is_field)
        self.text.setText(self.copy.text)
        self.sheet_button.setEnabled(bool(self.copy.task_ids))
        self.erase_button.setEnabled(self.copy.why_not_erase is None)

    def show_sheet(self) -> None:
        show_paper(self, self.desk, partial(self.desk.ask, field_paper, self.copy.task_ids))

    def erase(self) -> None:
        """The window goes first; the store is deleted when nothing reads it any more."""
        box = QMessageBox(QMessageBox.Icon.Warning, "清除外业副本", plain_tip(_MEANS), parent=self)
        yes = box.addButton("清除并退出", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton("取消", QMessageBox.ButtonRole.RejectRole))
        box.exec()
        if box.clickedButton() is yes:
            window = self.window()
            window.setProperty(ERASE_WANTED, True)
            window.close()
            if window.isVisible():
                window.setProperty(ERASE_WANTED, False)

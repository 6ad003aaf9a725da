"""The signed-in person in the header: change the password, lock, let somebody else sign in."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QWidget

from ssj_desktop.services.desk import Desk
from ssj_desktop.services.passwords import change_password
from ssj_desktop.ui.start import StartDialog, password_field, same_twice
from ssj_desktop.ui.tasks import wait_in
from ssj_desktop.ui.widgets import plain_tip


class UserMenu(QToolButton):
    """Name and roles; the three acts below."""

    def __init__(
        self, desk: Desk, lock: Callable[[], object], switch: Callable[[], object]
    ) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("user")
        self.setText(desk.actor.name)
        self.setAccessibleName("当前用户")
        self.setToolTip(plain_tip("、".join(role.label for role in desk.actor.roles)))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self.change = self._add(menu, "修改密码…", self.change_password)
        self.lock = self._add(menu, "立即锁定", lock)
        self.lock.setShortcut(QKeySequence("Ctrl+L"))
        menu.addSeparator()
        self.switch = self._add(menu, "切换用户", switch)
        self.setMenu(menu)

    def _add(self, menu: QMenu, text: str, act: Callable[[], object]) -> QAction:
        action = QAction(text, menu)
        action.triggered.connect(lambda _checked: act())
        menu.addAction(action)
        return action

    def change_password(self) -> None:
        ChangePassword(self.desk, self.window()).exec()


class ChangePassword(StartDialog):
    """The old one once, the new one twice."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__("修改密码", f"账号：{desk.actor.name}", "保存", "取消", parent)
        self._open_desk = desk
        self.old: QLineEdit = password_field("现在的密码")
        self.password, self.repeat = password_field("新密码"), password_field("再输一遍")
        self.add_row("现在的密码", self.old)
        self.add_row("新密码", self.password)
        self.add_row("再输一遍", self.repeat)

    def open_store(self) -> Desk:
        fresh = same_twice(self.password, self.repeat)
        wait_in(self, partial(change_password, self._open_desk, self.old.text(), fresh))
        return self._open_desk

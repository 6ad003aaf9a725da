"""Locking the window: after a time without input, on the lock of the system, or by hand.

What was typed stays: every open window is covered, nothing is closed, and the password of the
signed-in person uncovers it again.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.queries.accounts import access_policy
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.passwords import check_own_password
from ssj_desktop.ui.news import News
from ssj_desktop.ui.start import password_field
from ssj_desktop.ui.tasks import wait_in
from ssj_desktop.ui.widgets import button, label

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove,
        QEvent.Type.Wheel, QEvent.Type.TouchBegin, QEvent.Type.InputMethod,
    }
)  # fmt: skip
_LOOK_MILLISECONDS = 5_000


class Cover(QWidget):
    """Hides one window whole, also when it is resized."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAutoFillBackground(True)
        box = QVBoxLayout(self)
        box.addWidget(label("已锁定", "title"), 0, Qt.AlignmentFlag.AlignCenter)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
            self.raise_()
        return False


class LockDialog(QDialog):
    """Asks for the password again; there is no other way out but another user."""

    def __init__(self, desk: Desk, switch: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.desk, self._switch = desk, switch
        self.setWindowTitle("已锁定")
        self.setObjectName("page")
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.setWindowFlag(Qt.WindowType.WindowCloseButtonHint, on=False)
        self.resize(480, 230)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 22)
        box.addWidget(label(f"{desk.actor.name}，窗口已锁定", "title"))
        box.addWidget(label("没有保存的内容都还在，输入密码后继续。", "hint"))
        self.password = password_field()
        box.addWidget(self.password)
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.fault)
        row = QHBoxLayout()
        row.addWidget(button("切换用户（放弃未保存的内容）", self._switch, "link"))
        row.addStretch(1)
        go = button("解锁", self.submit, "primary")
        go.setDefault(True)
        row.addWidget(go)
        box.addLayout(row)

    def submit(self) -> None:
        try:
            wait_in(self, partial(check_own_password, self.desk, self.password.text()))
        except SsjError as refusal:
            self.fault.setText(str(refusal))
            self.password.selectAll()
        else:
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()


class WindowLock(QObject):
    """Watches the time since the last input; ``locked`` and ``unlocked`` tell what happened.

    Only the native windows are watched: a filter on the whole application would be asked about
    every paint and timer event.
    """

    locked = Signal()
    unlocked = Signal()

    def __init__(self, window: QWidget, desk: Desk, switch: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._desk, self._switch = window, desk, switch
        self.dialog: LockDialog | None = None
        self._covers: list[Cover] = []
        self._read_policy()
        self._touch()
        self._news = News(self, desk, self._on_change)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_MILLISECONDS)
        self._application = QApplication.instance()
        if isinstance(self._application, QApplication):
            self._application.focusWindowChanged.connect(self._watch)

    def _on_change(self, areas: frozenset[str]) -> None:
        if "office" in areas:
            self._read_policy()

    def _read_policy(self) -> None:
        self._minutes = self._desk.ask(access_policy).idle_minutes

    def _touch(self) -> None:
        self._last_input = self._desk.surroundings.monotonic_ns()

    def _watch(self, window: QWindow | None) -> None:
        """Each window is watched once it has the focus; one that opens late is covered."""
        if window is None:
            return
        window.installEventFilter(self)
        self._touch()
        if self.dialog is not None:
            self._cover_all()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._touch()
        return False

    def look(self) -> None:
        """Lock when nobody has touched anything for the office's number of minutes."""
        if self.idle_seconds() >= self._minutes * 60:
            self.lock()

    def idle_seconds(self) -> float:
        """Since the last input."""
        return (self._desk.surroundings.monotonic_ns() - self._last_input) / 1_000_000_000

    def lock(self) -> None:
        """Cover every open window and ask for the password; a second call changes nothing."""
        if self.dialog is not None:
            return
        parent = QApplication.activeModalWidget() or self._window
        self.dialog = LockDialog(self._desk, self._leave, parent)
        self._cover_all()
        self.dialog.accepted.connect(self._unlock)
        self.dialog.show()
        self.dialog.password.setFocus()
        self.locked.emit()

    def _cover_all(self) -> None:
        covered = {cover.parent() for cover in self._covers if isValid(cover)}
        for window in QApplication.topLevelWidgets():
            shown = window.isVisible() and window.isWindow()
            if shown and window is not self.dialog and window not in covered:
                self._covers.append(Cover(window))

    def _leave(self) -> None:
        """Another user: what is open is given up."""
        self._uncover()
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QDialog) and window.isVisible():
                window.reject()
        self._switch()

    def _unlock(self) -> None:
        self._uncover()
        self._touch()
        self.unlocked.emit()

    def _uncover(self) -> None:
        for cover in self._covers:
            if isValid(cover):  # its window may have been closed meanwhile
                cover.hide()
                cover.deleteLater()
        self._covers = []
        if self.dialog is not None:
            self.dialog.hide()
            self.dialog.deleteLater()
            self.dialog = None

    def stop(self) -> None:
        """At the end of a session: no timer, no filter, nothing covered."""
        self._timer.stop()
        self._news.stop()
        if isinstance(self._application, QApplication):
            self._application.focusWindowChanged.disconnect(self._watch)
        self._uncover()

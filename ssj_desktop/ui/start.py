"""The windows before the main one: signing in, and every way in when that does not work."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.errors import (
    InvalidInput,
    KeysDamaged,
    PasswordExpired,
    SsjError,
    StillJoining,
    StoreDamaged,
)
from ssj_desktop.services import trial
from ssj_desktop.services.accounts import list_account_names, sign_in
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.joining import open_joining_store
from ssj_desktop.services.passwords import recover, renew_password
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.signing_in import minutes_locked
from ssj_desktop.services.surroundings import Surroundings
from ssj_desktop.ui.join_waiting import JoinWaiting
from ssj_desktop.ui.key_rescue import offer_copy
from ssj_desktop.ui.missing_store import choose_store
from ssj_desktop.ui.repairing import open_damaged
from ssj_desktop.ui.tasks import wait_in
from ssj_desktop.ui.widgets import GrowingDialog, button, label, scrolled

_LOCK_LOOK_MILLISECONDS = 20_000


def password_field(name: str = "密码") -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setAccessibleName(name)
    return field


class StartDialog(GrowingDialog):
    """A form with one primary button and one place for what went wrong."""

    def __init__(
        self, title: str, intro: str, act: str, leave: str = "退出", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("双随机、一公开监管工作台")
        self.setObjectName("page")
        self.resize(600, 320)
        self.desk: Desk | None = None
        self.existing: Path | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 22)
        box.addWidget(label(title, "title"))
        box.addWidget(label(intro, "hint", wrap=True))
        self.form = QFormLayout()
        box.addWidget(scrolled(self.form, roomy=True), 1)
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.fault)
        self.ways = QHBoxLayout()
        box.addLayout(self.ways)
        self.foot = QHBoxLayout()
        self.foot.addStretch(1)
        self.foot.addWidget(button(leave, self.reject))
        self.go: QPushButton = button(act, self.submit, "primary")
        self.go.setDefault(True)
        self.foot.addWidget(self.go)
        box.addLayout(self.foot)

    def add_row(self, text: str, field: QWidget) -> None:
        title = label(text)
        title.setBuddy(field)
        self.form.addRow(title, field)

    def open_store(self) -> Desk:
        """What the primary button does; a refusal is shown under the form."""
        raise AssertionError

    def submit(self) -> None:
        try:
            self.desk = self.open_store()
        except SsjError as refusal:
            self.fault.setText(str(refusal))
        else:
            self.accept()

    def open_existing(self) -> None:
        """Another database of this computer, perhaps founded by another of its users."""
        self.existing = choose_store(self)
        if self.existing is not None:
            self.reject()

    def reject(self) -> None:
        """Not while it waits for an answer."""
        if self.isEnabled():
            super().reject()


def same_twice(first: QLineEdit, second: QLineEdit) -> str:
    """A new password as typed; InvalidInput unless it was typed twice alike."""
    if first.text() != second.text():
        raise InvalidInput("两次输入的密码不一致。", "请重新输入。")
    return first.text()


class SignIn(StartDialog):
    """Choose the account, type the password; a locked account says how long."""

    def __init__(self, store: Path) -> None:
        super().__init__("登录", str(store), "登录")
        self.store = store
        self.account = QComboBox()
        self.account.addItems(list_account_names(store))
        self.account.setAccessibleName("账号")
        self.password = password_field()
        self.add_row("账号", self.account)
        self.add_row("密码", self.password)
        self.forgotten = button("忘记密码", self.forget, "link")
        self.foot.insertWidget(0, self.forgotten)
        self.foot.insertWidget(1, button("打开其他数据库…", self.open_existing, "link"))
        if trial.is_trial_place(store):
            self.password.setText(trial.PASSWORD)
        self.account.currentIndexChanged.connect(self.show_lock)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.show_lock)
        self._timer.start(_LOCK_LOOK_MILLISECONDS)
        self.show_lock()
        self.password.setFocus()

    def show_lock(self) -> None:
        """While the account is locked the button waits and says why; so does a store pulled away."""
        try:
            minutes = minutes_locked(self.store, self.account.currentText(), Surroundings())
        except SsjError as refusal:
            self.fault.setText(str(refusal))
            return
        self.go.setEnabled(not minutes)
        if minutes:
            self.fault.setText(
                f"密码多次输错，账号已锁定，还剩 {minutes} 分钟（关机时间不计入）。"
                "急用请另一位管理员解除锁定，或点“忘记密码”。"
            )
        elif "已锁定" in self.fault.text():
            self.fault.setText("")

    def open_store(self) -> Desk:
        account, password = self.account.currentText(), self.password.text()
        try:
            return wait_in(self, partial(sign_in, self.store, password, account))
        except StoreDamaged:
            desk = open_damaged(self, self.store, Credentials(account, password))
            if desk is None:
                raise
            return desk

    def submit(self) -> None:
        try:
            self.desk = self.open_store()
        except PasswordExpired as expired:
            self._follow(
                NewPassword(
                    self.store, self.account.currentText(), self.password.text(), str(expired), self
                )
            )
        except StillJoining:
            self._go_on_joining()
        except KeysDamaged as refusal:
            is_back = offer_copy(self, self.store, refusal, self.account.currentText())
            self.fault.setText("已取回密钥文件，请再登录。" if is_back else str(refusal))
            self.show_lock()
        except SsjError as refusal:
            self.fault.setText(str(refusal))
            self.password.selectAll()
            self.show_lock()
        else:
            self.accept()

    def forget(self) -> None:
        self._follow(Forgotten(self.store, self.account.currentText(), self))

    def _go_on_joining(self) -> None:
        """The password was right, but the office has not answered yet."""
        password = self.password.text()
        opened = wait_in(self, partial(open_joining_store, self.store, password))
        dialog = JoinWaiting(self, opened, password)
        if dialog.exec():
            self.desk = dialog.signed_in
            self.accept()

    def _follow(self, dialog: StartDialog) -> None:
        """Another way in: when it opens the store, this dialog is done too."""
        if dialog.exec() and dialog.desk is not None:
            self.desk = dialog.desk
            self.accept()
        else:
            self.show_lock()


class NewPassword(StartDialog):
    """The password was right but has run out, or was set by somebody else."""

    def __init__(
        self, store: Path, account: str, old: str, why: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("请设置新密码", why, "保存并登录", "返回", parent)
        self.store, self.account, self.old = store, account, old
        self.password, self.repeat = password_field("新密码"), password_field("再输一遍")
        self.add_row("新密码", self.password)
        self.add_row("再输一遍", self.repeat)

    def open_store(self) -> Desk:
        fresh = same_twice(self.password, self.repeat)
        return wait_in(self, partial(renew_password, self.store, self.account, self.old, fresh))


class Forgotten(StartDialog):
    """The recovery sheet from the safe gives an account a new password."""

    def __init__(self, store: Path, account: str, parent: QWidget | None = None) -> None:
        intro = (
            "请从保险柜取出恢复单，照样输入恢复码（不分大小写，可不输横线）。每次使用都记入操作日志；"
            "用过以后请安全管理员换一份恢复单。没有恢复单时，请安全管理员代设密码。"
        )
        super().__init__("用恢复单重设密码", intro, "重设并登录", "返回", parent)
        self.store = store
        self.account = QComboBox()
        self.account.addItems(list_account_names(store))
        self.account.setCurrentText(account)
        self.code = QLineEdit()
        self.code.setAccessibleName("恢复码")
        self.code.setPlaceholderText("8 组，每组 4 个字母或数字")
        self.password, self.repeat = password_field("新密码"), password_field("再输一遍")
        for text, field in (
            ("账号", self.account), ("恢复码", self.code),
            ("新密码", self.password), ("再输一遍", self.repeat),
        ):  # fmt: skip
            self.add_row(text, field)

    def open_store(self) -> Desk:
        fresh = same_twice(self.password, self.repeat)
        account, code = self.account.currentText(), self.code.text()
        return wait_in(self, partial(recover, self.store, account, code, fresh))

"""The forms of the account page: a new account, roles, a password for somebody else."""

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QMessageBox, QWidget

from ssj_desktop.domain.errors import InvalidInput, SsjError
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.queries.accounts import AccountDetail
from ssj_desktop.services import passwords
from ssj_desktop.services.account_admin import GrantRoles, grant_roles
from ssj_desktop.services.accounts import AddAccount, create_account
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.start import StartDialog, password_field, same_twice
from ssj_desktop.ui.tasks import wait_for, wait_in
from ssj_desktop.ui.widgets import plain_tip

T = TypeVar("T")
_HINTS = {
    Role.SYSTEM_ADMIN: "账号、设备、备份，不看业务数据",
    Role.SECURITY_ADMIN: "角色、密码规则、恢复单",
    Role.AUDITOR: "只看和核对，不兼任其他角色",
    Role.CLERK: "名录、计划、抽取、录入",
    Role.APPROVER: "审定、复核、作废、公示审批",
    Role.WITNESS: "用 PIN 确认自己的见证数字",
    Role.INSPECTOR: "只办自己的检查任务",
}


class _AccountForm(StartDialog):
    """A start form whose work does not open another store."""

    def __init__(self, parent: QWidget, desk: Desk, title: str, intro: str, act: str) -> None:
        super().__init__(title, intro, act, "取消", parent)
        self.work_desk = desk

    def open_store(self) -> Desk:
        self.work()
        return self.work_desk

    def work(self) -> None:
        """What the primary button does."""
        raise AssertionError


class _RoleBoxes(QWidget):
    """Seven check boxes with what each role is for."""

    def __init__(self, held: tuple[Role, ...] = ()) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        self.boxes: dict[Role, QCheckBox] = {}
        for place, role in enumerate(Role):
            box = QCheckBox(f"{role.label}（{_HINTS[role]}）")
            box.setChecked(role in held)
            self.boxes[role] = box
            grid.addWidget(box, place, 0)

    def chosen(self) -> tuple[Role, ...]:
        return tuple(role for role, box in self.boxes.items() if box.isChecked())


class NewAccount(_AccountForm):
    """Name, roles, a first password; a witness gets a PIN instead."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        intro = "先给一个临时密码，本人第一次登录时改掉。见证人只勾“见证人”，密码处填 6–12 位 PIN。"
        super().__init__(parent, desk, "新增账号", intro, "增加")
        self.resize(640, 560)
        self.name, self.person = QLineEdit(), QLineEdit()
        self.person.setPlaceholderText("检查人员的执法证号；其他角色不填")
        self.roles = _RoleBoxes()
        if Role.SECURITY_ADMIN not in desk.actor.roles:
            self.roles.setEnabled(False)
            self.roles.setToolTip("角色由安全管理员授予")
        self.password, self.repeat = password_field(), password_field("再输一遍")
        self.own = password_field("您自己的密码")
        for text, field in (
            ("姓名", self.name), ("角色", self.roles), ("检查人员", self.person),
            ("临时密码或 PIN", self.password), ("再输一遍", self.repeat),
            ("您自己的密码", self.own),
        ):  # fmt: skip
            self.add_row(text, field)

    def work(self) -> None:
        name, roles = self.name.text().strip(), self.roles.chosen()
        fresh = same_twice(self.password, self.repeat)
        if not roles and self.roles.isEnabled():
            raise InvalidInput("还没有勾选角色。", "请至少勾选一种角色。")
        if roles == (Role.WITNESS,):
            wait_in(self, partial(passwords.add_witness, self.work_desk, name, fresh))
            return
        command = AddAccount(name, roles, must_change=True, person_code=self.person.text().strip())
        own = self.own.text()
        wait_in(self, partial(create_account, self.work_desk, command, fresh, own))


class RoleDialog(_AccountForm):
    """All roles of one account."""

    def __init__(self, parent: QWidget, desk: Desk, row: AccountDetail) -> None:
        intro = "经办与审批永远是两个账号；审计员不兼任其他角色。"
        super().__init__(parent, desk, f"“{row.name}”的角色", intro, "保存")
        self.row = row
        self.roles = _RoleBoxes(row.roles)
        self.add_row("角色", self.roles)

    def work(self) -> None:
        self.work_desk.do(grant_roles, GrantRoles(self.row.name, self.roles.chosen()))


class ResetPassword(_AccountForm):
    """A temporary password, or a new PIN for a witness."""

    def __init__(self, parent: QWidget, desk: Desk, row: AccountDetail) -> None:
        what = "PIN" if row.uses_pin else "临时密码"
        intro = "记入操作日志。" if row.uses_pin else "本人下次登录必须改掉。记入操作日志。"
        super().__init__(parent, desk, f"重设“{row.name}”的{what}", intro, "保存")
        self.row = row
        self.password, self.repeat = password_field(what), password_field("再输一遍")
        self.own = password_field("您自己的密码")
        self.add_row(what, self.password)
        self.add_row("再输一遍", self.repeat)
        if not row.uses_pin:
            self.add_row("您自己的密码", self.own)

    def work(self) -> None:
        fresh = same_twice(self.password, self.repeat)
        if self.row.uses_pin:
            act = partial(passwords.reset_pin, self.work_desk, self.row.name, fresh)
        else:
            own = self.own.text()
            act = partial(passwords.reset_password, self.work_desk, self.row.name, fresh, own)
        wait_in(self, act)


class OwnPassword(StartDialog, Generic[T]):
    """The acting person proves to be there before something that cannot be undone.

    ``act`` gets the password and runs off the main thread, under the sentence ``busy`` if it is long.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        intro: str,
        act: Callable[[str], T],
        busy: str = "",
    ) -> None:
        super().__init__(title, intro, title, "取消", parent)
        self._act, self._busy = act, busy
        self.outcome: T | None = None
        self.own = password_field("您自己的密码")
        self.add_row("您自己的密码", self.own)

    def submit(self) -> None:
        try:
            act = partial(self._act, self.own.text())
            if self._busy:
                self.outcome = wait_for(self, self._busy, act)
            else:
                self.outcome = wait_in(self, act)
        except SsjError as refusal:
            self.fault.setText(str(refusal))
        else:
            self.accept()


def confirmed(parent: QWidget, title: str, text: str) -> bool:
    answer = QMessageBox.question(parent, title, plain_tip(text))
    return answer == QMessageBox.StandardButton.Yes

"""账号与权限: who may sign in and as what, the rules, the recovery sheet, the data key."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMessageBox, QPushButton, QSpinBox

from ssj_desktop.domain.passwords import AccessPolicy
from ssj_desktop.queries.accounts import (
    AccountDetail,
    access_policy,
    is_small_office,
    list_account_details,
    small_office_note,
)
from ssj_desktop.services import account_admin, data_keys, passwords
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.pages.account_dialogs import (
    NewAccount,
    OwnPassword,
    ResetPassword,
    RoleDialog,
    confirmed,
)
from ssj_desktop.ui.recovery_dialog import RecoveryDialog
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import carry_out
from ssj_desktop.ui.widgets import Card, Page, Pill, button, label, plain_tip

Use = Callable[..., object]
_ENCRYPTING = "正在重新加密，请不要关机……"


def build(desk: Desk) -> "AccountsPage":
    return AccountsPage(desk)


class AccountsPage(Page):
    """Buttons work only for the role that may; the reason stands in their tool tip."""

    areas = frozenset({"office"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("账号与权限")
        self.desk = desk
        self.mode = Pill()
        self.add_button = self._act("新增账号", self.add, account_admin.suspend_account, "primary")
        self.head.add(self.mode, self.add_button)
        columns: list[ColumnSpec[AccountDetail]] = [
            ColumnSpec("账号", lambda row: row.name, 9),
            ColumnSpec("角色", lambda row: row.role_text, 20, stretch=True),
            ColumnSpec("状态", lambda row: row.state, 7, tone=lambda row: row.tone),
            ColumnSpec("密码", lambda row: row.password_text, 10),
            ColumnSpec("检查人员", lambda row: row.person_code or "—", 9),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "账号")
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        card = Card()
        card.box.setContentsMargins(1, 1, 1, 8)
        card.box.addWidget(self.table, 1)
        card.box.addLayout(self._row_buttons())
        self.box.addWidget(card, 1)
        lower = QHBoxLayout()
        lower.addWidget(self._policy_card(), 3)
        lower.addWidget(self._key_card(), 2)
        self.box.addLayout(lower)

    def _act(self, text: str, act: Callable[[], object], use: Use, kind: str = "") -> QPushButton:
        """A button that only the roles of ``use`` can press."""
        made = button(text, act, kind)
        refusal = self.desk.why_not(use)
        made.setEnabled(refusal is None)
        made.setToolTip(plain_tip(refusal or ""))
        return made

    def _row_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 16, 0)
        self.suspend_button = self._act("停用", self.suspend, account_admin.suspend_account)
        for made in (
            self._act("修改角色…", self.change_roles, account_admin.grant_roles),
            self._act("重设密码…", self.reset, passwords.replace_slot),
            self._act("解除锁定", self.unlock, account_admin.note_unlock),
            self.suspend_button,
            self._act("移除…", self.remove, account_admin.mark_removed, "danger"),
        ):
            row.addWidget(made)
        row.addStretch(1)
        return row

    def _policy_card(self) -> Card:
        card = Card("密码与锁定规则")
        grid = QGridLayout()
        self.policy_fields: dict[str, QSpinBox] = {}
        for place, name in enumerate(AccessPolicy.__slots__):
            field = QSpinBox()
            field.setRange(*AccessPolicy().bounds(name))
            field.setAccessibleName(AccessPolicy().label(name))
            field.setMinimumWidth(field.fontMetrics().horizontalAdvance("0") * 10)
            self.policy_fields[name] = field
            title = label(AccessPolicy().label(name))
            title.setBuddy(field)
            row, column = place % 3, place // 3 * 2
            grid.addWidget(title, row, column)
            grid.addWidget(field, row, column + 1)
        card.box.addLayout(grid)
        foot = QHBoxLayout()
        foot.addWidget(label("锁定依次为 15、30、60 分钟", "hint"), 1)
        foot.addWidget(self._act("保存规则", self.save_policy, account_admin.set_policy))
        card.box.addLayout(foot)
        return card

    def _key_card(self) -> Card:
        card = Card("恢复单与数据密钥")
        text = "用过恢复单、或恢复单可能被人看过，换一份；有人离开用“移除”；怀疑电脑或密钥文件被拷走，换数据密钥。"
        card.box.addWidget(label(text, "hint", wrap=True))
        card.box.addStretch(1)
        for made in (
            self._act("换一份恢复单…", self.renew_recovery, passwords.replace_slot),
            self._act("更换数据密钥…", self.rekey, data_keys.note_data_key),
            self._act("切换小单位 / 分设模式", self.switch_mode, account_admin.set_office_mode),
        ):
            card.box.addWidget(made)
        return card

    def refresh(self) -> None:
        ask = self.desk.ask
        kept = self.table.currentIndex().row()
        self.model.show(ask(list_account_details, self.desk.surroundings.now()))
        self.table.selectRow(max(0, min(kept, self.model.rowCount() - 1)))
        note = ask(small_office_note)
        small = ask(is_small_office)
        self.mode.show_state(
            note or ("小单位模式" if small else "分设模式"), "warn" if small else "ok"
        )
        active = sum(row.is_active for row in self.model.rows)
        self.head.subtitle.setText(f"共 {active} 个可用账号")
        policy = ask(access_policy)
        for name, field in self.policy_fields.items():
            field.setValue(getattr(policy, name))
        self._on_row()

    def current(self) -> AccountDetail | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _on_row(self, *_: object) -> None:
        row = self.current()
        self.suspend_button.setText("停用" if row is None or row.is_active else "恢复")

    def add(self) -> None:
        NewAccount(self, self.desk).exec()

    def change_roles(self) -> None:
        row = self.current()
        if row is not None:
            RoleDialog(self, self.desk, row).exec()

    def reset(self) -> None:
        row = self.current()
        if row is not None:
            ResetPassword(self, self.desk, row).exec()

    def unlock(self) -> None:
        row = self.current()
        if row is not None:
            attempt(self, partial(account_admin.unlock_account, self.desk, row.name))

    def suspend(self) -> None:
        row = self.current()
        if row is None:
            return
        use = account_admin.suspend_account if row.is_active else account_admin.resume_account
        carry_out(self, self.desk, use, row.name)

    def remove(self) -> None:
        row = self.current()
        if row is not None:
            text = f"移除“{row.name}”并给数据库换新密钥。此账号名以后不能再用。"
            act = partial(data_keys.remove_account, self.desk, row.name)
            self._encrypt(OwnPassword(self, "移除账号", text, act, _ENCRYPTING))

    def rekey(self) -> None:
        text = "整个数据库重新加密，其他人的密码不变。数据多时要等一会儿，中途断电也不会丢数据。"
        act = partial(data_keys.change_data_key, self.desk, reason="怀疑密钥泄露")
        self._encrypt(OwnPassword(self, "更换数据密钥", text, act, _ENCRYPTING))

    def _encrypt(self, asked: OwnPassword[tuple[str, ...]]) -> None:
        """Whoever could not be carried over to the new key needs a password set by hand."""
        if asked.exec() and asked.outcome:
            names = "、".join(asked.outcome)
            text = f"数据库已换新密钥。{names} 的旧密码已失效，请逐个“重设密码”。"
            QMessageBox.information(self, "更换数据密钥", plain_tip(text))

    def renew_recovery(self) -> None:
        act = partial(passwords.renew_recovery, self.desk)
        asked = OwnPassword(self, "换一份恢复单", "旧恢复单随即作废。", act)
        if asked.exec() and asked.outcome:
            RecoveryDialog(self, self.desk, asked.outcome).exec()

    def switch_mode(self) -> None:
        small = self.desk.ask(is_small_office)
        text = "改为分设模式？" if small else "改为小单位模式？每份抽取记录表都会写明。"
        if confirmed(self, "账号模式", text):
            carry_out(self, self.desk, account_admin.set_office_mode, not small)
        self.refresh()

    def save_policy(self) -> None:
        values = {name: field.value() for name, field in self.policy_fields.items()}
        policy = replace(AccessPolicy(), **values)
        attempt(self, partial(account_admin.change_policy, self.desk, policy))

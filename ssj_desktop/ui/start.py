"""The first windows: founding a store, or signing in."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QVBoxLayout,
)

from ssj_desktop import places
from ssj_desktop.domain.errors import InvalidInput, SsjError
from ssj_desktop.services.accounts import FoundOffice, create_store, list_account_names, sign_in
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import ImportRows, import_rows, read_sheet
from ssj_desktop.ui.widgets import button, label


def _password() -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


class _StartDialog(QDialog):
    """A form with one primary button and one place for what went wrong."""

    def __init__(self, title: str, intro: str, act: str, open_store: Callable[[], Desk]) -> None:
        super().__init__()
        self.setWindowTitle("双随机、一公开监管工作台")
        self.setObjectName("page")
        self.resize(560, 300)
        self.desk: Desk | None = None
        self._open = open_store
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 22)
        box.addWidget(label(title, "title"))
        box.addWidget(label(intro, "hint", wrap=True))
        self.form = QFormLayout()
        box.addLayout(self.form)
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.fault)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(button("退出", self.reject))
        self.go = button(act, self.submit, "primary")
        self.go.setDefault(True)
        row.addWidget(self.go)
        box.addLayout(row)

    def submit(self) -> None:
        try:
            self.desk = self._open()
        except SsjError as refusal:
            self.fault.setText(str(refusal))
        else:
            self.accept()


class FirstRun(_StartDialog):
    """Unit, division, first administrator."""

    def __init__(self, store: Path) -> None:
        intro = f"第一次使用，请填写单位信息。数据加密保存在：{store}。本程序不得存放国家秘密。"
        super().__init__("建立单位数据库", intro, "建立", self.open_store)
        self.store = store
        self.unit, self.division, self.admin = QLineEdit(), QLineEdit(), QLineEdit()
        self.unit.setPlaceholderText("例如：云岭县住房和城乡建设局")
        self.division.setPlaceholderText("6 位数字")
        self.password, self.repeat = _password(), _password()
        self.trial = QCheckBox("只是试用，并载入样例数据（界面会标明试用数据）")
        for text, field in (
            ("单位名称", self.unit), ("行政区划代码", self.division), ("管理员姓名", self.admin),
            ("密码", self.password), ("再输一遍", self.repeat), ("", self.trial),
        ):  # fmt: skip
            self.form.addRow(text, field)

    def open_store(self) -> Desk:
        if self.password.text() != self.repeat.text():
            raise InvalidInput("两次输入的密码不一致。", "请重新输入。")
        office = FoundOffice(
            self.unit.text(), self.division.text(), self.admin.text(), trial=self.trial.isChecked()
        )
        desk, recovery = create_store(self.store, office, self.password.text())
        if self.trial.isChecked():
            load_samples(desk)
        box = QMessageBox(
            QMessageBox.Icon.Information, "恢复单", f"恢复码（只显示这一次）：\n{recovery}"
        )
        box.setInformativeText("请抄写两遍核对后存入保险柜。忘记密码时只有它能打开数据库。")
        box.exec()
        return desk


def load_samples(desk: Desk) -> None:
    """Invented targets and inspectors for a first look."""
    for kind, name in (("targets", "检查对象名录.xlsx"), ("inspectors", "执法检查人员名录.xlsx")):
        desk.do(import_rows, ImportRows(read_sheet(kind, places.resource("samples", name))))


class SignIn(_StartDialog):
    """Choose the account, type the password."""

    def __init__(self, store: Path) -> None:
        super().__init__("登录", str(store), "登录", self.open_store)
        self.store = store
        self.account = QComboBox()
        self.account.addItems(list_account_names(store))
        self.password = _password()
        self.form.addRow("账号", self.account)
        self.form.addRow("密码", self.password)
        self.password.setFocus()

    def open_store(self) -> Desk:
        return sign_in(self.store, self.password.text(), self.account.currentText())

"""服务器设置: address, login and password; tried before they are kept."""

from functools import partial

from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.server_address import PORT, ServerAddress, read_address
from ssj_desktop.domain.vocabulary import ServerSafety
from ssj_desktop.queries.membership import is_admin_device
from ssj_desktop.queries.own_server import find_server
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.own_server import KeepServer, forget_server, keep_server, try_server
from ssj_desktop.ui.pages.furnish_dialog import FurnishDialog
from ssj_desktop.ui.start import password_field
from ssj_desktop.ui.tasks import carry_out, wait_for
from ssj_desktop.ui.widgets import GrowingDialog, button, label, scrolled

_INTRO = (
    "单位或上级有 PostgreSQL 服务器时，几台电脑可以通过它交换。服务器只存签过名的数据段，"
    "每台电脑收到后都重新核对。地址、账号和密码请向服务器管理员要；密码加密保存在本机，不随数据交换。"
)


class ServerDialog(GrowingDialog):
    """May be kept untried: offices set it up before the line is there."""

    def __init__(self, parent: QWidget | None, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("服务器设置")
        self.setObjectName("page")
        self.resize(720, 520)
        self.desk = desk
        known = desk.ask(find_server)
        self.host, self.port = QLineEdit(), QLineEdit(str(PORT))
        self.database, self.login = QLineEdit(), QLineEdit()
        self.password = password_field()
        self.safety = QComboBox()
        for term in ServerSafety:
            self.safety.addItem(term.label, term.value)
        self.certificate = QLineEdit()
        self.host.setPlaceholderText("例如：10.0.0.8 或 ssj.example.gov.cn")
        self.database.setPlaceholderText("例如：ssj")
        self.login.setPlaceholderText("例如：ssj_239921")
        self.certificate.setPlaceholderText("单位自建证书机构时选；公共证书不填")
        if known is not None:
            self._show_known(known.address, known.password)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 22)
        box.addWidget(label("服务器设置", "title"))
        box.addWidget(label(_INTRO, "hint", wrap=True))
        box.addWidget(scrolled(self._form(), roomy=True), 1)
        self.result_text = label("", "hint", wrap=True)
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.result_text)
        box.addWidget(self.fault)
        box.addLayout(self._foot(is_known=known is not None))

    def _show_known(self, address: ServerAddress, password: str) -> None:
        self.host.setText(address.host)
        self.port.setText(str(address.port))
        self.database.setText(address.database)
        self.login.setText(address.login)
        self.password.setText(password)
        self.safety.setCurrentIndex(self.safety.findData(address.safety.value))
        self.certificate.setText(address.certificate)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        authority = QWidget()
        row = QHBoxLayout(authority)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.certificate, 1)
        row.addWidget(button("选择…", self.choose_certificate))
        for text, field, shown in (
            ("服务器地址", self.host, self.host), ("端口", self.port, self.port),
            ("数据库", self.database, self.database), ("账号", self.login, self.login),
            ("密码", self.password, self.password), ("连接", self.safety, self.safety),
            ("CA 证书", self.certificate, authority),
        ):  # fmt: skip
            title = label(text)
            title.setBuddy(field)
            field.setAccessibleName(text)
            form.addRow(title, shown)
        return form

    def _foot(self, *, is_known: bool) -> QHBoxLayout:
        foot = QHBoxLayout()
        self.forget_button = button("不再使用", self.forget, "danger")
        self.forget_button.setVisible(is_known)
        self.furnish_button = button("建立数据表…", self.furnish)
        self.furnish_button.setVisible(self.desk.ask(is_admin_device))
        foot.addWidget(self.forget_button)
        foot.addWidget(self.furnish_button)
        foot.addStretch(1)
        foot.addWidget(button("测试连接", self.test))
        foot.addWidget(button("取消", self.reject))
        self.go = button("保存", self.save, "primary")
        foot.addWidget(self.go)
        return foot

    def choose_certificate(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "选择 CA 证书", "", "*.crt *.pem")
        if name:
            self.certificate.setText(name)

    def address(self) -> ServerAddress:
        return read_address(
            self.host.text(), self.port.text(), self.database.text(), self.login.text(),
            ServerSafety.of(self.safety.currentData()), self.certificate.text(),
        )  # fmt: skip

    def test(self) -> bool:
        """Reach the server with what is typed; the sentence says how it went."""
        self.fault.setText("")
        self.result_text.setText("")
        try:
            work = partial(try_server, self.desk, self.address(), self.password.text())
            self.result_text.setText(wait_for(self, "正在连接服务器……", work))
        except SsjError as refusal:
            self.fault.setText(str(refusal))
            return False
        return True

    def save(self) -> None:
        """Keep it on this device; the look from the header follows at once."""
        try:
            command = KeepServer(self.address(), self.password.text())
            self.desk.do(keep_server, command)
        except SsjError as refusal:
            self.fault.setText(str(refusal))
        else:
            self.accept()

    def forget(self) -> None:
        if carry_out(self, self.desk, forget_server, None):
            self.accept()

    def furnish(self) -> None:
        """Prepare the tables, once, by the owner of the database; fills in the login it made."""
        try:
            dialog = FurnishDialog(self, self.desk, self.address())
        except SsjError as refusal:
            self.fault.setText(str(refusal))
            return
        if dialog.exec():
            self.login.setText(dialog.login.text())
            self.password.setText(dialog.password.text())
            self.result_text.setText(dialog.told)

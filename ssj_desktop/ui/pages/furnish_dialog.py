"""建立数据表: the owner of the database makes tables, guards and the login of this office."""

from functools import partial

from PySide6.QtWidgets import QLineEdit, QWidget

from ssj_desktop.domain.server_address import ServerAddress, owner_url
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.serving import furnish
from ssj_desktop.ui.start import StartDialog, password_field, same_twice
from ssj_desktop.ui.tasks import wait_for

_INTRO = (
    "只在服务器第一次启用时办理一次。请数据库的所有者在场输入他的账号和密码，用后不保存。"
    "表一经建立只能添加，谁也不能改动或删除已有的数据段。"
)


class FurnishDialog(StartDialog):
    """The owner's login is used once; the office's login and password go into the settings."""

    def __init__(self, parent: QWidget, desk: Desk, address: ServerAddress) -> None:
        super().__init__("建立数据表", _INTRO, "建立", "取消", parent)
        self.resize(640, 460)
        self._own_desk, self._address, self.told = desk, address, ""
        self.owner, self.owner_password = QLineEdit("postgres"), password_field("所有者密码")
        self.login = QLineEdit(address.login)
        self.password, self.repeat = password_field("本单位密码"), password_field("再输一遍")
        self.reader = QLineEdit()
        self.reader.setPlaceholderText("上级只读并汇总用的账号，没有可不填")
        for text, field in (
            ("所有者账号", self.owner), ("所有者密码", self.owner_password),
            ("本单位账号", self.login), ("本单位密码", self.password), ("再输一遍", self.repeat),
            ("上级账号", self.reader),
        ):  # fmt: skip
            field.setAccessibleName(text)
            self.add_row(text, field)

    def open_store(self) -> Desk:
        password = same_twice(self.password, self.repeat)
        url = owner_url(self._address, self.owner.text(), self.owner_password.text())
        login, reader = self.login.text().strip(), self.reader.text().strip()
        work = partial(furnish, self._own_desk, url, login, password, reader)
        lines, _ = wait_for(self, "正在建立数据表……", work)
        self.told = "".join(lines)
        return self._own_desk

"""加入已有单位, first half: a store of its own for this computer, which then asks to be admitted."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.services.data_place import remember_store
from ssj_desktop.services.joining import Newcomer, StartJoining, create_joining_store
from ssj_desktop.ui.join_waiting import JoinWaiting
from ssj_desktop.ui.start import StartDialog, password_field, same_twice
from ssj_desktop.ui.tasks import wait_for

_INTRO = (
    "本机先建一个空的加密库，再向单位的管理机申请加入。"
    "请先在管理机的“账号与权限”里建好您的账号；密码只用在本机，可以与别的电脑不同。"
)


class JoinOffice(StartDialog):
    """Name of the computer, account, password; then the request with its ten digits."""

    def __init__(self, parent: QWidget | None, store: Path) -> None:
        super().__init__("加入已有单位", _INTRO, "下一步", "返回", parent)
        self.resize(700, 420)
        self.store = store
        self.name, self.account = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText("例如：业务二科笔记本")
        self.account.setPlaceholderText("管理机上建好的账号姓名")
        self.password, self.repeat = password_field("本机密码"), password_field("再输一遍")
        self.password.setPlaceholderText("至少 10 个字符，大小写字母、数字、符号中的三类")
        for text, field in (
            ("本机名称", self.name), ("账号", self.account),
            ("本机密码", self.password), ("再输一遍", self.repeat),
        ):  # fmt: skip
            field.setAccessibleName(text)
            self.add_row(text, field)

    def submit(self) -> None:
        """The second half opens when the store is made; left for later, there is no desk yet."""
        try:
            newcomer = self.make_store()
        except SsjError as refusal:
            self.fault.setText(str(refusal))
            return
        remember_store(self.store)
        waiting = JoinWaiting(self, newcomer.desk, self.password.text())
        waiting.exec()
        self.desk = waiting.signed_in
        self.accept()

    def make_store(self) -> Newcomer:
        password = same_twice(self.password, self.repeat)
        command = StartJoining(self.name.text().strip(), self.account.text())
        work = partial(create_joining_store, self.store, command, password)
        return wait_for(self, "正在建立加密库……", work)

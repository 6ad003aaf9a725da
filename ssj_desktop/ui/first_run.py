"""The first start: unit, administrator, data folder, samples or empty; or just a look around."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.services.accounts import FoundOffice, create_store
from ssj_desktop.services.data_place import STORE_NAME, remember_store
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.trial import load_samples, open_trial, trial_place
from ssj_desktop.ui.join_office import JoinOffice
from ssj_desktop.ui.recovery_dialog import RecoveryDialog
from ssj_desktop.ui.start import StartDialog, password_field, same_twice
from ssj_desktop.ui.tasks import wait_for, wait_in
from ssj_desktop.ui.widgets import button, label

_INTRO = (
    "第一次使用，请填写单位信息。数据加密保存在本机，本程序不得存放国家秘密。"
    "只想看看的，点“先看看”；单位里别的电脑已经在用的，点“加入已有单位”；本机已经有数据库的，点“打开已有数据库”。"
)


class FirstRun(StartDialog):
    """Founds the store, then has the recovery sheet printed and typed back."""

    def __init__(self, store: Path) -> None:
        super().__init__("建立单位数据库", _INTRO, "建立")
        self.resize(760, 640)
        self.unit, self.division, self.admin = QLineEdit(), QLineEdit(), QLineEdit()
        self.unit.setPlaceholderText("例如：云岭县住房和城乡建设局")
        self.division.setPlaceholderText("6 位数字")
        self.password, self.repeat = password_field(), password_field("再输一遍")
        self.password.setPlaceholderText("至少 10 个字符，大小写字母、数字、符号中的三类")
        self.folder = QLineEdit(str(store.parent))
        self.works = QRadioButton("兼任经办人（小单位模式，每份记录表会写明）")
        self.apart = QRadioButton("只做管理，业务由别的账号办理")
        self.empty = QRadioButton("空库，录入真实数据")
        self.samples = QRadioButton("载入样例数据，用来练习（界面标明试用数据）")
        self.works.setChecked(True)
        self.empty.setChecked(True)
        self._store_name = store.name or STORE_NAME
        for text, field in (
            ("单位名称", self.unit), ("行政区划代码", self.division), ("管理员姓名", self.admin),
            ("密码", self.password), ("再输一遍", self.repeat),
            ("管理员", self._choices(self.works, self.apart)), ("数据文件夹", self._folder_row()),
            ("内容", self._choices(self.empty, self.samples)),
        ):  # fmt: skip
            field.setAccessibleName(text)
            self.add_row(text, field)
        for text, act in (
            ("先看看（试用，不建账号）", self.look_around), ("加入已有单位…", self.join_office),
            ("打开已有数据库…", self.open_existing),
        ):  # fmt: skip
            self.ways.addWidget(button(text, act, "link"))
        self.ways.addStretch(1)

    def _choices(self, *choices: QRadioButton) -> QWidget:
        row = QWidget()
        box = QVBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        group = QButtonGroup(row)
        for choice in choices:
            group.addButton(choice)
            box.addWidget(choice)
        return row

    def _folder_row(self) -> QWidget:
        row = QWidget()
        box = QVBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        self.folder.setAccessibleName("数据文件夹")
        line.addWidget(self.folder, 1)
        line.addWidget(button("选择…", self.choose_folder))
        box.addLayout(line)
        text = (
            "放在本机硬盘，不能放网络盘或 U 盘。多个 Windows 用户共用时，请选大家都能读写的文件夹。"
        )
        box.addWidget(label(text, "hint", wrap=True))
        return row

    def choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "选择数据文件夹", self.folder.text())
        if name:
            self.folder.setText(name)

    @property
    def store(self) -> Path:
        return Path(self.folder.text().strip()) / self._store_name

    def open_store(self) -> Desk:
        password = same_twice(self.password, self.repeat)
        office = FoundOffice(
            self.unit.text(), self.division.text(), self.admin.text(),
            trial=self.samples.isChecked(), works=self.works.isChecked(),
        )  # fmt: skip
        desk, recovery = wait_in(self, partial(create_store, self.store, office, password))
        remember_store(self.store)
        if self.samples.isChecked():
            wait_for(self, "正在载入样例数据……", partial(load_samples, desk))
        else:
            RecoveryDialog(self, desk, recovery).exec()
        return desk

    def look_around(self) -> None:
        """Invented data in a store of its own; the real one stays unfounded."""
        try:
            place = trial_place().path
            self.desk = wait_for(self, "正在准备试用数据……", partial(open_trial, place))
        except SsjError as refusal:
            self.fault.setText(str(refusal))
        else:
            self.accept()

    def join_office(self) -> None:
        """Another computer of the unit has the data already: ask to be admitted."""
        dialog = JoinOffice(self, self.store)
        if not dialog.exec():
            return
        self.desk = dialog.desk
        if self.desk is None:  # it waits for its answer; the next start goes on there
            self.reject()
        else:
            self.accept()

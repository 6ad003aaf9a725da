"""设备加入: read the request, compare ten digits, choose letter and kind."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.membership import comparison_code, read_request
from ssj_desktop.domain.signed_text import MOST_TEXT
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.formats.files import read_file
from ssj_desktop.services.membership import AdmitDevice
from ssj_desktop.ui.tasks import run_quietly
from ssj_desktop.ui.widgets import GrowingDialog, button, label

_FILES = "加入申请 (*.ssjj)"


class AdmitDialog(GrowingDialog):
    """Fills an AdmitDevice; without the comparison nothing can be confirmed."""

    def __init__(self, parent: QWidget | None, letter: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("设备加入")
        self.resize(620, 380)
        self._request, self._code, self._asked = "", "", 0
        self.scanned = QLineEdit()
        self.scanned.setAccessibleName("加入申请")
        self.scanned.setPlaceholderText("用扫码枪扫描对方屏幕上的二维码，或点右侧选择文件")
        self.scanned.textChanged.connect(self.read)
        self.name = label("")
        self.code = label("", "title")
        self.same = QCheckBox("已当面核对，两台电脑显示的比对码一致")
        self.same.toggled.connect(self._check)
        self.letter = QLineEdit(letter)
        self.letter.setAccessibleName("设备字母")
        self.letter.textChanged.connect(self._check)
        self.role = QComboBox()
        self.role.setAccessibleName("设备类别")
        for role in (DeviceRole.OFFICE, DeviceRole.FIELD, DeviceRole.ADMIN):
            self.role.addItem(role.label, role.value)
        form = QFormLayout()
        source = QHBoxLayout()
        source.addWidget(self.scanned, 1)
        source.addWidget(button("选择文件…", self.choose))
        form.addRow(label("加入申请"), source)
        form.addRow(label("设备名称"), self.name)
        form.addRow(label("比对码"), self.code)
        form.addRow(label(""), self.same)
        form.addRow(label("设备字母"), self.letter)
        form.addRow(label("设备类别"), self.role)
        self.hint = label("", "hint")
        self.go = button("准予加入", self.accept, "primary")
        foot = QHBoxLayout()
        foot.addWidget(self.hint, 1)
        foot.addWidget(button("取消", self.reject))
        foot.addWidget(self.go)
        box = QVBoxLayout(self)
        notice = "设备字母印在抽取编号里，每台不同。外业机只能带回检查结果，管理机可以再登记设备。"
        box.addWidget(label(notice, "notice", wrap=True))
        box.addLayout(form, 1)
        box.addLayout(foot)
        self._check()

    def choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "选择加入申请", "", _FILES)
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        try:
            self.read(read_file(path, MOST_TEXT).decode("utf-8", "replace"))
        except SsjError as refusal:
            self.hint.setText(str(refusal))

    def read(self, text: str) -> None:
        """Show whose request it is and the digits to compare."""
        self._request, self._code, self._asked = "", "", self._asked + 1
        self.same.setChecked(False)
        try:
            request = read_request(text)
        except SsjError as refusal:
            self.name.setText("")
            self.code.setText("")
            self._check()
            self.hint.setText(refusal.message if text else self.hint.text())
            return
        self.name.setText(request.name)
        self.code.setText("正在计算……")
        work = partial(comparison_code, request)
        run_quietly(self, work, partial(self._show_code, self._asked, text))
        self._check()

    def _show_code(self, number: int, text: str, code: str) -> None:
        """The digits are dear to compute; those of another request come too late."""
        if number == self._asked:
            self._request, self._code = text, code
            self.code.setText(code)
            self._check()

    def _check(self) -> None:
        missing = [
            text
            for text, is_there in (
                ("加入申请", bool(self._request)),
                ("核对比对码", self.same.isChecked()),
                ("设备字母", bool(self.letter.text().strip())),
            )
            if not is_there
        ]
        self.hint.setText(f"还差：{'、'.join(missing)}" if missing else "")
        self.go.setEnabled(not missing)

    def command(self) -> AdmitDevice:
        """What the service gets."""
        role = DeviceRole.of(self.role.currentData())
        return AdmitDevice(self._request, self.letter.text().strip().upper(), role, self._code)

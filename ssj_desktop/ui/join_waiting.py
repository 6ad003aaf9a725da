"""加入已有单位, second half: the request as QR code and file, then the answer of the office."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.membership import comparison_code, request_line
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.joining import accept, ask_again, read_admission
from ssj_desktop.services.passwords import renew_recovery
from ssj_desktop.ui.errors import attempt, show_refusal
from ssj_desktop.ui.qr_view import QrView
from ssj_desktop.ui.recovery_dialog import RecoveryDialog
from ssj_desktop.ui.tasks import run_quietly, wait_for, wait_in
from ssj_desktop.ui.widgets import Card, GrowingDialog, button, label

_QR_SIDE = 300
REQUESTS = "加入申请 (*.ssjj)"
ANSWERS = "加入回复 (*.ssjb)"
_FIRST = (
    "把申请交给管理机：用 U 盘带申请文件过去，或让管理机的扫码枪扫这里的二维码。"
    "管理机“设备管理”页点“设备加入…”，两边显示的比对码必须一样。"
)
_SECOND = "管理机准予以后会导出加入回复。拿回来导入，再核对单位比对码，本机就有了单位的全部数据。"


class JoinWaiting(GrowingDialog):
    """``signed_in`` is the desk of the account once the computer belongs to the office."""

    def __init__(self, parent: QWidget | None, desk: Desk, password: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("加入已有单位")
        self.setObjectName("page")
        self.resize(860, 640)
        self.desk, self._password = desk, password
        self.signed_in: Desk | None = None
        self.answer: Path | None = None
        self._code = ""
        self.text, self.request = ask_again(desk)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 22)
        box.addWidget(label(f"“{self.request.name}”申请加入", "title"))
        box.addWidget(self._request_card(), 1)
        box.addWidget(self._answer_card())
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.fault)
        box.addLayout(self._foot())
        self._show_answer()

    def _request_card(self) -> Card:
        card = Card("第一步　交出申请")
        row = QHBoxLayout()
        self.qr = QrView(_QR_SIDE)
        self.qr.show_text(request_line(self.request))
        row.addWidget(self.qr)
        side = QVBoxLayout()
        side.addWidget(label(_FIRST, "hint", wrap=True))
        side.addStretch(1)
        side.addWidget(label("本机比对码", "hint"))
        self.code = label("正在计算……", "title")
        run_quietly(self, partial(comparison_code, self.request), self.code.setText)
        self.code.setAccessibleName("本机比对码")
        side.addWidget(self.code)
        side.addStretch(1)
        line = QHBoxLayout()
        line.addWidget(button("导出加入申请…", self.export))
        line.addStretch(1)
        side.addLayout(line)
        self.written = label("", "hint", wrap=True)
        side.addWidget(self.written)
        row.addLayout(side, 1)
        card.box.addLayout(row)
        return card

    def _answer_card(self) -> Card:
        card = Card("第二步　导入回复")
        card.box.addWidget(label(_SECOND, "hint", wrap=True))
        row = QHBoxLayout()
        row.addWidget(button("选择加入回复…", self.choose))
        self.office = label("", "title")
        self.office.setAccessibleName("单位比对码")
        row.addWidget(self.office)
        row.addStretch(1)
        card.box.addLayout(row)
        self.same = QCheckBox("已核对，与管理机“设备管理”页的单位比对码一致")
        self.same.toggled.connect(lambda _on: self._show_answer())
        card.box.addWidget(self.same)
        return card

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        self.missing = label("", "hint")
        self.go = button("加入单位", self.join, "primary")
        foot.addWidget(self.missing, 1)
        foot.addWidget(button("以后再办", self.reject))
        foot.addWidget(self.go)
        return foot

    def _show_answer(self) -> None:
        self.office.setText(self._code)
        self.same.setVisible(bool(self._code))
        lacks = "加入回复" if self.answer is None else "核对单位比对码"
        ready = self.answer is not None and self.same.isChecked()
        self.missing.setText("" if ready else f"还差：{lacks}")
        self.go.setEnabled(ready)

    def export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "导出加入申请", f"加入申请_{self.request.name}.ssjj", REQUESTS
        )
        if name and attempt(self, partial(write_atomically, Path(name), self.text.encode())):
            self.written.setText(f"已写出“{Path(name).name}”，请带到管理机。")

    def choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "选择加入回复", "", ANSWERS)
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Show the digits of the office the answer comes from; nothing is taken in yet."""
        self.answer, self._code = None, ""
        self.same.setChecked(False)
        self.fault.setText("")
        try:
            work = partial(read_admission, self.desk, path)
            self._code = wait_for(self, "正在读取加入回复……", work)[2]
            self.answer = path
        except SsjError as refusal:
            self.fault.setText(str(refusal))
        self._show_answer()

    def join(self) -> None:
        """Take everything in, keep the recovery sheet, and sign in as the account."""
        if self.answer is None:
            return
        try:
            work = partial(accept, self.desk, self.answer, self._code)
            wait_for(self, "正在加入单位，请不要关机……", work)
        except SsjError as refusal:
            self.fault.setText(str(refusal))
        else:
            self._enter()

    def _enter(self) -> None:
        """Joining had rights of its own; from now on the account has those the office gave it."""
        store, account = self.desk.database.path, self.desk.actor.name
        try:
            code = wait_in(self, partial(renew_recovery, self.desk, self._password))
            RecoveryDialog(self, self.desk, code).exec()
            self.desk.close()
            enter = partial(sign_in, store, self._password, account, self.desk.surroundings)
            self.signed_in = wait_in(self, enter)
        except SsjError as refusal:
            show_refusal(self, refusal)
            self.reject()
        else:
            self.accept()

    def reject(self) -> None:
        """The store keeps its keys and waits; the next sign-in comes back to this window."""
        if self.isEnabled():
            self.desk.close()
            super().reject()

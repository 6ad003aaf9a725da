"""单位根密钥: onto paper once, and from the paper back when the administrator's computer is gone."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ssj_desktop.domain.errors import InvalidInput, SsjError
from ssj_desktop.domain.membership import ROOT_GROUPS, read_root, root_gap, root_text
from ssj_desktop.formats.pdf.recovery import render_recovery
from ssj_desktop.queries.recovery import root_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.membership import restore_administrator, show_root_key, take_root_key
from ssj_desktop.ui.preview import Preview
from ssj_desktop.ui.start import StartDialog
from ssj_desktop.ui.widgets import Card, GrowingDialog, button, label

_TAKE = (
    "管理机丢失时，只有它能指定新的管理机。请打印，照纸面输入一遍核对，再封好存入保险柜。"
    "核对以后本机不再保存，也无法找回。不要拍照，不要存成电子件。"
)
_RESTORE = (
    "请从保险柜取出“单位根密钥恢复单”，照样输入 17 组（不分大小写，横线可不输）。"
    "本机成为管理机以后，请撤销旧的管理机。每次使用都记入操作日志。"
)
_COLUMNS = 6


class TakeRootKey(GrowingDialog):
    """The key leaves this computer only after it was typed back from the paper."""

    def __init__(self, parent: QWidget | None, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("抄录单位根密钥")
        self.setObjectName("page")
        self.resize(760, 500)
        self.desk, self.code = desk, desk.do(show_root_key, None)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 22)
        box.addWidget(label("抄录单位根密钥", "title"))
        box.addWidget(label(_TAKE, "hint", wrap=True))
        card = Card()
        grid = QGridLayout()
        for place, group in enumerate(self.code.split("-")):
            grid.addWidget(label(group, "figure"), place // _COLUMNS, place % _COLUMNS)
        card.box.addLayout(grid)
        box.addWidget(card)
        text = label("照纸面输入根密钥")
        self.typed = root_field()
        text.setBuddy(self.typed)
        self.typed.textChanged.connect(self._on_typed)
        box.addWidget(text)
        box.addWidget(self.typed)
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.fault)
        foot = QHBoxLayout()
        foot.addWidget(button("打印恢复单…", self.preview))
        self.missing = label("", "hint")
        self.go = button("已存入保险柜，完成", self.submit, "primary")
        foot.addWidget(self.missing, 1)
        foot.addWidget(button("以后再办", self.reject))
        foot.addWidget(self.go)
        box.addLayout(foot)
        self._on_typed("")

    def preview(self) -> None:
        paper = self.desk.ask(root_paper, self.code, self.desk.today())
        pdf = render_recovery(paper, self.desk.surroundings.now())
        Preview(self, f"{paper.title} {paper.number}", pdf).exec()

    def _on_typed(self, text: str) -> None:
        self.fault.setText("")
        self.missing.setText(root_gap(text))
        self.go.setEnabled(not self.missing.text())

    def submit(self) -> None:
        """Compare before anything is erased."""
        try:
            if root_text(read_root(self.typed.text())) != self.code:
                raise InvalidInput("与恢复单不一致。", "请照纸面重新输入。")
            self.desk.do(take_root_key, None)
        except SsjError as refusal:
            self.fault.setText(str(refusal))
        else:
            self.accept()


class RestoreAdministrator(StartDialog):
    """The key from the safe makes this computer one that may admit and revoke."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__("恢复为管理机", _RESTORE, "恢复", "取消", parent)
        self.resize(700, 300)
        self._own_desk = desk
        self.typed = root_field()
        self.typed.textChanged.connect(self._on_typed)
        self.add_row("根密钥", self.typed)
        self.missing = label("", "hint")
        self.foot.insertWidget(0, self.missing)
        self._on_typed("")

    def _on_typed(self, text: str) -> None:
        self.fault.setText("")
        self.missing.setText(root_gap(text))
        self.go.setEnabled(not self.missing.text())

    def open_store(self) -> Desk:
        self._own_desk.do(restore_administrator, self.typed.text())
        return self._own_desk


def root_field() -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName("根密钥")
    field.setPlaceholderText(f"{ROOT_GROUPS} 组，每组 4 位")
    return field

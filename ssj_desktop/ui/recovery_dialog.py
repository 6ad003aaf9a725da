"""The recovery sheet: shown once, printed, and typed back before anybody relies on it."""

from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ssj_desktop.formats.pdf.recovery import render_recovery
from ssj_desktop.queries.recovery import recovery_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.passwords import check_recovery_code
from ssj_desktop.ui.preview import Preview
from ssj_desktop.ui.tasks import wait_in
from ssj_desktop.ui.widgets import Card, GrowingDialog, button, label

_INTRO = (
    "恢复单是忘记密码时唯一能打开数据库的办法，只显示这一次。请打印（或抄写两遍），"
    "照纸面输入一遍核对，再封好存入保险柜。不要拍照，不要存成电子件。"
)


class RecoveryDialog(GrowingDialog):
    """Cannot be left before the code was typed back as it stands on paper."""

    def __init__(self, parent: QWidget | None, desk: Desk, code: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("恢复单")
        self.setObjectName("page")
        self.resize(680, 470)
        self.desk, self.code = desk, code
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 22)
        box.addWidget(label("打印恢复单", "title"))
        box.addWidget(label(_INTRO, "hint", wrap=True))
        box.addWidget(self._code_card())
        box.addWidget(label("照纸面输入恢复码（不分大小写，可不输横线）"))
        self.typed = QLineEdit()
        self.typed.setAccessibleName("恢复码")
        self.typed.textChanged.connect(self._on_typed)
        box.addWidget(self.typed)
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.fault)
        row = QHBoxLayout()
        row.addWidget(button("打印恢复单…", self.preview))
        self.reason = label("还没有照纸面输入恢复码", "hint")
        row.addWidget(self.reason, 1)
        self.go = button("已存入保险柜，完成", self.submit, "primary")
        self.go.setEnabled(False)
        row.addWidget(self.go)
        box.addLayout(row)

    def _code_card(self) -> Card:
        card = Card()
        grid = QGridLayout()
        for place, group in enumerate(self.code.split("-")):
            grid.addWidget(label(" ".join(group), "figure"), place // 4, place % 4)
        card.box.addLayout(grid)
        return card

    def preview(self) -> None:
        desk = self.desk
        paper = desk.ask(recovery_paper, self.code, desk.today())
        pdf = render_recovery(paper, desk.surroundings.now())
        Preview(self, f"恢复单 {paper.number}", pdf).exec()

    def _on_typed(self, text: str) -> None:
        self.go.setEnabled(bool(text.strip()))
        self.reason.setVisible(not text.strip())
        self.fault.setText("")

    def submit(self) -> None:
        store, typed = self.desk.database.path, self.typed.text()
        if wait_in(self, partial(check_recovery_code, store, typed)):
            self.accept()
        else:
            self.fault.setText("与恢复单不一致。请照纸面重新输入。")

    def reject(self) -> None:
        """Esc and the close button do not lead past the check."""
        self.fault.setText("请先照纸面输入恢复码。没有核对过的恢复单不能用。")

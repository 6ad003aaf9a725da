"""移出名录库, 调整状态: one new status for one or many rows, with a reason."""

from collections.abc import Sequence

from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.fields import Registry
from ssj_desktop.services.registry_status import ChangeStatus
from ssj_desktop.ui.widgets import GrowingDialog, button, label

_REASONS = ("登记机关核查", "检查发现", "对象申请", "年度核对两库")


class StatusDialog(GrowingDialog):
    """Fills a ChangeStatus; ``out`` offers only the states that leave the pool."""

    def __init__(
        self, parent: QWidget | None, registry: Registry, ids: Sequence[str], visits: int, *, out: bool
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.registry, self.ids = registry, tuple(ids)
        self.setWindowTitle("移出名录库？" if out else "调整状态")
        self.setMinimumWidth(self.fontMetrics().height() * 24)
        choices = registry.field("status").choices
        self.status, self.reason = QComboBox(), QComboBox()
        self.status.addItems(list(choices[1:] if out else choices))
        self.status.setAccessibleName("新状态")
        self.reason.setEditable(True)
        self.reason.addItems(list(_REASONS))
        self.reason.setCurrentText("")
        self.reason.setAccessibleName("原因")
        line = self.reason.lineEdit() or QLineEdit()
        line.setPlaceholderText("写明核查依据，将进入变更历史")
        self.reason.currentTextChanged.connect(self._check)
        form = QFormLayout()
        for text, field in (("改为(&S)", self.status), ("原因(&R)", self.reason)):
            title = label(text)
            title.setBuddy(field)
            form.addRow(title, field)
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addWidget(label(self._question(visits, out=out), "notice", wrap=True))
        box.addLayout(form)
        box.addLayout(self._buttons(out=out))
        self._check()

    def _question(self, visits: int, *, out: bool) -> str:
        count, noun = f"{len(self.ids)} {self.registry.counter}", self.registry.noun
        act = (
            f"移出名录库后，这 {count}{noun}不再参加抽取。"
            if out
            else f"将调整 {count}{noun}的状态。"
        )
        kept = f"已有 {visits} 条抽查记录，将保留在档案中。" if visits else "没有抽查记录。"
        return act + kept

    def _buttons(self, *, out: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        self.hint = label("", "hint")
        row.addWidget(self.hint, 1)
        row.addWidget(button("取消", self.reject))
        self.go = button("移出" if out else "调整", self.accept, "primary")
        row.addWidget(self.go)
        return row

    def _check(self) -> None:
        missing = not self.reason.currentText().strip()
        self.hint.setText("还没有写明原因" if missing else "")
        self.go.setEnabled(not missing)

    def command(self) -> ChangeStatus:
        """What the service gets."""
        return ChangeStatus(
            self.registry.kind, self.ids, self.status.currentText(), self.reason.currentText()
        )

"""替补 or 回避: the applicant gives reason and evidence; the printed order decides who follows."""

from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.vocabulary import AmendmentKind
from ssj_desktop.queries.inspections import TaskRow
from ssj_desktop.services.amendments import REASONS, ApplyAmendment
from ssj_desktop.ui.widgets import GrowingDialog, button, label

_RULES = {
    AmendmentKind.REPLACEMENT: "批准后由同一分层票号次序的下一家递补，不能挑选；原对象保留在记录和统计中。",
    AmendmentKind.RECUSAL: "批准后由该席位打印的候选次序中的下一位接替，其余人员不变。",
}


class AmendmentDialog(GrowingDialog):
    """Fills an ApplyAmendment."""

    def __init__(self, parent: QWidget | None, task: TaskRow, kind: AmendmentKind) -> None:
        super().__init__(parent)
        self.task, self.kind = task, kind
        self.setWindowTitle(f"申请{kind.label}　{task.number}")
        self.resize(560, 330)
        self.person = QComboBox()
        self.person.setAccessibleName("申请回避的人员")
        for member in task.people:
            self.person.addItem(member.name, member.code)
        self.reason = QComboBox()
        self.reason.setAccessibleName("理由")
        self.reason.addItems([term.label for term in REASONS[kind]])
        self.evidence = QPlainTextEdit()
        self.evidence.setAccessibleName("证据")
        self.evidence.setPlaceholderText("证明材料的名称、文号和存放处")
        self.evidence.setTabChangesFocus(True)
        self.evidence.textChanged.connect(self._check)
        form = QFormLayout()
        if kind is AmendmentKind.RECUSAL:
            form.addRow(label("回避人员"), self.person)
        form.addRow(label("理由"), self.reason)
        form.addRow(label("证据"), self.evidence)
        self.hint = label("", "hint")
        self.go = button("提交审批", self.accept, "primary")
        foot = QHBoxLayout()
        foot.addWidget(self.hint, 1)
        foot.addWidget(button("取消", self.reject))
        foot.addWidget(self.go)
        box = QVBoxLayout(self)
        box.addWidget(label(_RULES[kind], "notice", wrap=True))
        box.addLayout(form, 1)
        box.addLayout(foot)
        self._check()

    def _check(self) -> None:
        missing = not self.evidence.toPlainText().strip()
        self.hint.setText("还没有写明证据" if missing else "")
        self.go.setEnabled(not missing)

    def command(self) -> ApplyAmendment:
        """What the service gets."""
        subject = self.person.currentData() if self.kind is AmendmentKind.RECUSAL else ""
        return ApplyAmendment(
            self.task.id, self.kind, self.reason.currentText(), self.evidence.toPlainText(), subject
        )

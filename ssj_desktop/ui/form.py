"""A form built from field descriptions: what may be typed is what may be imported."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import Field, FieldKind, Registry
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.form_draft import FormDraft
from ssj_desktop.ui.widgets import GrowingDialog, button, label


class FieldEditor(QWidget):
    """Input and, below it, one sentence: red refuses, amber only warns."""

    def __init__(self, field: Field, text: str) -> None:
        super().__init__()
        self.field = field
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        self.input = self._make_input(text)
        self.input.setAccessibleName(field.label)
        self.hint = label(field.hint, "hint", wrap=True)
        self.hint.setVisible(bool(field.hint))
        box.addWidget(self.input)
        box.addWidget(self.hint)

    def _make_input(self, text: str) -> QLineEdit | QComboBox:
        choices = self.field.choices or (("是", "否") if self.field.kind is FieldKind.FLAG else ())
        if not choices and not self.field.suggestions:
            line = QLineEdit(text)
            line.setPlaceholderText(self.field.sample)
            line.editingFinished.connect(self.check)
            return line
        combo = QComboBox()
        combo.setEditable(not choices)
        combo.addItems(["", *(choices or self.field.suggestions)])
        default = self.field.show(self.field.default)
        combo.setCurrentText(text or default)
        return combo

    def text(self) -> str:
        return self.input.text() if isinstance(self.input, QLineEdit) else self.input.currentText()

    def check(self) -> bool:
        """Show what is wrong; True when the value may be stored."""
        try:
            value = self.field.parse(self.text())
        except InvalidInput as problem:
            self._say(str(problem), "fault")
            return False
        warning = self.field.warning(value)
        self._say(warning or self.field.hint, "soft" if warning else "hint")
        return True

    def _say(self, text: str, kind: str) -> None:
        self.hint.setText(text)
        self.hint.setObjectName(kind)
        self.hint.setVisible(bool(text))
        self.input.setProperty("faulty", kind == "fault")
        for widget in (self.hint, self.input):
            widget.style().unpolish(widget)
            widget.style().polish(widget)


class RowForm(GrowingDialog):
    """Add or edit one registry row; ``save`` gets the texts and may refuse."""

    def __init__(
        self, parent: QWidget, registry: Registry, texts: Mapping[str, str] | None
    ) -> None:
        super().__init__(parent)
        self.registry, self.again = registry, False
        self.draft: FormDraft | None = None
        self.kept = label("", "hint")
        self._start = dict(texts or {})
        self.setWindowTitle(("编辑" if texts else "新增") + registry.noun)
        self.resize(760, 600)
        grid = QGridLayout()
        self.editors: list[FieldEditor] = []
        for place, field in enumerate(registry.fields):
            editor = FieldEditor(field, self._start.get(field.name, ""))
            title = label(field.label + ("　*" if field.required else ""))
            title.setBuddy(editor.input)
            row, column = divmod(place, 2)
            grid.addWidget(title, row, column * 2, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(editor, row, column * 2 + 1, Qt.AlignmentFlag.AlignTop)
            self.editors.append(editor)
        body = QWidget()
        body.setLayout(grid)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(body)
        box = QVBoxLayout(self)
        box.addWidget(area, 1)
        box.addLayout(self._buttons(adding=texts is None))
        self._clean = self.texts()

    def _buttons(self, *, adding: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label("回车到下一项，Ctrl+回车保存" + ("并新增" if adding else ""), "hint"))
        row.addWidget(self.kept, 1)
        row.addWidget(button("取消", self.reject))
        self.save_button = button("保存", self.submit, "primary")
        self.save_button.setAutoDefault(False)
        row.addWidget(self.save_button)
        return row

    def keep_drafts(self, desk: Desk, subject: str = "") -> None:
        """From now on what is typed outlives a crash; what an earlier one left comes back."""
        inputs = {editor.field.name: editor.input for editor in self.editors}
        self.draft = FormDraft(self, desk, f"row.{self.registry.kind}", inputs, self.kept)
        self.draft.begin(subject)

    def drop_draft(self) -> None:
        if self.draft is not None:
            self.draft.drop()

    def reject(self) -> None:
        """Left without storing: nothing of it is to come back."""
        self.drop_draft()
        super().reject()

    def texts(self) -> dict[str, str]:
        return {editor.field.name: editor.text() for editor in self.editors}

    def changed_texts(self) -> dict[str, str]:
        """Only what differs from what the form began with."""
        return {n: text for n, text in self.texts().items() if text != self._clean[n]}

    def submit(self) -> None:
        """Close with success when every field may be stored."""
        faulty = [editor for editor in self.editors if not editor.check()]
        if faulty:
            faulty[0].input.setFocus()
        else:
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.again = True
                self.submit()
            else:
                self.focusNextChild()
            return
        if event.key() == Qt.Key.Key_Escape and self.texts() != self._clean:
            ask = QMessageBox.question(self, "放弃修改？", "修改还没有保存。要放弃吗？")
            if ask != QMessageBox.StandardButton.Yes:
                return
        super().keyPressEvent(event)

"""The draft of a form made of ordinary widgets: what each of them shows, by name."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QDate, QObject, Qt, SignalInstance
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QLabel,
    QLineEdit,
    QListWidget,
    QSpinBox,
    QWidget,
)

from ssj_desktop.services.desk import Desk
from ssj_desktop.services.drafts import keep_draft
from ssj_desktop.ui.drafts import DraftKeeper

_ISO = Qt.DateFormat.ISODate
_SIGNALS = {
    QLineEdit: "textChanged", QComboBox: "currentTextChanged", QCheckBox: "toggled",
    QSpinBox: "valueChanged", QDateEdit: "dateChanged", QListWidget: "itemChanged",
}  # fmt: skip


class FormDraft(QObject):
    """Puts back what a crash left of this form, then keeps what is typed until ``drop``.

    Only what differs from how the form began is kept; widgets are filled in the order given.
    """

    def __init__(
        self, parent: QWidget, desk: Desk, form: str, widgets: Mapping[str, QWidget], told: QLabel
    ) -> None:
        super().__init__(parent)
        self.widgets, self._told = dict(widgets), told
        self._start = self._values()
        self.keeper = DraftKeeper(self, desk, form, self.changes)
        self.keeper.told = told.setText
        self._may_keep = desk.why_not(keep_draft) is None

    def begin(self, subject: str = "") -> None:
        """``subject`` is the row the form is about; a new one has none."""
        if not self._may_keep:
            return
        self.keeper.subject = subject
        found = self.keeper.find()
        if found is not None:
            for name in [name for name in self.widgets if name in found.content]:
                put(self.widgets[name], found.content[name])
            around = self.keeper.desk.surroundings
            at = around.local(found.saved_at)
            self._told.setText(f"已恢复 {at:%m-%d %H:%M} 没有保存的草稿")
        for widget in self.widgets.values():
            _changed(widget).connect(self.keeper.touch)

    def _values(self) -> dict[str, Any]:
        return {name: read(widget) for name, widget in self.widgets.items()}

    def changes(self) -> dict[str, Any]:
        return {n: value for n, value in self._values().items() if value != self._start[n]}

    def drop(self) -> None:
        """Stored, or given up: nothing of it is to come back."""
        self.dropping()()
        self._told.setText("")

    def dropping(self) -> Callable[[], object]:
        """``drop`` as an act for a worker."""
        return self.keeper.dropping() if self._may_keep else lambda: None


def read(widget: QWidget) -> Any:
    """What the widget shows, as JSON can hold it."""
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    if isinstance(widget, QSpinBox):
        return widget.value()
    if isinstance(widget, QDateEdit):
        return widget.date().toString(_ISO)
    items = (
        [widget.item(row) for row in range(widget.count())]
        if isinstance(widget, QListWidget)
        else []
    )
    return [item.text() for item in items if item.checkState() == Qt.CheckState.Checked]


def put(widget: QWidget, value: Any) -> None:
    """Show it again; a choice that is gone stays away."""
    if isinstance(widget, QLineEdit):
        widget.setText(str(value))
        widget.setModified(True)
    elif isinstance(widget, QComboBox):
        widget.setCurrentText(str(value))
    elif isinstance(widget, QCheckBox):
        widget.setChecked(bool(value))
    elif isinstance(widget, QSpinBox):
        widget.setValue(int(value))
    elif isinstance(widget, QDateEdit):
        widget.setDate(QDate.fromString(str(value), _ISO))
    elif isinstance(widget, QListWidget):
        for row in range(widget.count()):
            item = widget.item(row)
            state = Qt.CheckState.Checked if item.text() in value else Qt.CheckState.Unchecked
            item.setCheckState(state)


def _changed(widget: QWidget) -> SignalInstance:
    """The signal of the widget; whatever it carries, ``touch`` takes no argument."""
    name = next(name for kind, name in _SIGNALS.items() if isinstance(widget, kind))
    found: SignalInstance = getattr(widget, name)
    return found

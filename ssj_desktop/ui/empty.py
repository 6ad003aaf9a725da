"""What a page says when it has nothing to show: what to do next, with the buttons for it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ssj_desktop.ui.widgets import label


class EmptyState(QWidget):
    """One sentence in the middle and, below it, up to three buttons."""

    def __init__(self, text: str = "", *actions: QWidget) -> None:
        super().__init__()
        self.text = label(text, "empty", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        for action in actions:
            row.addWidget(action)
        row.addStretch(1)
        box = QVBoxLayout(self)
        box.addStretch(2)
        box.addWidget(self.text)
        box.addLayout(row)
        box.addStretch(3)


class TableOrEmpty(QStackedWidget):
    """A table, or what to do when it has no rows."""

    def __init__(self, table: QWidget, *states: EmptyState) -> None:
        super().__init__()
        self.table, self.states = table, states
        for widget in (table, *states):
            self.addWidget(widget)

    def show_rows(self, count: int, state: int = 0) -> None:
        """The table when there are rows, else the empty state of that number."""
        self.setCurrentWidget(self.table if count else self.states[state])

"""The bar over a table that appears with a multi-selection and goes with it."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from ssj_desktop.ui.table_model import RowsModel
from ssj_desktop.ui.widgets import button, label


class BulkBar(QFrame):
    """已选 n 家 · what can be done with them · 取消选择."""

    def __init__(self, model: RowsModel, counter: str, *actions: QPushButton) -> None:  # type: ignore[type-arg]
        super().__init__()
        self.setObjectName("bulk")
        self.model, self.counter = model, counter
        self.text = label()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 2, 12, 2)
        row.addWidget(self.text)
        for action in actions:
            row.addWidget(action)
        row.addStretch(1)
        row.addWidget(button("取消选择", model.untick, "link"))
        model.ticks_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        count = len(self.model.ticked)
        full = f"（一次最多 {self.model.most_ticked}）" if count >= self.model.most_ticked else ""
        self.text.setText(f"已选 {count} {self.counter}{full}")
        self.setVisible(count > 0)

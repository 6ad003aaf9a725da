"""Choosing one object out of a list that may hold a hundred thousand of them."""

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QComboBox, QCompleter


class ObjectBox(QComboBox):
    """Type a part of name or code, or open the list; the texts are one plain list, not items."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.codes: tuple[str, ...] = ()
        self._texts = QStringListModel(self)
        completer = QCompleter(self._texts, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self._texts)
        self.setCompleter(completer)

    def fill(self, objects: Sequence[tuple[str, str]]) -> None:
        """(code, name) of each object; nothing is chosen yet."""
        self.codes = tuple(code for code, _ in objects)
        self._texts.setStringList([f"{name}　{code}" for code, name in objects])
        self.setCurrentIndex(-1)
        self.clearEditText()

    def code(self) -> str | None:
        """The code of what stands in the field; None unless it is one of the objects."""
        place = self.findText(self.currentText())
        return self.codes[place] if 0 <= place < len(self.codes) else None

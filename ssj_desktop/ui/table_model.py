"""One table model for every table: frozen rows, column descriptions, nothing computed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QWidget

from ssj_desktop.ui.pills import TONE_ROLE
from ssj_desktop.ui.table_view import RowsTable
from ssj_desktop.ui.widgets import plain_tip

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
_DIGITS = re.compile(r"([0-9]+)")
_DISPLAY, _TIP = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.ToolTipRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_CHECKED = int(Qt.ItemDataRole.CheckStateRole)
_ANSWERED = frozenset((_DISPLAY, _TIP, _ALIGNMENT, _CHECKED, TONE_ROLE))
"""Plain numbers: a table asks ten roles of every cell each time it is drawn."""


@dataclass(frozen=True, slots=True)
class ColumnSpec(Generic[Row]):
    """How a column shows a row; ``tone`` ok, warn, bad or neutral makes a pill of it.

    ``key`` names the column to a query that sorts; ``hidden`` columns wait in the header's menu;
    a ``tick`` column holds the boxes of the multi-selection; a ``spare`` one gives way when narrow.
    """

    title: str
    text: Callable[[Row], str]
    width_em: int = 8
    stretch: bool = False
    centred: bool = False
    tone: Callable[[Row], str] | None = None
    key: str = ""
    hidden: bool = False
    tick: bool = False
    spare: bool = False


class RowsModel(QAbstractTableModel, Generic[Row]):
    """A read-only model over frozen rows: a tuple, or pages fetched when they are looked at."""

    ticks_changed = Signal()
    most_ticked = 1000

    def __init__(self, columns: Sequence[ColumnSpec[Row]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: Sequence[Row] = ()
        self.ticked: set[str] = set()
        self.tick_key: Callable[[Row], str] = str
        self.reorder: Callable[[str, bool], object] | None = None
        self._given: Sequence[Row] = ()
        self._sorting: tuple[int, bool] | None = None

    def show(self, rows: Sequence[Row]) -> None:
        """Replace what is shown; the chosen order stays."""
        self.beginResetModel()
        self._given = rows if self.reorder else tuple(rows)
        self.rows = self._sorted()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self.columns[index.column()].tick:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED or not index.isValid():
            return None
        column = self.columns[index.column()]
        if role in (_DISPLAY, _TIP):
            text = column.text(self.rows[index.row()])
            return text if role == _DISPLAY else plain_tip(text)
        if role == TONE_ROLE:
            return column.tone(self.rows[index.row()]) if column.tone else None
        if role == _ALIGNMENT and column.centred:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role == _CHECKED and column.tick:
            ticked = self.tick_key(self.rows[index.row()]) in self.ticked
            return int((Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked).value)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not self.columns[index.column()].tick:
            return False
        self.tick([index.row()], ticked=Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None

    def tick(self, rows: Sequence[int], *, ticked: bool) -> None:
        """Put rows into the multi-selection or take them out, up to its limit."""
        for row in rows:
            key = self.tick_key(self.rows[row])
            if not ticked:
                self.ticked.discard(key)
            elif len(self.ticked) < self.most_ticked:
                self.ticked.add(key)
        self._tell_ticks()

    def untick(self) -> None:
        self.ticked.clear()
        self._tell_ticks()

    def _tell_ticks(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])
        self.ticks_changed.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a header click: in the query where there is one, else over the rows at hand."""
        descending = order == Qt.SortOrder.DescendingOrder
        if self.reorder:
            self.reorder(self.columns[column].key if column >= 0 else "", descending)
            return
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self.rows[index.row()]) for index in self.persistentIndexList()]
        self._sorting = (column, descending) if column >= 0 else None
        self.rows = self._sorted()
        places = {id(row): place for place, row in enumerate(self.rows)}
        self.changePersistentIndexList(
            [index for index, _ in kept],
            [self.index(places[id(row)], index.column()) for index, row in kept],
        )
        self.layoutChanged.emit()

    def _sorted(self) -> Sequence[Row]:
        if self._sorting is None or self.reorder:
            return self._given
        text, descending = self.columns[self._sorting[0]].text, self._sorting[1]
        filled = [row for row in self._given if text(row) not in ("", "—")]
        empty = [row for row in self._given if text(row) in ("", "—")]
        filled.sort(key=lambda row: natural_key(text(row)), reverse=descending)
        return (*filled, *empty)


def natural_key(text: str) -> list[tuple[int, str]]:
    """Numbers inside a text count as numbers: 第 2 版 comes before 第 10 版."""
    parts = _DIGITS.split(text)
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]


def make_table(model: RowsModel[Any], name: str) -> RowsTable:
    """A table with rows of even height, one stretching column and pills."""
    return RowsTable(model, name)

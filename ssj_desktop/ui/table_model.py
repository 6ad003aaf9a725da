"""One table model for every table: frozen rows, column descriptions, nothing computed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ssj_desktop.ui.theme import COLOURS

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
TONE_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class ColumnSpec(Generic[Row]):
    """How a column shows a row; ``tone`` ok, warn, bad or neutral makes a pill of it."""

    title: str
    text: Callable[[Row], str]
    width_em: int = 8
    stretch: bool = False
    centred: bool = False
    tone: Callable[[Row], str] | None = None


class RowsModel(QAbstractTableModel, Generic[Row]):
    """A read-only model over a tuple of frozen rows."""

    def __init__(self, columns: Sequence[ColumnSpec[Row]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Replace what is shown."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.text(self.rows[index.row()])
        if role == TONE_ROLE:
            return column.tone(self.rows[index.row()]) if column.tone else None
        if role == Qt.ItemDataRole.TextAlignmentRole and column.centred:
            return int(Qt.AlignmentFlag.AlignCenter)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None


class PillDelegate(QStyledItemDelegate):
    """Draws a cell with a tone as a rounded pill with words; never colour alone."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tone, text = index.data(TONE_ROLE), index.data()
        if not tone or not text:
            super().paint(painter, option, index)
            return
        blank = QStyleOptionViewItem(option)
        self.initStyleOption(blank, index)
        blank.text = ""
        widget = blank.widget
        widget.style().drawControl(
            widget.style().ControlElement.CE_ItemViewItem, blank, painter, widget
        )
        draw_pill(painter, option, str(text), str(tone))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width() + 24, size.height())


def draw_pill(painter: QPainter, option: QStyleOptionViewItem, text: str, tone: str) -> None:
    metrics = QFontMetrics(option.font)
    width = min(metrics.horizontalAdvance(text) + 20, option.rect.width() - 12)
    height = metrics.height() + 6
    box = option.rect.adjusted(8, 0, 0, 0)
    box.setWidth(width)
    box.setTop(option.rect.center().y() - height // 2)
    box.setHeight(height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLOURS[f"{tone}_tint"]))
    painter.drawRoundedRect(box, height / 2, height / 2)
    painter.setPen(QColor(COLOURS[tone]))
    painter.drawText(
        box,
        Qt.AlignmentFlag.AlignCenter,
        metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 12),
    )
    painter.restore()


def make_table(model: RowsModel[Any], name: str) -> QTableView:
    """A table with rows of even height, one stretching column and pills."""
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName(name)
    table.setItemDelegate(PillDelegate(table))
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    em = QFontMetrics(table.font()).height()
    table.verticalHeader().setDefaultSectionSize(round(em * 1.9))
    head = table.horizontalHeader()
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    head.setHighlightSections(False)
    character = QFontMetrics(table.font()).horizontalAdvance("国")
    for place, column in enumerate(model.columns):
        head.resizeSection(place, round(column.width_em * character) + 18)
        if column.stretch:
            head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
    return table

"""The look and handling of every table: row height, column memory, copying, ticking, sorting."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from zlib import crc32

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QHeaderView, QMenu, QTableView

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.formats.clipboard import html_table, tab_separated
from ssj_desktop.ui.errors import show_refusal
from ssj_desktop.ui.memory import MEMORY
from ssj_desktop.ui.pills import PillDelegate

if TYPE_CHECKING:
    from ssj_desktop.ui.table_model import RowsModel

MOST_COPIED = 20_000
_SAVE_AFTER_MS = 400
_READABLE_EM = 9
_OURS = "application/x-ssj-rows"


class RowsTable(QTableView):
    """Rows of even height, pills, one stretching column; columns are remembered per account."""

    def __init__(self, model: "RowsModel[Any]", name: str) -> None:
        super().__init__()
        self.rows_model = model
        self._aside: set[int] = set()
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(PillDelegate(self))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerItem)
        self.verticalHeader().hide()
        self._save = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._save.timeout.connect(self._keep_columns)
        self._prepare_header()
        self.size_columns()
        self._recall_columns()

    def _prepare_header(self) -> None:
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        head.setSectionsClickable(True)
        head.setSortIndicatorShown(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._offer_columns)
        head.sortIndicatorChanged.connect(self._on_sort)
        for changed in (head.sectionMoved, head.sectionResized):
            changed.connect(lambda *_: self._save.start())

    def size_columns(self) -> None:
        """Row height and column widths in units of the font."""
        metrics = QFontMetrics(self.font())
        self.verticalHeader().setMinimumSectionSize(metrics.height())
        self.verticalHeader().setDefaultSectionSize(round(metrics.height() * 1.9))
        head, character = self.horizontalHeader(), metrics.horizontalAdvance("国")
        head.setMinimumSectionSize(character * 2)
        for place, column in enumerate(self.rows_model.columns):
            head.resizeSection(place, round(column.width_em * character) + 18)
            if column.stretch:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
            if column.tick:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            head.setSectionHidden(place, column.hidden)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """A narrow table lays spare columns aside, so that the stretching one stays readable."""
        spare = [n for n, column in enumerate(self.rows_model.columns) if column.spare]
        head = self.horizontalHeader()
        for place in self._aside & set(spare):
            head.setSectionHidden(place, False)
        self._aside.clear()
        for place in reversed(spare):
            if self._stretch_room() >= 0 or head.isSectionHidden(place):
                continue
            head.setSectionHidden(place, True)
            self._aside.add(place)
        self._stretch_or_scroll()

    def _stretch_or_scroll(self) -> None:
        """Where even that is too narrow the table scrolls sideways; no column shrinks to a sliver."""
        head, has_room = self.horizontalHeader(), self._stretch_room() >= 0
        mode = QHeaderView.ResizeMode.Stretch if has_room else QHeaderView.ResizeMode.Interactive
        for place, column in enumerate(self.rows_model.columns):
            if column.stretch and head.sectionResizeMode(place) is not mode:
                head.setSectionResizeMode(place, mode)
                if not has_room:
                    head.resizeSection(place, self._readable())

    def _stretch_room(self) -> int:
        """Pixels the stretching column has beyond what it needs to be read."""
        head, least = self.horizontalHeader(), 0
        for place, column in enumerate(self.rows_model.columns):
            if head.isSectionHidden(place):
                continue
            least += self._readable() if column.stretch else head.sectionSize(place)
        return self.width() - self.verticalScrollBar().sizeHint().width() - least

    def _readable(self) -> int:
        return QFontMetrics(self.font()).horizontalAdvance("国") * _READABLE_EM

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_save"):
            self.size_columns()
            self._recall_columns()

    def _memory_name(self) -> str:
        titles = [column.title for column in self.rows_model.columns]
        number = crc32("|".join((self.accessibleName(), *titles)).encode())
        return f"columns/{number:08x}-{round(self.font().pointSizeF() * 10)}"

    def _keep_columns(self) -> None:
        MEMORY.keep(self._memory_name(), self.horizontalHeader().saveState())

    def _recall_columns(self) -> None:
        state = MEMORY.recall(self._memory_name())
        if state is not None:
            head = self.horizontalHeader()
            head.blockSignals(True)
            head.restoreState(state)
            head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            head.blockSignals(False)

    def _offer_columns(self, at: QPoint) -> None:
        self.columns_menu().exec(self.horizontalHeader().mapToGlobal(at))

    def columns_menu(self) -> QMenu:
        """Which columns are shown; the stretching one stays."""
        menu, head = QMenu(self), self.horizontalHeader()
        for place, column in enumerate(self.rows_model.columns):
            if column.tick or column.stretch or not column.title:
                continue
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not head.isSectionHidden(place))
            action.toggled.connect(partial(self._show_column, place))
        return menu

    def _show_column(self, place: int, shown: bool) -> None:
        self.horizontalHeader().setSectionHidden(place, not shown)
        self._save.start()

    def _on_sort(self, section: int, order: Qt.SortOrder) -> None:
        if section >= 0 and self.rows_model.columns[section].tick:
            self._tick_all()
            section = -1
        if section < 0:
            head = self.horizontalHeader()
            head.blockSignals(True)
            head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            head.blockSignals(False)
        self.rows_model.sort(section, order)

    def _tick_all(self) -> None:
        model = self.rows_model
        if model.ticked:
            model.untick()
        else:
            model.tick(range(min(model.rowCount(), model.most_ticked)), ticked=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.key() == Qt.Key.Key_Space and self._has_ticks():
            self._toggle_selected()
        else:
            super().keyPressEvent(event)

    def _has_ticks(self) -> bool:
        return any(column.tick for column in self.rows_model.columns)

    def selected_rows(self) -> list[int]:
        """Row numbers of the selection, from top to bottom."""
        ranges = self.selectionModel().selection().toList()
        return sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)})

    def _toggle_selected(self) -> None:
        rows, model = self.selected_rows()[: self.rows_model.most_ticked], self.rows_model
        keys = [model.tick_key(model.rows[row]) for row in rows]
        model.tick(rows, ticked=not set(keys) <= model.ticked)

    def copy_selection(self) -> None:
        """Selected rows with their heads, as text and as a table for Excel."""
        rows = self.selected_rows()
        if len(rows) > MOST_COPIED:
            too_many = InvalidInput(
                f"选中了 {len(rows)} 行，一次最多复制 {MOST_COPIED} 行。", "更多的行请用“导出”。"
            )
            show_refusal(self, too_many)
            return
        lines = [self._heads(), *(self._texts(row) for row in rows)]
        copied = QMimeData()
        copied.setText(tab_separated(lines))
        copied.setHtml(html_table(lines))
        copied.setData(_OURS, b"1")
        QApplication.clipboard().setMimeData(copied)

    def _shown_columns(self) -> list[int]:
        head = self.horizontalHeader()
        order = (head.logicalIndex(place) for place in range(head.count()))
        columns = self.rows_model.columns
        return [n for n in order if not head.isSectionHidden(n) and not columns[n].tick]

    def _heads(self) -> Sequence[str]:
        return [self.rows_model.columns[n].title for n in self._shown_columns()]

    def _texts(self, row: int) -> Sequence[str]:
        held = self.rows_model.rows[row]
        return [self.rows_model.columns[n].text(held) for n in self._shown_columns()]


def leave_plain_text() -> None:
    """When the program ends: a table made here must not outlive it in the clipboard, its text may."""
    board = QApplication.clipboard()
    held: QMimeData | None = board.mimeData()  # None on a screen without a clipboard
    if held is not None and held.hasFormat(_OURS):
        board.setText(board.text())

"""The table of an import preview: the mapping in the head, faulty cells boxed, old → new."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionViewItem, QTableView, QWidget

from ssj_desktop.domain.fields import Registry
from ssj_desktop.domain.headings import TableMapping, column_note
from ssj_desktop.domain.masking import mask_number, mask_text
from ssj_desktop.queries.import_preview import (
    CHANGED,
    FAULTY,
    NEW,
    UNCHANGED,
    ImportPreview,
    PreviewRow,
)
from ssj_desktop.ui.pills import PillDelegate
from ssj_desktop.ui.table_model import ColumnSpec, Index, RowsModel, make_table
from ssj_desktop.ui.theme import COLOURS

_TONES = {NEW: "ok", CHANGED: "neutral", UNCHANGED: "neutral", FAULTY: "bad"}
_FAULT_ROLE = Qt.ItemDataRole.UserRole + 21
_CHANGE_ROLE = Qt.ItemDataRole.UserRole + 22
_MOST_FIELDS = 4
_OFTEN_WANTED = (
    "industry",
    "credit_class",
    "department",
    "certificate_expiry",
    "category",
    "status",
)


def shown_fields(registry: Registry, mapping: TableMapping, preview: ImportPreview) -> list[str]:
    """Name and number first, then fields with faults or changes, then what is looked at most."""
    labels = {field.label: field.name for field in registry.fields}
    touched = [labels[fault.label] for fault in preview.faults if fault.label in labels]
    touched += [name for row in preview.rows for name in row.changes]
    order = ("name", registry.key, *touched, *_OFTEN_WANTED)
    return [name for name in dict.fromkeys(order) if name in mapping.columns][:_MOST_FIELDS]


def say(row: PreviewRow) -> str:
    """The faults of a row, else its soft warnings."""
    return mask_text(
        "；".join(f"{said.place}　{said.reason}" for said in row.faults or row.warnings)
    )


class PreviewModel(RowsModel[PreviewRow]):
    """Rows of a preview; a cell knows whether it is faulty or changes."""

    def __init__(
        self, registry: Registry, mapping: TableMapping, preview: ImportPreview, parent: QWidget
    ) -> None:
        self.fields = shown_fields(registry, mapping, preview)
        self._labels = {field.name: field.label for field in registry.fields}
        widths = {"name": 13, registry.key: 12}
        columns: list[ColumnSpec[PreviewRow]] = [
            ColumnSpec("行", _number, 3),
            ColumnSpec("处理", _standing, 5, tone=_tone),
            *(
                ColumnSpec(
                    f"{self._labels[name]}\n{column_note(mapping, name)}",
                    partial(_field_text, name),
                    widths.get(name, 8),
                )
                for name in self.fields
            ),
            ColumnSpec("问题", say, 16, stretch=True),
        ]
        super().__init__(columns, parent)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (_FAULT_ROLE, _CHANGE_ROLE):
            return super().data(index, role)
        place = index.column() - 2
        row = self.rows[index.row()]
        if place == len(self.fields):
            return bool(row.faults) if role == _FAULT_ROLE else None
        if not 0 <= place < len(self.fields):
            return None
        name = self.fields[place]
        if role == _CHANGE_ROLE:
            change = row.changes.get(name)
            return change and (_masked(name, change[0]), _masked(name, change[1]))
        return any(fault.label == self._labels[name] for fault in row.faults)


def _number(row: PreviewRow) -> str:
    return str(row.row)


def _standing(row: PreviewRow) -> str:
    return row.standing


def _tone(row: PreviewRow) -> str:
    return _TONES[row.standing]


def _masked(name: str, text: str) -> str:
    """As on every other screen; the numbers are in the file, whoever must see them opens that."""
    return mask_number(text) if name == "phone" else mask_text(text)


def _field_text(name: str, row: PreviewRow) -> str:
    change = row.changes.get(name)
    if change:
        return f"{_masked(name, change[0]) or '（空）'} → {_masked(name, change[1])}"
    text = _masked(name, " ".join(row.text(name).split()))
    return text or ("未填" if name == "name" else "")


class PreviewDelegate(PillDelegate):
    """Pills, boxes around faulty cells, the old value struck out before the new one."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        change = index.data(_CHANGE_ROLE)
        if not change and not index.data(_FAULT_ROLE):
            super().paint(painter, option, index)
            return
        blank = QStyleOptionViewItem(option)
        self.initStyleOption(blank, index)
        text, blank.text = blank.text, ""
        style = blank.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, blank, painter, blank.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if change:
            _draw_change(painter, option, change)
        else:
            is_reason = index.column() == index.model().columnCount() - 1
            _draw_fault(painter, option, text, boxed=not is_reason)
        painter.restore()


def _draw_fault(painter: QPainter, option: QStyleOptionViewItem, text: str, *, boxed: bool) -> None:
    metrics = QFontMetrics(option.font)
    if boxed:
        painter.setPen(QPen(QColor(COLOURS["bad"]), 1))
        painter.setBrush(QColor(COLOURS["bad_tint"]))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(3.5, 3.5, -3.5, -3.5), 4, 4)
    room = option.rect.adjusted(10, 0, -8, 0)
    painter.setPen(QColor(COLOURS["bad"]))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


def _draw_change(painter: QPainter, option: QStyleOptionViewItem, change: tuple[str, str]) -> None:
    old, new = change[0] or "（空）", change[1] or "（空）"
    room = option.rect.adjusted(10, 0, -8, 0)
    struck, bold = QFont(option.font), QFont(option.font)
    struck.setStrikeOut(True)
    bold.setBold(True)
    pieces = (
        (old, struck, "secondary"),
        (" → ", option.font, "secondary"),
        (new, bold, "accent_dark"),
    )
    for text, font, colour in pieces:
        painter.setFont(font)
        painter.setPen(QColor(COLOURS[colour]))
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        room.setLeft(room.left() + metrics.horizontalAdvance(shown))


def make_preview_table(model: PreviewModel, rows: Sequence[PreviewRow]) -> QTableView:
    """The table with a head of two lines."""
    table = make_table(model, "导入预览")
    table.setItemDelegate(PreviewDelegate(table))
    head = table.horizontalHeader()
    head.setMinimumHeight(QFontMetrics(table.font()).height() * 2 + 18)
    model.show(rows)
    return table

"""The navigation at the left: counts of the registries, badges only where action is due."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from ssj_desktop.ui.theme import COLOURS

COUNT_ROLE = Qt.ItemDataRole.UserRole + 1
DUE_ROLE = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex


class NavigationDelegate(QStyledItemDelegate):
    """Draws the entry and, at its right, a plain count or a badge."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        text = index.data(COUNT_ROLE)
        if not text:
            return
        unit = option.fontMetrics.height()
        width = max(unit, option.fontMetrics.horizontalAdvance(text) + unit // 2)
        box = QRectF(option.rect.right() - width - unit // 2, 0, width, unit)
        box.moveTop(option.rect.center().y() - unit / 2 + 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(DUE_ROLE):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(COLOURS["warn_tint"]))
            painter.drawRoundedRect(box, unit / 2, unit / 2)
        painter.setPen(QColor(COLOURS["warn" if index.data(DUE_ROLE) else "faint"]))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

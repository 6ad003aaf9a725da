"""Cells with a tone are drawn as rounded pills with words; never colour alone."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from ssj_desktop.ui.theme import COLOURS

Index = QModelIndex | QPersistentModelIndex
TONE_ROLE = Qt.ItemDataRole.UserRole + 1


class PillDelegate(QStyledItemDelegate):
    """Draws ordinary cells as they are and cells with a tone as pills."""

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
        return QSize(size.width() + QFontMetrics(option.font).height(), size.height())


def draw_pill(painter: QPainter, option: QStyleOptionViewItem, text: str, tone: str) -> None:
    metrics = QFontMetrics(option.font)
    pad = metrics.height() // 2
    width = min(metrics.horizontalAdvance(text) + 2 * pad, option.rect.width() - pad)
    height = metrics.height() + metrics.height() // 3
    box = QRect(option.rect.left() + 8, option.rect.center().y() - height // 2, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLOURS[f"{tone}_tint"]))
    painter.drawRoundedRect(box, height / 2, height / 2)
    painter.setPen(QColor(COLOURS[tone]))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - pad)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()

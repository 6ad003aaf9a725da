"""A QR code on the screen: keys, ids and hashes only."""

import segno
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

_QUIET_MODULES = 3


class QrView(QWidget):
    """Black on white whatever the theme, as large as the widget."""

    def __init__(self, side: int = 260) -> None:
        super().__init__()
        self.setFixedSize(side, side)
        self.setAccessibleName("二维码")
        self._matrix: tuple[bytearray, ...] = ()

    def show_text(self, text: str) -> None:
        self._matrix = tuple(segno.make(text, error="l", micro=False).matrix)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        if not self._matrix:
            return
        module = self.width() / (len(self._matrix) + 2 * _QUIET_MODULES)
        for row, cells in enumerate(self._matrix):
            for column, dark in enumerate(cells):
                if dark:
                    x, y = (column + _QUIET_MODULES) * module, (row + _QUIET_MODULES) * module
                    painter.fillRect(QRectF(x, y, module + 0.5, module + 0.5), QColor("black"))

"""The small pictures of the home page, drawn by QPainter from plain rows."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from ssj_desktop.ui.theme import COLOURS

PLANNED = "#D3E3FB"
SLICES = ("#1F4472", "#1F6FEB", "#DE9E2B", "#9DB8DE", "#C8D2DF")
_LINES = 4


def slice_colour(place: int) -> str:
    return SLICES[min(place, len(SLICES) - 1)]


class YearSteps(QFrame):
    """The steps of the year in one strip: a sign, its name, and where it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.steps: tuple[tuple[str, str], ...] = ()
        self.current = 0
        self.setMinimumHeight(self.fontMetrics().height() * 5)

    def show_steps(self, steps: Sequence[tuple[str, str]], current: int) -> None:
        """(name, state in words) of each step."""
        self.steps, self.current = tuple(steps), current
        self.setAccessibleName("年度步骤：" + "，".join(" ".join(step) for step in steps))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(self.steps)
        for place in range(len(self.steps)):
            self._draw(painter, place, QRectF(place * width, 0, width, self.height()))

    def _draw(self, painter: QPainter, place: int, box: QRectF) -> None:
        unit = float(self.fontMetrics().height())
        size, top = unit * 1.35, unit * 0.7
        middle = box.center().x()
        if place:
            line = QPen(QColor(COLOURS["line"]), 2)
            painter.setPen(line)
            y = round(top + size / 2)
            painter.drawLine(round(middle - box.width() + size), y, round(middle - size), y)
        active, done = place == self.current, place < self.current
        fill = "accent" if active else "ok_tint" if done else "neutral_tint"
        ink = "white" if active else COLOURS["ok" if done else "neutral"]
        circle = QRectF(middle - size / 2, top, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(COLOURS[fill]))
        painter.drawEllipse(circle)
        painter.setPen(QColor(ink))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, "✓" if done else str(place + 1))
        name, state = self.steps[place]
        painter.setPen(QColor(COLOURS["text" if place <= self.current else "faint"]))
        under = QRectF(box.left(), top + size + 2, box.width(), unit * 1.2)
        painter.drawText(under, Qt.AlignmentFlag.AlignCenter, name)
        painter.setPen(QColor(COLOURS["accent_dark" if active else "faint"]))
        painter.drawText(under.translated(0, unit * 1.1), Qt.AlignmentFlag.AlignCenter, state)


class MonthChart(QWidget):
    """One bar a month: planned behind, done in front, a scale at the left."""

    def __init__(self) -> None:
        super().__init__()
        self.bars: tuple[tuple[str, int, int], ...] = ()
        self.setMinimumHeight(self.fontMetrics().height() * 8)

    def show_bars(self, bars: Sequence[tuple[str, int, int]]) -> None:
        self.bars = tuple(bars)
        words = (f"{text} 计划 {planned} 完成 {done}" for text, planned, done in bars)
        self.setAccessibleName("每月检查：" + "，".join(words))
        self.update()

    def top_value(self) -> int:
        """The top of the scale: a multiple of four, so that every line has a whole number."""
        most = max([1, *(max(planned, done) for _, planned, done in self.bars)])
        return -(-most // _LINES) * _LINES

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        unit, most = self.fontMetrics().height(), self.top_value()
        left, top = self.fontMetrics().horizontalAdvance(str(most)) + 10, unit // 2
        height = self.height() - top - unit * 3 // 2
        for line in range(_LINES + 1):
            y = top + height * line // _LINES
            painter.setPen(QPen(QColor(COLOURS["row_line"])))
            painter.drawLine(left, y, self.width(), y)
            painter.setPen(QColor(COLOURS["faint"]))
            text = str(most * (_LINES - line) // _LINES)
            box = QRectF(0, y - unit / 2, left - 6, unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, text)
        step = (self.width() - left) / max(1, len(self.bars))
        for place, (text, planned, done) in enumerate(self.bars):
            x = left + place * step
            for value, colour in ((planned, PLANNED), (done, COLOURS["accent"])):
                tall = height * value / most
                bar = QRectF(x + step * 0.24, top + height - tall, step * 0.52, tall)
                painter.fillRect(bar, QColor(colour))
            painter.setPen(QColor(COLOURS["secondary"]))
            under = QRectF(x, top + height + 4, step, unit)
            is_narrow = self.fontMetrics().horizontalAdvance("12月") > step
            shown = text.removesuffix("月") if is_narrow else text
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, shown)


class RingChart(QWidget):
    """Shares of a whole with the whole in the middle; the words stand beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: tuple[int, ...] = ()
        side = self.fontMetrics().height() * 7
        self.setMinimumHeight(side)

    def show_parts(self, parts: Sequence[int]) -> None:
        self.parts = tuple(parts)
        self.setAccessibleName(f"检查结果，共 {sum(parts)} 家")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height()) - 8
        ring = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        whole, begun = sum(self.parts), 90 * 16
        painter.setBrush(QColor(COLOURS["neutral_tint"]))
        painter.drawEllipse(ring)
        for place, part in enumerate(self.parts):
            span = -round(360 * 16 * part / whole) if whole else 0
            painter.setBrush(QColor(slice_colour(place)))
            painter.drawPie(ring, begun, span)
            begun += span
        hole = ring.adjusted(side * 0.16, side * 0.16, -side * 0.16, -side * 0.16)
        painter.setBrush(QColor(COLOURS["card"]))
        painter.drawEllipse(hole)
        painter.setPen(QColor(COLOURS["text"]))
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, f"{whole} 家")

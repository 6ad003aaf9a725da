"""Small pieces every page is made of."""

import html
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.ui.theme import COLOURS


def label(text: str = "", name: str = "", *, wrap: bool = False) -> QLabel:
    """Plain text only: data never becomes markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    return made


def plain_tip(text: str) -> str:
    """For tooltips and message boxes: the text as it is, where Qt would take tags for markup."""
    if "<" not in text and "&" not in text:
        return text
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>"


def button(text: str, act: Callable[[], object], kind: str = "") -> QPushButton:
    """kind: primary, danger, link or plain."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    made.clicked.connect(lambda _checked: act())
    return made


def clear_layout(layout: QLayout) -> None:
    """Take everything out, rows inside rows too."""
    while (old := layout.takeAt(0)) is not None:
        widget, inner = old.widget(), old.layout()
        if inner is not None:
            clear_layout(inner)
        if widget is not None:
            widget.hide()
            widget.deleteLater()


_FRAME = QSize(16, 48)
"""Title bar and borders of a window, which the program does not draw itself."""

_LEAST_LINES = 8
"""So much of a form is always in view."""


class _Scrolled(QScrollArea):
    """Gives its content the height that wrapped text needs at this width; Qt asks for less."""

    def __init__(self, layout: QLayout) -> None:
        super().__init__()
        self._layout, self._inner = layout, QWidget()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._inner)
        self._inner.setLayout(layout)
        self._inner.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        if self._layout.hasHeightForWidth():
            need = self._layout.totalHeightForWidth(self.viewport().width())
            self._inner.setMinimumHeight(need)


class _Roomy(_Scrolled):
    """Asks for all its content needs, and still gives way."""

    def sizeHint(self) -> QSize:
        whole = self._layout.totalSizeHint()
        return QSize(whole.width(), self._layout.totalHeightForWidth(max(1, self.width())))


class _Modest(_Scrolled):
    """Takes what the page leaves, so that the page itself need not scroll to its buttons."""

    def __init__(self, layout: QLayout) -> None:
        super().__init__(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(_LEAST_LINES * self.fontMetrics().lineSpacing())


def scrolled(layout: QLayout, *, roomy: bool = False, modest: bool = False) -> QScrollArea:
    """A form that scrolls where large text or a small screen leaves it too little room.

    A ``roomy`` one first lets its dialog grow; a ``modest`` one asks its page for no room.
    """
    if modest:
        return _Modest(layout)
    return _Roomy(layout) if roomy else _Scrolled(layout)


class GrowingDialog(QDialog):
    """Grows when it opens until nothing lies over anything, at every text size.

    It never gets larger than the screen: what does not fit there is scrolled, for a button below
    the edge of a small or strongly magnified screen is a button nobody can press.
    """

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        room = self.screen().availableGeometry().size() - _FRAME
        self.fit(room)

    def fit(self, room: QSize) -> None:
        """As large as wanted within ``room``."""
        layout = self.layout()
        if layout is None:
            return
        width = min(self.width(), room.width())
        need = (
            layout.totalHeightForWidth(width)
            if layout.hasHeightForWidth()
            else layout.totalSizeHint().height()
        )
        if layout.totalMinimumSize().height() > room.height():
            self._scroll(layout)
        self.resize(width, min(max(self.height(), need), room.height()))

    def _scroll(self, layout: QLayout) -> None:
        """All of it moves into a scroll area, the buttons too."""
        area = _Scrolled(layout)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(area)
        self.setMinimumSize(0, 0)


class Pill(QLabel):
    """A short state in words on a tint; painted, for a style sheet of its own slows its page down."""

    def __init__(self, text: str = "", tone: str = "neutral") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(text, tone)

    def show_state(self, text: str, tone: str) -> None:
        self.tone = tone
        self.setText(text)
        self.setVisible(bool(text))
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 20, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, box = QPainter(self), QRectF(self.rect())
        _rounded(painter, box, min(10.0, box.height() / 2), COLOURS[f"{self.tone}_tint"])
        painter.setPen(QColor(COLOURS[self.tone]))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text())


class Dot(QWidget):
    """A spot of colour beside a line of a legend."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = colour
        side = self.fontMetrics().height() // 2
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        _rounded(QPainter(self), QRectF(self.rect()), self.width() / 2, self._colour)


def _rounded(painter: QPainter, box: QRectF, radius: float, colour: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(box, radius, radius)


class Card(QFrame):
    """A white panel on the light ground."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.setObjectName("card")
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(16, 12, 16, 12)
        self.box.setSpacing(8)
        if title:
            self.box.addWidget(label(title, "section"))


class TitleRow(QWidget):
    """Title, count, and the actions at the right."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.subtitle = label("", "subtitle")
        self.row.addWidget(label(title, "title"))
        self.row.addSpacing(8)
        self.row.addWidget(self.subtitle)
        self.row.addStretch(1)

    def add(self, *widgets: QWidget) -> None:
        for widget in widgets:
            self.row.addWidget(widget)


class InView(QWidget):
    """One of several pages; only the one in view says how much room it needs.

    A QStackedWidget asks for the room of the largest, and a page with space to spare is scrolled.
    """

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._current: QWidget | None = None

    def addWidget(self, page: QWidget) -> None:
        page.hide()
        self._box.addWidget(page)
        if self._current is None:
            self.setCurrentWidget(page)

    def removeWidget(self, page: QWidget) -> None:
        """The first page of all takes its place."""
        self._box.removeWidget(page)
        first = self._box.itemAt(0)
        widget = first.widget() if first is not None else None
        if page is self._current and widget is not None:
            self.setCurrentWidget(widget)

    def currentWidget(self) -> QWidget | None:
        return self._current

    def setCurrentWidget(self, page: QWidget) -> None:
        """The focus goes along, to where it was when the page was left."""
        before, self._current = self._current, page
        if before is page:
            return
        focus: QWidget | None = self.window().focusWidget()
        takes_focus = before is not None and focus is not None and before.isAncestorOf(focus)
        self.setUpdatesEnabled(False)
        if before is not None:
            before.hide()
        page.show()
        self.setUpdatesEnabled(True)
        if takes_focus:
            left: QWidget | None = page.focusWidget()
            (_first_stop(page) if left is None else left).setFocus()


def _first_stop(page: QWidget) -> QWidget:
    """Where Tab would go first on a page; the page itself when it has no such place."""
    stop = page.nextInFocusChain()
    while stop is not None and page.isAncestorOf(stop):
        if stop.focusPolicy() & Qt.FocusPolicy.TabFocus and _can_be_used(stop, page):
            return stop
        stop = stop.nextInFocusChain()
    return page


def _can_be_used(part: QWidget, page: QWidget) -> bool:
    return part.isEnabled() and part.isVisibleTo(page)


class Page(QWidget):
    """A page: title row on top, cards below; ``refresh`` reads everything anew."""

    areas: frozenset[str] = frozenset()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(20, 14, 20, 14)
        self.box.setSpacing(12)
        self.head = TitleRow(title)
        self.box.addWidget(self.head)

    def refresh(self) -> None:
        """Read the rows again; pages override it."""


class Stepper(QFrame):
    """The steps of a ceremony in one strip."""

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.steps, self.current = tuple(steps), 0
        self.setMinimumHeight(54)

    def go(self, step: int) -> None:
        self.current = step
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = (self.width() - 40) / len(self.steps)
        for place, text in enumerate(self.steps):
            self._draw_step(painter, 20 + place * width, place, text)

    def _draw_step(self, painter: QPainter, x: float, place: int, text: str) -> None:
        tone = "ok" if place < self.current else "neutral"
        middle, size = self.height() / 2, 26.0
        active = place == self.current
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(COLOURS["accent"] if active else COLOURS[f"{tone}_tint"]))
        circle = QRectF(x, middle - size / 2, size, size)
        painter.drawEllipse(circle)
        painter.setPen(QColor("white" if active else COLOURS[tone]))
        mark = "✓" if place < self.current else str(place + 1)
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, mark)
        painter.setPen(QColor(COLOURS["text" if place <= self.current else "faint"]))
        step = (self.width() - 40) / len(self.steps)
        words = QRectF(x + size + 6, middle - 14, step - size - 8, 28)
        short = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, short)


class UndoBar(QFrame):
    """What was done, with a way back for eight seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        self.text = label()
        self.undo = button("撤销", self._undo, "link")
        row.addWidget(self.text, 1)
        row.addWidget(self.undo)
        self._act: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def offer(self, text: str, act: Callable[[], object] | None = None) -> None:
        self.text.setText(text)
        self._act = act
        self.undo.setVisible(act is not None)
        self.show()
        self._timer.start(8000)

    def _undo(self) -> None:
        self.hide()
        if self._act:
            self._act()


class BarChart(QWidget):
    """Bars with labels: planned behind, done in front."""

    def __init__(self) -> None:
        super().__init__()
        self.bars: tuple[tuple[str, float, float], ...] = ()
        self.setMinimumHeight(180)

    def show_bars(self, bars: Sequence[tuple[str, float, float]]) -> None:
        self.bars = tuple(bars)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        most = max([1, *(max(a, b) for _, a, b in self.bars)])
        height, step = self.height() - 40, self.width() / max(1, len(self.bars))
        painter.setPen(QPen(QColor(COLOURS["row_line"])))
        for line in range(5):
            y = 10 + height * line // 4
            painter.drawLine(0, y, self.width(), y)
        for place, (text, planned, done) in enumerate(self.bars):
            x = place * step + step * 0.25
            for value, colour in ((planned, "#D3E3FB"), (done, COLOURS["accent"])):
                tall = height * value / most
                painter.fillRect(QRectF(x, 10 + height - tall, step * 0.5, tall), QColor(colour))
            painter.setPen(QColor(COLOURS["secondary"]))
            painter.drawText(
                QRectF(x - step * 0.25, height + 14, step, 22), Qt.AlignmentFlag.AlignCenter, text
            )

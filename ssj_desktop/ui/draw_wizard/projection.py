"""The ceremony in large type for the meeting room; what it shows is read back from the store."""

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.ticket import printed
from ssj_desktop.queries.draws import SelectedRow, draw_record, find_draw
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.news import News
from ssj_desktop.ui.theme import COLOURS

WIDTH, HEIGHT = 1920, 1080
_STEP_MS = 600
_ROWS = 11
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_MIDDLE, _CENTRE = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignCenter


class Projection(QWidget):
    """Drawn on a stage of 1920 × 1080, scaled to the screen; Esc closes, space shows all."""

    def __init__(self, desk: Desk, draw_id: str, *, animated: bool = True) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.desk, self.draw_id, self.animated = desk, draw_id, animated
        self.shown = 0
        self.timer = QTimer(self, interval=_STEP_MS)
        self.timer.timeout.connect(self._advance)
        News(self, desk, self._on_change)
        self.resize(WIDTH // 2, HEIGHT // 2)
        self._read()

    def _on_change(self, areas: frozenset[str]) -> None:
        if "draws" in areas:
            self._read()

    def _read(self) -> None:
        """What is stored now; a fresh result appears object by object."""
        self.detail = self.desk.ask(find_draw, self.draw_id)
        row = self.detail.row
        self.setWindowTitle(f"大屏显示　{row.number}")
        self.organ = self.desk.office.unit
        done = row.state is DrawState.DRAWN
        self.seed = self.desk.ask(draw_record, self.draw_id)["seed"] if done else ""
        drawn = [found for found in self.detail.selected if found.standing == "drawn"]
        self.drawn = sorted(drawn, key=lambda found: found.ticket)
        if self.drawn and self.animated and not self.detail.is_sealed(self.desk.today()):
            self.timer.start()
        else:
            self.show_all()

    def show_all(self) -> None:
        self.timer.stop()
        self.shown = len(self.drawn)
        self.update()

    def _advance(self) -> None:
        self.shown += 1
        if self.shown >= len(self.drawn):
            self.timer.stop()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() == Qt.Key.Key_Space:
            self.show_all()
        elif event.key() == Qt.Key.Key_F11:
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(COLOURS["ground"]))
        scale = min(self.width() / WIDTH, self.height() / HEIGHT)
        painter.translate((self.width() - WIDTH * scale) / 2, (self.height() - HEIGHT * scale) / 2)
        painter.scale(scale, scale)
        stage = _Stage(painter)
        self._band(stage)
        self._pool(stage)
        self._slips(stage)
        self._seed(stage)
        self._drawn(stage)
        stage.text((56, 1010, 900, 60), "画面读自已存记录", 28, "faint")
        stage.text((960, 1010, 904, 60), self.organ, 28, "faint", align=_RIGHT)

    def _band(self, stage: "_Stage") -> None:
        stage.painter.fillRect(QRectF(0, 0, WIDTH, 116), QColor(COLOURS["navy"]))
        stage.text((56, 0, 1300, 116), self.detail.row.title, 50, "white", bold=True)
        stage.text((1200, 0, 664, 116), self.detail.row.ordinal, 34, "white", align=_RIGHT)

    def _pool(self, stage: "_Stage") -> None:
        stage.card(40, 144, 836, 348)
        stage.text((78, 160, 400, 66), "已锁定名录", 34, bold=True)
        stage.text((400, 160, 438, 66), f"编号 {self.detail.row.number}", 28, "faint", align=_RIGHT)
        detail = self.detail
        facts = (("在库", detail.base), ("排除", detail.base - detail.eligible),
                 ("候选", detail.eligible), ("抽取", detail.quota))  # fmt: skip
        for place, (word, count) in enumerate(facts):
            x = 78 + place * 192
            stage.text((x, 230, 70, 80), word, 30, "faint")
            tone = "accent" if word == "抽取" else "text"
            stage.text((x + 74, 230, 118, 80), str(count), 50, tone, bold=True)
        stage.text((78, 322, 300, 44), "校验码", 28, "faint")
        stage.hex(78, 368, detail.pool_hash)

    def _slips(self, stage: "_Stage") -> None:
        stage.card(40, 512, 836, 248)
        stage.text((78, 526, 400, 66), "见证数字", 34, bold=True)
        stage.text((400, 526, 438, 66), "同时翻开", 28, "faint", align=_RIGHT)
        count = len(self.detail.panel)
        width = min(330.0, (760 - 20 * (count - 1)) / count)
        for place, name in enumerate(self.detail.panel, start=1):
            x = 78 + (place - 1) * (width + 20)
            stage.card(x, 592, width, 146, tint=True)
            stage.text(
                (x + 8, 604, width - 16, 54), name.partition("（")[0], 28, "faint", align=_CENTRE
            )
            stage.text(
                (x + 8, 660, width - 16, 64), self._digits(place), 42, bold=True, align=_CENTRE
            )

    def _digits(self, place: int) -> str:
        """Hidden until every slip is in: nobody reacts to another's digits."""
        if self.detail.row.state is not DrawState.DRAWN:
            return "●●●" if place in self.detail.slips else "待录入"
        digits = self.detail.slips[place]
        return " ".join(digits[n : n + 3] for n in range(0, len(digits), 3))

    def _seed(self, stage: "_Stage") -> None:
        stage.card(40, 780, 836, 216)
        stage.text((78, 794, 500, 66), "随机种子", 34, bold=True)
        if self.seed:
            stage.hex(78, 864, self.seed)
        else:
            stage.text((78, 864, 760, 70), "全部见证数字录入后产生", 34, "faint")

    def _drawn(self, stage: "_Stage") -> None:
        stage.card(908, 144, 972, 852)
        stage.text((948, 160, 260, 80), "抽中对象", 34, bold=True)
        stage.text((1110, 160, 400, 80), "按票号由小到大", 28, "faint")
        stage.text((1560, 156, 280, 84), f"{self.shown} / {len(self.drawn)}", 50, "accent",
                   bold=True, align=_RIGHT)  # fmt: skip
        if self.drawn:
            stage.bar(948, 248, 892, self.shown / len(self.drawn))
        first = max(0, self.shown - _ROWS)
        for line, place in enumerate(range(first, self.shown)):
            self._row(stage, 276 + line * 64, place)

    def _row(self, stage: "_Stage", y: float, place: int) -> None:
        row, newest = self.drawn[place], place == self.shown - 1
        if newest:
            stage.painter.fillRect(QRectF(909, y, 970, 64), QColor(COLOURS["tint"]))
        tone = "accent" if newest else "faint"
        stage.text((948, y, 70, 64), str(place + 1), 34, tone)
        stage.text((1024, y, 640, 64), self._name(row), 42, bold=newest)
        stage.text((1660, y, 180, 64), printed(row.ticket)[:8], 32, tone, align=_RIGHT)

    def _name(self, row: SelectedRow) -> str:
        return "（名单封存）" if self.detail.is_sealed(self.desk.today()) else row.name


class _Stage:
    """Text, cards and hex cells in stage pixels."""

    def __init__(self, painter: QPainter) -> None:
        self.painter = painter

    def text(
        self,
        box: tuple[float, float, float, float],
        words: str,
        pixels: int,
        tone: str = "text",
        *,
        bold: bool = False,
        align: Qt.AlignmentFlag = _LEFT,
    ) -> None:
        font = QFont(self.painter.font())
        font.setBold(bold)
        font.setPixelSize(pixels)
        wide = QFontMetrics(font).horizontalAdvance(words)
        if wide > box[2]:
            font.setPixelSize(int(pixels * box[2] / wide))
        self.painter.setFont(font)
        self.painter.setPen(QColor(COLOURS.get(tone, tone)))
        self.painter.drawText(QRectF(*box), align | _MIDDLE, words)

    def card(self, x: float, y: float, width: float, height: float, *, tint: bool = False) -> None:
        self.painter.setPen(QColor(COLOURS["line"]))
        self.painter.setBrush(QColor(COLOURS["tint"] if tint else "white"))
        self.painter.drawRoundedRect(QRectF(x, y, width, height), 12, 12)

    def bar(self, x: float, y: float, width: float, share: float) -> None:
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(COLOURS["line"]))
        self.painter.drawRoundedRect(QRectF(x, y, width, 10), 5, 5)
        self.painter.setBrush(QColor(COLOURS["accent"]))
        self.painter.drawRoundedRect(QRectF(x, y, width * share, 10), 5, 5)

    def hex(self, x: float, y: float, value: str) -> None:
        """The first 16 digits large, the rest for the photograph; one cell per digit."""
        for size, cell, top, digits in ((56, 36, y, value[:16]), (22, 13, y + 74, value[16:])):
            left = x
            for place, digit in enumerate(digits.upper()):
                if place and place % 4 == 0:
                    left += cell * 0.9
                self.text(
                    (left, top, cell * 1.3, size + 14), digit, size, bold=size > 30, align=_CENTRE
                )
                left += cell

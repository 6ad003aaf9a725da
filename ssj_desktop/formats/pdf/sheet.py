"""A document under construction: pages in points from the top left, fonts, lines, footers."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from ssj_desktop.formats.pdf.fonts import load_fonts, runs
from ssj_desktop.formats.pdf.text import gap, width

MM = 72 / 25.4
GREY = 0.38
_TOTAL = "total-pages"


@dataclass(frozen=True, slots=True)
class Margins:
    """Margins in mm."""

    top: float
    right: float
    bottom: float
    left: float


@dataclass(slots=True)
class Sheet:
    """Draws from the cursor ``y`` (points below the top) downwards."""

    margins: Margins
    page_foot: str
    watermark: str = ""
    is_landscape: bool = False
    y: float = 0.0
    page: int = 0
    canvas: Canvas = field(init=False)
    buffer: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        load_fonts()
        size = landscape(A4) if self.is_landscape else A4
        self.page_width, self.page_height = size
        self.canvas = Canvas(
            self.buffer, pagesize=size, invariant=1, initialFontName="Song", pageCompression=1
        )
        self.start_page()

    page_width: float = field(init=False)
    page_height: float = field(init=False)

    @property
    def left(self) -> float:
        return self.margins.left * MM

    @property
    def right(self) -> float:
        return self.page_width - self.margins.right * MM

    @property
    def bottom(self) -> float:
        return self.page_height - self.margins.bottom * MM

    @property
    def room(self) -> float:
        return self.bottom - self.y

    def start_page(self) -> None:
        if self.page:
            self._finish_page()
        self.page += 1
        self.y = self.margins.top * MM
        if self.watermark:
            self._draw_watermark()

    def ensure(self, height: float) -> None:
        """Start a page unless ``height`` points are left."""
        if self.room < height:
            self.start_page()

    def text(
        self, x: float, baseline: float, text: str, role: str, size: float,
        align: str = "left", grey: float = 0.0,
    ) -> None:  # fmt: skip
        """One line; ``x`` is its left edge, centre or right edge."""
        if align != "left":
            shift = width(text, role, size)
            x -= shift / 2 if align == "center" else shift
        self.canvas.setFillGray(grey)
        previous = ""
        for font, piece in runs(text, role):
            if previous:
                x += gap(previous, piece[0]) * size
            x = self._draw_run(x, baseline, font, piece, size)
            previous = piece[-1]

    def _draw_run(self, x: float, baseline: float, font: str, piece: str, size: float) -> float:
        """Draw one font's run, with the small space where scripts meet."""
        self.canvas.setFont(font, size)
        start = 0
        for place in range(1, len(piece) + 1):
            here = gap(piece[place - 1], piece[place]) if place < len(piece) else 0.0
            if here or place == len(piece):
                part = piece[start:place]
                self.canvas.drawString(x, self.page_height - baseline, part)
                x += float(self.canvas.stringWidth(part, font, size)) + here * size
                start = place
        return x

    def line(
        self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.4, grey: float = 0.0
    ) -> None:
        self.canvas.setStrokeGray(grey)
        self.canvas.setLineWidth(weight)
        self.canvas.line(x1, self.page_height - y1, x2, self.page_height - y2)

    def box(self, x1: float, y1: float, x2: float, y2: float, weight: float = 1.3) -> None:
        self.canvas.setStrokeGray(0)
        self.canvas.setLineWidth(weight)
        self.canvas.rect(x1, self.page_height - y2, x2 - x1, y2 - y1, stroke=1, fill=0)

    def seal_place(self, x: float, y: float, diameter_mm: float = 40) -> None:
        """A light dashed circle where the seal goes; never a seal."""
        self.canvas.setStrokeGray(0.6)
        self.canvas.setLineWidth(0.7)
        self.canvas.setDash(3, 2)
        self.canvas.circle(x, self.page_height - y, diameter_mm * MM / 2, stroke=1, fill=0)
        self.canvas.setDash()
        self.text(x, y + 4, "盖 章 处", "Fang", 11, "center", 0.6)

    def _finish_page(self) -> None:
        foot = self.page_height - self.margins.bottom * MM + 14
        self.line(self.left, foot, self.right, foot, 0.5, GREY)
        self.text(self.left, foot + 13, self.page_foot, "Fang", 9.5, grey=GREY)
        total_width = 58.0
        self.text(self.right - total_width, foot + 13, f"第 {self.page} 页", "Sans", 9.5, "right")
        self.canvas.doForm(_TOTAL)
        self.canvas.showPage()

    def _draw_watermark(self) -> None:
        self.canvas.saveState()
        self.canvas.translate(self.page_width / 2, self.page_height / 2)
        self.canvas.rotate(35)
        self.canvas.setFillGray(0.88)
        self.canvas.setFont("Hei", 64)
        self.canvas.drawCentredString(0, 0, self.watermark)
        self.canvas.restoreState()

    def finish(self) -> bytes:
        """Close the last page, fill in the number of pages, give the bytes."""
        self._finish_page()
        self.canvas.beginForm(_TOTAL, 0, 0, self.page_width, self.page_height)
        foot = self.page_height - self.margins.bottom * MM + 14
        self.text(self.right, foot + 13, f"共 {self.page} 页", "Sans", 9.5, "right")
        self.canvas.endForm()
        self.canvas.save()
        return self.buffer.getvalue()


Draw = Callable[[Sheet], None]

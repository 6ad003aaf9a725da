"""Print preview: what is on the screen is what is on paper."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPainter, QPixmap, QShowEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.formats.files import write_atomically
from ssj_desktop.formats.pdf.raster import PageImage, page_image, page_sizes
from ssj_desktop.ui.tasks import Lane, attempt_slowly, run_quietly, wait_for
from ssj_desktop.ui.widgets import GrowingDialog, button, label

Make = Callable[[], bytes]
_DPI = 100
_PRINTED_DPI = 200


def to_image(page: PageImage) -> QImage:
    image = QImage(page.rgb, page.width, page.height, page.width * 3, QImage.Format.Format_RGB888)
    return image.copy()


def _picture(pdf: bytes, number: int, dpi: int) -> QImage:
    return to_image(page_image(pdf, number, dpi))


class Preview(GrowingDialog):
    """Pages of a PDF with 打印, 导出 PDF and, where there is one, 导出 Excel."""

    def __init__(
        self, parent: QWidget, title: str, pdf: bytes, workbook: Make | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(1000, 700)
        self.title, self.pdf, self.workbook = title, pdf, workbook
        self._is_drawing = False
        sizes = page_sizes(pdf, _DPI)
        self.total = len(sizes)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.verticalScrollBar().valueChanged.connect(self.draw_visible)
        box = QVBoxLayout(self)
        box.addLayout(self._bar())
        box.addWidget(self.area, 1)
        self.sheets = self._add_sheets(sizes)

    def _add_sheets(self, sizes: Sequence[tuple[int, int]]) -> list[QLabel]:
        """Empty ones, put where they stay: hundreds that are moved are dressed anew each time."""
        pages = QWidget()
        self.area.setWidget(pages)
        column = QVBoxLayout(pages)
        sheets = [label() for _ in sizes]
        for sheet, (width, height) in zip(sheets, sizes, strict=True):
            sheet.setFixedSize(width, height)
            column.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        return sheets

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.draw_visible)

    def draw_visible(self) -> None:
        """Draw the pages in view, one after the other beside the window.

        So a list of a thousand pages opens at once, and what was scrolled past is not drawn.
        """
        missing = [n for n in self._in_view() if self.sheets[n].pixmap().isNull()]
        if missing and not self._is_drawing:
            self._is_drawing = True
            work = partial(_picture, self.pdf, missing[0], _DPI)
            run_quietly(self, work, partial(self._show_picture, missing[0]), Lane.PICTURES)

    def _in_view(self) -> Iterator[int]:
        top = self.area.verticalScrollBar().value()
        bottom = top + self.area.viewport().height()
        for number, sheet in enumerate(self.sheets):
            if sheet.y() <= bottom and sheet.y() + sheet.height() >= top:
                yield number

    def _show_picture(self, number: int, image: QImage) -> None:
        self.sheets[number].setPixmap(QPixmap.fromImage(image))
        self._is_drawing = False
        self.draw_visible()

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.count = label(self._count_text(), "section")
        row.addWidget(self.count)
        row.addStretch(1)
        if self.workbook:
            row.addWidget(button("导出 Excel", self.export_workbook))
        row.addWidget(button("导出 PDF", self.export_pdf))
        row.addWidget(button("打印", self.print_pages, "primary"))
        return row

    def _count_text(self) -> str:
        return f"{self.title}　共 {self.total} 页"

    def export_pdf(self) -> None:
        self._save("PDF (*.pdf)", ".pdf", lambda: self.pdf)

    def export_workbook(self) -> None:
        if self.workbook:
            self._save("Excel 工作簿 (*.xlsx)", ".xlsx", self.workbook)

    def _save(self, kinds: str, suffix: str, make: Make) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "导出", self.title + suffix, kinds)
        if name and attempt_slowly(
            self, "正在写文件……", lambda: write_atomically(Path(name), make())
        ):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(name).parent)))

    def print_pages(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setFullPage(True)
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            self.paint_pages(printer)

    def paint_pages(self, printer: QPrinter) -> None:
        """The pages as they are; each is drawn beside the window, which lives and takes no input."""
        painter = QPainter(printer)
        try:
            for number in range(self.total):
                if number:
                    printer.newPage()
                self.count.setText(f"正在打印第 {number + 1} / {self.total} 页……")
                work = partial(_picture, self.pdf, number, _PRINTED_DPI)
                image = wait_for(self, "正在打印……", work)
                painter.drawImage(QRectF(painter.viewport()), image)
        finally:
            painter.end()
            self.count.setText(self._count_text())

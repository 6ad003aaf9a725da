"""Print preview: what is on the screen is what is on paper."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPainter, QPixmap
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ssj_desktop.formats.files import write_atomically
from ssj_desktop.formats.pdf.raster import PageImage, page_images
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.widgets import button, label

Make = Callable[[], bytes]


def to_image(page: PageImage) -> QImage:
    image = QImage(page.rgb, page.width, page.height, page.width * 3, QImage.Format.Format_RGB888)
    return image.copy()


class Preview(QDialog):
    """Pages of a PDF with 打印, 导出 PDF and, where there is one, 导出 Excel."""

    def __init__(
        self, parent: QWidget, title: str, pdf: bytes, workbook: Make | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(1000, 700)
        self.title, self.pdf, self.workbook = title, pdf, workbook
        pages = QWidget()
        column = QVBoxLayout(pages)
        self.images = [to_image(page) for page in page_images(pdf, 100)]
        for image in self.images:
            sheet = label()
            sheet.setPixmap(QPixmap.fromImage(image))
            column.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(pages)
        box = QVBoxLayout(self)
        box.addLayout(self._bar())
        box.addWidget(area, 1)

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label(f"{self.title}　共 {len(self.images)} 页", "section"))
        row.addStretch(1)
        if self.workbook:
            row.addWidget(button("导出 Excel", self.export_workbook))
        row.addWidget(button("导出 PDF", self.export_pdf))
        row.addWidget(button("打印", self.print_pages, "primary"))
        return row

    def export_pdf(self) -> None:
        self._save("PDF (*.pdf)", ".pdf", lambda: self.pdf)

    def export_workbook(self) -> None:
        if self.workbook:
            self._save("Excel 工作簿 (*.xlsx)", ".xlsx", self.workbook)

    def _save(self, kinds: str, suffix: str, make: Make) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "导出", self.title + suffix, kinds)
        if name and attempt(self, lambda: write_atomically(Path(name), make())):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(name).parent)))

    def print_pages(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setFullPage(True)
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            paint_pages(printer, self.pdf)


def paint_pages(printer: QPrinter, pdf: bytes) -> None:
    """The pages as they are, at 200 dpi."""
    painter = QPainter(printer)
    for place, page in enumerate(page_images(pdf, 200)):
        if place:
            printer.newPage()
        image = to_image(page)
        painter.drawImage(QRectF(painter.viewport()), image)
    painter.end()

"""Print preview: what is on the screen is what is on paper."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPainter, QPixmap, QShowEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ssj_desktop.formats.files import write_atomically
from ssj_desktop.formats.pdf.raster import PageImage, page_image, page_images, page_sizes
from ssj_desktop.ui.tasks import attempt_slowly
from ssj_desktop.ui.widgets import GrowingDialog, button, label

Make = Callable[[], bytes]
_DPI = 100


def to_image(page: PageImage) -> QImage:
    image = QImage(page.rgb, page.width, page.height, page.width * 3, QImage.Format.Format_RGB888)
    return image.copy()


class Preview(GrowingDialog):
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
        self.sheets = [label() for _ in page_sizes(pdf, _DPI)]
        for sheet, (width, height) in zip(self.sheets, page_sizes(pdf, _DPI), strict=True):
            sheet.setFixedSize(width, height)
            column.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(pages)
        self.area.verticalScrollBar().valueChanged.connect(self.draw_visible)
        box = QVBoxLayout(self)
        box.addLayout(self._bar())
        box.addWidget(self.area, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.draw_visible)

    def draw_visible(self) -> None:
        """Draw the pages in view; a list of a thousand pages opens at once."""
        top = self.area.verticalScrollBar().value()
        bottom = top + self.area.viewport().height()
        for number, sheet in enumerate(self.sheets):
            is_near = sheet.y() <= bottom and sheet.y() + sheet.height() >= top
            if is_near and sheet.pixmap().isNull():
                image = to_image(page_image(self.pdf, number, _DPI))
                sheet.setPixmap(QPixmap.fromImage(image))

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label(f"{self.title}　共 {len(self.sheets)} 页", "section"))
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
        if name and attempt_slowly(
            self, "正在写文件……", lambda: write_atomically(Path(name), make())
        ):
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

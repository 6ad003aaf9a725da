"""A window for attachments: zoom, the next one, the pages of a PDF, export."""

from collections.abc import Sequence
from functools import partial

from pypdfium2 import PdfiumError
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QKeySequence, QPixmap, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QGraphicsScene,
    QGraphicsView,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.attachments import file_name
from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.formats.pdf.raster import page_image, page_sizes
from ssj_desktop.formats.pictures import small_picture
from ssj_desktop.queries.attachments import AttachmentRow
from ssj_desktop.services.attachments import exported_content
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.preview import to_image
from ssj_desktop.ui.saving import ask_and_save
from ssj_desktop.ui.tasks import run_counted_task
from ssj_desktop.ui.widgets import button, label

_MOST_SIDE = 4096
_DPI = 150
_STEP = 1.25
_LEAST, _MOST = 0.05, 8.0


class AttachmentViewer(QDialog):
    """Shows one of ``rows`` at a time; a picture is decoded beside the window's own thread."""

    def __init__(
        self, parent: QWidget, desk: Desk, rows: Sequence[AttachmentRow], place: int
    ) -> None:
        super().__init__(parent)
        self.desk, self.files = desk, desk.attachments
        self.rows, self.place = tuple(rows), place
        self.pages, self.page, self.is_fitted = 1, 0, True
        self._pdf = b""
        self.setObjectName("page")
        self.resize(1000, 700)
        self.view = QGraphicsView()
        self.view.setScene(QGraphicsScene(self.view))
        self.view.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.view.setAccessibleName("附件")
        self.sentence = label("", "empty", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.sentence)
        self.facts = label("", "hint", wrap=True)
        box = QVBoxLayout(self)
        box.addLayout(self._bar())
        box.addWidget(self.stack, 1)
        box.addWidget(self.facts)
        for keys, act in (
            ("Right", partial(self.step, 1)), ("Left", partial(self.step, -1)),
            ("+", partial(self.zoom, _STEP)), ("-", partial(self.zoom, 1 / _STEP)), ("0", self.fit),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, act)
        self.look_at(place)

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.title = label("", "section", wrap=True)
        row.addWidget(self.title, 1)
        self.before = button("上一个", partial(self.step, -1))
        self.after = button("下一个", partial(self.step, 1))
        self.closer = button("放大", partial(self.zoom, _STEP))
        self.farther = button("缩小", partial(self.zoom, 1 / _STEP))
        self.whole = button("适合窗口", self.fit)
        self.export_button = button("导出…", self.export)
        for each in (
            self.before, self.after, self.closer, self.farther, self.whole, self.export_button
        ):  # fmt: skip
            row.addWidget(each)
        return row

    @property
    def row(self) -> AttachmentRow:
        return self.rows[self.place]

    def look_at(self, place: int) -> None:
        """Show the attachment at ``place`` from its first page on."""
        self.place, self.page, self.pages, self._pdf = place, 0, 1, b""
        self.setWindowTitle(f"附件　{self.row.task_number}")
        self._say("正在打开……")
        self._show_place()
        self.export_button.setEnabled(self.files.has(self.row.sha256))
        run_counted_task(self, "", lambda _p: self._read(place), self._shown)

    def _read(self, place: int) -> tuple[int, QImage | bytes | SsjError]:
        """In a worker: the picture, the bytes of a PDF, or why there is nothing to show."""
        row = self.rows[place]
        try:
            content = self.files.get(row.sha256)
            if row.kind is AttachmentKind.PDF:
                return place, content
            return place, to_image(small_picture(content, row.kind, _MOST_SIDE))
        except SsjError as refusal:
            return place, refusal

    def _shown(self, read: tuple[int, QImage | bytes | SsjError]) -> None:
        place, found = read
        if place != self.place:
            return
        if isinstance(found, SsjError):
            self._say(str(found))
        elif isinstance(found, QImage):
            self._show_image(found)
        else:
            self._pdf = found
            self._show_page(0)

    def _show_page(self, page: int) -> None:
        """A very large page is drawn at fewer dots."""
        try:
            sizes = page_sizes(self._pdf, _DPI)
            self.pages, self.page = len(sizes), page
            dpi = _DPI * min(1.0, _MOST_SIDE / max(sizes[page]))
            image = to_image(page_image(self._pdf, page, max(1, int(dpi))))
        except (PdfiumError, ValueError, IndexError, ZeroDivisionError, MemoryError):
            self._say("这份 PDF 打不开，可能已损坏。可以导出后用别的程序查看。")
            return
        self._show_image(image)
        self._show_place()

    def _show_image(self, image: QImage) -> None:
        scene = self.view.scene()
        scene.clear()
        item = scene.addPixmap(QPixmap.fromImage(image))
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        scene.setSceneRect(item.boundingRect())
        self.stack.setCurrentWidget(self.view)
        self._enable(is_shown=True)
        self.fit()

    def _say(self, text: str) -> None:
        self.sentence.setText(text)
        self.stack.setCurrentWidget(self.sentence)
        self._enable(is_shown=False)

    def _enable(self, *, is_shown: bool) -> None:
        for each in (self.closer, self.farther, self.whole):
            each.setEnabled(is_shown)

    def _show_place(self) -> None:
        row, pages = self.row, f"，第 {self.page + 1} / {self.pages} 页" if self.pages > 1 else ""
        self.title.setText(f"{row.title}　{self.place + 1} / {len(self.rows)}{pages}")
        about = [
            row.item or "整次检查",
            row.kind.label,
            row.size_text,
            row.taken_text,
            row.attached_by,
        ]
        self.facts.setText(f"{'　'.join(filter(None, about))}\nSHA-256 {row.sha256}")
        self.before.setEnabled(self.place + self.page > 0)
        self.after.setEnabled(self.page + 1 < self.pages or self.place + 1 < len(self.rows))

    def step(self, by: int) -> None:
        """The next or previous page, then the next or previous attachment."""
        if 0 <= self.page + by < self.pages:
            self._show_page(self.page + by)
        elif 0 <= self.place + by < len(self.rows):
            self.look_at(self.place + by)

    def zoom(self, by: float) -> None:
        now = self.view.transform().m11()
        factor = max(_LEAST, min(_MOST, now * by)) / now
        self.view.scale(factor, factor)
        self.is_fitted = False

    def fit(self) -> None:
        """The whole picture, never larger than it is."""
        self.view.resetTransform()
        inside, size = self.view.viewport().size(), self.view.sceneRect().size()
        if not size.isEmpty():
            scale = min(1.0, inside.width() / size.width(), inside.height() / size.height())
            self.view.scale(scale, scale)
        self.is_fitted = True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.fit)

    def export(self) -> None:
        export_attachment(self, self.desk, self.row)


def export_attachment(parent: QWidget, desk: Desk, row: AttachmentRow) -> None:
    """To a place the clerk chooses; the journal says so."""
    name = file_name(row.task_number, row.title, row.kind, row.sha256)
    kinds = f"{row.kind.label} (*.{name.rpartition('.')[2]})"
    ask_and_save(parent, "导出附件", name, kinds, lambda _p: exported_content(desk, row))

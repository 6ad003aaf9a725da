"""Small pictures of attachments, decoded by a worker while the window goes on."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from ssj_desktop.domain.attachments import kind_of
from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.formats.pictures import small_picture
from ssj_desktop.ui.preview import to_image
from ssj_desktop.ui.tasks import run_counted_task
from ssj_desktop.ui.theme import COLOURS

SIDE = 160
"""Pixels of the decoded picture; shown at half of it where the screen is not dense."""
Wanted = tuple[str, Callable[[], bytes]]
_MOST_KEPT = 300


class Thumbnails(QObject):
    """Tells each small picture as soon as it is there; a newer wish ends an older one."""

    made = Signal(str, QImage)
    """The key it was asked under, and the picture; a null one when there is nothing to show."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._wish = window, 0
        self._kept: dict[str, QImage] = {}
        self.made.connect(self._keep)

    def ask(self, wanted: Sequence[Wanted]) -> None:
        """Known ones are told at once."""
        self._wish += 1
        for key, _ in wanted:
            if key in self._kept:
                self.made.emit(key, self._kept[key])
        missing = [each for each in wanted if each[0] not in self._kept]
        if missing:
            wish = self._wish
            run_counted_task(
                self._window, "", lambda _p: self._decode(missing, wish), lambda _: None
            )

    def _decode(self, wanted: Sequence[Wanted], wish: int) -> None:
        for key, read in wanted:
            if wish != self._wish:
                return
            self.made.emit(key, _decoded(read))

    def _keep(self, key: str, image: QImage) -> None:
        if image.isNull():
            return
        while len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = image


def _decoded(read: Callable[[], bytes]) -> QImage:
    try:
        content = read()
        return to_image(small_picture(content, kind_of(content), SIDE))
    except (SsjError, OSError):
        return QImage()


def tile(image: QImage, side: int) -> QPixmap:
    """The picture in the middle of a square, so that a row of them has one line of titles."""
    smooth = Qt.TransformationMode.SmoothTransformation
    picture = image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    pixmap = QPixmap(side, side)
    pixmap.fill(QColor(COLOURS["ground"]))
    painter = QPainter(pixmap)
    painter.drawImage((side - picture.width()) // 2, (side - picture.height()) // 2, picture)
    painter.end()
    return pixmap


def sheet_icon(text: str, side: int) -> QIcon:
    """A blank sheet with a word on it: for a PDF, for what is not here, for what does not open."""
    pixmap = QPixmap(side, side)
    pixmap.fill(QColor(COLOURS["ground"]))
    painter = QPainter(pixmap)
    painter.setPen(QColor(COLOURS["secondary"]))
    painter.drawText(pixmap.rect().adjusted(4, 4, -4, -4), _CENTRED, text)
    painter.end()
    return QIcon(pixmap)


_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


def waiting_word(kind: AttachmentKind, *, is_here: bool) -> str:
    """What a tile says before, or instead of, its picture."""
    if not is_here:
        return "字节尚未收到"
    return "PDF" if kind is AttachmentKind.PDF else "…"

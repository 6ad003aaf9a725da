"""Before photographs are kept: what each one shows, and which item they are about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.attachments import checked_title, proposed_title
from ssj_desktop.domain.errors import SsjError
from ssj_desktop.queries.inspections import TaskRow
from ssj_desktop.services.attachments import Attach, attach, read_for_attaching
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.errors import show_refusal
from ssj_desktop.ui.tasks import Progress
from ssj_desktop.ui.thumbnails import Thumbnails, sheet_icon, tile
from ssj_desktop.ui.widgets import GrowingDialog, button, label, scrolled

_THUMB = 64
_WHOLE_VISIT = "整次检查"
_ROWS_SEEN = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file or a picture of the clipboard that may become an attachment."""

    name: str
    read: Callable[[], bytes]


def candidate_of(path: Path) -> Candidate:
    return Candidate(path.name, partial(read_for_attaching, path))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the clerk typed about one candidate."""

    title: str
    item: str
    candidate: Candidate


class AttachDialog(GrowingDialog):
    """Titles are proposed; the name of the file is only shown here."""

    def __init__(
        self, parent: QWidget | None, task: TaskRow, candidates: Sequence[Candidate], first: int = 1
    ) -> None:
        super().__init__(parent)
        self.candidates = tuple(candidates)
        self.setWindowTitle(f"添加附件　{task.number}")
        self.setObjectName("page")
        self.resize(640, 200 + min(_ROWS_SEEN, len(self.candidates)) * (_THUMB + 12))
        self.item = QComboBox()
        self.item.setAccessibleName("属于")
        self.item.addItem(_WHOLE_VISIT, "")
        for each in task.items:
            self.item.addItem(f"{each.item} {each.name}", each.item)
        self.titles: list[QLineEdit] = []
        self.pictures: list[QLabel] = []
        box = QVBoxLayout(self)
        box.addWidget(
            label(
                "标题会印在照片页上，请写明拍的是什么。文件名只在这里显示，不会保存。",
                "hint",
                wrap=True,
            )
        )
        row = QHBoxLayout()
        row.addWidget(label("属于"))
        row.addWidget(self.item, 1)
        box.addLayout(row)
        box.addWidget(scrolled(self._grid(first)), 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("取消", self.reject))
        foot.addWidget(button(f"添加 {len(self.candidates)} 个", self.accept, "primary"))
        box.addLayout(foot)
        self.titles[0].setFocus()
        self.titles[0].selectAll()
        self.thumbnails = Thumbnails(self)
        self.thumbnails.made.connect(self._show_picture)
        self.thumbnails.ask([(str(n), each.read) for n, each in enumerate(self.candidates)])

    def _grid(self, first: int) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for place, candidate in enumerate(self.candidates):
            picture = label()
            picture.setFixedSize(_THUMB, _THUMB)
            picture.setPixmap(sheet_icon("…", _THUMB).pixmap(_THUMB, _THUMB))
            title = QLineEdit(proposed_title(candidate.name, first + place))
            title.setAccessibleName(f"第 {place + 1} 个附件的标题")
            name = label(candidate.name, "hint", wrap=True)
            name.setMaximumWidth(180)
            for column, widget in enumerate((picture, title, name)):
                grid.addWidget(widget, place, column)
            self.pictures.append(picture)
            self.titles.append(title)
        grid.setRowStretch(len(self.candidates), 1)
        return grid

    def _show_picture(self, key: str, image: QImage) -> None:
        picture, name = self.pictures[int(key)], self.candidates[int(key)].name
        if image.isNull():
            word = "PDF" if name.lower().endswith(".pdf") else "打不开"
            picture.setPixmap(sheet_icon(word, _THUMB).pixmap(_THUMB, _THUMB))
        else:
            picture.setPixmap(tile(image, _THUMB))

    def accept(self) -> None:
        """A title that cannot be kept is told while all are still there to be mended."""
        for title in self.titles:
            try:
                checked_title(title.text())
            except SsjError as refusal:
                show_refusal(self, refusal)
                title.setFocus()
                return
        super().accept()

    def chosen(self) -> tuple[Chosen, ...]:
        item = self.item.currentData()
        return tuple(
            Chosen(title.text(), item, candidate)
            for title, candidate in zip(self.titles, self.candidates, strict=True)
        )


def attach_all(
    desk: Desk, task_id: str, chosen: Sequence[Chosen], progress: Progress
) -> tuple[str, ...]:
    """Each is kept whole or not at all; why some were not. Stopping keeps what is done."""
    refused = []
    with desk.together():
        for place, each in enumerate(chosen):
            progress(place, len(chosen))
            try:
                desk.do(attach, Attach(task_id, each.title, each.candidate.read(), each.item))
            except SsjError as refusal:
                refused.append(f"{each.candidate.name}：{refusal}")
    return tuple(refused)

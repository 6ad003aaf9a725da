"""附件 of the open task: small pictures in a row; add, paste, drop, look at, export, 作废."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QMimeData, QSize, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QImage,
    QImageWriter,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
)

from ssj_desktop.domain.attachments import MOST_OF_A_TASK
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.queries.attachments import AttachmentRow, attachments_of
from ssj_desktop.queries.inspections import TaskRow
from ssj_desktop.services.attachment_pages import attachment_pages
from ssj_desktop.services.attachments import VoidAttachment, attach, void_attachment
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.attachment_viewer import AttachmentViewer, export_attachment
from ssj_desktop.ui.errors import show_refusal
from ssj_desktop.ui.news import News
from ssj_desktop.ui.pages.attach_dialog import (
    AttachDialog,
    Candidate,
    attach_all,
    candidate_of,
)
from ssj_desktop.ui.preview import Preview
from ssj_desktop.ui.tasks import carry_out, run_counted_task
from ssj_desktop.ui.thumbnails import Thumbnails, sheet_icon, tile, waiting_word
from ssj_desktop.ui.widgets import button, label, plain_tip

KINDS = "照片和扫描件 (*.jpg *.jpeg *.png *.pdf)"
_TILE = 72
_SENTENCES_SHOWN = 4


class AttachmentStrip(QFrame):
    """Reads its rows itself, so that a photograph more does not touch what is being typed above."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.task: TaskRow | None = None
        self.rows: tuple[AttachmentRow, ...] = ()
        self.setAcceptDrops(True)
        self.count = label("", "hint", wrap=True)
        self.add_button = button("添加…", self.choose_files)
        self.paste_button = button("粘贴", self.paste)
        self.more_button = button("更多", lambda: None)
        self.more_button.setMenu(self._menu())
        head = QHBoxLayout()
        head.addWidget(label("附件"))
        head.addWidget(self.count, 1)
        for each in (self.more_button, self.paste_button, self.add_button):
            head.addWidget(each)
        self.list = self._list()
        self.empty = label("", "hint", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 4, 0, 0)
        box.setSpacing(4)
        box.addLayout(head)
        box.addWidget(self.list)
        box.addWidget(self.empty)
        self.thumbnails = Thumbnails(self)
        self.thumbnails.made.connect(self._show_picture)
        self.news = News(self, desk, self._hear)
        self.show_task(None)

    def _menu(self) -> QMenu:
        """What is done with one attachment, or with all of them: also under the right button."""
        self.menu = QMenu(self)
        self.look_action = self.menu.addAction("打开", self.look)
        self.export_action = self.menu.addAction("导出…", self.export)
        self.void_action = self.menu.addAction("作废…", self.void)
        self.menu.addSeparator()
        self.menu.addAction("照片页…", self.show_pages)
        return self.menu

    def _list(self) -> QListWidget:
        made = QListWidget()
        made.setObjectName("thumbs")
        made.setAccessibleName("附件")
        made.setViewMode(QListWidget.ViewMode.IconMode)
        made.setFlow(QListWidget.Flow.LeftToRight)
        made.setMovement(QListWidget.Movement.Static)
        made.setWrapping(False)
        made.setIconSize(QSize(_TILE, _TILE))
        made.setTextElideMode(Qt.TextElideMode.ElideRight)
        line = made.fontMetrics().height()
        made.setGridSize(QSize(_TILE + 2 * line, _TILE + line + 14))
        made.setFixedHeight(_TILE + 2 * line + 18)
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.customContextMenuRequested.connect(
            lambda at: self.menu.popup(made.viewport().mapToGlobal(at))
        )
        made.itemActivated.connect(lambda _item: self.look())
        made.currentRowChanged.connect(lambda _row: self._enable())
        return made

    def show_task(self, task: TaskRow | None) -> None:
        self.task = task
        self.setVisible(task is not None)
        self.refresh()

    def _hear(self, areas: frozenset[str]) -> None:
        if "attachments" in areas:
            self.refresh()

    def refresh(self) -> None:
        """Read the rows again; pictures known already appear at once."""
        kept = self.list.currentRow()
        self.rows = self.desk.ask(attachments_of, self.task.id) if self.task else ()
        files = self.desk.attachments
        self.list.clear()
        wanted = []
        for row in self.rows:
            is_here = files.has(row.sha256)
            icon = sheet_icon(waiting_word(row.kind, is_here=is_here), _TILE)
            item = QListWidgetItem(icon, row.title)
            item.setToolTip(plain_tip(_tip(row, is_here=is_here)))
            self.list.addItem(item)
            if is_here and row.kind is not AttachmentKind.PDF:
                wanted.append((row.sha256, partial(files.get, row.sha256)))
        if self.rows:
            self.list.setCurrentRow(min(max(kept, 0), len(self.rows) - 1))
        self.list.setVisible(bool(self.rows))
        self._show_counts(len(files.missing(row.sha256 for row in self.rows)))
        self._enable()
        self.thumbnails.ask(wanted)

    def _show_counts(self, missing: int) -> None:
        parts = [f"{len(self.rows)} 个"] if self.rows else []
        parts += [f"{missing} 个的字节尚未收到"] if missing else []
        self.count.setText("，".join(parts))
        self.empty.setText(
            "还没有附件。点“添加…”，或把照片、扫描件拖到这里；截图可以直接粘贴。"
            if self.is_open
            else "没有附件。"
        )
        self.empty.setVisible(not self.rows)

    @property
    def is_open(self) -> bool:
        """Whether this account may still add to the task."""
        return bool(self.task and self.task.is_editable and self.desk.why_not(attach) is None)

    def _enable(self) -> None:
        for each in (self.add_button, self.paste_button):
            each.setVisible(self.is_open)
        self.more_button.setVisible(bool(self.rows))
        self.void_action.setVisible(self.is_open)
        for action in (self.look_action, self.export_action, self.void_action):
            action.setEnabled(self.current() is not None)

    def current(self) -> AttachmentRow | None:
        place = self.list.currentRow()
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def _show_picture(self, sha256: str, image: QImage) -> None:
        icon = sheet_icon("打不开", _TILE) if image.isNull() else QIcon(tile(image, _TILE))
        for place, row in enumerate(self.rows):
            if row.sha256 == sha256:
                self.list.item(place).setIcon(icon)

    def choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "添加附件", "", KINDS)
        self.offer([candidate_of(Path(name)) for name in names])

    def paste(self) -> None:
        """Files or a picture from the clipboard; what is neither is refused with a sentence."""
        found = candidates_in(QGuiApplication.clipboard().mimeData())
        if not found:
            refusal = InvalidInput("剪贴板里没有图片或文件。", "请先复制照片，再粘贴。")
            show_refusal(self, refusal)
        self.offer(found)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if self.is_open and (mime.hasUrls() or mime.hasImage()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        found = candidates_in(event.mimeData())
        event.acceptProposedAction()
        self.offer(found)

    def offer(self, candidates: Sequence[Candidate]) -> None:
        """Ask for titles, then add them one by one with a way to stop."""
        if not candidates or self.task is None or not self.is_open:
            return
        room = MOST_OF_A_TASK - len(self.rows)
        if len(candidates) > room:
            show_refusal(
                self,
                InvalidInput(
                    f"选了 {len(candidates)} 个文件，这项任务还能添加 {room} 个。", "请少选一些。"
                ),
            )
            return
        dialog = AttachDialog(self, self.task, candidates, len(self.rows) + 1)
        if dialog.exec():
            work = partial(attach_all, self.desk, self.task.id, dialog.chosen())
            run_counted_task(self, "正在添加附件", work, self._tell)

    def _tell(self, refused: tuple[str, ...]) -> None:
        if refused:
            more = [f"等 {len(refused)} 个"] if len(refused) > _SENTENCES_SHOWN else []
            text = "\n".join([*refused[:_SENTENCES_SHOWN], *more])
            show_refusal(self, InvalidInput(f"{len(refused)} 个文件没有添加。", text))

    def look(self) -> None:
        """Open the chosen one in the viewer."""
        place = self.list.currentRow()
        if 0 <= place < len(self.rows):
            AttachmentViewer(self, self.desk, self.rows, place).exec()

    def export(self) -> None:
        row = self.current()
        if row is not None:
            export_attachment(self, self.desk, row)

    def show_pages(self) -> None:
        """清单和照片页: what is printed beside the record of the visit."""
        task = self.task
        if task is not None:
            title = f"附件照片页_{task.number}"
            work = partial(attachment_pages, self.desk, task.id)
            run_counted_task(
                self, "正在排版照片页", work, lambda pdf: Preview(self, title, pdf).exec()
            )

    def void(self) -> None:
        row = self.current()
        if row is None:
            return
        reason, ok = QInputDialog.getText(self, "作废附件", f"“{row.title}”的作废理由")
        if ok:
            command = VoidAttachment(row.id, reason)
            carry_out(self, self.desk, void_attachment, command)


def candidates_in(mime: QMimeData) -> list[Candidate]:
    """The files named, or else the picture itself as PNG."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    found = [candidate_of(path) for path in paths if path.is_file()]
    image = mime.imageData() if not found and mime.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        content = _png(image)
        return [Candidate("剪贴板图片.png", lambda: content)]
    return found


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def _tip(row: AttachmentRow, *, is_here: bool) -> str:
    lines = [
        row.title,
        row.item or "整次检查",
        f"{row.kind.label}　{row.size_text}",
        row.taken_text,
    ]
    lines += [f"{row.attached_by} 添加", f"SHA-256 {row.short_hash}…"]
    lines += [] if is_here else ["字节尚未收到：请与保存它的电脑交换一次数据"]
    return "\n".join(filter(None, lines))

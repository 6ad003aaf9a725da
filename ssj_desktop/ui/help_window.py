"""The offline manual: pages of Markdown with pictures, shown by the program itself, no network."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QWidget,
)

from ssj_desktop import places

FIRST, SHORTCUTS = "开始", "快捷键"
PAGE_OF = {
    "home": FIRST, "targets": "名录", "inspectors": "名录", "items": "名录", "witnesses": "名录",
    "experts": "名录", "plans": "计划", "draws": "抽取", "inspections": "检查录入",
    "disclosures": "公示", "filings": "上下级备案", "sync": "数据同步", "devices": "设备管理",
    "journal": "操作日志", "accounts": "账号与密码", "backups": "备份与恢复", "settings": "系统设置",
}  # fmt: skip
_ORDER = (FIRST, "名录", "导入", "计划", "抽取", "检查录入", "公示")
_PICTURE_SHARE = 0.92


def manual_pages() -> dict[str, Path]:
    """Pages by the stem of their file: the year in order, then the others, the key sheet last."""
    found = {path.stem: path for path in sorted(places.manual().glob("*.md"))}
    rest = [name for name in found if name not in (*_ORDER, SHORTCUTS)]
    return {name: found[name] for name in (*_ORDER, *rest, SHORTCUTS) if name in found}


def title_of(path: Path) -> str:
    """The first line without its mark."""
    with path.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip() or path.stem


class _Browser(QTextBrowser):
    """Shows only files that lie in the manual; pictures fit the width."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder.resolve()
        self.setOpenLinks(False)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        url = QUrl(name)
        path = (self.folder / url.path()).resolve()
        is_ours = url.scheme() == "" and self.folder.parent in path.parents
        if kind != QTextDocument.ResourceType.ImageResource.value or not is_ours:
            return None
        from PySide6.QtGui import QImage  # noqa: PLC0415 - only where a page has pictures

        image = QImage(str(path))
        most = round(self.viewport().width() * _PICTURE_SHARE)
        smooth = Qt.TransformationMode.SmoothTransformation
        return image.scaledToWidth(most, smooth) if image.width() > most else image


class HelpWindow(QDialog):
    """Pages at the left, text at the right; stays beside the main window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("使用说明")
        self.resize(980, 640)
        self.setModal(False)
        self.paths = manual_pages()
        self.list = QListWidget()
        self.list.setAccessibleName("说明目录")
        self.list.setFixedWidth(self.fontMetrics().height() * 9)
        for name, path in self.paths.items():
            item = QListWidgetItem(title_of(path))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        self.browser = _Browser(places.manual())
        self.browser.setAccessibleName("说明正文")
        self.browser.anchorClicked.connect(self._follow)
        self.list.currentItemChanged.connect(self._on_chosen)
        row = QHBoxLayout(self)
        row.addWidget(self.list)
        row.addWidget(self.browser, 1)

    def open_page(self, name: str) -> None:
        """Show a page; one that is not there gives the first."""
        wanted = name if name in self.paths else FIRST
        for row, stem in enumerate(self.paths):
            if stem == wanted:
                self.list.setCurrentRow(row)
        self.show()
        self.raise_()

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            path = self.paths[item.data(Qt.ItemDataRole.UserRole)]
            self.browser.setMarkdown(path.read_text(encoding="utf-8"))

    def _follow(self, url: QUrl) -> None:
        stem = Path(url.path()).stem
        if url.scheme() == "" and stem in self.paths:
            self.open_page(stem)

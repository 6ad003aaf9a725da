"""Writing a file the clerk asked for: choose the place, write in the background, open the folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from ssj_desktop.formats.files import write_atomically
from ssj_desktop.ui.tasks import Progress, run_counted_task

Make = Callable[[Progress], bytes]
WORKBOOK = "Excel 工作簿 (*.xlsx)"
PDF = "PDF (*.pdf)"
_FORBIDDEN = '\\/:*?"<>|'


def ask_and_save(parent: QWidget, title: str, name: str, kinds: str, make: Make) -> None:
    """Ask where to, then write; the folder opens when the file is there."""
    safe = "".join("_" if sign in _FORBIDDEN else sign for sign in name)
    chosen, _ = QFileDialog.getSaveFileName(parent, title, safe, kinds)
    if chosen:
        path = Path(chosen)
        work = partial(_write, path, make)
        run_counted_task(parent, f"正在写 {path.name} …", work, lambda _: open_folder(path.parent))


def _write(path: Path, make: Make, progress: Progress) -> None:
    write_atomically(path, make(progress))


def open_folder(folder: Path) -> None:
    """Show a folder in the system's own file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

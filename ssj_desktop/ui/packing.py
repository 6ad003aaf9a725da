"""导出诊断包: choose a file, write the pack."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ssj_desktop import places
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import write_pack
from ssj_desktop.ui.errors import attempt


def export_pack(parent: QWidget | None, desk: Desk | None) -> None:
    """A zip without personal data, for support."""
    name, _ = QFileDialog.getSaveFileName(parent, "导出诊断包", "诊断包.zip", "*.zip")
    if name:
        attempt(parent, partial(write_pack, Path(name), places.user_folder(), desk, None))

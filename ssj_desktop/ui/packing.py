"""导出诊断包: choose a file, write the pack beside the window."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ssj_desktop import places
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import write_pack
from ssj_desktop.services.steps import Steps
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.tasks import wait_in_steps


def export_pack(parent: QWidget | None, desk: Desk | None) -> None:
    """A zip without personal data, for support; stopped between two checks it leaves no file."""
    name, _ = QFileDialog.getSaveFileName(parent, "导出诊断包", "诊断包.zip", "*.zip")
    if not name:
        return

    def work(steps: Steps) -> None:
        write_pack(Path(name), places.user_folder(), desk, None, steps)

    attempt(parent, partial(wait_in_steps, parent, "正在写诊断包", work))

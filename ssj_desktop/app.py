"""``ssj-desktop``: start the window."""

import argparse
import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import sqlalchemy  # noqa: F401 - before Qt, whose import hook reads every later module's source
from PySide6.QtCore import QLockFile
from PySide6.QtWidgets import QApplication, QMessageBox

from ssj_desktop import places
from ssj_desktop.domain.errors import SsjError
from ssj_desktop.formats.excel.child import FLAG
from ssj_desktop.formats.excel.child import main as read_workbook_in_child
from ssj_desktop.queries.office import find_setting
from ssj_desktop.ui.errors import on_bug, show_refusal
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.start import FirstRun, SignIn
from ssj_desktop.ui.theme import TEXT_SIZE_SETTING, apply_theme, prepare_environment

_LOG_BYTES, _LOGS_KEPT = 1_000_000, 5


def main() -> int:
    """Open the store named by --store (default: the user's own) and show the window."""
    if sys.argv[1:2] == [FLAG]:
        return read_workbook_in_child(sys.argv[2])
    parser = argparse.ArgumentParser(prog="ssj-desktop")
    parser.add_argument("--store", default=str(places.user_folder() / "office.ssj"))
    options, _ = parser.parse_known_args()
    store = Path(options.store)
    start_log()
    prepare_environment()
    app = QApplication(sys.argv[:1])
    apply_theme(app)
    sys.excepthook = on_bug
    lock = lock_store(store)
    if lock is None:
        QMessageBox.information(
            None, "已经打开", "本程序已经打开了这个数据库。请切换到已打开的窗口。"
        )
        return 1
    return show_window(app, store)


def start_log() -> None:
    """A rotating log in the user's folder; it holds tracebacks, no registry data."""
    folder = places.user_folder()
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / "ssj.log", maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8"
    )
    logging.getLogger("ssj").addHandler(handler)


def lock_store(store: Path) -> QLockFile | None:
    """One window per store."""
    store.parent.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(store.with_suffix(".lock")))
    lock.setStaleLockTime(0)
    return lock if lock.tryLock(100) else None


def show_window(app: QApplication, store: Path) -> int:
    try:
        dialog = SignIn(store) if store.exists() else FirstRun(store)
    except SsjError as refusal:
        show_refusal(None, refusal)
        return 1
    if not dialog.exec() or dialog.desk is None:
        return 0
    apply_theme(app, dialog.desk.ask(find_setting, TEXT_SIZE_SETTING, "标准"))
    window = MainWindow(dialog.desk)
    window.show()
    code = app.exec()
    dialog.desk.close()
    return code

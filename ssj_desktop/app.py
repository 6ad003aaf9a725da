"""``ssj-desktop``: start the window."""

import argparse
import sys
from functools import partial
from pathlib import Path

import sqlalchemy  # noqa: F401 - before Qt, whose import hook reads every later module's source
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from ssj_desktop import places
from ssj_desktop.domain.errors import KeysDamaged, SsjError
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.formats.children import run_as_child
from ssj_desktop.queries.health import check_clock
from ssj_desktop.queries.office import find_setting
from ssj_desktop.services.backups import back_up_if_changed, protect
from ssj_desktop.services.data_place import remembered_store
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.field_bundles import erase_field_copy
from ssj_desktop.services.key_checks import key_file_faults
from ssj_desktop.ui.crash import CrashReports
from ssj_desktop.ui.errors import offer_pack, show_refusal
from ssj_desktop.ui.first_run import FirstRun
from ssj_desktop.ui.keeper import Keeper, backup_fault
from ssj_desktop.ui.key_rescue import offer_copy
from ssj_desktop.ui.leaving import ERASE_WANTED
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.memory import MEMORY
from ssj_desktop.ui.missing_store import Opening, find_opening, refusal_of_place
from ssj_desktop.ui.packing import export_pack
from ssj_desktop.ui.pages import load_page_modules
from ssj_desktop.ui.single import Doorbell, lock_store, raise_window, ring
from ssj_desktop.ui.start import SignIn
from ssj_desktop.ui.table_view import leave_plain_text
from ssj_desktop.ui.tasks import wait_for
from ssj_desktop.ui.theme import TEXT_SIZE_SETTING, apply_theme, prepare_environment
from ssj_desktop.ui.widgets import plain_tip


def main() -> int:
    """Open the store named by --store (default: the user's own) and show the window."""
    as_child = run_as_child(sys.argv[1:])
    if as_child is not None:
        return as_child
    parser = argparse.ArgumentParser(prog="ssj-desktop")
    parser.add_argument("--store", default=str(remembered_store()))
    options, _ = parser.parse_known_args()
    prepare_environment()
    app = QApplication(sys.argv[:1])
    apply_theme(app)
    reports = CrashReports(places.user_folder())
    try:
        return _open_once(app, Path(options.store))
    finally:
        reports.remove()


class Elsewhere(Exception):
    """The clerk named another database to open."""

    def __init__(self, store: Path) -> None:
        super().__init__(str(store))
        self.store = store


def _open_once(app: QApplication, store: Path) -> int:
    """One window per database; a second start raises the first."""
    opening = find_opening(store)
    if opening is None:
        return 0
    try:
        lock = lock_store(opening.store)
    except OSError as problem:
        show_refusal(None, refusal_of_place(problem, opening.store))
        return 1
    if lock is None:
        if not ring(opening.store):
            QMessageBox.information(
                None, "已经打开", "本程序已经打开了这个数据库。请切换到已打开的窗口。"
            )
        return 1
    try:
        return show_window(app, opening)
    except Elsewhere as other:
        lock.unlock()
        return _open_once(app, other.store)


def show_window(app: QApplication, opening: Opening) -> int:
    """Sign in and work, again for each user who follows."""
    locks = list[object]()
    while True:
        desk = ask_who(opening)
        if desk is None:
            return 0
        if desk.database.path != opening.store:
            locks.append(lock_store(desk.database.path))  # just founded in another folder
        code, another = work(app, desk if desk.read_only else protect(desk))
        if not another:
            return code
        opening = Opening(desk.database.path)


def ask_who(opening: Opening) -> Desk | None:
    """The desk of whoever signs in or founds the store; None when nobody does."""
    offer_pack(lambda: export_pack(None, None))
    store = opening.store
    try:
        dialog = FirstRun(store) if opening.is_new else SignIn(store)
    except KeysDamaged as refusal:
        return ask_who(opening) if offer_copy(None, store, refusal) else None
    except SsjError as refusal:
        show_refusal(None, refusal)
        return None
    bell = Doorbell(store, lambda: raise_window(dialog))
    signed_in = dialog.exec()
    bell.close()
    if dialog.existing is not None:
        raise Elsewhere(dialog.existing)
    return dialog.desk if signed_in else None


def work(app: QApplication, desk: Desk) -> tuple[int, bool]:
    """The window until it is closed, then the backup; whether another user wants to sign in."""
    apply_theme(app, desk.ask(find_setting, TEXT_SIZE_SETTING, "标准"))
    MEMORY.open(places.user_folder(), desk.actor.name)
    app.aboutToQuit.connect(leave_plain_text)
    window = MainWindow(desk)
    keeper = None if desk.read_only else Keeper(desk, window.statusBar().showMessage, window)
    bell = Doorbell(desk.database.path, lambda: raise_window(window))
    offer_pack(lambda: export_pack(window, desk))
    window.show()
    window.open_ahead(load_page_modules())
    warn_of_clock(window, desk)
    warn_of_keys(window, desk)
    if keeper is not None:
        window.leave = partial(back_up_on_exit, window, keeper, desk)
    code = app.exec()
    window.end_session()
    bell.close()
    MEMORY.close()
    is_erased, is_switched = bool(window.property(ERASE_WANTED)), window.switch_wanted
    window.deleteLater()  # two thousand parts, which the window of the next user would wait for
    if is_erased:
        return erase(desk), False
    desk.close()
    return code, is_switched


def erase(desk: Desk) -> int:
    """A field laptop is emptied when nothing reads its store any more."""
    try:
        files = erase_field_copy(desk)
    except SsjError as refusal:
        show_refusal(None, refusal)
        desk.close()
        return 1
    text = f"外业副本已清除，共 {len(files)} 个文件。"
    QMessageBox.information(None, "清除外业副本", plain_tip(text))
    return 0


def warn_of_clock(window: MainWindow, desk: Desk) -> None:
    """A clock that cannot be right asks for attention; a long pause gets a line only."""
    seen = desk.ask(check_clock, desk.surroundings.now())
    if seen.text:
        window.statusBar().showMessage(f"{seen.text}。")
    if seen.severe:
        QMessageBox.warning(window, "时钟", plain_tip(f"{seen.text}。"))


def warn_of_keys(window: MainWindow, desk: Desk) -> None:
    """A slot that was changed fails when it is needed most; whoever signs in is told before that."""
    faults = key_file_faults(desk)
    if faults:
        QMessageBox.warning(window, "密钥文件", plain_tip("\n".join(faults)))


def back_up_on_exit(window: QWidget, keeper: Keeper, desk: Desk) -> None:
    """While the window is still there to say so; a refusal is shown, for it may still be put right."""
    keeper.stop()
    if window.property(ERASE_WANTED):
        keeper.wait()
        return

    def make() -> str:
        keeper.wait()
        return backup_fault(back_up_if_changed(desk, BackupReason.EXIT))

    try:
        fault = "" if desk.office.rehearsal else wait_for(window, "正在备份，请不要关机……", make)
        if fault:
            QMessageBox.information(window, "备份", plain_tip(fault))
    except SsjError as refusal:
        show_refusal(window, refusal)

"""A database that is not where it was is never taken for a first start: that would found an empty one."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.services.data_place import (
    default_store,
    is_gone,
    refuse_other_file,
    remember_store,
)
from ssj_desktop.services.key_copies import has_backups
from ssj_desktop.ui.errors import ask_way, attempt

OPEN, REPAIR, FOUND, LEAVE = "打开已有数据库…", "用备份修复", "另建新库", "退出"


@dataclass(frozen=True, slots=True)
class Opening:
    """The store to open, or to found where ``is_new``."""

    store: Path
    is_new: bool = False


def find_opening(store: Path) -> Opening | None:
    """What to do with this place; asks when a database was here and is gone, None to leave it."""
    if store.exists():
        return Opening(store)
    if not is_gone(store):
        return Opening(store, is_new=True)
    choice = _ask(store)
    if choice == REPAIR:
        return Opening(store)
    if choice == FOUND:
        return Opening(store if store.parent.is_dir() else default_store(), is_new=True)
    if choice != OPEN:
        return None
    chosen = choose_store(None)
    return Opening(chosen) if chosen else find_opening(store)


def choose_store(parent: QWidget | None) -> Path | None:
    """An existing database with its key file; it is opened from now on."""
    name, _ = QFileDialog.getOpenFileName(
        parent, "打开已有数据库", str(default_store().parent), "数据库 (*.ssj)"
    )
    chosen = Path(name)
    if not name or not attempt(parent, lambda: refuse_other_file(chosen)):
        return None
    remember_store(chosen)
    return chosen


def _ask(store: Path) -> str:
    repair = [REPAIR] if has_backups(store) else []
    ways = "用旁边的备份和日志镜像修复；" if repair else ""
    more = (
        "它以前在这里。请先检查硬盘是否接好、文件夹是否改名或移动过。"
        f"可以指明它现在的位置；{ways}另建的是空库，里面没有以前的数据。"
    )
    text = f"找不到数据库“{store}”。"
    return ask_way(None, "找不到数据库", text, more, [OPEN, *repair, FOUND, LEAVE])


def refusal_of_place(problem: OSError, store: Path) -> StoreRefused:
    return StoreRefused(
        f"打不开数据文件夹“{store.parent}”（{problem.strerror}）。",
        "请检查硬盘是否接好、有没有权限。",
    )

"""A raw connection to an encrypted file, and what SQLite's complaints mean to a clerk.

Rollback journal with ``synchronous=EXTRA``: a hand copy of the idle file holds everything and an
acknowledged commit survives a power cut.
"""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import exc

from ssj_desktop import places
from ssj_desktop.domain.errors import StoreDamaged, StoreRefused

OLDEST_SQLITE = (3, 51, 3)
_BUSY_SECONDS = 10


def refuse_old_sqlite() -> None:
    if sqlcipher.sqlite_version_info < OLDEST_SQLITE:
        raise StoreRefused("数据库组件版本过旧，可能丢失数据。", "请重新安装本程序。")


def connect(path: Path, key: bytes) -> Any:
    connection = sqlcipher.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
    )
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")  # so that REPLACE is captured whole
    return connection


@contextmanager
def opened(path: Path, key: bytes) -> Iterator[Any]:
    """A raw connection that is closed at the end."""
    with named_refusals(path), closing(connect(path, key)) as connection:
        yield connection


_DAMAGES = (
    ("not a database", "不是本程序的数据库，或已损坏。", "请检查路径；如已损坏，请用备份修复。"),
    ("malformed", "有一处读不出来，可能已损坏。", "请再试一次；如仍出现，请用最近的备份修复。"),
)
_REFUSALS = (
    ("locked", "正被另一个程序占用。", "请关闭其他窗口后重试。"),
    ("readonly", "是只读的。", "请检查文件权限。"),
    ("unable to open", "打不开。", "请检查路径和权限。"),
    ("disk i/o error", "读写出错，没有写入任何内容。", "请检查磁盘后重试。"),
)
_MEGABYTE = 1024 * 1024


@contextmanager
def named_refusals(path: Path) -> Iterator[None]:
    """Turn what SQLite complains of into a fact and a remedy; anything else stays a bug."""
    try:
        yield
    except (exc.DBAPIError, sqlcipher.DatabaseError) as problem:
        refusal = _refusal(path, str(getattr(problem, "orig", problem)).lower())
        if refusal is None:
            raise
        raise refusal from problem


def _refusal(path: Path, complaint: str) -> StoreRefused | None:
    if "disk is full" in complaint:
        return disk_full(path)
    for sign, fact, remedy in _DAMAGES:
        if sign in complaint:
            return StoreDamaged(f"数据库“{path}”{fact}", remedy)
    for sign, fact, remedy in _REFUSALS:
        if sign in complaint:
            return StoreRefused(f"数据库“{path}”{fact}", remedy)
    return None


def disk_full(path: Path) -> StoreRefused:
    """Names the drive, what is left on it and what is needed."""
    drive = path.absolute().anchor if sys.platform == "win32" else str(path.parent)
    left = places.free_bytes(path) // _MEGABYTE
    return StoreRefused(
        f"“{drive}”所在磁盘已满（剩余 {left} MB），没有写入任何内容。",
        f"请清理出至少 {needed_bytes(path) // _MEGABYTE} MB 后重试。",
    )


def needed_bytes(path: Path) -> int:
    """Room for one more copy of the store, its journal and some work."""
    size = path.stat().st_size if path.exists() else 0
    return size * 2 + 16 * _MEGABYTE


def refuse_full_disk(path: Path, folder: Path) -> None:
    """Before a long write: StoreRefused unless ``folder`` has room for a copy of ``path``."""
    need = needed_bytes(path)
    left = places.free_bytes(folder / "x")
    if left < need:
        raise StoreRefused(
            f"“{folder}”所在磁盘空间不足：需要 {need // _MEGABYTE} MB，剩余 {left // _MEGABYTE} MB。",
            "请清理磁盘后重试。",
        )


def refuse_unsafe_drive(path: Path) -> None:
    """The live store lies on a fixed drive of this machine (trust 7)."""
    names = {places.NETWORK: "网络盘", places.REMOVABLE: "移动盘"}
    name = names.get(places.drive_kind(path))
    if name is not None:
        raise StoreRefused(
            f"“{path}”在{name}上，正在使用的数据库不能放在那里，断开时会丢失数据。",
            "请把数据库和 .keys 文件一起复制到本机硬盘再打开；移动盘只放备份和交换包。",
        )

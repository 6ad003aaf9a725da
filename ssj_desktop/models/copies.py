"""Verified copies of a store: what is in a file, whether it is sound, and copying it whole.

These work on a path and its data key, so that a backup is looked at without the desk, and never
by upgrading it.
"""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ssj_desktop import places
from ssj_desktop.domain.errors import StoreDamaged, StoreRefused
from ssj_desktop.models.cipher import opened, refuse_full_disk
from ssj_desktop.models.mending import mend_free_pages

PAGES_OF_A_STEP = 256
_PAUSE_SECONDS = 0.002
_CHECKSUMS, _STRUCTURE = "PRAGMA cipher_integrity_check", "PRAGMA quick_check"


@dataclass(frozen=True, slots=True)
class Facts:
    """What two files of one state agree in: schema, rows of every table, head of the journal."""

    schema: str
    rows: tuple[tuple[str, int], ...]
    epoch: int
    sequence: int
    head: str
    at: str

    @property
    def row_count(self) -> int:
        return sum(count for _, count in self.rows)


def read_facts(connection: Any) -> Facts:
    """Counts and head of an open file."""
    tables = sorted(
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_")
    )
    rows = tuple((table, _count(connection, table)) for table in tables)
    schema = ""
    if "alembic_version" in tables:
        schema = next(connection.execute("SELECT version_num FROM alembic_version"), ("",))[0]
    last = None
    if "journal" in tables:
        last = connection.execute(
            "SELECT epoch, sequence, hash, at FROM journal ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
    epoch, sequence, head, at = last or (0, 0, "0" * 64, "1970-01-01T00:00:00+00:00")
    return Facts(schema, rows, epoch, sequence, head, at)


def _count(connection: Any, table: str) -> int:
    (count,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    return int(count)


def facts_of(path: Path, key: bytes) -> Facts:
    with opened(path, key) as connection:
        return read_facts(connection)


@dataclass(frozen=True, slots=True)
class Soundness:
    """``faults`` of pages that hold something; ``idle`` are unused pages with rubbish in them.

    SQLite does not journal a page of the free list that holds nothing, never reads it and writes it
    whole before it is used again, so a power cut may leave it half written and nothing is lost.
    """

    faults: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()


def check_pages(path: Path, key: bytes) -> Soundness:
    """Every page against its checksum, then everything the trees and the free list reach."""
    if not _answers(path, key, _CHECKSUMS, _STRUCTURE):
        return Soundness()
    refused, reached = _answers(path, key, _CHECKSUMS), _answers(path, key, _STRUCTURE)
    return Soundness(refused or reached) if reached else Soundness(idle=refused)


def find_faults(path: Path, key: bytes) -> tuple[str, ...]:
    """What SQLCipher and SQLite find wrong with a file; nothing when it is sound."""
    return check_pages(path, key).faults


def _answers(path: Path, key: bytes, *questions: str) -> tuple[str, ...]:
    """On a connection of their own: SQLCipher stays with its first error."""
    try:
        with opened(path, key) as connection:
            found = (row for question in questions for row in connection.execute(question))
            answers = (str(row[0]) for row in found)
            return tuple(_in_chinese(answer) for answer in answers if answer != "ok")
    except StoreDamaged as damage:
        return (damage.message,)


def _in_chinese(answer: str) -> str:
    page = re.search(r"page (\d+)", answer)
    return f"第 {page[1]} 页校验不符" if page else f"结构检查不符（{answer[:60]}）"


@dataclass(frozen=True, slots=True)
class ProvenCopy:
    """Where it is, what it holds, and how many unused pages of the original were mended for it."""

    path: Path
    facts: Facts
    mended: int = 0


def copy_store(
    source: Path, key: bytes, folder: Path, name_of: Callable[[Facts], str]
) -> ProvenCopy:
    """Copy a store in use into ``folder``; StoreRefused and no file unless the copy is proven.

    Made under a temporary name, opened with the key, checked page by page, its counts and its
    journal head compared with the original, then renamed to what ``name_of`` calls its content.
    """
    temporary = folder / f".{source.name}.part"
    try:
        places.make_folder(folder)
        refuse_full_disk(source, folder)
        temporary.unlink(missing_ok=True)
        expected, mended = _proven_copy(source, key, temporary)
        places.sync_file(temporary)
        target = folder / name_of(expected)
        places.replace(temporary, target)
    except OSError as problem:
        raise StoreRefused(
            f"备份写不到“{folder}”（{problem.strerror}）。", "请检查磁盘和权限后重试。"
        ) from problem
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return ProvenCopy(target, expected, mended)


def _proven_copy(source: Path, key: bytes, target: Path) -> tuple[Facts, int]:
    """Tried once more when only unused pages of the source were bad; how many they were."""
    try:
        return _checked_copy(source, key, target), 0
    except StoreDamaged:
        mended = mend_free_pages(source, key)
        if not mended:
            raise
    target.unlink(missing_ok=True)
    return _checked_copy(source, key, target), mended


def _checked_copy(source: Path, key: bytes, target: Path) -> Facts:
    expected = _copy_consistently(source, key, target)
    _refuse_bad_copy(target, key, expected)
    return expected


def _copy_consistently(source: Path, key: bytes, target: Path) -> Facts:
    """In small steps beside other work; in one step when something was written meanwhile."""
    with opened(source, key) as origin:
        before = read_facts(origin)
        _copy_pages(origin, target, key, PAGES_OF_A_STEP)
        if read_facts(origin) == before:
            return before
        target.unlink()
        origin.execute("BEGIN")
        before = read_facts(origin)
        _copy_pages(origin, target, key, -1)
        origin.execute("COMMIT")
        return before


def _copy_pages(origin: Any, target: Path, key: bytes, pages: int) -> None:
    with opened(target, key) as copy:
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        origin.backup(
            copy, pages=pages, progress=lambda *_: time.sleep(_PAUSE_SECONDS), sleep=_PAUSE_SECONDS
        )


def _refuse_bad_copy(path: Path, key: bytes, expected: Facts) -> None:
    faults = find_faults(path, key)
    if faults:
        raise StoreDamaged(
            f"备份没有通过检查（{faults[0]}），数据库可能已损坏。",
            "请马上检查数据库并联系技术支持。",
        )
    if facts_of(path, key) != expected:
        raise StoreRefused("备份与数据库核对不符，没有保留。", "请重试一次。")

"""Repairing a damaged store: the newest good backup, the mirror played onto it, what is lost.

The damaged file is only read, on a new connection after each error, because SQLCipher stays with
its first one. It is kept beside the repaired one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ssj_desktop.domain.errors import RuleViolation, SsjError, StoreRefused
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.models.base import Base
from ssj_desktop.models.cipher import connect, named_refusals
from ssj_desktop.models.copies import find_faults
from ssj_desktop.services.proving import Credentials, prove
from ssj_desktop.services.restoring import Restored, RestorePlan, compare, restore
from ssj_desktop.services.surroundings import Surroundings

_NOT_BUSINESS = frozenset({"journal", "operations", "row_heads", "open_entry", "segments"})
_THERE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
Rows = dict[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class TableLoss:
    """One table: rows only the damaged file has, rows it has otherwise, whether it ends early."""

    table: str
    missing: int
    changed: int
    unreadable: bool


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """What a repair would do; nothing is written yet."""

    restore: RestorePlan
    faults: tuple[str, ...]
    skipped: int
    losses: tuple[TableLoss, ...]

    @property
    def rows_lost(self) -> int:
        return sum(loss.missing + loss.changed for loss in self.losses)

    @property
    def loss_text(self) -> str:
        """For the confirmation: what the backup by itself does not have."""
        unread = [loss.table for loss in self.losses if loss.unreadable]
        parts = [f"损坏文件里能读出、备份里没有或不同的 {self.rows_lost} 行"]
        if unread:
            parts.append(f"{len(unread)} 张表读不全")
        return f"{'，'.join(parts)}；{self.restore.loss_text}"


@dataclass(frozen=True, slots=True)
class Repaired:
    """The repaired store compared with what the damaged file still tells."""

    restored: Restored
    losses: tuple[TableLoss, ...]

    @property
    def rows_lost(self) -> int:
        return sum(loss.missing for loss in self.losses)

    @property
    def text(self) -> str:
        """What came back, and what did not."""
        played = self.restored.replayed
        back = played.text if played else "没有可用的日志镜像"
        lost = f"损坏文件里有 {self.rows_lost} 行没有恢复" if self.rows_lost else "没有发现丢失的行"
        return f"{back}，{lost}。"


def plan_repair(
    store: Path,
    who: Credentials,
    folders: Sequence[Path] = (),
    around: Surroundings | None = None,
) -> RepairPlan:
    """The newest backup that is sound, of the usual place and of ``folders``."""
    skipped, candidates = 0, _candidates(store, folders)
    if candidates:
        prove(store, candidates, who, around or Surroundings())
    for backup in candidates:
        try:
            plan = compare(store, backup, who)
        except StoreRefused:
            skipped += 1
            continue
        faults = _faults_of(store, plan)
        if not faults:
            raise RuleViolation(
                "数据库逐页检查没有发现损坏。", "请再登录一次；仍有问题请导出诊断包。"
            )
        losses = tuple(_losses((store, plan.keys.after), (backup, plan.keys.backup)))
        wanted = replace(plan, act="从备份修复", replay=True, folders=tuple(folders))
        return RepairPlan(wanted, faults, skipped, losses)
    raise StoreRefused(
        "没有找到完好的备份。", "请接上第二备份位置的移动盘，再用 ssj restore 指定备份文件。"
    )


def _faults_of(store: Path, plan: RestorePlan) -> tuple[str, ...]:
    """An empty file has no bad page and is no store all the same."""
    faults = find_faults(store, plan.keys.after) if store.exists() else ("文件不见了",)
    if not faults and (plan.present is None or not plan.present.schema):
        return ("文件里没有内容",)
    return faults


def _candidates(store: Path, folders: Iterable[Path]) -> list[Path]:
    found = [each for folder in (backups_folder(store), *folders) for each in list_backups(folder)]
    return [each.path for each in sorted(found, key=lambda each: each.name.place, reverse=True)]


def _losses(damaged: tuple[Path, bytes], sound: tuple[Path, bytes]) -> Iterator[TableLoss]:
    with closing(Reader(*damaged)) as old, closing(Reader(*sound)) as new:
        for table in sorted(set(Base.metadata.tables) - _NOT_BUSINESS):
            there, complete = old.rows_of(table)
            kept, _ = new.rows_of(table)
            missing = sum(key not in kept for key in there)
            changed = sum(key in kept and kept[key] != row for key, row in there.items())
            yield TableLoss(table, missing, changed, unreadable=not complete)


class Reader:
    """Of a file that may be damaged. The connection that met an error is not used again."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key
        self._connection: Any = None

    def rows_of(self, table: str) -> tuple[Rows, bool]:
        """Rows by their key as far as they can be read, and whether that is all of them."""
        rows: Rows = {}
        try:
            with named_refusals(self._path):
                return rows, self._path.is_file() and self._read(table, rows)
        except SsjError:
            self.close()
            return rows, False

    def _read(self, table: str, rows: Rows) -> bool:
        if self._connection is None:
            self._connection = connect(self._path, self._key)
        if not self._connection.execute(_THERE, (table,)).fetchone():
            return False
        keys = [f'"{each.name}"' for each in Base.metadata.tables[table].primary_key]
        query = f'SELECT {", ".join(keys)}, * FROM "{table}" NOT INDEXED'  # noqa: S608
        for row in self._connection.execute(query):
            rows[repr(row[: len(keys)])] = tuple(row)
        return True

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def repair(plan: RepairPlan, who: Credentials, surroundings: Surroundings) -> Repaired:
    """Put the backup in the place of the damaged file, which is kept and compared."""
    done, key = restore(plan.restore, who, surroundings), plan.restore.keys.after
    losses = tuple(_losses((done.kept, key), (done.store, key))) if done.kept else ()
    return Repaired(done, losses)

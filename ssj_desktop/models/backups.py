"""The folder of backups beside a store: making one, listing them, thinning them.

Every backup is a store of its own, with its key file: it opens with the passwords of its day.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.domain.backups import BackupName, choose_kept, parse_backup_name
from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models.copies import Facts, copy_store, facts_of, find_faults
from ssj_desktop.models.keyfile import keyfile_of


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup file and what its name says; ``mended`` pages of the store while it was made."""

    path: Path
    name: BackupName
    size: int
    mended: int = 0


def backups_folder(store: Path) -> Path:
    return store.with_name(f"{store.stem}-backups")


def list_backups(folder: Path) -> tuple[Backup, ...]:
    """The newest first; files that are no backups are not touched and not listed."""
    found = []
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in folder.iterdir():
            name = parse_backup_name(path.name)
            if name is not None and path.is_file():
                found.append(Backup(path, name, path.stat().st_size))
    return tuple(sorted(found, key=lambda backup: backup.name.place, reverse=True))


def make_backup(
    store: Path, key: bytes, reason: BackupReason, folder: Path | None = None
) -> Backup:
    """A proven copy of the present state; the one that is there already when nothing changed."""
    folder = folder or backups_folder(store)
    facts = facts_of(store, key)
    known = _known(folder, facts)
    if (
        known is not None
        and not find_faults(known.path, key)
        and facts_of(known.path, key) == facts
    ):
        return known
    copy = copy_store(store, key, folder, lambda seen: name_for(seen, reason).file_name)
    _copy_keys(store, copy.path)
    size = copy.path.stat().st_size
    return Backup(copy.path, name_for(copy.facts, reason), size, copy.mended)


def is_backed_up(store: Path, key: bytes, folder: Path | None = None) -> bool:
    """Whether a backup of the present head exists; its content is not looked at."""
    return _known(folder or backups_folder(store), facts_of(store, key)) is not None


def name_for(facts: Facts, reason: BackupReason) -> BackupName:
    at = datetime.fromisoformat(facts.at)
    return BackupName(facts.epoch, facts.sequence, facts.head[:12], at, reason)


def _known(folder: Path, facts: Facts) -> Backup | None:
    for backup in list_backups(folder):
        if backup.name.place == (facts.epoch, facts.sequence) and facts.head.startswith(
            backup.name.head
        ):
            return backup
    return None


def _copy_keys(store: Path, backup: Path) -> None:
    """The key file as it is now; a store without one keeps its backups without one."""
    try:
        places.copy(keyfile_of(store), keyfile_of(backup))
    except FileNotFoundError:
        return
    except OSError as problem:
        raise StoreRefused(
            f"密钥文件备份不到“{backup.parent}”（{problem.strerror}）。", "请检查磁盘和权限后重试。"
        ) from problem


def thin_out(folder: Path) -> tuple[Path, ...]:
    """Delete what the rule does not keep; gives the deleted files."""
    known = list_backups(folder)
    kept = choose_kept(backup.name for backup in known)
    gone = [backup.path for backup in known if backup.name not in kept]
    _delete(gone)
    return tuple(gone)


def _delete(backups: Iterable[Path]) -> None:
    for path in backups:
        for file in (path, keyfile_of(path)):
            with suppress(OSError):
                file.unlink(missing_ok=True)

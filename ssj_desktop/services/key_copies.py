"""A damaged key file is put right from the copies beside the backups, before anybody can sign in.

A copy opens with the passwords of its day, and only a store under the same data key: whoever was
removed since gets nothing from it. The next sign-in enters in the journal that it was taken.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.models import keyfile
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.models.keyfile import KeyFile, keyfile_of


@dataclass(frozen=True, slots=True)
class KeyCopy:
    """A whole key file beside a backup, and when the last entry of that backup was made."""

    path: Path
    at: datetime
    keys: KeyFile


def find_key_copy(store: Path, account: str = "") -> KeyCopy | None:
    """The newest that is as it was written; one with a slot of ``account`` where one is asked for."""
    for backup in list_backups(backups_folder(store)):
        path = keyfile_of(backup.path)
        try:
            keys = keyfile.read_keyfile(path)
        except StoreRefused:
            continue
        if not keys.unsound and (not account or keys.slot(account)):
            return KeyCopy(path, backup.name.at, keys)
    return None


def has_backups(store: Path) -> bool:
    return bool(list_backups(backups_folder(store)))


def take_keys_back(store: Path, copy: KeyCopy, account: str = "") -> None:
    """The whole file, or the slot of ``account`` alone; what was there is kept beside it."""
    path, slot = keyfile_of(store), copy.keys.slot(account)
    keys = copy.keys if slot is None else keyfile.read_keyfile(path).with_slot(slot)
    try:
        _keep_damaged(path)
        keyfile.write_keyfile(path, keys)
    except OSError as problem:
        raise StoreRefused(
            f"密钥文件写不到“{path.parent}”（{problem.strerror}）。", "请检查磁盘和权限后重试。"
        ) from problem


def _keep_damaged(path: Path) -> None:
    """The first one stays until a sign-in has entered it in the journal."""
    kept = keyfile.damaged_of(path)
    if kept.exists():
        return
    if path.exists():
        places.copy(path, kept)
    else:
        kept.touch()

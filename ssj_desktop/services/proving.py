"""One counted attempt with a password before anything is put back: no way around the door."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.models import keyfile
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.keyfile import KeyFile
from ssj_desktop.services.signing_in import door_of, through_door
from ssj_desktop.services.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who restores; the password opens the key file of the store or that of the backup."""

    account: str
    password: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The backup's data key, and that of the store when this password opens it as well."""

    backup: bytes
    store: bytes | None

    @property
    def after(self) -> bytes:
        """The key of the restored store: that of the key file in use, where there is one."""
        return self.store or self.backup


def prove(store: Path, backups: Iterable[Path], who: Credentials, around: Surroundings) -> None:
    """Whether the password opens the store or a backup; StoreRefused, and counted, when none."""
    files = _key_files((store, *backups))
    if not files:
        raise StoreRefused("数据库和备份旁边都没有密钥文件。", "请从第二备份位置找回 .keys 文件。")
    door = door_of(store, around, files[0])
    through_door(door, who.account, lambda: (_first_key(files, who),))
    door.clear(who.account)


def _key_files(stores: Iterable[Path]) -> list[KeyFile]:
    """The different key files that can be read, that of the store first."""
    found: list[KeyFile] = []
    for store in stores:
        try:
            keys = keyfile.read_keyfile(keyfile.keyfile_of(store))
        except StoreRefused:
            continue
        if keys not in found:
            found.append(keys)
    return found


def _first_key(files: Iterable[KeyFile], who: Credentials) -> bytes:
    refusals = []
    for keys in files:
        try:
            return keyfile.unlock(keys.slots, who.account, who.password)
        except StoreRefused as refusal:
            refusals.append(refusal)
    raise refusals[0]


def find_keys(store: Path, backup: Path, who: Credentials) -> Keys:
    """The keys of both sides, for somebody proven; StoreRefused when the backup stays shut."""
    present = _try_unlock(keyfile.keyfile_of(store), who)
    for key in (present, *keyfile.former_keys_of(store, present)) if present else ():
        if _opens(backup, key):
            return Keys(key, present)
    slots = keyfile.read_slots(keyfile.keyfile_of(backup))
    return Keys(keyfile.unlock(slots, who.account, who.password), present)


def known_data_keys(store: Path, keys: Keys) -> tuple[bytes, ...]:
    """Every key a line of the mirror may be under, the present one first."""
    former = keyfile.former_keys_of(store, keys.store)
    return tuple(dict.fromkeys((keys.after, keys.backup, *former)))


def _try_unlock(path: Path, who: Credentials) -> bytes | None:
    try:
        return keyfile.unlock(keyfile.read_slots(path), who.account, who.password)
    except StoreRefused:
        return None


def _opens(path: Path, key: bytes) -> bool:
    try:
        with opened(path, key) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except StoreRefused:
        return False
    return True


def names_gone(store: Path, backup: Path) -> tuple[str, ...]:
    """Accounts that the backup's key file lets in and that of the store no longer does."""
    try:
        now = keyfile.read_slots(keyfile.keyfile_of(store))
        then = keyfile.read_slots(keyfile.keyfile_of(backup))
    except StoreRefused:
        return ()
    return tuple(sorted({slot.account for slot in then} - {slot.account for slot in now}))

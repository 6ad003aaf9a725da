"""Which store this user opens: the default place, or the one chosen at the first start."""

import json
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.domain.backups import parse_backup_name
from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.models.backups import backups_folder
from ssj_desktop.models.cipher import refuse_unsafe_drive
from ssj_desktop.models.keyfile import keyfile_of

STORE_NAME = "office.ssj"
_NOTE = "place.json"


def default_store() -> Path:
    return places.user_folder() / STORE_NAME


def remembered_store() -> Path:
    """The store chosen at the first start; the default place when there was no choice."""
    try:
        text = _note().read_text(encoding="utf-8")
        chosen = json.loads(text)["store"]
        return Path(chosen) if chosen else default_store()
    except (OSError, ValueError, KeyError, TypeError):
        return default_store()


def remember_store(store: Path) -> None:
    content = json.dumps({"store": str(store.absolute())}, ensure_ascii=False)
    write_atomically(_note(), content.encode())


def forget_store(store: Path) -> None:
    """It was erased on purpose: the next start is a first one."""
    if remembered_store() == store.absolute():
        _note().unlink(missing_ok=True)


def is_gone(store: Path) -> bool:
    """Whether a database was here and is not: its neighbours are left, or the note names a place."""
    left = keyfile_of(store).exists() or backups_folder(store).is_dir()
    return not store.exists() and (left or (store == remembered_store() and _note().exists()))


def refuse_other_file(chosen: Path) -> None:
    """StoreRefused for a backup, a stick, a file that is no database or has no key file beside it."""
    if parse_backup_name(chosen.name) is not None:
        raise StoreRefused(
            f"“{chosen.name}”是备份，不能直接在里面办理业务。",
            "请选择数据库文件本身；只剩备份的，用 ssj restore 恢复。",
        )
    refuse_unsafe_drive(chosen)
    if not keyfile_of(chosen).is_file():
        raise StoreRefused(
            f"“{chosen.name}”旁边没有密钥文件“{keyfile_of(chosen).name}”。",
            "请选择数据库文件本身，并把密钥文件和它放在一起。",
        )


def _note() -> Path:
    return places.user_folder() / _NOTE

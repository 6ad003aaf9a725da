"""What was changed in the key file behind the program's back: named, and mended where it can be."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidTag

from ssj_desktop import places
from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.models import keyfile
from ssj_desktop.models.keyfile import KeyFile
from ssj_desktop.queries.accounts import access_policy
from ssj_desktop.services.desk import Desk, Work

_WAYS_OUT = {
    keyfile.RECOVERY: "恢复单的部分被改动过，恢复单可能打不开数据库：请由安全管理员重新生成恢复单",
    "": "以前的密钥被改动过，换密钥以前的备份可能打不开：请用备份旁边的密钥文件恢复",
}


@dataclass(frozen=True, slots=True)
class ChangedKeys:
    """Whose parts of the key file had been changed, and whose were put right again."""

    parts: tuple[str, ...]
    mended: tuple[str, ...]


def mend_key_file(desk: Desk, password: str) -> None:
    """After a sign-in: put right what the own password and the store know, and journal the rest.

    The password has just opened the own slot, so that can be made anew; how many failures lock an
    account the store knows itself, also when another computer of the office changed it. Slots of
    others need their own password or a new one.
    """
    path = keyfile.keyfile_of(desk.database.path)
    _enter_copy(desk, keyfile.damaged_of(path))
    keys, failures = keyfile.read_keyfile(path), desk.ask(access_policy).failures
    if not keys.unsound and keys.failures == failures:
        return
    fresh = _mended(desk, keys, password, failures)
    with suppress(OSError, StoreRefused):  # named again at the next sign-in
        keyfile.write_keyfile(path, fresh)
    if not keys.unsound:
        return
    left = keyfile.read_keyfile(path).unsound
    mended = tuple(part for part in keys.unsound if part not in left)
    desk.do(note_changed_keys, ChangedKeys(keys.unsound, mended))


def _enter_copy(desk: Desk, kept: Path) -> None:
    """A copy took the place of the key file while nobody was signed in."""
    if kept.exists():
        desk.do(note_keys_taken_back, None)
        stamp = f"{desk.surroundings.now():%Y%m%dT%H%M%SZ}"
        with suppress(OSError):
            places.replace(kept, kept.with_name(f"{kept.name}-{stamp}"))


def note_keys_taken_back(work: Work, _: None) -> None:
    work.note("取回密钥文件", "备份旁边的副本", "office")


def _mended(desk: Desk, keys: KeyFile, password: str, failures: int) -> KeyFile:
    slot = keys.slot(desk.actor.name)
    if slot is not None and not slot.is_sound:
        keys = keys.with_slot(keyfile.rewrap(slot, password, password, slot.cost))
    if keys.is_sound or _leads_back(keys, desk.database.key):
        keys = replace(keys, failures=failures, check="")
    return keys


def _leads_back(keys: KeyFile, data_key: bytes) -> bool:
    """Whether every earlier data key can still be read."""
    try:
        keyfile.former_keys(keys, data_key)
    except (InvalidTag, ValueError):
        return False
    return True


def note_changed_keys(work: Work, command: ChangedKeys) -> None:
    """密钥文件有改动: whose parts, and which of them are right again."""
    parts, mended = _names(command.parts), _names(command.mended)
    work.note("密钥文件有改动", "、".join(parts), "office", mended=list(mended))


def _names(parts: tuple[str, ...]) -> tuple[str, ...]:
    known = {keyfile.RECOVERY: "恢复单", "": "登录限制和以前的密钥"}
    return tuple(known.get(part, part) for part in parts)


def key_file_faults(desk: Desk) -> tuple[str, ...]:
    """A sentence with its way out for each part that is not as the program wrote it."""
    try:
        keys = keyfile.read_keyfile(keyfile.keyfile_of(desk.database.path))
    except StoreRefused as refusal:
        return (f"{refusal.message}{refusal.remedy}",)
    return tuple(
        _WAYS_OUT.get(part, f"账号“{part}”的部分被改动过：请由安全管理员为其重设密码") + "。"
        for part in keys.unsound
    )

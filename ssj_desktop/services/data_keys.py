"""A new data key: after somebody leaves, or when a key may have leaked."""

from contextlib import suppress
from dataclasses import dataclass

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.permissions import refuse_unless_allowed
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models import keyfile, rekeying
from ssj_desktop.queries.accounts import public_keys
from ssj_desktop.services.account_admin import mark_removed
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.desk import Desk, Work


@dataclass(frozen=True, slots=True)
class NoteDataKey:
    """Why the key was changed, and whose password must be set anew."""

    reason: str
    left_out: tuple[str, ...]


def note_data_key(work: Work, command: NoteDataKey) -> None:
    work.note(
        "更换数据密钥", command.reason, "office", reissue=list(command.left_out)
    )  # fmt: skip


def change_data_key(desk: Desk, own_password: str, reason: str) -> tuple[str, ...]:
    """Re-encrypt the whole store; the accounts whose password must be set anew.

    A backup follows: the newest one is always under the key in use, and so is its key file.
    """
    refuse_unless_allowed(note_data_key.__name__, desk.actor.roles)
    return _change(desk, own_password, reason, ())


def remove_account(desk: Desk, name: str, own_password: str) -> tuple[str, ...]:
    """移除: mark the account, then lock it out of the file itself by a new data key."""
    keys = keyfile.read_keyfile(keyfile.keyfile_of(desk.database.path))
    keyfile.unlock(keys.slots, desk.actor.name, own_password)
    desk.do(mark_removed, name)
    return _change(desk, own_password, f"移除账号 {name}", (name,))


def _change(
    desk: Desk, own_password: str, reason: str, leaving: tuple[str, ...]
) -> tuple[str, ...]:
    keys = keyfile.read_keyfile(keyfile.keyfile_of(desk.database.path))
    keyfile.unlock(keys.slots, desk.actor.name, own_password)
    known = desk.ask(public_keys)
    publics = {name or keyfile.RECOVERY: key for name, key in known.items()}
    gone = (*leaving, *(s.account for s in keys.slots if s.account not in publics))
    with desk.alone():
        left_out = rekeying.change_data_key(desk.database, publics, keys.without(*gone))
    desk.do(note_data_key, NoteDataKey(reason, left_out))
    with suppress(SsjError):  # the key is changed; the next backup tells of its own trouble
        back_up(desk, BackupReason.AFTER_REKEY)
    return left_out

"""Passwords: changing the own one, setting another's, getting in with the recovery sheet."""

from dataclasses import dataclass
from pathlib import Path

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, StoreRefused
from ssj_desktop.domain.passwords import check_password, check_pin, refuse_reused
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models import keyfile
from ssj_desktop.models.keyfile import Cost, KeyFile
from ssj_desktop.queries.accounts import access_policy, former_passwords, pin_of
from ssj_desktop.services.account_admin import find_account
from ssj_desktop.services.accounts import (
    AddAccount,
    KeepSlot,
    add_account,
    keep_recovery,
    keep_slot,
    own_key,
)
from ssj_desktop.services.calibration import own_cost
from ssj_desktop.services.desk import Actor, Desk, Work
from ssj_desktop.services.signing_in import (
    door_of,
    enter,
    open_account,
    open_with,
    through_door,
)
from ssj_desktop.services.surroundings import Surroundings


def change_password(desk: Desk, own_password: str, fresh: str, cost: Cost | None = None) -> None:
    """Rewrap the own slot; five passwords back are refused."""
    name, path = desk.actor.name, keyfile.keyfile_of(desk.database.path)
    keys = keyfile.read_keyfile(path)
    slot = keys.slot(name)
    if slot is None:
        raise StoreRefused(f"密钥文件里没有账号“{name}”。", "请联系安全管理员重设密码。")
    door = door_of(desk.database.path, desk.surroundings, keys)
    through_door(door, name, lambda: keyfile.unlock_both(keys.slots, name, own_password))
    door.clear(name)
    _refuse_unfit(desk, name, fresh)
    renewed = keyfile.rewrap(slot, own_password, fresh, cost or own_cost())
    keyfile.write_keyfile(path, keys.with_slot(renewed))
    desk.do(keep_slot, KeepSlot(name, renewed.public, keyfile.verifier(fresh)))


def _refuse_unfit(desk: Desk, name: str, fresh: str) -> None:
    policy = desk.ask(access_policy)
    check_password(fresh, policy)
    former = desk.ask(former_passwords, name)[: policy.remembered]
    refuse_reused(any(keyfile.matches(fresh, known) for known in former), policy)


def check_own_password(desk: Desk, password: str) -> None:
    """The signed-in person again, after a lock of the screen; attempts count as at the door."""
    path = desk.database.path
    keys = keyfile.read_keyfile(keyfile.keyfile_of(path))
    name, door = desk.actor.name, door_of(path, desk.surroundings, keys)
    through_door(door, name, lambda: keyfile.unlock_both(keys.slots, name, password))
    door.clear(name)


def renew_password(
    path: Path,
    name: str | None,
    old: str,
    fresh: str,
    surroundings: Surroundings | None = None,
    cost: Cost | None = None,
) -> Desk:
    """Sign in with a password that must be changed, and change it."""
    desk = open_account(path, old, name, surroundings)
    try:
        change_password(desk, old, fresh, cost)
    except BaseException:
        desk.close()
        raise
    return desk


def reset_password(
    desk: Desk, name: str, fresh: str, own_password: str, cost: Cost | None = None
) -> None:
    """安全管理员 sets a password for somebody else, who must change it at the next sign-in."""
    if name == desk.actor.name:
        raise PermissionRefused("不能代设自己的密码。", "请用“修改密码”。")
    if Role.SECURITY_ADMIN not in desk.actor.roles:
        raise PermissionRefused("当前账号没有这项权限。", "请由安全管理员账号登录后办理。")
    path = keyfile.keyfile_of(desk.database.path)
    keys = keyfile.read_keyfile(path)
    data_key = keyfile.unlock(keys.slots, desk.actor.name, own_password)
    _refuse_unfit(desk, name, fresh)
    slot = keyfile.wrap(name, fresh, data_key, cost or own_cost())
    desk.do(replace_slot, KeepSlot(name, slot.public, keyfile.verifier(fresh), must_change=True))
    keyfile.write_keyfile(path, keys.with_slot(slot))
    door_of(desk.database.path, desk.surroundings, keys).clear(name)


def replace_slot(work: Work, command: KeepSlot) -> None:
    """代设密码: only for an active account that has a password at all."""
    find_account(work, command.name)
    if own_key(work, command.name).pin:
        raise InvalidInput(f"“{command.name}”用 PIN，没有密码。", "请重设 PIN。")
    keep_slot(work, command)


def recover(
    path: Path,
    name: str,
    code: str,
    fresh: str,
    surroundings: Surroundings | None = None,
    cost: Cost | None = None,
) -> Desk:
    """The recovery sheet opens the store and gives one account a new password."""
    around = surroundings or Surroundings()
    keys = keyfile.read_keyfile(keyfile.keyfile_of(path))
    door = door_of(path, around, keys)
    typed = keyfile.plain_recovery_code(code)
    found = through_door(door, keyfile.RECOVERY, lambda: _unlock_recovery(keys, typed))
    door.clear(keyfile.RECOVERY)
    desk = enter(open_with(path, found), name, around, door, "用恢复单登录")
    try:
        _refuse_unfit(desk, name, fresh)
        now_keys = keyfile.read_keyfile(keyfile.keyfile_of(path))
        data_key = keyfile.unlock(now_keys.slots, keyfile.RECOVERY, typed)
        slot = keyfile.wrap(name, fresh, data_key, cost or own_cost())
        desk.do(keep_slot, KeepSlot(name, slot.public, keyfile.verifier(fresh)))
        keyfile.write_keyfile(keyfile.keyfile_of(path), now_keys.with_slot(slot))
    except BaseException:
        desk.close()
        raise
    return desk


def _unlock_recovery(keys: KeyFile, code: str) -> tuple[bytes, ...]:
    try:
        return keyfile.unlock_both(keys.slots, keyfile.RECOVERY, code)
    except StoreRefused:
        raise StoreRefused("恢复码不对。", "请照恢复单重新输入。") from None


def check_recovery_code(path: Path, code: str) -> bool:
    """Whether what was typed back opens the store; for the test of a fresh sheet."""
    slots = keyfile.read_slots(keyfile.keyfile_of(path))
    try:
        keyfile.unlock(slots, keyfile.RECOVERY, keyfile.plain_recovery_code(code))
    except StoreRefused:
        return False
    return True


def renew_recovery(desk: Desk, own_password: str, cost: Cost | None = None) -> str:
    """A new code for the safe; the sheet before it opens nothing any more."""
    if Role.SECURITY_ADMIN not in desk.actor.roles:
        raise PermissionRefused("当前账号没有这项权限。", "请由安全管理员账号登录后办理。")
    path = keyfile.keyfile_of(desk.database.path)
    keys = keyfile.read_keyfile(path)
    data_key = keyfile.unlock(keys.slots, desk.actor.name, own_password)
    code = keyfile.new_recovery_code()
    slot = keyfile.wrap(keyfile.RECOVERY, code, data_key, cost or own_cost())
    desk.do(keep_recovery, slot.public)
    keyfile.write_keyfile(path, keys.with_slot(slot))
    return code


@dataclass(frozen=True, slots=True)
class SetPin:
    """A witness account and its PIN, as a verifier."""

    name: str
    verifier: str


def set_pin(work: Work, command: SetPin) -> None:
    row = find_account(work, command.name)
    if Role.WITNESS.value not in row.roles:
        raise InvalidInput(f"“{row.name}”不是见证人账号。", "只有见证人用 PIN。")
    own_key(work, row.name).pin = command.verifier
    work.note("设置 PIN", row.name, "office")


def add_witness(desk: Desk, name: str, pin: str) -> None:
    """A witness account: its PIN confirms inside an open store and cannot open one."""
    check_pin(pin)
    desk.do(add_account, AddAccount(name, (Role.WITNESS,)))
    desk.do(set_pin, SetPin(name.strip(), keyfile.verifier(pin)))


def reset_pin(desk: Desk, name: str, pin: str) -> None:
    check_pin(pin)
    desk.do(set_pin, SetPin(name, keyfile.verifier(pin)))


def as_witness(desk: Desk, name: str, pin: str) -> Desk:
    """The open store in the hands of a witness; wrong PINs lock like wrong passwords."""
    keys = keyfile.read_keyfile(keyfile.keyfile_of(desk.database.path))
    known = desk.ask(pin_of, name)
    if known is None:
        raise InvalidInput(f"“{name}”没有见证人账号。", "请系统管理员先增加见证人账号。")
    door = door_of(desk.database.path, desk.surroundings, keys)
    through_door(door, name, lambda: _match_pin(pin, known))
    door.clear(name)
    return desk.signed_in_as(Actor(name, (Role.WITNESS,)))


def _match_pin(pin: str, known: str) -> tuple[bytes, ...]:
    if not keyfile.matches(pin, known):
        raise StoreRefused("PIN 不对。", "请见证人本人重新输入。")
    return ()

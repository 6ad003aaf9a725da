"""Opening the store as an account: counting attempts, finding the key, entering the journal."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from ssj_desktop.domain.errors import PasswordExpired, StillJoining, StoreDamaged, StoreRefused
from ssj_desktop.domain.lockout import Moment, Tries, charge, settle
from ssj_desktop.domain.passwords import expires_at
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models import keyfile, tries
from ssj_desktop.models.database import Database, open_database
from ssj_desktop.models.keyfile import KeyFile
from ssj_desktop.models.office import Account, Office, OwnDoor
from ssj_desktop.models.rekeying import settle_keys
from ssj_desktop.models.tries import Attempts
from ssj_desktop.queries.accounts import (
    access_policy,
    latest_instant,
    password_age,
)
from ssj_desktop.queries.membership import find_office_root
from ssj_desktop.services.backups import record_mending
from ssj_desktop.services.desk import Actor, Desk, Work
from ssj_desktop.services.devices import adopt_store, has_device, publish_name_key
from ssj_desktop.services.key_checks import mend_key_file
from ssj_desktop.services.surroundings import Surroundings
from ssj_desktop.services.waiting import apply_what_waited


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the file of attempts says at a success: failures before it, attempts ever."""

    way: str
    failures: int
    serial: int


class Door:
    """The count of attempts beside one store."""

    def __init__(self, store: Path, surroundings: Surroundings, failures: int) -> None:
        self._path = tries.tries_of(store)
        self._surroundings = surroundings
        self._failures = failures

    def now(self) -> Moment:
        wall = int(self._surroundings.now().timestamp())
        return Moment(wall, self._surroundings.monotonic_ns() // 1_000_000_000)

    def state(self, account: str) -> Tries:
        """Where the account stands now; nothing is written."""
        now = self.now()
        return settle(tries.read_attempts(self._path, now).of(account), now)

    def knock(self, account: str) -> Tries:
        """Count one attempt as failed; StoreRefused while the account is locked."""
        now = self.now()

        def change(attempts: Attempts) -> Attempts:
            settled = settle(attempts.of(account), now)
            if settled.wait:
                return attempts.with_account(account, settled)
            counted = replace(attempts, serial=attempts.serial + 1)
            return counted.with_account(account, charge(settled, now, self._failures))

        before = self.state(account)
        after = tries.change_attempts(self._path, now, change).of(account)
        if before.wait:
            raise locked(account, before)
        return after

    def clear(self, account: str) -> tuple[int, int]:
        """After a success: the failures before it, which are forgotten, and all attempts ever."""
        found = 0

        def change(attempts: Attempts) -> Attempts:
            nonlocal found
            found = max(0, attempts.of(account).since_success - 1)
            return attempts.with_account(account, Tries(seen=self.now()))

        serial = tries.change_attempts(self._path, self.now(), change).serial
        return found, serial


def locked(account: str, state: Tries) -> StoreRefused:
    name = "恢复单" if account == keyfile.RECOVERY else f"账号“{account}”"
    return StoreRefused(
        f"密码多次输错，{name}已锁定，还剩 {state.minutes_left} 分钟。",
        "请稍候再试（关机时间不计入），或请管理员解锁。",
    )


def door_of(path: Path, surroundings: Surroundings, keys: KeyFile) -> Door:
    return Door(path, surroundings, keys.failures)


def minutes_locked(path: Path, account: str, surroundings: Surroundings) -> int:
    """How long the account still waits; for the window, nothing is written."""
    keys = keyfile.read_keyfile(keyfile.keyfile_of(path))
    return door_of(path, surroundings, keys).state(account).minutes_left


def through_door(
    door: Door, account: str, try_password: Callable[[], tuple[bytes, ...]]
) -> tuple[bytes, ...]:
    """Make one counted attempt; the refusal says how many are left."""
    after = door.knock(account)
    try:
        return try_password()
    except StoreRefused as refusal:
        if after.wait:
            raise locked(account, after) from None
        raise type(refusal)(
            refusal.message, f"{refusal.remedy}连续错 {after.failures} 次，到上限将锁定。"
        ) from None


def open_account(
    path: Path, password: str, name: str | None = None, surroundings: Surroundings | None = None
) -> Desk:
    """The store as ``name`` even when the password must be changed; counts the attempt."""
    around = surroundings or Surroundings()
    if not path.is_file():
        if keyfile.keyfile_of(path).exists():
            raise StoreDamaged(
                f"数据库“{path}”不见了。", "请检查硬盘和路径，或用 ssj repair 修复。"
            )
        raise StoreRefused(f"找不到数据库“{path}”。", "请检查路径，或先用 ssj init 建立。")
    keys = keyfile.read_keyfile(keyfile.keyfile_of(path))
    account = name or keys.slots[0].account
    if keys.slot(account) is None or account == keyfile.RECOVERY:
        raise StoreRefused(f"没有名为“{account}”的账号。", "请核对账号名。")
    door = door_of(path, around, keys)
    found = through_door(door, account, lambda: keyfile.unlock_both(keys.slots, account, password))
    desk = enter(open_with(path, found), account, around, door, "登录")
    try:
        mend_key_file(desk, password)
    except BaseException:
        desk.close()
        raise
    return desk


def open_with(path: Path, keys: tuple[bytes, ...]) -> Database:
    """The store under whichever key opens it; an interrupted change of keys is finished."""
    return open_database(path, settle_keys(path, keys))


def enter(
    database: Database, account: str, surroundings: Surroundings, door: Door, way: str
) -> Desk:
    """A desk for an active account with roles; the sign-in is journalled."""
    try:
        with database.reading() as session:
            row = session.scalars(
                select(Account).where(Account.name == account, Account.active)
            ).first()
            roles = tuple(Role.of(role) for role in row.roles) if row else ()
            if row is None and has_device(session) and find_office_root(session) is None:
                raise StillJoining("本机还在等待加入单位。", "请先导入管理机给的加入回复。")
        if row is None:
            raise StoreRefused(f"账号“{account}”已停用。", "请联系系统管理员。")
        if not roles:
            raise StoreRefused(f"账号“{account}”还没有角色。", "请由安全管理员授予角色。")
        desk = Desk(database, Actor(account, roles), surroundings)
        if not desk.ask(has_device):
            desk.do(adopt_store, None)
        apply_what_waited(desk)
        if database.mended:
            desk.do(record_mending, database.mended)
        failures, serial = door.clear(account)
        desk.do(record_sign_in, SignIn(way, failures, serial))
    except BaseException:
        database.close()
        raise
    return desk


def record_sign_in(work: Work, facts: SignIn) -> None:
    """Enter a sign-in; attempts that were counted once and are gone now are named."""
    known = work.session.get(OwnDoor, 1)
    before = known.attempts if known else 0
    if known is None:
        work.session.add(OwnDoor(only=1, attempts=facts.serial, recovery_sheets=0))
    else:
        known.attempts = facts.serial
    if work.session.scalar(select(Office.id)) is not None:
        publish_name_key(work)
    lost = facts.serial <= before
    work.note(
        facts.way if not lost else f"{facts.way}（失败记录被删除或改回）",
        work.actor.name, failures=facts.failures, attempts=facts.serial,
    )  # fmt: skip


def refuse_expired(desk: Desk) -> None:
    """PasswordExpired when the password was set by somebody else or too long ago."""
    now = desk.ask(latest_instant, desk.surroundings.now())
    must_change, set_at = desk.ask(password_age, desk.actor.name)
    expires = expires_at(set_at, desk.ask(access_policy))
    if must_change:
        raise PasswordExpired("这个密码由管理员设定，还没有改成自己的。", "请先修改密码。")
    if expires is not None and expires <= now:
        day = desk.surroundings.local(expires).date()
        raise PasswordExpired(f"密码已于 {day.isoformat()} 到期。", "请先修改密码。")

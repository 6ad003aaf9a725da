"""Accounts, what they may do next, and the rules they live under."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.passwords import POLICY_SETTINGS, AccessPolicy, expires_at, policy_from
from ssj_desktop.domain.roles import combined_admins
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.office import Account, AccountKey, OwnDoor, Setting

SMALL_OFFICE_SETTING = "small_office"
RESERVED_SETTINGS = frozenset({SMALL_OFFICE_SETTING, *POLICY_SETTINGS})


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """One account as the administration page shows it, decisions included."""

    name: str
    roles: tuple[Role, ...]
    state: str
    tone: str
    created_at: datetime
    password_set_at: datetime | None
    password_expires_at: datetime | None
    person_code: str
    is_active: bool
    is_removed: bool
    uses_pin: bool

    @property
    def role_text(self) -> str:
        return "、".join(role.label for role in self.roles) or "还没有角色"

    @property
    def password_text(self) -> str:
        if self.uses_pin:
            return "PIN"
        if self.password_expires_at is None:
            return "长期"
        return f"{self.password_expires_at.astimezone():%Y-%m-%d} 到期"


def access_policy(session: Session) -> AccessPolicy:
    rows = session.execute(
        select(Setting.name, Setting.value).where(Setting.name.in_(POLICY_SETTINGS))
    )
    return policy_from(dict(rows.all()))


def is_small_office(session: Session) -> bool:
    """小单位模式 holds until the security administrator ends it."""
    query = select(Setting.value).where(Setting.name == SMALL_OFFICE_SETTING)
    return session.scalar(query) != "0"


def small_office_note(session: Session) -> str:
    """What each record prints as 小单位模式; empty when the duties are apart."""
    held = combined_admins(_active_roles(session))
    if not held or not is_small_office(session):
        return ""
    return f"{'、'.join(held)} 一人兼任系统管理员、安全管理员等角色"


def _active_roles(session: Session) -> Mapping[str, tuple[Role, ...]]:
    query = select(Account.name, Account.roles).where(Account.active).order_by(Account.created_at)
    return {name: tuple(Role.of(r) for r in roles) for name, roles in session.execute(query)}


def holders(session: Session, role: Role) -> tuple[str, ...]:
    """Active accounts that hold ``role``."""
    return tuple(name for name, roles in _active_roles(session).items() if role in roles)


def list_account_details(session: Session, now: datetime) -> tuple[AccountDetail, ...]:
    policy = access_policy(session)
    rows = session.scalars(select(Account).order_by(Account.created_at, Account.name))
    keys = {key.account: key for key in session.scalars(select(AccountKey))}
    return tuple(_detail(row, keys.get(row.name), policy, now) for row in rows)


def _detail(
    row: Account, key: AccountKey | None, policy: AccessPolicy, now: datetime
) -> AccountDetail:
    set_at = key.password_set_at if key else None
    expires = expires_at(set_at, policy)
    state, tone = _state(row, key, expires, now)
    return AccountDetail(
        row.name, tuple(Role.of(role) for role in row.roles), state, tone, row.created_at,
        set_at, expires, row.person_code or "", row.active, row.removed_at is not None,
        bool(key and key.pin),
    )  # fmt: skip


def _state(
    row: Account, key: AccountKey | None, expires: datetime | None, now: datetime
) -> tuple[str, str]:
    if row.removed_at is not None:
        return "已移除", "neutral"
    if not row.active:
        return "已停用", "bad"
    if key is None or not (key.public_key or key.pin):
        return "本机未设密码", "warn"
    if key.must_change:
        return "待改密码", "warn"
    if expires is not None and expires <= now:
        return "密码过期", "warn"
    return "正常", "ok"


def latest_instant(session: Session, now: datetime) -> datetime:
    """Now, or the newest journal entry when the clock was set back behind it."""
    newest = session.scalar(select(func.max(JournalRow.at)))
    return max(now, newest) if newest else now


def recovery_serial(session: Session) -> int:
    """How many recovery sheets there have been; the last one alone is good."""
    return session.scalar(select(OwnDoor.recovery_sheets)) or 0


def password_age(session: Session, name: str) -> tuple[bool, datetime | None]:
    """Whether the password waits to be changed, and when it was set."""
    key = session.get(AccountKey, name)
    return (bool(key.must_change), key.password_set_at) if key else (False, None)


def former_passwords(session: Session, name: str) -> tuple[str, ...]:
    """Verifiers of the passwords an account had here, the present one first."""
    key = session.get(AccountKey, name)
    return (key.former_passwords or ()) if key else ()


def pin_of(session: Session, name: str) -> str | None:
    """The verifier of an active witness's PIN."""
    query = (
        select(AccountKey.pin)
        .join(Account, Account.name == AccountKey.account)
        .where(Account.name == name, Account.active)
    )
    return session.scalar(query)


def public_keys(session: Session) -> dict[str, str]:
    """Of the slots of every account that was not removed, and of the recovery sheet by ""."""
    query = (
        select(Account.name, AccountKey.public_key)
        .join(AccountKey, Account.name == AccountKey.account)
        .where(Account.removed_at.is_(None))
    )
    found = {name: key or "" for name, key in session.execute(query)}
    return {**found, "": session.scalar(select(OwnDoor.recovery_key)) or ""}

"""Roles, suspension and rules of the accounts: what the administrators do to others.

系统管理员 keeps the list of accounts, 安全管理员 says what they may do; neither does it to
the own account.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import select

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.passwords import AccessPolicy, check_policy
from ssj_desktop.domain.roles import ADMINS, combined_admins, refuse_mixed
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models import keyfile
from ssj_desktop.models.office import Account, Setting
from ssj_desktop.models.registries import Inspector
from ssj_desktop.queries.accounts import (
    SMALL_OFFICE_SETTING,
    access_policy,
    holders,
    is_small_office,
)
from ssj_desktop.queries.office import list_accounts
from ssj_desktop.services.accounts import own_key
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.signing_in import door_of


@dataclass(frozen=True, slots=True)
class GrantRoles:
    """All roles an account holds from now on."""

    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class LinkPerson:
    """The inspector of the registry whose tasks the account sees; empty for nobody."""

    name: str
    person_code: str


def grant_roles(work: Work, command: GrantRoles) -> None:
    """安全管理员 grants and takes roles, never to the own account."""
    row = find_account(work, command.name)
    _refuse_self(work, command.name, "修改自己的角色")
    refuse_mixed(command.roles, small_office=is_small_office(work.session))
    lost = {Role.of(role) for role in row.roles} - set(command.roles)
    for role in lost & ADMINS:
        _refuse_last(work, row.name, role)
    if bool(own_key(work, row.name).pin) != (Role.WITNESS in command.roles):
        raise RuleViolation("见证人账号用 PIN，其他账号用密码，两者不能互换。", "请另建账号。")
    before, row.roles = row.roles, tuple(role.value for role in command.roles)
    work.note("授予角色", row.name, "office", before=list(before), after=list(row.roles))


def link_person(work: Work, command: LinkPerson) -> None:
    row = find_account(work, command.name)
    code = command.person_code.strip()
    if code and not work.session.scalar(select(Inspector.id).where(Inspector.code == code)):
        raise InvalidInput(f"执法检查人员名录库里没有“{code}”。", "请填写抽取编码或执法证号。")
    row.person_code = code or None
    work.note("关联检查人员", row.name, "office", code=code)


def suspend_account(work: Work, name: str) -> None:
    """停用; the slot stays, so that the account can come back."""
    row = find_account(work, name)
    _refuse_self(work, name, "停用自己")
    for role in ADMINS & {Role.of(role) for role in row.roles}:
        _refuse_last(work, name, role)
    row.active = False
    work.note("停用账号", name, "office")


def resume_account(work: Work, name: str) -> None:
    row = work.session.scalars(select(Account).where(Account.name == name)).first()
    if row is None or row.active or row.removed_at is not None:
        raise RuleViolation(f"账号“{name}”没有停用，或已经移除。", "请刷新后查看。")
    row.active = True
    work.note("恢复账号", name, "office")


def mark_removed(work: Work, name: str) -> None:
    """The row stays for the history; its slot goes with the next data key."""
    row = work.session.scalars(select(Account).where(Account.name == name)).first()
    if row is None or row.removed_at is not None:
        raise InvalidInput(f"没有名为“{name}”的账号。", "请核对账号名。")
    if row.active:
        suspend_account(work, name)
    row.removed_at, own_key(work, name).pin = work.now, None
    work.note("移除账号", name, "office")


def find_account(work: Work, name: str) -> Account:
    row = work.session.scalars(select(Account).where(Account.name == name, Account.active)).first()
    if row is None:
        raise InvalidInput(f"没有名为“{name}”的可用账号。", "请核对账号名。")
    return row


def _refuse_self(work: Work, name: str, act: str) -> None:
    if name == work.actor.name:
        raise PermissionRefused(f"不能{act}。", "请由另一位管理员办理。")


def _refuse_last(work: Work, name: str, role: Role) -> None:
    if set(holders(work.session, role)) <= {name}:
        raise RuleViolation(f"“{name}”是唯一的{role.label}。", "请先让另一个账号担任，再办理。")


def set_policy(work: Work, policy: AccessPolicy) -> None:
    """Password and locking rules, within the bounds of the program."""
    check_policy(policy)
    before = access_policy(work.session)
    for name, value in asdict(policy).items():
        _set(work, f"access.{name}", str(value))
    work.note("修改账号规则", "密码与锁定", "office", before=asdict(before), after=asdict(policy))


def set_office_mode(work: Work, small_office: bool) -> None:
    """Begin or end 小单位模式; ending it needs the duties apart already."""
    rows = {row.name: row.roles for row in list_accounts(work.session) if row.active}
    held = combined_admins(rows)
    if held and not small_office:
        raise RuleViolation(
            f"“{'、'.join(held)}”还兼任管理员。", "请先把角色分给不同的账号，再结束小单位模式。"
        )
    _set(work, SMALL_OFFICE_SETTING, "1" if small_office else "0")
    work.note("小单位模式" if small_office else "分设模式", work.office.unit, "office")


def _set(work: Work, name: str, value: str) -> None:
    setting = work.session.get(Setting, name)
    if setting is None:
        work.session.add(Setting(name=name, value=value))
    else:
        setting.value = value


def note_unlock(work: Work, name: str) -> None:
    work.note("解除锁定", name, "office")


def unlock_account(desk: Desk, name: str) -> None:
    """Forget the failed attempts of an account; an administrator does it for somebody else."""
    keys = keyfile.read_keyfile(keyfile.keyfile_of(desk.database.path))
    desk.do(note_unlock, name)
    door_of(desk.database.path, desk.surroundings, keys).clear(name)


def change_policy(desk: Desk, policy: AccessPolicy) -> None:
    """Set the policy; what counts before anybody is signed in also goes beside the store."""
    desk.do(set_policy, policy)
    path = keyfile.keyfile_of(desk.database.path)
    keys = keyfile.read_keyfile(path)
    keyfile.write_keyfile(path, keys.changed(failures=policy.failures))

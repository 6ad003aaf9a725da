"""Founding a store, signing in, and accounts.

A small office works in 小单位模式: the first account is administrator and clerk in one; what
needs a second person (approval, review) needs a second account all the same.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from ssj_desktop.domain.errors import InvalidInput, RuleViolation, StoreRefused
from ssj_desktop.domain.identifiers import clean_name
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models import keyfile
from ssj_desktop.models.database import Database, create_database, open_database
from ssj_desktop.models.keyfile import Cost
from ssj_desktop.models.office import Account, Office, Setting
from ssj_desktop.queries.office import REHEARSAL_SETTING, list_accounts
from ssj_desktop.services.desk import Actor, Desk, Work
from ssj_desktop.services.devices import adopt_store, found_device, has_device
from ssj_desktop.services.membership import found_membership
from ssj_desktop.services.registries import STARTER_ITEMS, load_starter_items
from ssj_desktop.services.surroundings import Surroundings

SMALL_OFFICE = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.CLERK)
PASSWORD_LENGTH = 10
TRIAL_COST = keyfile.LEAST_COST
"""Key derivation for trial data, whose password is printed anyway."""


@dataclass(frozen=True, slots=True)
class FoundOffice:
    """The unit as printed on papers, its division code, the first account, trial or real data."""

    unit: str
    division: str
    admin: str
    device: str = "A"
    trial: bool = False


@dataclass(frozen=True, slots=True)
class AddAccount:
    """A new account; its password is wrapped into the key file, never stored."""

    name: str
    roles: tuple[Role, ...]


def check_password(password: str) -> None:
    """Refuse a password below 10 characters or three classes (等保 2.0 第二级)."""
    classes = (
        any(c.islower() for c in password),
        any(c.isupper() for c in password),
        any(c.isdigit() for c in password),
        any(not c.isalnum() for c in password),
    )
    if len(password) < PASSWORD_LENGTH or sum(classes) < 3:
        raise InvalidInput(
            "密码太简单。", "至少 10 个字符，并含大写字母、小写字母、数字、符号中的三类。"
        )


def create_store(
    path: Path,
    command: FoundOffice,
    password: str,
    surroundings: Surroundings | None = None,
    cost: Cost | None = None,
) -> tuple[Desk, str]:
    """A new store with its first account; also the recovery code to be printed once."""
    _check_office(command)
    check_password(password)
    if path.exists() or keyfile.keyfile_of(path).exists():
        raise StoreRefused(f"“{path}”已经存在。", "请换一个文件名，或直接打开它。")
    key, recovery = keyfile.new_data_key(), keyfile.new_recovery_code()
    database = create_database(path, key)
    try:
        return _furnish(database, command, password, key, recovery, surroundings, cost), recovery
    except BaseException:
        database.close()
        path.unlink(missing_ok=True)
        raise


def _furnish(
    database: Database,
    command: FoundOffice,
    password: str,
    key: bytes,
    recovery: str,
    surroundings: Surroundings | None,
    cost: Cost | None,
) -> Desk:
    actor = Actor(command.admin, SMALL_OFFICE)
    desk = Desk(database, actor, surroundings or Surroundings())
    desk.do(found_office, command)
    desk.do(load_starter_items, STARTER_ITEMS)
    slots = (
        keyfile.wrap(command.admin, password, key, cost or Cost()),
        keyfile.wrap(keyfile.RECOVERY, recovery, key, cost or Cost()),
    )
    keyfile.write_slots(keyfile.keyfile_of(database.path), slots)
    return desk


def _check_office(command: FoundOffice) -> None:
    if not clean_name(command.unit):
        raise InvalidInput("单位名称不能为空。", "请填写单位全称。")
    if (
        not (command.division.isascii() and command.division.isdigit())
        or len(command.division) != 6
    ):
        raise InvalidInput(
            f"行政区划代码“{command.division}”不对。", "请填写 6 位数字，例如 230921。"
        )
    if not clean_name(command.admin):
        raise InvalidInput("管理员姓名不能为空。", "请填写第一位管理员的姓名。")


def found_office(work: Work, command: FoundOffice) -> None:
    """Write the office row and the first account."""
    work.session.execute(
        insert(Office).values(
            id=work.new_id(),
            unit=clean_name(command.unit),
            division=command.division,
            device=command.device,
            trial=command.trial,
            founded_at=work.now,
        )
    )
    _insert_account(work, command.admin, SMALL_OFFICE)
    device = found_device(work, command.device)
    found_membership(work, command.device)
    work.note(
        "单位建库",
        command.unit,
        "office",
        division=command.division,
        mode="小单位模式",
        device=device,
    )


def add_account(work: Work, command: AddAccount) -> None:
    """Register an account; clerk and approver never meet in one."""
    name = clean_name(command.name)
    if not name or name == keyfile.RECOVERY:
        raise InvalidInput("账号名不能为空。", "请填写姓名。")
    if any(row.name == name for row in list_accounts(work.session)):
        raise InvalidInput(f"账号“{name}”已经存在。", "请换一个名字。")
    if {Role.CLERK, Role.APPROVER} <= set(command.roles):
        raise InvalidInput("经办人和审批人不能是同一个账号。", "请分开设两个账号。")
    _insert_account(work, name, command.roles)
    work.note("新增账号", name, "office", roles=[role.value for role in command.roles])


def _insert_account(work: Work, name: str, roles: tuple[Role, ...]) -> None:
    work.session.execute(
        insert(Account).values(
            id=work.new_id(),
            name=name,
            roles=tuple(role.value for role in roles),
            active=True,
            created_at=work.now,
        )
    )


def create_account(
    desk: Desk, command: AddAccount, password: str, own_password: str, cost: Cost | None = None
) -> None:
    """Add an account and wrap the data key for it; the acting account proves its password."""
    check_password(password)
    path = keyfile.keyfile_of(desk.database.path)
    slots = keyfile.read_slots(path)
    key = keyfile.unlock(slots, desk.actor.name, own_password)
    desk.do(add_account, command)
    slot = keyfile.wrap(clean_name(command.name), password, key, cost or Cost())
    keyfile.write_slots(path, (*slots, slot))


def list_account_names(path: Path) -> tuple[str, ...]:
    """The accounts that can sign in to the store at ``path``."""
    slots = keyfile.read_slots(keyfile.keyfile_of(path))
    return tuple(slot.account for slot in slots if slot.account != keyfile.RECOVERY)


def sign_in(
    path: Path, password: str, name: str | None = None, surroundings: Surroundings | None = None
) -> Desk:
    """Open the store as ``name`` (default: its first account); StoreRefused says why not."""
    if not path.is_file():
        raise StoreRefused(f"找不到数据库“{path}”。", "请检查路径，或先用 ssj init 建立。")
    slots = keyfile.read_slots(keyfile.keyfile_of(path))
    account = name or slots[0].account
    key = keyfile.unlock(slots, account, password)
    database = open_database(path, key)
    with database.reading() as session:
        rows = [row for row in list_accounts(session) if row.name == account and row.active]
    if not rows:
        database.close()
        raise StoreRefused(f"账号“{account}”已停用。", "请联系系统管理员。")
    desk = Desk(database, Actor(account, rows[0].roles), surroundings or Surroundings())
    if not desk.ask(has_device):
        desk.do(adopt_store, None)
    return desk


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """One named setting of the office."""

    name: str
    value: str


def change_setting(work: Work, command: ChangeSetting) -> None:
    if command.name == REHEARSAL_SETTING:
        raise RuleViolation("演练库和正式库不能互换。", "请另建一个库。")
    setting = work.session.get(Setting, command.name)
    before = setting.value if setting else ""
    if setting is None:
        work.session.add(Setting(name=command.name, value=command.value))
    else:
        setting.value = command.value
    work.note("修改设置", command.name, "office", before=before, after=command.value)

"""Founding a store, signing in, and accounts.

A small office works in 小单位模式: the first account is administrator and clerk in one; what
needs a second person (approval, review) needs a second account all the same.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation, StoreRefused
from ssj_desktop.domain.identifiers import clean_name, look_alike
from ssj_desktop.domain.journal_names import KEY_SETTING
from ssj_desktop.domain.passwords import check_password
from ssj_desktop.domain.roles import refuse_mixed
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models import keyfile
from ssj_desktop.models.database import Database, create_database
from ssj_desktop.models.keyfile import Cost, Slot
from ssj_desktop.models.office import Account, AccountKey, Office, OwnDoor, Setting
from ssj_desktop.queries.accounts import (
    RESERVED_SETTINGS,
    access_policy,
    is_small_office,
)
from ssj_desktop.queries.office import REHEARSAL_SETTING, list_accounts
from ssj_desktop.queries.taken_numbers import TAKEN_SETTING
from ssj_desktop.services.calibration import own_cost
from ssj_desktop.services.desk import Actor, Desk, Work
from ssj_desktop.services.devices import found_device
from ssj_desktop.services.membership import found_membership
from ssj_desktop.services.registries import STARTER_ITEMS, load_starter_items
from ssj_desktop.services.signing_in import open_account, refuse_expired
from ssj_desktop.services.surroundings import Surroundings

SMALL_OFFICE = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.CLERK)
APART = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
_KEPT_SETTINGS = (KEY_SETTING, TAKEN_SETTING)
"""What the program keeps there for itself."""
TRIAL_COST = keyfile.LEAST_COST
"""Key derivation for trial data, whose password is printed anyway."""


@dataclass(frozen=True, slots=True)
class FoundOffice:
    """The unit as printed on papers, its division code, the first account, trial or real data.

    Without ``works`` the first account only administers; somebody else does the office's work.
    """

    unit: str
    division: str
    admin: str
    device: str = "A"
    trial: bool = False
    works: bool = True

    @property
    def first_roles(self) -> tuple[Role, ...]:
        return SMALL_OFFICE if self.works else APART


@dataclass(frozen=True, slots=True)
class AddAccount:
    """A new account; its password opens a slot of the key file and is never stored.

    ``must_change`` asks for another password at the first sign-in; ``person_code`` is the
    inspector whose tasks the account sees.
    """

    name: str
    roles: tuple[Role, ...]
    must_change: bool = False
    person_code: str = ""


@dataclass(frozen=True, slots=True)
class KeepSlot:
    """What the store remembers of a password that was set: who, when, and how to recognise it."""

    name: str
    public_key: str
    verifier: str
    must_change: bool = False


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
    around = surroundings or Surroundings()
    founder = Desk(database, Actor(clean_name(command.admin), SMALL_OFFICE), around)
    founder.do(found_office, command)
    founder.do(load_starter_items, STARTER_ITEMS)
    wanted = cost or own_cost()
    slot = keyfile.wrap(clean_name(command.admin), password, key, wanted)
    founder.do(keep_slot, _kept(slot, password))
    slots = (slot, keyfile.wrap(keyfile.RECOVERY, recovery, key, wanted))
    founder.do(keep_recovery, slots[1].public)
    keyfile.write_slots(keyfile.keyfile_of(database.path), slots)
    return Desk(database, Actor(slot.account, command.first_roles), around)


def _kept(slot: Slot, password: str, *, must_change: bool = False) -> KeepSlot:
    return KeepSlot(slot.account, slot.public, keyfile.verifier(password), must_change)


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
    _insert_account(work, AddAccount(clean_name(command.admin), command.first_roles))
    mode = "小单位模式" if command.works else "分设模式"
    device = found_device(work, command.device)
    found_membership(work, command.device)
    work.note(
        "单位建库", command.unit, "office", division=command.division, mode=mode, device=device
    )


def add_account(work: Work, command: AddAccount) -> None:
    """Register an account; roles come from the security administrator, never to oneself."""
    name = clean_name(command.name)
    if not name or name.startswith("*"):
        raise InvalidInput("账号名不能为空，也不能以 * 开头。", "请填写姓名。")
    if any(look_alike(row.name) == look_alike(name) for row in list_accounts(work.session)):
        raise InvalidInput(f"账号“{name}”已经存在。", "请换一个名字。")
    if command.roles and Role.SECURITY_ADMIN not in work.actor.roles:
        raise PermissionRefused(
            "角色只能由安全管理员授予。", "请先建账号，再请安全管理员授予角色。"
        )
    refuse_mixed(command.roles, small_office=is_small_office(work.session))
    _insert_account(work, AddAccount(name, command.roles, person_code=command.person_code))
    work.note("新增账号", name, "office", roles=[role.value for role in command.roles])


def _insert_account(work: Work, command: AddAccount) -> None:
    work.session.execute(
        insert(Account).values(
            id=work.new_id(),
            name=command.name,
            roles=tuple(role.value for role in command.roles),
            active=True,
            created_at=work.now,
            person_code=command.person_code or None,
        )
    )


def keep_slot(work: Work, command: KeepSlot) -> None:
    """Remember when a password was set, and enough to refuse it a second time."""
    row = own_key(work, command.name)
    own = command.name == work.actor.name
    if not own and row.public_key and Role.SECURITY_ADMIN not in work.actor.roles:
        raise PermissionRefused("别人的密码只能由安全管理员代设。", "请由安全管理员办理。")
    kept = access_policy(work.session).remembered
    row.former_passwords = (command.verifier, *(row.former_passwords or ()))[: max(kept, 1)]
    row.public_key, row.password_set_at = command.public_key, work.now
    row.must_change = command.must_change
    work.note("设置密码" if own else "代设密码", command.name, "office")


def own_key(work: Work, name: str) -> AccountKey:
    """What this device remembers of the account's password; a first row when nothing yet."""
    known = work.session.get(AccountKey, name)
    if known is None:
        known = AccountKey(account=name)
        work.session.add(known)
    return known


def own_door(work: Work) -> OwnDoor:
    known = work.session.get(OwnDoor, 1)
    if known is None:
        known = OwnDoor(only=1, attempts=0, recovery_sheets=0)
        work.session.add(known)
    return known


def keep_recovery(work: Work, public_key: str) -> None:
    """Remember the public key of the recovery slot, so that no foreign one gets a new data key."""
    door = own_door(work)
    door.recovery_key, door.recovery_sheets = public_key, door.recovery_sheets + 1
    work.note("生成恢复单", f"第 {door.recovery_sheets} 份", "office")


def create_account(
    desk: Desk, command: AddAccount, password: str, own_password: str, cost: Cost | None = None
) -> None:
    """Add an account with its slot; the acting account proves its password."""
    check_password(password, desk.ask(access_policy))
    path = keyfile.keyfile_of(desk.database.path)
    keys = keyfile.read_keyfile(path)
    data_key = keyfile.unlock(keys.slots, desk.actor.name, own_password)
    desk.do(add_account, command)
    slot = keyfile.wrap(clean_name(command.name), password, data_key, cost or own_cost())
    keyfile.write_keyfile(path, keys.with_slot(slot))
    desk.do(keep_slot, _kept(slot, password, must_change=command.must_change))


def list_account_names(path: Path) -> tuple[str, ...]:
    """The accounts that can sign in to the store at ``path``."""
    slots = keyfile.read_slots(keyfile.keyfile_of(path))
    return tuple(slot.account for slot in slots if slot.account != keyfile.RECOVERY)


def sign_in(
    path: Path, password: str, name: str | None = None, surroundings: Surroundings | None = None
) -> Desk:
    """Open the store as ``name`` (default: its first account); StoreRefused says why not."""
    desk = open_account(path, password, name, surroundings)
    try:
        refuse_expired(desk)
    except StoreRefused:
        desk.close()
        raise
    return desk


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """One named setting of the office."""

    name: str
    value: str


def change_setting(work: Work, command: ChangeSetting) -> None:
    if command.name == REHEARSAL_SETTING:
        raise RuleViolation("演练库和正式库不能互换。", "请另建一个库。")
    if command.name in RESERVED_SETTINGS or command.name.startswith(_KEPT_SETTINGS):
        raise PermissionRefused("账号安全设置只能由安全管理员修改。", "请在“账号与权限”中修改。")
    setting = work.session.get(Setting, command.name)
    before = setting.value if setting else ""
    if setting is None:
        work.session.add(Setting(name=command.name, value=command.value))
    else:
        setting.value = command.value
    work.note("修改设置", command.name, "office", before=before, after=command.value)

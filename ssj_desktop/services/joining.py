"""A new device joins: its own store asks, an administrator's device admits, the answer fills it.

The newcomer gets signed segments from the first on, so it believes nobody's summary. Both screens
show ten digits each way: those of the request on the admitting side, those of the office here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation, StoreRefused
from ssj_desktop.domain.exchange_report import ExchangeReport
from ssj_desktop.domain.filing import office_code
from ssj_desktop.domain.identifiers import clean_name
from ssj_desktop.domain.membership import JoinRequest, MemberRecord, call_roll, check_device_name
from ssj_desktop.domain.passwords import check_password
from ssj_desktop.domain.vocabulary import DeviceRole, Role
from ssj_desktop.formats.bundle import Contents
from ssj_desktop.formats.bundle_file import open_bundle_file
from ssj_desktop.formats.cargo import Cargo
from ssj_desktop.formats.envelope import Envelope
from ssj_desktop.models import keyfile
from ssj_desktop.models.chain import OwnDevice
from ssj_desktop.models.database import create_database
from ssj_desktop.models.exchange import OfficeRoot
from ssj_desktop.models.keyfile import Cost
from ssj_desktop.models.office import Office
from ssj_desktop.queries.membership import (
    ASKED,
    find_chain_office,
    find_office_root,
    joining_name,
    own_keys,
)
from ssj_desktop.queries.office import list_accounts
from ssj_desktop.services.accounts import KeepSlot, keep_recovery, keep_slot
from ssj_desktop.services.calibration import own_cost
from ssj_desktop.services.carrying import finish
from ssj_desktop.services.desk import Actor, Desk, Work
from ssj_desktop.services.exchange import STICK, TakeIn, take_in
from ssj_desktop.services.membership import ask_to_join, keep_record
from ssj_desktop.services.signing_in import door_of, open_with, through_door
from ssj_desktop.services.surroundings import Surroundings
from ssj_desktop.services.transports import (
    brought_in,
    records_in,
    write_for_laptop,
    write_with_segments,
)

ADMISSION = "admission"
_NEWCOMER = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


@dataclass(frozen=True, slots=True)
class StartJoining:
    """The name of this device, and the account of the office that will sign in here."""

    name: str
    account: str


@dataclass(frozen=True, slots=True)
class AcceptAdmission:
    """An opened admission of the office whose ten digits were compared."""

    office: str
    unit: str
    division: str
    chain: str
    records: tuple[MemberRecord, ...]
    contents: Contents
    account: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A store that waits for its admission: its request, and the recovery code to be printed."""

    desk: Desk
    text: str
    request: JoinRequest
    recovery: str


def create_joining_store(
    path: Path,
    command: StartJoining,
    password: str,
    surroundings: Surroundings | None = None,
    cost: Cost | None = None,
) -> Newcomer:
    """An empty store with keys of its own, and the request to carry to the other computer."""
    check_password(password)
    check_device_name(command.name)
    if path.exists() or keyfile.keyfile_of(path).exists():
        raise StoreRefused(f"“{path}”已经存在。", "请换一个文件名，或直接打开它。")
    if not clean_name(command.account):
        raise InvalidInput("没有填写账号。", "请填写管理机上已经建好的账号姓名。")
    key, recovery, wanted = keyfile.new_data_key(), keyfile.new_recovery_code(), cost or own_cost()
    database = create_database(path, key)
    try:
        desk = Desk(
            database, Actor(clean_name(command.account), _NEWCOMER), surroundings or Surroundings()
        )
        desk.do(begin_joining, command)
        text, request = ask_to_join(desk, command.name)
        slot = keyfile.wrap(desk.actor.name, password, key, wanted)
        desk.do(keep_slot, KeepSlot(slot.account, slot.public, keyfile.verifier(password)))
        safe = keyfile.wrap(keyfile.RECOVERY, recovery, key, wanted)
        desk.do(keep_recovery, safe.public)
        keyfile.write_slots(keyfile.keyfile_of(path), (slot, safe))
    except BaseException:
        database.close()
        path.unlink(missing_ok=True)
        raise
    return Newcomer(desk, text, request, recovery)


def begin_joining(work: Work, command: StartJoining) -> None:
    """Make the keys of this device; everything else comes with the admission."""
    keys = DeviceKeys(work.surroundings.device_seed())
    work.session.execute(
        insert(OwnDevice).values(only=1, device=keys.device, seed=keys.seed, epoch=1)
    )
    work.note(ASKED, command.name, "devices", device=keys.device)


def open_joining_store(path: Path, password: str, surroundings: Surroundings | None = None) -> Desk:
    """The store that still waits for its admission; attempts are counted as at any sign-in."""
    around, keys = surroundings or Surroundings(), keyfile.read_keyfile(keyfile.keyfile_of(path))
    account = keys.slots[0].account
    door = door_of(path, around, keys)
    found = through_door(door, account, lambda: keyfile.unlock_both(keys.slots, account, password))
    door.clear(account)
    desk = Desk(open_with(path, found), Actor(account, _NEWCOMER), around)
    if desk.ask(find_office_root) is not None:
        desk.close()
        raise RuleViolation("本机已经加入单位。", "请直接登录使用。")
    return desk


def ask_again(desk: Desk) -> tuple[str, JoinRequest]:
    """The request of a store that waits: the same text, and so the same ten digits, as at first."""
    return ask_to_join(desk, desk.ask(joining_name))


def write_admission(desk: Desk, path: Path, member: MemberRecord) -> str:
    """Everything the newcomer needs, for its eyes only; the SHA-256 of the file."""
    office = desk.office
    facts: dict[str, object] = {
        "unit": office.unit,
        "division": office.division,
        "chain": desk.ask(find_chain_office),
    }
    if member.role is DeviceRole.FIELD:
        return write_for_laptop(desk, path, member, ADMISSION, facts)[0]
    return write_with_segments(desk, path, [member], ADMISSION, facts, {})[0]


def read_admission(desk: Desk, path: Path) -> tuple[Envelope, Contents, str]:
    """The admission and the ten digits of the office it comes from."""
    envelope, contents, _ = _opened(desk, path)
    return envelope, contents, office_code(envelope.label.office)


def _opened(desk: Desk, path: Path) -> tuple[Envelope, Contents, Cargo]:
    file = open_bundle_file(path)
    if file.envelope.label.kind != ADMISSION:
        raise InvalidInput("这不是加入回复文件。", "请选择管理机导出的加入回复。")
    contents, cargo = file.contents(desk.ask(own_keys))
    cargo.check(lambda _done, _total: None)
    return file.envelope, contents, cargo


def accept(desk: Desk, path: Path, code: str) -> ExchangeReport:
    """Join the office whose ten digits are ``code`` and fill the store with what it sent."""
    envelope, contents, cargo = _opened(desk, path)
    expected = office_code(envelope.label.office)
    if code.replace(" ", "") != expected.replace(" ", ""):
        raise InvalidInput("单位比对码与管理机上的不一致。", "请当面核对；不一致时不要加入。")
    records = records_in(contents)
    member = call_roll(envelope.label.office, records).find(envelope.label.sender)
    if member is None or not member.is_active:
        raise PermissionRefused("加入回复不是由在用的管理机签出的。", "请管理机重新导出。")
    command = AcceptAdmission(
        envelope.label.office,
        str(contents.facts.get("unit", "")),
        str(contents.facts.get("division", "")),
        str(contents.facts.get("chain", "")),
        records,
        contents,
        desk.actor.name,
    )
    return finish(desk, desk.do(accept_admission, command), cargo)


def accept_admission(work: Work, command: AcceptAdmission) -> ExchangeReport:
    """Write who we are now, then take in everything; all in one transaction."""
    own = own_keys(work.session)
    member = call_roll(command.office, command.records).find(own.public.hex())
    if member is None or not member.is_active:
        raise PermissionRefused("加入回复里没有本机。", "请管理机为本机重新导出。")
    work.session.execute(
        insert(OfficeRoot).values(only=1, public=command.office, seed=None, taken_at=work.now)
    )
    work.session.execute(
        insert(Office).values(
            id=command.chain, unit=command.unit, division=command.division,
            device=member.letter, trial=False, founded_at=work.now,
        )
    )  # fmt: skip
    for record in command.records:
        keep_record(work, record)
    parts = command.contents.named("segments").items()
    segments = {name.removesuffix(".seg"): part for name, part in parts}
    brought = brought_in(command.contents)
    report = take_in(work, TakeIn(STICK, command.unit, segments, command.records, brought=brought))
    work.session.flush()
    if command.account not in {row.name for row in list_accounts(work.session) if row.active}:
        raise RuleViolation(
            f"单位里没有名为“{command.account}”的账号。", "请先在管理机上增加这个账号，再导出回复。"
        )
    work.note("加入单位", command.unit, "devices", "office", letter=member.letter)
    return report


def replica_of(
    path: Path, office: str, segments: Mapping[str, bytes], records: tuple[MemberRecord, ...]
) -> Desk:
    """A store that only watches: filled with the segments of an office, for counting."""
    desk = Desk(create_database(path, keyfile.new_data_key()), _WATCHER, Surroundings())
    desk.do(begin_joining, StartJoining("汇总", _WATCHER.name))
    desk.do(watch_office, WatchOffice(office, dict(segments), records))
    return desk


@dataclass(frozen=True, slots=True)
class WatchOffice:
    """The segments of an office as they lie on the server."""

    office: str
    segments: dict[str, bytes]
    records: tuple[MemberRecord, ...]


_WATCHER = Actor("汇总", _NEWCOMER)


def watch_office(work: Work, command: WatchOffice) -> None:
    """Check and apply them exactly as a device of the office would."""
    work.session.execute(
        insert(OfficeRoot).values(only=1, public=command.office, seed=None, taken_at=work.now)
    )
    for record in command.records:
        keep_record(work, record)
    take_in(work, TakeIn("服务器", "", command.segments, command.records))

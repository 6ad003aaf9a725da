"""Founding the office's root, admitting devices, revoking them."""

from dataclasses import dataclass, replace

from sqlalchemy import delete, insert, select

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.membership import (
    JoinRequest,
    MemberRecord,
    Roster,
    comparison_code,
    make_request,
    read_record,
    read_request,
    read_root,
    record_text,
    request_text,
    root_text,
    sign_record,
)
from ssj_desktop.domain.vocabulary import DeviceRole, MemberState
from ssj_desktop.models.chain import Device
from ssj_desktop.models.exchange import MemberRecordRow, OfficeRoot
from ssj_desktop.queries.lineage import last_segments_of
from ssj_desktop.queries.membership import (
    find_office_root,
    find_roster,
    list_records,
    office_root,
    own_keys,
)
from ssj_desktop.services.desk import Desk, Work


@dataclass(frozen=True, slots=True)
class AdmitDevice:
    """``code`` is what the clerk read on the other screen."""

    request: str
    letter: str
    role: DeviceRole
    code: str


@dataclass(frozen=True, slots=True)
class RevokeDevice:
    """From now on nothing new of this device is believed."""

    device: str
    reason: str


def found_membership(work: Work, letter: str) -> None:
    """Make the root key of the office and let it admit this device as the first."""
    if find_office_root(work.session) is not None:
        raise RuleViolation("本库已经有单位根密钥。", "无需再次登记。")
    root, own = DeviceKeys(work.surroundings.chance(32)), own_keys(work.session)
    work.session.execute(
        insert(OfficeRoot).values(only=1, public=root.public.hex(), seed=root.seed, taken_at=None)
    )
    record = MemberRecord(
        office=root.public.hex(),
        public=own.public.hex(),
        opening=own.opening.hex(),
        name=f"{letter} 机",
        letter=letter,
        role=DeviceRole.ADMIN,
        state=MemberState.ACTIVE,
        serial=1,
        last=(),
        kept=(),
        signer="",
    )
    keep_record(work, sign_record(record, root))


def show_root_key(work: Work, _: None) -> str:
    """The root key in groups, to be printed; each look at it stands in the journal."""
    text = _root_key_text(work)
    work.note("查看单位根密钥", work.office.unit, "devices")
    return text


def take_root_key(work: Work, _: None) -> str:
    """The root key for the recovery sheet, once; afterwards it exists on paper only."""
    text = _root_key_text(work)
    row = work.session.get_one(OfficeRoot, 1)
    row.seed, row.taken_at = None, work.now
    work.note("抄录单位根密钥", work.office.unit, "devices")
    return text


def _root_key_text(work: Work) -> str:
    row = work.session.get(OfficeRoot, 1)
    if row is None or row.seed is None:
        raise RuleViolation(
            "单位根密钥已经抄到恢复单上，本机不再保存。", "请查看保险柜里的恢复单。"
        )
    return root_text(DeviceKeys(row.seed))


def admit_device(work: Work, command: AdmitDevice) -> str:
    """Sign a member record for the device that asked; its name in every file comes back."""
    request = read_request(command.request)
    office = office_root(work.session)
    if comparison_code(request).replace(" ", "") != command.code.replace(" ", ""):
        raise InvalidInput(
            "两台电脑上的比对码不一致。", "请重新导出加入申请，并当面核对；仍不一致时不要加入。"
        )
    roster = _roster_of_admin(work)
    _refuse_taken_letter(roster, command.letter, request.public)
    known = roster.find(request.public)
    record = MemberRecord(
        office=office,
        public=request.public,
        opening=request.opening,
        name=request.name,
        letter=command.letter,
        role=command.role,
        state=MemberState.ACTIVE,
        serial=known.serial + 1 if known else 1,
        last=(),
        kept=(),
        signer="",
    )
    keep_record(work, sign_record(record, own_keys(work.session)))
    if known is None:
        _list_device(work, record)
    work.note("设备加入", request.name, "devices", device=record.device, role=command.role.value)
    return record.device


def _list_device(work: Work, record: MemberRecord) -> None:
    work.session.execute(
        insert(Device).values(
            id=work.new_id(), device=record.device, letter=record.letter,
            public_key=record.public, added_at=work.now, added_by=work.actor.name,
        )
    )  # fmt: skip


def _refuse_taken_letter(roster: Roster, letter: str, public: str) -> None:
    """Letters of revoked devices stay taken: they stand in numbers on paper."""
    for member in roster.members.values():
        if member.letter == letter and member.public != public:
            raise InvalidInput(
                f"设备字母 {letter} 已由“{member.name}”使用。",
                "每台设备的字母印在编号里，请换一个。",
            )


def revoke_device(work: Work, command: RevokeDevice) -> None:
    """Name the last segments of the device that still count; later ones go to quarantine."""
    roster = _roster_of_admin(work)
    member = roster.members.get(command.device)
    if member is None or not member.is_active:
        raise RuleViolation("这台设备不在用。", "请刷新设备名单后重试。")
    own = own_keys(work.session)
    if member.device == own.device:
        raise RuleViolation("不能撤销本机。", "请在另一台管理机上撤销。")
    if not command.reason.strip():
        raise InvalidInput("没有写明撤销原因。", "请填写原因，例如：笔记本丢失。")
    signed = [r.digest for r in list_records(work.session) if r.signer == member.public]
    record = replace(
        member,
        state=MemberState.REVOKED,
        serial=member.serial + 1,
        last=last_segments_of(work.session, member.device),
        kept=tuple(sorted(signed)),
    )
    keep_record(work, sign_record(record, own))
    work.note("撤销设备", member.name, "devices", device=member.device, reason=command.reason)


def restore_administrator(work: Work, root: str) -> None:
    """With the key from the safe: this device becomes an administrator's device again."""
    keys, own = read_root(root), own_keys(work.session)
    if keys.public.hex() != office_root(work.session):
        raise InvalidInput("这不是本单位的根密钥。", "请核对恢复单上的单位名称。")
    member = find_roster(work.session).members.get(own.device)
    if member is None:
        raise RuleViolation("本机还没有加入本单位。", "请先由管理机登记本机。")
    record = replace(
        member, state=MemberState.ACTIVE, role=DeviceRole.ADMIN, serial=member.serial + 1,
        last=(), kept=(),
    )  # fmt: skip
    keep_record(work, sign_record(record, keys))
    work.note("用根密钥恢复管理机", member.name, "devices")


def _roster_of_admin(work: Work) -> Roster:
    roster = find_roster(work.session)
    if not roster.may_admit(own_keys(work.session).public.hex()):
        raise PermissionRefused("本机不是管理机，不能登记或撤销设备。", "请在管理机上办理。")
    return roster


def keep_record(work: Work, record: MemberRecord) -> None:
    """Keep one record; a record is only ever added."""
    text = record_text(record)
    read_record(text)
    if work.session.get(MemberRecordRow, record.digest) is None:
        work.session.execute(
            insert(MemberRecordRow).values(digest=record.digest, text=text, kept_at=work.now)
        )


def keep_foreign_records(work: Work, records: tuple[MemberRecord, ...]) -> int:
    """Keep what others know of the members, as far as the roster accepts its signer."""
    office = office_root(work.session)
    known = set(work.session.scalars(select(MemberRecordRow.digest)))
    fresh = [r for r in records if r.office == office and r.digest not in known]
    for record in fresh:
        keep_record(work, record)
    roster = find_roster(work.session)
    unheard = [r.digest for r in fresh if not roster.find(r.public)]
    work.session.execute(delete(MemberRecordRow).where(MemberRecordRow.digest.in_(unheard)))
    return len(fresh) - len(unheard)


def ask_to_join(desk: Desk, name: str) -> tuple[str, JoinRequest]:
    """The request of this device as text, for a file or a QR code."""
    request = make_request(name, desk.ask(own_keys))
    return request_text(request), request

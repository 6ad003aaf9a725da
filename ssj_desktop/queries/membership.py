"""Reading the roster of devices and what is known of each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.membership import MemberRecord, Roster, call_roll, read_record
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.models.chain import OwnDevice
from ssj_desktop.models.exchange import MemberRecordRow, OfficeRoot, PeerState
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.office import Office

ASKED = "申请加入"
SILENT_DAYS = 14
"""A device not heard from for so long is named before a draw."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device as the page shows it."""

    device: str
    name: str
    letter: str
    role: str
    state: str
    is_own: bool
    is_active: bool
    heard_at: datetime | None
    silent_days: int | None
    known_days: int = 0
    """Since this store learned of its admission."""

    @property
    def heard(self) -> str:
        if self.is_own:
            return "本机"
        if self.silent_days is None:
            return "尚无往来"
        return "今天" if not self.silent_days else f"{self.silent_days} 天前"

    @property
    def is_silent(self) -> bool:
        """Active, and not heard from for a fortnight; one just admitted has that time too."""
        days = self.known_days if self.silent_days is None else self.silent_days
        return self.is_active and not self.is_own and days >= SILENT_DAYS


def own_keys(session: Session) -> DeviceKeys:
    return DeviceKeys(session.scalars(select(OwnDevice.seed)).one())


def joining_name(session: Session) -> str:
    """The name under which this device asked to join; it stands in its own journal."""
    query = select(JournalRow.subject).where(JournalRow.action == ASKED)
    return session.scalars(query).one()


def find_office_root(session: Session) -> str | None:
    """The public key of the office's root, None in a store that has not been founded as one."""
    return session.scalar(select(OfficeRoot.public))


def find_chain_office(session: Session) -> str:
    """The name all segments of this office carry in their header."""
    return session.scalars(select(Office.id)).one()


def find_own_office(session: Session) -> str | None:
    """The same; None in a store that only counts for others."""
    return session.scalar(select(Office.id))


def office_root(session: Session) -> str:
    public = find_office_root(session)
    if public is None:
        raise RuleViolation("本库还没有单位根密钥，不能交换数据。", "请由系统管理员先登记本机。")
    return public


def list_records(session: Session) -> tuple[MemberRecord, ...]:
    return tuple(read_record(text) for text in member_texts(session).values())


def sound_records(session: Session) -> tuple[tuple[MemberRecord, ...], tuple[str, ...]]:
    """Those that still say what was signed, and the digests of those that another tool changed."""
    sound, altered = [], []
    for digest, text in member_texts(session).items():
        try:
            record = read_record(text)
        except InvalidInput:
            altered.append(digest)
            continue
        if record.digest == digest:
            sound.append(record)
        else:
            altered.append(digest)
    return tuple(sound), tuple(altered)


def member_texts(session: Session) -> dict[str, str]:
    """Every record as text, by digest: they go along with each exchange."""
    query = select(MemberRecordRow.digest, MemberRecordRow.text).order_by(MemberRecordRow.digest)
    return dict(session.execute(query).all())


def find_roster(session: Session) -> Roster:
    return call_roll(office_root(session), list_records(session))


def is_field_laptop(session: Session) -> bool:
    """Whether this computer works with an excerpt, not with everything."""
    if find_office_root(session) is None:
        return False
    own = find_roster(session).members.get(own_keys(session).device)
    return own is not None and own.role is DeviceRole.FIELD


def is_admin_device(session: Session) -> bool:
    """Whether this computer may admit and revoke others."""
    if find_office_root(session) is None:
        return False
    return find_roster(session).may_admit(own_keys(session).public.hex())


def list_devices(session: Session, now: datetime) -> tuple[DeviceRow, ...]:
    """All devices, this one first."""
    if find_office_root(session) is None:
        return ()
    own = own_keys(session).device
    heard = dict(session.execute(select(PeerState.device, PeerState.heard_at)).all())
    known = _known_since(session)
    rows = [
        DeviceRow(
            device=member.device,
            name=member.name,
            letter=member.letter,
            role=member.role.label,
            state=member.state.label,
            is_own=member.device == own,
            is_active=member.is_active,
            heard_at=heard.get(member.device),
            silent_days=_days(heard.get(member.device), now),
            known_days=_days(known.get(member.device), now) or 0,
        )
        for member in find_roster(session).members.values()
    ]
    return tuple(sorted(rows, key=lambda row: (not row.is_own, row.letter, row.device)))


def _known_since(session: Session) -> dict[str, datetime]:
    """When the first record of each device came here."""
    query = select(MemberRecordRow.text, MemberRecordRow.kept_at)
    found: dict[str, datetime] = {}
    for text, kept_at in session.execute(query):
        device = read_record(text).device
        found[device] = min(kept_at, found.get(device, kept_at))
    return found


def _days(heard: datetime | None, now: datetime) -> int | None:
    return None if heard is None else max(0, (now - heard).days)

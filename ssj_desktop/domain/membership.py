"""Which devices belong to an office, what each may originate, and how long it is believed.

A member record is a few lines of text signed by the office's root key or by a device that may
admit others. The roster is a pure function of the records known; text form in docs/membership.md.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from ssj_desktop.domain.device_keys import DeviceKeys, device_of, is_signed
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.journal_names import KEY_SETTING
from ssj_desktop.domain.signed_text import read_lines, unreadable, write_lines
from ssj_desktop.domain.vocabulary import DeviceRole, MemberState

RECORD_MAGIC = "SSJ-MEMBER-1"
REQUEST_MAGIC = "SSJ-JOIN-1"
LINE_MAGIC = "SSJJ:"
MOST_NAME = 60
ROOT_GROUPS = 17
_CODE_COST = {"n": 1 << 14, "r": 8, "p": 1, "maxmem": 1 << 26}
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_HEX128 = re.compile(r"[0-9a-f]{128}\Z")
_LETTER = re.compile(r"[A-Z][A-Z0-9]{0,3}\Z")

FIELD_TABLES = frozenset(
    {"inspection_tasks", "item_results", "attachments", "attachment_voids", "field_leases"}
)
"""What a field laptop may originate: its own visits and what was photographed there."""
ADMIN_TABLES = frozenset({"accounts", "devices"})
"""What only an administrator's device may change; each device enters itself and its people."""


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """One statement about one device; a higher ``serial`` replaces a lower one.

    A revocation names in ``last`` the newest segments of the device that still count, and in
    ``kept`` the digests of the member records it had signed that still count.
    """

    office: str
    public: str
    opening: str
    name: str
    letter: str
    role: DeviceRole
    state: MemberState
    serial: int
    last: tuple[str, ...]
    kept: tuple[str, ...]
    signer: str
    signature: str = ""

    @property
    def device(self) -> str:
        return device_of(bytes.fromhex(self.public))

    @property
    def digest(self) -> str:
        return hashlib.sha256(record_text(self).encode()).hexdigest()

    @property
    def is_active(self) -> bool:
        return self.state is MemberState.ACTIVE


def _signed_text(record: MemberRecord) -> str:
    return record_text(replace(record, signature=""))


def record_text(record: MemberRecord) -> str:
    """The text form; the signature covers the same text with an empty signature."""
    values = {
        "office": record.office,
        "public": record.public,
        "opening": record.opening,
        "name": record.name,
        "letter": record.letter,
        "role": record.role.value,
        "state": record.state.value,
        "serial": str(record.serial),
        "last": ",".join(record.last),
        "kept": ",".join(record.kept),
        "signer": record.signer,
        "signature": record.signature,
    }
    return write_lines(RECORD_MAGIC, values)


def read_record(text: str) -> MemberRecord:
    """A record whose form and signature hold; whether its signer counts says the roster."""
    values = read_lines(RECORD_MAGIC, text)
    try:
        record = MemberRecord(
            **{name: values[name] for name in ("office", "public", "opening", "name", "letter")},
            role=DeviceRole(values["role"]),  # type: ignore[call-arg]
            state=MemberState(values["state"]),  # type: ignore[call-arg]
            serial=int(values["serial"]),
            last=_hashes(values["last"]),
            kept=_hashes(values["kept"]),
            signer=values["signer"],
            signature=values["signature"],
        )
    except (KeyError, ValueError):
        raise unreadable() from None
    if record_text(record) != text or not _is_sound(record):
        raise unreadable()
    return record


def _hashes(text: str) -> tuple[str, ...]:
    hashes = tuple(text.split(",")) if text else ()
    if not all(_HEX64.match(each) for each in hashes):
        raise ValueError(text)
    return hashes


def _is_sound(record: MemberRecord) -> bool:
    keys = (record.office, record.public, record.opening, record.signer)
    return (
        all(_HEX64.match(key) for key in keys)
        and _is_name(record.name)
        and _LETTER.match(record.letter) is not None
        and 0 < record.serial < 1 << 31
        and _HEX128.match(record.signature) is not None
        and is_signed(
            bytes.fromhex(record.signer),
            bytes.fromhex(record.signature),
            _signed_text(record).encode(),
        )
    )


def _is_name(name: str) -> bool:
    return 0 < len(name) <= MOST_NAME and name.isprintable() and name == name.strip()


def sign_record(record: MemberRecord, keys: DeviceKeys) -> MemberRecord:
    """The same record signed by ``keys``."""
    unsigned = replace(record, signer=keys.public.hex(), signature="")
    return replace(unsigned, signature=keys.sign(_signed_text(unsigned).encode()).hex())


@dataclass(frozen=True, slots=True)
class Roster:
    """The newest valid record of every device, by device."""

    office: str
    members: Mapping[str, MemberRecord]

    def find(self, public: str) -> MemberRecord | None:
        return self.members.get(device_of(bytes.fromhex(public)))

    def active(self) -> tuple[MemberRecord, ...]:
        found = (member for member in self.members.values() if member.is_active)
        return tuple(sorted(found, key=lambda member: (member.letter, member.device)))

    def may_vouch(self, device: str) -> bool:
        """Whether what this device builds upon counts."""
        member = self.members.get(device)
        return member is not None and member.is_active

    def may_admit(self, public: str) -> bool:
        """The root, or an administrator's device that is not revoked."""
        member = self.find(public)
        return public == self.office or (
            member is not None and member.is_active and member.role is DeviceRole.ADMIN
        )


def call_roll(office: str, records: Iterable[MemberRecord]) -> Roster:
    """The roster that follows from these records, whatever order they came in.

    Of two administrators who revoke each other both are out; the root key decides.
    """
    own = {record.digest: record for record in records if record.office == office}
    trusted = _signed_by_admins(office, own)
    newest = _newest(office, trusted.values())
    kept = {
        digest: record
        for digest, record in trusted.items()
        if not record.is_active or _still_counts(newest, digest, record)
    }
    return Roster(office, _newest(office, kept.values()))


def _signed_by_admins(office: str, records: Mapping[str, MemberRecord]) -> dict[str, MemberRecord]:
    admins, trusted = {office}, dict[str, MemberRecord]()
    while True:
        found = {d: r for d, r in records.items() if r.signer in admins and d not in trusted}
        if not found:
            return trusted
        trusted.update(found)
        admins |= {r.public for r in found.values() if r.role is DeviceRole.ADMIN}


def _newest(office: str, records: Iterable[MemberRecord]) -> dict[str, MemberRecord]:
    """By device the highest serial; on a tie the root's word, then a revocation."""
    found: dict[str, MemberRecord] = {}
    for record in sorted(
        records, key=lambda r: (r.serial, r.signer == office, not r.is_active, r.digest)
    ):
        found[record.device] = record
    return found


def _still_counts(newest: Mapping[str, MemberRecord], digest: str, record: MemberRecord) -> bool:
    signer = newest.get(device_of(bytes.fromhex(record.signer)))
    return signer is None or signer.is_active or digest in signer.kept


def may_originate(role: DeviceRole, table: str, kind: str, key: str = "") -> bool:
    """Whether a device of this role may be the origin of such an operation (I, U or D).

    Every device adds the key to the names in its own journal.
    """
    if role is DeviceRole.ADMIN:
        return True
    if table in ADMIN_TABLES or (table == "settings" and key.startswith(KEY_SETTING)):
        return kind == "I"
    return role is DeviceRole.OFFICE or table in FIELD_TABLES


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """A device asks to be admitted; signed by itself, so the keys are really its own."""

    name: str
    public: str
    opening: str
    signature: str = ""


def request_text(request: JoinRequest) -> str:
    """The text form, for a file and for a QR code."""
    values = {field.name: str(getattr(request, field.name)) for field in fields(JoinRequest)}
    return write_lines(REQUEST_MAGIC, values)


def request_line(request: JoinRequest) -> str:
    """The same on one line, for a QR code that a hand scanner types."""
    raw = base64.urlsafe_b64encode(request_text(request).encode())
    return LINE_MAGIC + raw.decode()


def check_device_name(name: str) -> None:
    """InvalidInput for a name that no record may carry."""
    if not _is_name(name):
        raise InvalidInput(
            f"设备名称“{name}”不能用。", f"请用 {MOST_NAME} 字以内的名称，例如：业务二科笔记本。"
        )


def make_request(name: str, keys: DeviceKeys) -> JoinRequest:
    """A request of the device that owns ``keys``; InvalidInput for an unusable name."""
    check_device_name(name)
    request = JoinRequest(name, keys.public.hex(), keys.opening.hex())
    return replace(request, signature=keys.sign(request_text(request).encode()).hex())


def read_request(text: str) -> JoinRequest:
    """A request whose form and signature hold, from a file or from the line of a QR code."""
    try:
        if text.strip().startswith(LINE_MAGIC):
            text = base64.urlsafe_b64decode(text.strip().removeprefix(LINE_MAGIC)).decode()
        values = read_lines(REQUEST_MAGIC, text)
        request = JoinRequest(**values)
        public, signature = bytes.fromhex(request.public), bytes.fromhex(request.signature)
    except (TypeError, ValueError):
        raise unreadable() from None
    unsigned = request_text(replace(request, signature="")).encode()
    if (
        request_text(request) != text
        or not _HEX64.match(request.opening)
        or not _is_name(request.name)
        or not is_signed(public, signature, unsigned)
    ):
        raise unreadable()
    return request


def comparison_code(request: JoinRequest, office: str = "") -> str:
    """Ten digits both screens show: ``12345 67890``."""
    return code_of(f"SSJ-CODE-1\n{office}", request_text(request))


@lru_cache(maxsize=256)
def code_of(purpose: str, text: str) -> str:
    """Ten digits of a text.

    scrypt makes each guess of a look-alike dear, so ten digits are enough (RFC 7914); a screen
    that shows the same digits again does not pay again.
    """
    digest = hashlib.scrypt(text.encode(), salt=purpose.encode(), dklen=32, **_CODE_COST)
    number = f"{int.from_bytes(digest, 'big') % 10**10:010}"
    return f"{number[:5]} {number[5:]}"


def root_text(keys: DeviceKeys) -> str:
    """The office's root key for the sheet in the safe: hex in groups of four, then four of check."""
    raw = keys.seed.hex()
    check = hashlib.sha256(b"SSJ-ROOT-1" + keys.seed).hexdigest()[:4]
    return "-".join((raw + check)[place : place + 4] for place in range(0, 68, 4))


def read_root(text: str) -> DeviceKeys:
    """The root key typed from the sheet; InvalidInput for a slip of the finger."""
    raw = re.sub(r"[\s-]", "", text).lower()
    if re.fullmatch(r"[0-9a-f]{68}", raw):
        keys = DeviceKeys(bytes.fromhex(raw[:64]))
        if root_text(keys).replace("-", "") == raw:
            return keys
    raise InvalidInput("根密钥抄写有误。", f"请照恢复单逐组核对，共 {ROOT_GROUPS} 组，每组 4 位。")


def root_gap(text: str) -> str:
    """How far the typing of the root key has come; nothing when all groups are there."""
    groups = sum(sign.isalnum() for sign in text) // 4
    return "" if groups >= ROOT_GROUPS else f"已输入 {groups} 组，共 {ROOT_GROUPS} 组"

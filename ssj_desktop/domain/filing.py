"""Filing (备案) upwards: what is filed, what the city adds, and the receipt, each signed text.

A filing is immutable. The city forwards it with its own countersignature beside the county's text,
which stays intact to the letter; a receipt answers it with 已备案 or 退回.
"""

import hashlib
from dataclasses import asdict, dataclass, fields
from typing import ClassVar, TypeVar

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.membership import code_of
from ssj_desktop.domain.signed_text import is_hash, read_signed, sign_lines, unreadable
from ssj_desktop.domain.vocabulary import FilingKind, FilingVerdict, OfficeLevel


@dataclass(frozen=True, slots=True)
class OfficeCard:
    """单位名片: how another office knows this one; its root key is compared by ten digits."""

    magic: ClassVar[str] = "SSJ-OFFICE-1"
    office: str
    unit: str
    division: str
    level: str
    signer: str


@dataclass(frozen=True, slots=True)
class Filing:
    """One plan version, plan change or summary of object changes; papers by their hash.

    ``subject`` and ``version`` name the row it was made from; ``facts`` is the SHA-256 of the
    machine-readable part.
    """

    magic: ClassVar[str] = "SSJ-FILING-1"
    filing: str
    office: str
    unit: str
    division: str
    kind: str
    title: str
    subject: str
    version: str
    facts: str
    papers: str
    journal_head: str
    made_by: str
    made_at: str
    signer: str

    @property
    def paper_hashes(self) -> tuple[str, ...]:
        return tuple(self.papers.split(",")) if self.papers else ()


@dataclass(frozen=True, slots=True)
class Countersignature:
    """The middle level hands a filing on; ``statement`` is the digest of the filing's text."""

    magic: ClassVar[str] = "SSJ-COUNTERSIGN-1"
    statement: str
    office: str
    unit: str
    opinion: str
    made_by: str
    made_at: str
    signer: str


@dataclass(frozen=True, slots=True)
class FilingReceipt:
    """The answer: 已备案 with a number, or 退回 with an opinion."""

    magic: ClassVar[str] = "SSJ-FILING-RECEIPT-1"
    statement: str
    office: str
    unit: str
    verdict: str
    number: str
    opinion: str
    made_by: str
    made_at: str
    signer: str


S = TypeVar("S", OfficeCard, Filing, Countersignature, FilingReceipt)


def statement_text(statement: S, keys: DeviceKeys) -> str:
    """The signed text; ``signer`` is filled in with the key that signs."""
    values = {**asdict(statement), "signer": keys.public.hex()}
    return sign_lines(statement.magic, values, keys)


def read_statement(kind: type[S], text: str) -> S:
    """InvalidInput unless form and signature hold; who the signer is says the roster."""
    names = tuple(field.name for field in fields(kind))
    statement = kind(**read_signed(kind.magic, text, names, "signer"))
    if not _is_sound(statement):
        raise unreadable()
    return statement


def digest_of(text: str) -> str:
    """What a countersignature and a receipt refer to."""
    return hashlib.sha256(text.encode()).hexdigest()


def _is_sound(statement: OfficeCard | Filing | Countersignature | FilingReceipt) -> bool:
    try:
        if isinstance(statement, OfficeCard):
            OfficeLevel.of(statement.level)
            return is_hash(statement.office)
        if isinstance(statement, Filing):
            FilingKind.of(statement.kind)
            hashes = (statement.facts, statement.journal_head, *statement.paper_hashes)
            return all(is_hash(each) for each in (statement.office, *hashes))
        if isinstance(statement, FilingReceipt):
            FilingVerdict.of(statement.verdict)
    except InvalidInput:
        return False
    return is_hash(statement.office) and is_hash(statement.statement)


def check_verdict(verdict: FilingVerdict, number: str, opinion: str) -> None:
    """已备案 carries a number, 退回 says why."""
    if verdict is FilingVerdict.FILED and not number.strip():
        raise InvalidInput("没有填写备案编号。", "请填写备案编号后再出具回执。")
    if verdict is FilingVerdict.RETURNED and not opinion.strip():
        raise InvalidInput("退回要写明意见。", "请填写退回意见。")


def level_of(division: str) -> OfficeLevel:
    """GB/T 2260: 230000 is a province, 230900 a city, 230921 a county."""
    if division.endswith("0000"):
        return OfficeLevel.PROVINCE
    return OfficeLevel.CITY if division.endswith("00") else OfficeLevel.COUNTY


def office_code(office: str) -> str:
    """Ten digits of an office's root key, read out on the telephone when cards are exchanged."""
    return code_of("SSJ-OFFICE-CODE-1", office)

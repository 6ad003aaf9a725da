"""Office cards and filing bundles as files: out for the other office, in from it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from ssj_desktop.domain.errors import FileRefused, InvalidInput
from ssj_desktop.domain.filing import OfficeCard, office_code, read_statement, statement_text
from ssj_desktop.domain.membership import read_record
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.formats.bundle import Contents, read_bundle, write_bundle
from ssj_desktop.formats.envelope import MOST_BYTES, Label, open_envelope
from ssj_desktop.formats.files import read_file, write_and_read_back, write_atomically
from ssj_desktop.queries.filings import filing_parts, list_peer_offices, peer_roster, peer_texts
from ssj_desktop.queries.journal import journal_head
from ssj_desktop.queries.membership import member_texts, office_root, own_keys
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.filings import (
    AddPeerOffice,
    FilingsTaken,
    TakeFilings,
    office_card,
    take_filings,
)

FILING = "filing"
_CARD_FORMAT = "ssj-office-card-1"
MOST_CARD = 1 << 22


def write_card(desk: Desk, path: Path) -> str:
    """Write the card of this office; returns the code to read out on the telephone."""
    write_atomically(path, card_file(desk))
    return own_code(desk)


def read_card(path: Path, code: str = "") -> tuple[OfficeCard, AddPeerOffice]:
    return read_card_file(read_file(path, MOST_CARD), code)


def write_bundle_file(desk: Desk, digest: str, unit: str, path: Path) -> str:
    """Write a filing or its answers for an office and read it back; returns its SHA-256."""
    return write_and_read_back(path, filing_bundle(desk, digest, unit))


def take_bundle_file(desk: Desk, path: Path) -> FilingsTaken:
    return take_filing_bundle(desk, read_file(path, MOST_BYTES))


def card_file(desk: Desk) -> bytes:
    """The card of this office with the records of its devices, for the other office."""
    office = desk.office
    card = office_card(desk.ask(office_root), office.unit, office.division)
    text = statement_text(card, desk.ask(own_keys))
    content = {
        "format": _CARD_FORMAT,
        "card": text,
        "members": list(desk.ask(member_texts).values()),
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def read_card_file(content: bytes, code: str = "") -> tuple[OfficeCard, AddPeerOffice]:
    """The card and the command that takes it in once ``code`` has been compared."""
    try:
        parsed = json.loads(content)
        card, members = parsed["card"], tuple(parsed["members"])
        if parsed["format"] != _CARD_FORMAT or not all(isinstance(m, str) for m in members):
            raise ValueError(parsed["format"])
        return read_statement(OfficeCard, card), AddPeerOffice(card, members, code)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FileRefused("这不是单位名片文件。", "请对方在“备案”页导出单位名片。") from None


def own_code(desk: Desk) -> str:
    """Ten digits the other office compares with."""
    return office_code(desk.ask(office_root))


def filing_bundle(desk: Desk, digest: str, unit: str) -> bytes:
    """A filing or its answers for the office named ``unit`` (or its division code)."""
    peers = [p for p in desk.ask(list_peer_offices) if unit in (p.unit, p.division, p.id)]
    roster = desk.ask(peer_roster, peers[0].office) if peers else None
    if roster is None:
        raise InvalidInput(f"没有登记过单位“{unit}”。", "请先导入对方的单位名片并核对比对码。")
    openings = [
        bytes.fromhex(member.opening)
        for member in roster.active()
        if member.role is not DeviceRole.FIELD
    ]
    parts = desk.ask(filing_parts, digest)
    texts = desk.ask(member_texts)
    parts |= {f"members/{name}.txt": text.encode() for name, text in texts.items()}
    vouchers = {f"members/{read_record(text).digest}.txt": text for text in desk.ask(peer_texts)}
    parts |= {name: text.encode() for name, text in vouchers.items()}
    keys, head = desk.ask(own_keys), desk.ask(journal_head)
    now = desk.surroundings.now()
    label = Label(
        desk.surroundings.chance(16).hex(), FILING, desk.ask(office_root), keys.public.hex(),
        stamp(now),
    )  # fmt: skip
    contents = Contents((), head, {"filing": digest}, parts)
    return write_bundle(label, openings, contents, keys, desk.surroundings.chance)


def stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def take_filing_bundle(desk: Desk, file: bytes) -> FilingsTaken:
    """Open a filing bundle and take in what is new; all or nothing."""
    envelope = open_envelope(file)
    if envelope.label.kind != FILING:
        raise InvalidInput("这不是备案数据包。", "请在“数据同步”页导入它。")
    contents = read_bundle(envelope, desk.ask(own_keys))
    command = TakeFilings(envelope.label.office, envelope.label.sender, dict(contents.parts))
    return desk.do(take_filings, command)

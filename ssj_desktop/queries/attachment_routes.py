"""Which attachments go with an exchange, which are still missing here, and where they come from."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.models.attachments import Attachment
from ssj_desktop.models.chain import ROW_DIGEST, SegmentRow, row_digest
from ssj_desktop.models.exchange import PeerState
from ssj_desktop.queries.membership import find_office_root, find_roster, own_keys
from ssj_desktop.queries.segments import APPLIED

_TABLE = Attachment.__tablename__


def sizes_of(session: Session, hashes: Collection[str] | None = None) -> dict[str, int]:
    """Size by hash in the order they were attached, of these or of all; void ones are kept too."""
    wanted = None if hashes is None else frozenset(hashes)
    return {
        sha256: size for _, sha256, size in _named(session) if wanted is None or sha256 in wanted
    }


def _named(session: Session) -> list[tuple[str, str, int]]:
    a = Attachment
    query = select(a.id, a.sha256, a.size).order_by(a.attached_at, a.id)
    return [(key, sha256, size) for key, sha256, size in session.execute(query)]


def hashes_in(session: Session, segments: Iterable[str]) -> frozenset[str]:
    """What the rows in these segments name."""
    touched: set[bytes] = set()
    for name in segments:
        of_one = session.scalar(select(SegmentRow.touched).where(SegmentRow.id == name)) or b""
        touched |= set(_digests(of_one))
    return frozenset(
        sha256 for key, sha256, _ in _named(session) if row_digest(_TABLE, key) in touched
    )


def hashes_by(session: Session, device: str) -> frozenset[str]:
    """What a device attached, as far as its segments count here."""
    query = select(SegmentRow.id).where(SegmentRow.device == device, SegmentRow.state == APPLIED)
    return hashes_in(session, session.scalars(query).all())


def unattested(session: Session) -> frozenset[str]:
    """What was attached here and no receipt names yet."""
    said = session.scalars(select(PeerState.attested)).all()
    return hashes_by(session, own_keys(session).device) - {
        sha256 for attested in said for sha256 in attested or ()
    }


def hashes_of(session: Session, tasks: Collection[str]) -> frozenset[str]:
    query = select(Attachment.sha256).where(Attachment.task_id.in_(tasks))
    return frozenset(session.scalars(query))


def luggage_of_attachments(session: Session, tasks: Collection[str]) -> tuple[int, int]:
    """How many bytes these tasks have with them, and in how many files."""
    sizes = sizes_of(session, hashes_of(session, tasks))
    return len(sizes), sum(sizes.values())


def asked_by(session: Session, devices: Collection[str]) -> frozenset[str]:
    """What these devices said last that they lack."""
    query = select(PeerState.asked).where(PeerState.device.in_(devices))
    return frozenset(sha256 for asked in session.scalars(query) for sha256 in asked or ())


def lacking_elsewhere(session: Session) -> dict[str, int]:
    """How many attachments each other device said it lacks."""
    rows = session.execute(select(PeerState.device, PeerState.asked))
    return {device: len(asked) for device, asked in rows if asked}


def origins_of(session: Session, hashes: Collection[str]) -> tuple[str, ...]:
    """Names of the other devices that attached these."""
    wanted = frozenset(hashes)
    digests = {row_digest(_TABLE, key) for key, sha256, _ in _named(session) if sha256 in wanted}
    own = own_keys(session).device
    query = select(SegmentRow.device, SegmentRow.touched).where(SegmentRow.state == APPLIED)
    devices = {
        device
        for device, touched in session.execute(query)
        if device != own and not digests.isdisjoint(_digests(touched))
    }
    members = find_roster(session).members if find_office_root(session) else {}
    return tuple(sorted(members[d].name if d in members else d[:8] for d in devices))


def own_device(session: Session) -> str:
    return own_keys(session).device


def _digests(touched: bytes) -> Iterable[bytes]:
    return (touched[at : at + ROW_DIGEST] for at in range(0, len(touched), ROW_DIGEST))

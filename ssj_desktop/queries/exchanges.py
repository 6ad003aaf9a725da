"""Reading the state of the exchange: history, what waits to go out, who holds what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.exchange_report import ExchangeReport
from ssj_desktop.domain.have import Have
from ssj_desktop.domain.membership import MemberRecord
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.models.chain import SegmentRow
from ssj_desktop.models.exchange import Exchange, PeerState
from ssj_desktop.queries.conflicts import count_conflicts
from ssj_desktop.queries.lineage import ancestry, segment_parents, unsent_count
from ssj_desktop.queries.membership import find_office_root, find_roster, list_devices, own_keys


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the pill in the header and the head of the page say."""

    is_shared: bool
    unsent: int
    conflicts: int
    last_at: datetime | None
    silent: tuple[str, ...]

    @property
    def text(self) -> str:
        if not self.is_shared:
            return "本机"
        parts = [f"{self.conflicts} 项冲突"] if self.conflicts else []
        parts += [f"{self.unsent} 段待交换"] if self.unsent else []
        if not parts and self.last_at is not None:
            parts = [f"上次 {self.last_at:%m-%d}"]
        return " · ".join(["离线", *parts])

    @property
    def tone(self) -> str:
        return "warn" if self.conflicts or self.unsent or self.silent else "neutral"


def _as_stored(instant: datetime) -> datetime:
    return instant


def list_exchanges(
    session: Session, limit: int = 100, local: Callable[[datetime], datetime] = _as_stored
) -> tuple[ExchangeReport, ...]:
    """The newest first, with the time of day that ``local`` gives an instant."""
    rows = session.scalars(select(Exchange).order_by(Exchange.at.desc()).limit(limit))
    return tuple(_report(row, local(row.at)) for row in rows)


def _report(row: Exchange, at: datetime) -> ExchangeReport:
    return ExchangeReport(
        at.strftime("%Y-%m-%d %H:%M"), row.actor, row.way, row.peer, row.file, row.digest,
        row.sent, row.received, row.counts, tuple(row.remarks), row.id,
    )  # fmt: skip


def find_last_report(
    session: Session, local: Callable[[datetime], datetime]
) -> ExchangeReport | None:
    """The newest exchange that brought something, else the newest."""
    reports = list_exchanges(session, 20, local)
    brought = (report for report in reports if report.received)
    return next(brought, reports[0] if reports else None)


def last_exchange_at(session: Session) -> datetime | None:
    return session.scalar(select(Exchange.at).order_by(Exchange.at.desc()).limit(1))


def other_members(session: Session) -> tuple[MemberRecord, ...]:
    """The devices in use besides this one."""
    if find_office_root(session) is None:
        return ()
    own = own_keys(session).device
    return tuple(m for m in find_roster(session).active() if m.device != own)


def heads_of(session: Session, device: str) -> tuple[str, ...]:
    """What a device last said it holds; nothing when it was never heard."""
    heads = session.scalar(select(PeerState.heads).where(PeerState.device == device))
    return tuple(heads or ())


def news_of(session: Session, haves: tuple[Have, ...]) -> tuple[Have, ...]:
    """The statements that say something new."""
    known: dict[str, list[str]] = dict(
        session.execute(select(PeerState.device, PeerState.heads)).all()
    )
    own = own_keys(session).device
    return tuple(
        have for have in haves if have.device != own and known.get(have.device) != list(have.heads)
    )


def common_heads(session: Session, devices: tuple[str, ...]) -> frozenset[str]:
    """Segments every copy of every one of ``devices`` holds; an unknown peer holds nothing."""
    parents = segment_parents(session)
    said = [heads for device in devices for heads in _said_by(session, device)]
    held = [ancestry(parents, heads) for heads in said]
    return frozenset.intersection(*held) if held else frozenset()


def _said_by(session: Session, device: str) -> tuple[tuple[str, ...], ...]:
    """The last statement of a device and those of its copies that are behind it."""
    query = select(PeerState.behind).where(PeerState.device == device)
    behind = session.scalar(query) or ()
    return heads_of(session, device), *(tuple(heads) for heads in behind)


def are_behind(session: Session, devices: tuple[str, ...]) -> bool:
    """Whether a copy of one of them said that it lacks what the device had acknowledged."""
    query = select(PeerState.behind).where(PeerState.device.in_(devices))
    return any(session.scalars(query))


def owes_word(session: Session) -> bool:
    """Whether this store holds what a device signed that was revoked since, and nobody says so."""
    roster = find_roster(session)
    if not roster.may_vouch(own_keys(session).device):
        return False
    parents = segment_parents(session)
    named = {n for m in roster.members.values() for n in ancestry(parents, m.last)}
    newest = session.execute(select(SegmentRow.id, SegmentRow.device).where(SegmentRow.is_tip))
    return any(not roster.may_vouch(device) and name not in named for name, device in newest)


def unsent_to_others(session: Session) -> int:
    """Own segments that at least one other device lacks, as far as it was heard."""
    others = tuple(
        member.device for member in other_members(session) if member.role is not DeviceRole.FIELD
    )
    return unsent_count(session, common_heads(session, others)) if others else 0


def find_sync_state(session: Session, now: datetime) -> SyncState:
    """The state of the exchange in one row."""
    others = other_members(session)
    silent = [row.name for row in list_devices(session, now) if row.is_silent]
    return SyncState(
        is_shared=bool(others),
        unsent=unsent_to_others(session),
        conflicts=count_conflicts(session),
        last_at=last_exchange_at(session),
        silent=tuple(silent),
    )

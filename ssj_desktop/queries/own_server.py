"""The server of this device, what of it is here and there, and what the header says of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.operations import NO_ROWS
from ssj_desktop.domain.server_address import ServerAddress, server_url
from ssj_desktop.domain.vocabulary import ServerSafety
from ssj_desktop.models.chain import ROW_DIGEST, SegmentRow
from ssj_desktop.models.exchange import OwnServer
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.queries.exchanges import SyncState, common_heads, other_members
from ssj_desktop.queries.lineage import GAP, QUARANTINED, ancestry, segment_parents
from ssj_desktop.queries.membership import find_office_root, own_keys
from ssj_desktop.queries.segments import sealed_to


@dataclass(frozen=True, slots=True)
class KnownServer:
    """Address and password as this device keeps them."""

    address: ServerAddress
    password: str

    @property
    def url(self) -> str:
        return server_url(self.address, self.password)


@dataclass(frozen=True, slots=True)
class LinkQuestion:
    """What the background asks the server with: where, for which office, and what is here.

    ``to_send`` counts the acts in each segment that may be sent; ``unsealed`` are acts that lie in
    no segment yet.
    """

    url: str
    office: str
    held: frozenset[str]
    to_send: Mapping[str, int]
    unsealed: int

    def compare(self, there: Iterable[str]) -> "LinkState":
        found = frozenset(there)
        missing = [rows for name, rows in self.to_send.items() if name not in found]
        return LinkState(True, self.unsealed + sum(missing), bool(found - self.held))


@dataclass(frozen=True, slots=True)
class LinkState:
    """What the last look at the server found: acts that wait here, and whether something is new."""

    is_online: bool
    waiting: int = 0
    has_news: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class HeaderPill:
    """The words in the header, their tone, and what the pointer reads over them."""

    text: str
    tone: str
    tip: str


def header_pill(
    state: SyncState, waiting: int, link: LinkState | None, last: datetime | None, today: date
) -> HeaderPill:
    """在线 or 离线, what waits, and when it was exchanged last; ``link`` None without a server."""
    if link is None and not state.is_shared:
        return HeaderPill("本机", "neutral", "只有这一台电脑。点这里打开“数据同步”")
    is_online = link is not None and link.is_online
    if link is not None and link.is_online:
        waiting = link.waiting
    parts = ["在线" if is_online else "离线"]
    parts += [f"{state.conflicts} 项冲突"] if state.conflicts else []
    parts += [f"{waiting} 项待交换"] if waiting else []
    parts += ["有新数据"] if link is not None and link.has_news else []
    if last is not None:
        parts.append(f"上次 {last:%H:%M}" if last.date() == today else f"上次 {last:%m-%d}")
    is_due = state.conflicts or waiting or state.silent or (link is not None and link.has_news)
    tone = "warn" if is_due else ("ok" if is_online else "neutral")
    silent = f"久未往来：{'、'.join(state.silent)}" if state.silent else ""
    why = link.why if link is not None else ""
    return HeaderPill(" · ".join(parts), tone, why or silent or "点这里打开“数据同步”")


def find_server(session: Session) -> KnownServer | None:
    row = session.get(OwnServer, 1)
    if row is None:
        return None
    address = ServerAddress(
        row.host, row.port, row.database, row.login, ServerSafety.of(row.safety), row.certificate
    )
    return KnownServer(address, row.password)


def find_link_question(session: Session) -> LinkQuestion | None:
    """None where there is no server to ask, or nothing to ask it for."""
    server, office = find_server(session), find_office_root(session)
    if server is None or office is None:
        return None
    held = select(SegmentRow.id, SegmentRow.state).where(SegmentRow.state != GAP)
    states = dict(session.execute(held).all())
    acts = _acts_in_segments(session)
    return LinkQuestion(
        server.url, office, frozenset(states),
        {name: acts[name] for name, state in states.items() if state != QUARANTINED},
        count_unsealed(session),
    )  # fmt: skip


def count_unsealed(session: Session) -> int:
    """Acts that changed something since the last segment was sealed."""
    return len(_acts_after(session, sealed_to(session)))


def _acts_after(session: Session, sequence: int) -> tuple[int, ...]:
    """What somebody did, not the rows it took: one edit changes the row and adds its history."""
    query = select(JournalRow.sequence).where(
        JournalRow.sequence > sequence, JournalRow.rows != NO_ROWS
    )
    return tuple(session.scalars(query.order_by(JournalRow.sequence)))


def _acts_in_segments(session: Session) -> dict[str, int]:
    """Of a foreign segment only its size is known without unpacking it."""
    own = _acts_after(session, 0)
    s = SegmentRow
    query = select(s.id, s.own, s.first, s.last, func.length(s.touched))
    return {
        name: bisect_right(own, last) - bisect_left(own, first)
        if is_own
        else min(last - first + 1, touched // ROW_DIGEST)
        for name, is_own, first, last, touched in session.execute(query)
    }


def count_waiting(session: Session) -> int:
    """Acts of this device that at least one other device lacks, as far as it was heard."""
    others = tuple(member.device for member in other_members(session))
    if not others:
        return 0
    held = ancestry(segment_parents(session), common_heads(session, others))
    acts = _acts_in_segments(session)
    query = select(SegmentRow.id).where(SegmentRow.device == own_keys(session).device)
    missing = (acts[name] for name in session.scalars(query) if name not in held)
    return count_unsealed(session) + sum(missing)

"""Segments that wait: whose they are, and what they wait for."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.segment import SegmentHeader, read_segment_file
from ssj_desktop.models.chain import SegmentRow
from ssj_desktop.queries.membership import find_office_root, find_roster
from ssj_desktop.queries.segments import WAITING


def segments_known(session: Session) -> frozenset[str]:
    """Every segment of which at least the head is here."""
    return frozenset(session.scalars(select(SegmentRow.id)))


def lost_parents(session: Session, heads: Iterable[str]) -> tuple[str, ...]:
    """Those of these segments that waiting ones stand on and that are not here."""
    waiting = session.scalars(select(SegmentRow.parents).where(SegmentRow.state == WAITING))
    wanted = {parent for parents in waiting for parent in parents}
    return tuple(sorted((wanted & set(heads)) - segments_known(session)))


def describe_waiting(session: Session) -> tuple[str, ...]:
    """Whose data waits for how much, and what to do: a sentence for each device."""
    s = SegmentRow
    query = select(s.id, s.content, s.reason).where(s.state == WAITING)
    rows = [
        (name, read_segment_file(content).header, reason)
        for name, content, reason in session.execute(query)
    ]
    known = segments_known(session)
    members = find_roster(session).members if find_office_root(session) else {}
    said = []
    for device in sorted({header.device for _, header, _ in rows}):
        name = members[device].name if device in members else device[:8]
        own = [(header, reason) for _, header, reason in rows if header.device == device]
        said.append(f"“{name}”的 {len(own)} 段在等：{_why(own, known)}")
    return tuple(said)


def _why(own: list[tuple[SegmentHeader, str]], known: frozenset[str]) -> str:
    if any(reason for _, reason in own):
        return "由更新版本的程序写成，请升级本机的程序"
    lacking = {parent for header, _ in own for parent in header.parents} - known
    if not lacking:
        return "它们依据的数据也在等"
    return f"缺它们依据的 {len(lacking)} 段，请先与其他电脑、共享文件夹或服务器交换"

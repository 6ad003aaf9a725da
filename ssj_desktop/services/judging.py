"""Whose segments count: the judge that membership hands to ``apply_segments``."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.membership import MemberRecord, Roster, may_originate
from ssj_desktop.domain.segment import SealedSegment
from ssj_desktop.domain.segment_body import verified_blocks
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.formats.segments import is_signed_by, unpack
from ssj_desktop.models.chain import SegmentRow
from ssj_desktop.queries.lineage import QUARANTINED, ancestry, segment_parents
from ssj_desktop.queries.membership import find_own_office, find_roster


def judge_segment(session: Session, segment: SealedSegment) -> str:
    """Why a segment is not believed, in Chinese; empty when it is."""
    roster = find_roster(session)
    member = roster.members.get(segment.header.device)
    if member is None:
        return "设备不属于本单位"
    if segment.header.office != (find_own_office(session) or segment.header.office):
        return "写的是别的单位"
    if not is_signed_by(segment, bytes.fromhex(member.public)):
        return "签名不对"
    if not member.is_active and not _was_accepted(session, roster, member, segment):
        return f"“{member.name}”已被撤销，这是撤销之后的数据"
    return _beyond_role(member, segment)


def _was_accepted(
    session: Session, roster: Roster, member: MemberRecord, segment: SealedSegment
) -> bool:
    """Named by the revocation, or built upon by a device that is in use.

    The second keeps all stores equal: what one of them had taken in before it heard of the
    revocation, it vouches for with its next segment.
    """
    parents = segment_parents(session) | {segment.identity: segment.header.parents}
    rows = session.execute(
        select(SegmentRow.id, SegmentRow.device).where(SegmentRow.state != QUARANTINED)
    )
    active = {m.device for m in roster.active()}
    vouching = [identity for identity, device in rows if device in active]
    return segment.identity in ancestry(parents, (*member.last, *vouching))


def _beyond_role(member: MemberRecord, segment: SealedSegment) -> str:
    """An administrator's device may originate anything, so its content need not be read here."""
    if member.role is DeviceRole.ADMIN:
        return ""
    try:
        blocks = verified_blocks(segment.header, unpack(segment))
        operations = [operation for block in blocks for operation in block.operations()]
    except FileRefused:
        return ""  # broken content is named when it is applied
    for operation in operations:
        if not may_originate(member.role, operation.table, operation.kind, operation.key):
            return f"{member.role.label}“{member.name}”无权改动“{operation.table}”"
    return ""

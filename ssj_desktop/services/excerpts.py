"""Excerpts for field laptops: what goes along with a bundle, and taking it in (docs/adr/009)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import FileRefused, PermissionRefused, RuleViolation
from ssj_desktop.domain.membership import MemberRecord
from ssj_desktop.domain.segment import SealedSegment, read_segment_head, segment_head_bytes
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.formats.excerpts import Excerpt, read_excerpt, write_excerpt
from ssj_desktop.formats.segments import is_signed_by
from ssj_desktop.models.chain import APPLY, CAPTURE, OpenEntry, SegmentRow, row_digest
from ssj_desktop.models.exchange import ExcerptRow
from ssj_desktop.queries.excerpts import (
    acknowledged_to,
    choose,
    covered_by,
    newest_clock,
    rows_for_tasks,
    schema_of,
)
from ssj_desktop.queries.membership import (
    find_own_office,
    find_roster,
    is_field_laptop,
    office_root,
    own_keys,
)
from ssj_desktop.queries.segments import HEAD, Row
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.folding import Changes, fold_rows
from ssj_desktop.services.sealing import touched_rows

HEADS, EXCERPTS = "heads", "excerpts"


@dataclass(frozen=True, slots=True)
class ForLaptop:
    """Parts and facts of a bundle for one field laptop."""

    parts: Mapping[str, bytes]
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FromOffice:
    """The same as a laptop reads them.

    ``covered`` are segments the laptop had named as its newest and on which ``heads`` stand.
    """

    heads: Mapping[str, bytes]
    excerpts: tuple[bytes, ...]
    covered: tuple[str, ...] = ()


NOTHING = FromOffice({}, ())


def excerpt_for(desk: Desk, member: MemberRecord, tasks: Sequence[str], made: str) -> ForLaptop:
    """What this laptop gets instead of segments; everything must be sealed by now."""
    rows = desk.ask(rows_for_tasks, tasks)
    choice = desk.ask(choose, rows, [row_digest(*row) for row in rows])
    file = write_excerpt(
        choice.blocks, desk.ask(office_root), made, desk.ask(schema_of), desk.ask(newest_clock),
        desk.ask(own_keys),
    )  # fmt: skip
    names = [segment.identity for segment in choice.heads]
    parts = {f"{HEADS}/{s.identity}.seg": segment_head_bytes(s) for s in choice.heads}
    return ForLaptop(
        {**parts, f"{EXCERPTS}/{sha256(file).hexdigest()}.exc": file},
        {
            "acknowledged": list(desk.ask(acknowledged_to, member.device)),
            "covered": list(desk.ask(covered_by, member.device, names)),
        },
    )


def take_excerpts(work: Work, brought: FromOffice) -> Changes:
    """Bring the chosen rows to what the office has; only on a field laptop."""
    changes = Changes()
    if not brought.excerpts and not brought.heads:
        return changes
    _refuse_elsewhere(work.session)
    heads = [believed_head(work.session, *item) for item in brought.heads.items()]
    excerpts = [(content, _believed(work.session, content)) for content in brought.excerpts]
    work.session.execute(update(OpenEntry).values(mode=APPLY))
    _keep_heads(work, heads, brought.covered)
    wanted: set[Row] = set()
    for content, excerpt in excerpts:
        wanted |= keep_excerpt(work, content, excerpt)
        work.seen = max(work.seen, excerpt.clock)
    fold_rows(work.session, wanted, changes)
    work.session.execute(update(OpenEntry).values(mode=CAPTURE))
    return changes


def _refuse_elsewhere(session: Session) -> None:
    """What everybody verifies must be whole; a laptop believes its office for a few days."""
    if not is_field_laptop(session):
        raise RuleViolation("外业包只能导入外业机。", "办公机之间请用数据包、共享文件夹或服务器。")


def believed_head(session: Session, name: str, content: bytes) -> SealedSegment:
    segment = read_segment_head(content)
    member = find_roster(session).members.get(segment.header.device)
    signed = member is not None and is_signed_by(segment, bytes.fromhex(member.public))
    if not signed or segment.identity != name or segment.header.office != find_own_office(session):
        raise FileRefused("外业包里数据段的签名或校验值不对。", "请让局里重新导出一份外业包。")
    return segment


def _believed(session: Session, content: bytes) -> Excerpt:
    excerpt = read_excerpt(content)
    member = find_roster(session).find(excerpt.public)
    if member is None or not member.is_active or member.role is DeviceRole.FIELD:
        raise PermissionRefused("外业包不是由在用的办公机签出的。", "请回局里重新领取。")
    if excerpt.office != office_root(session):
        raise PermissionRefused("这是别的单位的外业包。", "请核对来源；内容没有采用。")
    if excerpt.schema > schema_of(session):
        raise RuleViolation("外业包由更新版本的程序写成。", "请先升级本机的程序，再导入。")
    return excerpt


def _keep_heads(work: Work, heads: Sequence[SealedSegment], covered: Sequence[str]) -> None:
    """They become the tips, in place of those they stand on."""
    session = work.session
    known = set(session.scalars(select(SegmentRow.id)))
    session.execute(update(SegmentRow).where(SegmentRow.id.in_(covered)).values(is_tip=False))
    for segment in heads:
        if segment.identity in known:
            continue
        keep_head(work, segment, HEAD, is_tip=True)


def keep_head(work: Work, segment: SealedSegment, state: str, *, is_tip: bool) -> None:
    """A segment of which only the signed header is here."""
    header, session = segment.header, work.session
    session.execute(
        insert(SegmentRow).values(
            id=segment.identity, device=header.device, epoch=header.epoch,
            number=header.number, first=header.first, last=header.last, own=False,
            state=state, reason="", parents=list(header.parents), is_tip=is_tip,
            applied_by=session.scalars(select(OpenEntry.entry)).one(), kept_at=work.now,
            touched=b"", content=segment_head_bytes(segment),
        )
    )  # fmt: skip


def keep_excerpt(work: Work, content: bytes, excerpt: Excerpt) -> set[Row]:
    """The rows it is about."""
    rows = {(o.table, o.key) for block in excerpt.blocks() for o in block.operations()}
    name = sha256(content).hexdigest()
    if work.session.get(ExcerptRow, name) is None:
        work.session.execute(
            insert(ExcerptRow).values(
                id=name, kept_at=work.now, touched=touched_rows(rows), content=content
            )
        )
    return rows

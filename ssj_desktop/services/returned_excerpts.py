"""What only a field laptop still has: its excerpts back to an office that lost the tasks in them.

An office that was put back to a backup from before a draw lacks the segments the laptop's results
stand on, and where no other copy of them is left these would wait for ever. An administrator then
takes the laptop's excerpt in, as a row like any other, so that every computer of the office gives
itself back the same operations. A lost segment that turns up later takes its place again (docs/adr/009).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import RuleViolation, SsjError
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.formats.excerpts import Excerpt, read_excerpt
from ssj_desktop.models.chain import SegmentRow
from ssj_desktop.models.exchange import ExcerptRow, ReturnedExcerpt
from ssj_desktop.queries.excerpts import schema_of
from ssj_desktop.queries.lineage import GAP
from ssj_desktop.queries.membership import find_roster, is_field_laptop, office_root, own_keys
from ssj_desktop.queries.segments import HEAD, Row
from ssj_desktop.queries.waiting import lost_parents
from ssj_desktop.services.desk import Work
from ssj_desktop.services.excerpts import believed_head, keep_excerpt, keep_head
from ssj_desktop.services.folding import Changes, fold_rows

RETURNED = "returned"
"""Folder of a bundle with what a laptop hands back: excerpts, and heads of segments."""
_MOST = 4


@dataclass(frozen=True, slots=True)
class RestoreTasks:
    """Excerpts of a laptop, and by hash the heads of the segments its results stand on."""

    excerpts: tuple[bytes, ...]
    heads: Mapping[str, bytes]
    laptop: str


def returned_parts(session: Session) -> dict[str, bytes]:
    """On a laptop: the newest excerpts it works with and the heads its own segments name."""
    s, e = SegmentRow, ExcerptRow
    own = session.scalars(select(s.parents).where(s.device == own_keys(session).device))
    named = {parent for parents in own for parent in parents}
    heads = session.execute(select(s.id, s.content).where(s.state == HEAD))
    parts = {f"{RETURNED}/{name}.seg": content for name, content in heads if name in named}
    newest = select(e.id, e.content).order_by(e.kept_at.desc(), e.id).limit(_MOST)
    if parts:
        for name, content in session.execute(newest):
            parts[f"{RETURNED}/{name}.exc"] = content
    return parts


def what_came_back(parts: Mapping[str, bytes], laptop: str) -> RestoreTasks:
    """What a laptop's bundle has for this act."""
    heads = {n.removesuffix(".seg"): part for n, part in parts.items() if n.endswith(".seg")}
    excerpts = tuple(part for n, part in sorted(parts.items()) if n.endswith(".exc"))
    return RestoreTasks(excerpts, heads, laptop)


def restore_tasks(work: Work, command: RestoreTasks) -> None:
    """Keep the laptop's excerpts as rows of this office; taking in what waits follows it."""
    session = work.session
    if is_field_laptop(session):
        raise RuleViolation("外业机不能补回任务。", "请在局里的电脑上办理。")
    lost = lost_parents(session, command.heads)
    if not lost or not command.excerpts:
        raise RuleViolation("没有在等丢失数据的录入，不用补回。", "请刷新后查看。")
    for name in lost:
        believed_head(session, name, command.heads[name])
    texts = {name: command.heads[name].decode() for name in lost}
    for content in command.excerpts:
        _believed(session, content)
        session.execute(
            insert(ReturnedExcerpt).values(
                id=work.new_id(), sha256=sha256(content).hexdigest(), content=content,
                heads=texts, returned_at=work.now, returned_by=work.actor.name,
            )
        )  # fmt: skip
    work.note(
        "补回任务", command.laptop, "inspections", "sync", segments=list(lost),
        excerpts=[sha256(content).hexdigest() for content in command.excerpts],
    )  # fmt: skip


def give_back(work: Work, changes: Changes) -> None:
    """The operations in returned excerpts that are not heeded here yet; foreign mode is set."""
    session = work.session
    known = set(session.scalars(select(ExcerptRow.id)))
    rows: set[Row] = set()
    for row in session.scalars(select(ReturnedExcerpt).order_by(ReturnedExcerpt.id)).all():
        if row.sha256 not in known and sha256(row.content).hexdigest() == row.sha256:
            known.add(row.sha256)
            rows |= _heed(work, row)
    fold_rows(session, rows, changes)


def _heed(work: Work, row: ReturnedExcerpt) -> set[Row]:
    """What no computer of the office signed, or a newer program wrote, is passed over."""
    session = work.session
    try:
        excerpt = _believed(session, row.content)
        heads = [believed_head(session, name, text.encode()) for name, text in row.heads.items()]
    except SsjError:
        return set()
    for segment in heads:
        if session.get(SegmentRow, segment.identity) is None:
            keep_head(work, segment, GAP, is_tip=False)
    work.seen = max(work.seen, excerpt.clock)
    return keep_excerpt(work, row.content, excerpt)


def _believed(session: Session, content: bytes) -> Excerpt:
    """Signed by a computer of this office, in use or not: somebody in use vouches for the row."""
    excerpt = read_excerpt(content)
    member = find_roster(session).find(excerpt.public)
    is_ours = member is not None and member.role is not DeviceRole.FIELD
    if not is_ours or excerpt.office != office_root(session):
        raise RuleViolation("这份副本不是由本单位的电脑签出的。", "请核对来源；内容没有采用。")
    if excerpt.schema > schema_of(session):
        raise RuleViolation("这份副本由更新版本的程序写成。", "请先升级本机的程序。")
    return excerpt

"""The whole audit: chain, rows under each entry, sealed segments, tables against the fold.

Three answers: 完好，至第 n 条 · 第 n 条起断裂 · 与纸面记录不一致（分叉或回滚）.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.device_keys import device_of
from ssj_desktop.domain.errors import FileRefused, SsjError
from ssj_desktop.domain.merge import TableRule, fold_row
from ssj_desktop.domain.operations import NO_ROWS, Operation, canonical, read_operation, rows_digest
from ssj_desktop.domain.segment import SealedSegment, read_segment_file, read_segment_head
from ssj_desktop.domain.segment_body import Block, verified_blocks
from ssj_desktop.formats.excerpts import read_excerpt
from ssj_desktop.formats.segments import is_signed_by, unpack
from ssj_desktop.models import rows
from ssj_desktop.models.capture import covered_tables
from ssj_desktop.models.chain import LINES_OF_ENTRY, Device, OperationRow, RowHead, SegmentRow
from ssj_desktop.models.exchange import ExcerptRow
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.queries.journal import audit as check_journal
from ssj_desktop.queries.lineage import GAP
from ssj_desktop.queries.membership import sound_records
from ssj_desktop.queries.segments import APPLIED, HEAD

SHORTEST_HEAD = 20
_KEY = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(rb'\["((?:[^"\\]|\\.)*)","(\w+)","((?:[^"\\]|\\.)*)","(.)",(\[.*?\]),')


@dataclass(frozen=True, slots=True)
class AuditAnswer:
    """``broken_at`` is the first bad entry; ``what`` says in Chinese what is wrong there."""

    length: int
    head: str
    broken_at: int | None = None
    what: str = ""
    paper: str = ""
    paper_found: int | None = None

    @property
    def is_intact(self) -> bool:
        return self.broken_at is None and not self.is_forked

    @property
    def is_forked(self) -> bool:
        return bool(self.paper) and self.paper_found is None

    @property
    def sentence(self) -> str:
        if self.broken_at is not None:
            return f"第 {self.broken_at} 条起断裂：{self.what}"
        if self.is_forked:
            return f"与纸面记录 {self.paper} 不一致（分叉或回滚）"
        return f"完好，至第 {self.length} 条"


@dataclass(slots=True)
class _Found:
    """What goes wrong, by entry; and the lines about each row with the entry that took them in."""

    faults: list[tuple[int, str]] = field(default_factory=list)
    lines: dict[str, dict[str, list[tuple[bytes, str, int]]]] = field(default_factory=dict)

    def fault(self, sequence: int, what: str) -> None:
        self.faults.append((sequence, what))

    def keep(self, line: bytes, stamp: str, sequence: int) -> None:
        match = _ID.match(line)
        if match is None:
            self.fault(sequence, "行操作看不懂")
            return
        table, key = match[2].decode(), match[3].decode()
        self.lines.setdefault(table, {}).setdefault(key, []).append((line, stamp, sequence))


def full_audit(session: Session, head: str = "") -> AuditAnswer:
    """Everything the store can say about itself, and whether an older head belongs to it."""
    chain = check_journal(session)
    paper = _shown(head)
    found = _Found()
    if chain.broken_at is not None:
        found.fault(chain.broken_at, "日志被改动、删除或插入")
    else:
        _check_members(session, found, chain.length)
        _check_segments(session, found)
        _check_excerpts(session, found)
        _check_unsealed(session, found)
        if not found.faults:
            _check_tables(session, found, chain.length)
    at, what = min(found.faults, default=(None, ""))
    known = _find_head(session, head) if head else None
    return AuditAnswer(chain.length, chain.head, at, what, paper, known)


def _shown(head: str) -> str:
    wanted = head.replace(" ", "").lower()
    return " ".join(wanted[place : place + 4] for place in range(0, min(len(wanted), 20), 4))


def _find_head(session: Session, head: str) -> int | None:
    """The entry with this hash; fewer than 20 hex characters prove nothing."""
    wanted = head.replace(" ", "").lower()
    if len(wanted) < SHORTEST_HEAD or not re.fullmatch(r"[0-9a-f]+", wanted):
        return None
    return session.scalar(select(JournalRow.sequence).where(JournalRow.hash.startswith(wanted)))


def _check_segments(session: Session, found: _Found) -> None:
    """Own segments agree with the journal entry by entry; foreign ones with themselves."""
    hashes = dict(session.execute(select(JournalRow.sequence, JournalRow.hash)).all())
    keys = _known_keys(session)
    s = SegmentRow
    query = (
        select(s.id, s.own, s.first, s.applied_by).where(s.state == APPLIED).order_by(s.first, s.id)
    )
    expected = 1
    for identity, own, first, applied_by in session.execute(query).all():
        at = first if own else applied_by or 1
        if own and first != expected:
            found.fault(min(first, expected), "封存的数据段缺失")
        try:
            blocks = _read(session, identity, keys)
        except SsjError as refusal:
            found.fault(at, refusal.message.rstrip("。"))
            blocks = ()
        for block in blocks:
            sequence = block.entry.sequence if own else at
            if own and hashes.get(sequence) != block.entry.hash:
                found.fault(sequence, "日志与封存的数据段不一致")
            for line in block.lines:
                found.keep(line, block.entry.stamp, sequence)
            expected = sequence + 1 if own else expected


def _check_members(session: Session, found: _Found, length: int) -> None:
    """They are no rows with entries of their own: the newest entry stands for what is found."""
    for digest in sound_records(session)[1]:
        found.fault(length, f"成员记录 {digest[:8]} 被其他工具改动")


def _check_excerpts(session: Session, found: _Found) -> None:
    """On a field laptop: signed by a device of the office, as are the headers beside them."""
    keys = _known_keys(session)
    for content in session.scalars(select(ExcerptRow.content)):
        try:
            excerpt = read_excerpt(content)
            if excerpt.public not in keys:
                raise _unsigned()
            for block in excerpt.blocks():
                for line in block.lines:
                    found.keep(line, block.entry.stamp, 1)
        except SsjError as refusal:
            found.fault(1, refusal.message.rstrip("。"))
    for identity, content in session.execute(
        select(SegmentRow.id, SegmentRow.content).where(SegmentRow.state.in_((HEAD, GAP)))
    ):
        head = read_segment_head(content)
        if head.identity != identity or not _is_signed(head, keys):
            found.fault(1, _unsigned().message.rstrip("。"))


def _known_keys(session: Session) -> set[str]:
    """Of every device there ever was: a revoked one's earlier segments stay part of the state."""
    known = set(session.scalars(select(Device.public_key)))
    known |= {record.public for record in sound_records(session)[0]}
    return {key for key in known if _KEY.fullmatch(key)}


def _read(session: Session, identity: str, keys: set[str]) -> tuple[Block, ...]:
    """The blocks of a sound segment; a foreign one that was slipped in was signed by nobody."""
    content = session.scalars(select(SegmentRow.content).where(SegmentRow.id == identity)).one()
    segment = read_segment_file(content)
    if segment.identity != identity or not _is_signed(segment, keys):
        raise _unsigned()
    return verified_blocks(segment.header, unpack(segment))


def _is_signed(segment: SealedSegment, keys: set[str]) -> bool:
    return any(
        is_signed_by(segment, bytes.fromhex(key))
        for key in keys
        if device_of(bytes.fromhex(key)) == segment.header.device
    )


def _unsigned() -> FileRefused:
    return FileRefused("数据段的签名或校验值不对。", "请保留现场并联系上级。")


def _check_unsealed(session: Session, found: _Found) -> None:
    """Entries after the last segment against the operations still in the table."""
    last_sealed = max(session.scalars(select(SegmentRow.last).where(SegmentRow.own)), default=0)
    entries = session.execute(
        select(JournalRow.sequence, JournalRow.rows, JournalRow.stamp)
        .where(JournalRow.sequence > last_sealed)
        .order_by(JournalRow.sequence)
    ).all()
    known = {entry.sequence for entry in entries}
    strays = set(session.scalars(select(OperationRow.entry).distinct())) - known
    for stray in strays:
        found.fault(stray, "多出不属于任何日志的行操作")
    for sequence, digest, stamp in entries:
        lines = [
            line.encode()
            for (line,) in session.connection().exec_driver_sql(LINES_OF_ENTRY, (sequence,))
        ]
        if rows_digest(lines) != (digest or NO_ROWS):
            found.fault(sequence, "行操作与日志不一致")
        for line in lines:
            found.keep(line, stamp or "", sequence)


def _check_tables(session: Session, found: _Found, length: int) -> None:
    all_heads = _heads(session)
    for table in covered_tables():
        history, rule = found.lines.pop(table.name, {}), rows.rule_of(table)
        heads = all_heads.get(table.name, {})
        for key, present in _rows_of(session, table):
            lines = history.pop(key, None)
            if lines is None:
                found.fault(length, f"{table.name} 多出一行 {key}，没有任何日志")
            elif fault := _fault_of(lines, present, heads.get(key, (key,)), (table, rule)):
                found.fault(max(line[2] for line in lines), f"{table.name} 的 {key} {fault}")
        for key, lines in history.items():
            if fold_row(_parsed(lines), rule).values is not None:
                found.fault(max(line[2] for line in lines), f"{table.name} 的 {key} 被其他工具删除")


def _rows_of(session: Session, table: Table) -> Iterator[tuple[str, str]]:
    """Keys as they stand in the lines, and rows as an insertion would write them."""
    for key, text in session.connection().exec_driver_sql(rows.all_rows(table)):
        yield canonical(key)[1:-1], text


def _heads(session: Session) -> dict[str, dict[str, tuple[str, ...]]]:
    """By table and key, in one question: most tables of an office have none."""
    heads: dict[str, dict[str, tuple[str, ...]]] = {}
    for table, key, op in session.execute(select(RowHead.tbl, RowHead.key, RowHead.op)):
        name, of_table = canonical(key)[1:-1], heads.setdefault(table, {})
        of_table[name] = (*of_table.get(name, ()), op)
    return heads


def _fault_of(
    lines: list[tuple[bytes, str, int]],
    present: str,
    heads: tuple[str, ...],
    kind: tuple[Table, TableRule],
) -> str:
    """Most rows were only inserted: then the line ends with the row itself."""
    if len(lines) == 1 and lines[0][0].endswith(f",{present}]".encode()):
        return ""
    table, rule = kind
    folded = fold_row(_parsed(lines), rule)
    values = folded.values or {}
    if canonical({column.name: values.get(column.name) for column in table.columns}) != present:
        return "被其他工具改动"
    return "" if set(folded.heads) == set(heads) else "的前后次序被其他工具改动"


def _parsed(lines: list[tuple[bytes, str, int]]) -> list[Operation]:
    return [read_operation(line.decode(), stamp) for line, stamp, _ in lines]

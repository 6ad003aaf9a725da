"""The draw record as a workbook: tickets as text, sorted, with quota and cut-off."""

from collections.abc import Sequence

from ssj_desktop.domain.papers import Column, RecordPaper
from ssj_desktop.formats.excel.book import new_book, official_page, save, write_table

_FACTS = (Column("项目", 36), Column("内容", 180))
_STRATA = tuple(
    Column(t, w, "center")
    for t, w in (("分层", 24), ("家数 N", 24), ("抽取规则", 36), ("精确值", 24), ("抽取数", 24), ("候补数", 24), ("截止票号（前 18 位）", 60))
)  # fmt: skip
_DRAWN = (
    Column("序", 12, "center"), Column("层", 20, "center"), Column("票号（前 18 位）", 56, "center"),
    Column("统一社会信用代码", 52, "center"), Column("名称", 80), Column("执法检查人员", 56),
)  # fmt: skip
_WOULD_BE = (*_DRAWN[:5], Column("排除原因", 44))
_TICKETS = (
    Column("统一社会信用代码", 52, "center"), Column("票号（全部位数）", 180), Column("分层", 20, "center"),
    Column("E 参加 / X 排除", 30, "center"), Column("结果", 32, "center"),
)  # fmt: skip


def render_record(paper: RecordPaper, tickets: Sequence[tuple[str, ...]]) -> bytes:
    """``tickets`` are the rows of tickets.tsv."""
    book = new_book()
    facts = [
        ("抽取编号", paper.number), ("次序", paper.ordinal),
        *((label.removeprefix("|"), value) for label, value in paper.facts),
        *((f"见证人 {s.name}（{s.unit}）", s.digits) for s in paper.witnesses),
        *((f"{line.label} {line.kind}", line.sha256) for line in paper.hashes),
    ]  # fmt: skip
    for title, columns, rows in (
        ("记录", _FACTS, facts),
        ("分层", _STRATA, paper.strata),
        ("抽中", _DRAWN, paper.drawn),
        ("候补", _DRAWN[:5], paper.substitutes),
        ("若未排除将被抽中", _WOULD_BE, paper.would_be),
        ("全部票号", _TICKETS, tickets),
    ):
        sheet = book.create_sheet(title)
        write_table(sheet, 1, columns, rows)
        official_page(sheet, 1)
    return save(book)

"""The draw record as a workbook: tickets as text, sorted, with quota and cut-off."""

from collections.abc import Sequence

from ssj_desktop.domain.draw.files import DRAWN, SUBSTITUTE, WOULD_BE
from ssj_desktop.domain.draw.scheme import ABSENT, ELIGIBLE
from ssj_desktop.domain.papers import Column, RecordPaper, Row
from ssj_desktop.domain.plan_rules import stratum_label
from ssj_desktop.formats.excel.book import new_book, official_page, save, titled_table

TITLE = "“双随机、一公开”随机抽取记录表"
_FACTS = (Column("项目", 56), Column("内容", 180))
_STRATA = tuple(
    Column(t, w, "center")
    for t, w in (("分层", 24), ("家数 N", 24), ("抽取规则", 36), ("精确值", 24), ("抽取数", 24), ("候补数", 24), ("截止票号（前 18 位）", 60))
)  # fmt: skip
_DRAWN = (
    Column("序", 12, "center"), Column("层", 20, "center"), Column("票号（前 18 位）", 56, "center"),
    Column("统一社会信用代码", 52, "center"), Column("名称", 80), Column("执法检查人员", 56),
)  # fmt: skip
_WOULD_BE = (*_DRAWN[:5], Column("排除原因", 44))
_SEATS = (
    Column("对象", 52, "center"), Column("席位", 20, "center"), Column("可选人数", 22, "center"),
    Column("依次考虑的人员（任务数，票号前 6 位，结果）", 180),
)  # fmt: skip
_TICKETS = (
    Column("序", 14, "center"), Column("统一社会信用代码", 50, "center"),
    Column("票号（全部位数）", 172), Column("分层", 18, "center"), Column("参加抽取", 20, "center"),
    Column("结果", 38, "center"), Column("本层抽取数", 24, "center"),
    Column("本层截止票号（前 18 位）", 54, "center"),
)  # fmt: skip
_STANDINGS = {
    DRAWN: "抽中", SUBSTITUTE: "候补", WOULD_BE: "若未排除将被抽中", ABSENT: "—",
}  # fmt: skip


def render_record(paper: RecordPaper, tickets: Sequence[tuple[str, ...]]) -> bytes:
    """``tickets`` are the rows of tickets.tsv."""
    book = new_book()
    for title, columns, rows in (
        ("记录", _FACTS, _facts(paper)),
        ("分层", _STRATA, paper.strata),
        ("抽中", _DRAWN, paper.drawn),
        ("候补", _DRAWN[:5], paper.substitutes),
        ("若未排除将被抽中", _WOULD_BE, paper.would_be),
        ("人员匹配", _SEATS, paper.candidates),
        ("全部票号", _TICKETS, _ticket_rows(paper, tickets)),
    ):
        if rows:
            sheet = book.create_sheet(title)
            lines = (f"{paper.organ}　　抽取编号：{paper.number}　　{paper.ordinal}",)
            head = titled_table(sheet, f"{TITLE}：{title}", lines, columns, rows)
            official_page(sheet, head)
    return save(book)


def _facts(paper: RecordPaper) -> list[tuple[str, str]]:
    facts = [
        ("抽取编号", paper.number), ("次序", paper.ordinal),
        *((label.removeprefix("|"), value) for label, value in paper.facts),
    ]  # fmt: skip
    for n, signer in enumerate(paper.witnesses, start=1):
        facts.append(
            (f"见证人 {n}", f"{signer.name}　{signer.unit}　{signer.capacity}".strip("　"))
        )
        facts.append((f"见证数字 W{n}", signer.digits))
    for line in paper.hashes:
        facts.append((f"{line.label} {line.kind}", line.sha256))
        if line.sm3:
            facts.append((f"{line.label} SM3", line.sm3))
    return [*facts, *(("外部核对方法", step) for step in paper.recipe)]


def _ticket_rows(paper: RecordPaper, tickets: Sequence[tuple[str, ...]]) -> list[Row]:
    """In ticket order, each beside the quota and the cut-off of its stratum."""
    limits = {row[0]: (row[4], row[6]) for row in paper.strata}
    return [
        (
            str(n), code, ticket, stratum_label(stratum),
            "是" if status == ELIGIBLE else "否（排除）", _STANDINGS[standing],
            *limits.get(stratum_label(stratum), ("—", "—")),
        )
        for n, (code, ticket, stratum, status, standing) in enumerate(tickets, start=1)
    ]  # fmt: skip

"""A form (承诺单, 作废单, 审批表) as a workbook: label and content, one row each."""

from ssj_desktop.domain.papers import ApprovalPaper, Column, PredrawPaper
from ssj_desktop.formats.excel.book import new_book, official_page, save, titled_table

_COLUMNS = (Column("项目", 50), Column("内容", 190))


def render_form(paper: ApprovalPaper | PredrawPaper) -> bytes:
    """The workbook of a form."""
    book = new_book()
    sheet = book.create_sheet("表")
    rows = [
        ("抽取编号", paper.number),
        ("次序", paper.ordinal),
        *((label.removeprefix("|"), value) for label, value in paper.facts),
        *(_approval_rows(paper) if isinstance(paper, ApprovalPaper) else _predraw_rows(paper)),
    ]
    head = titled_table(sheet, paper.title, (f"单位：{paper.organ}",), _COLUMNS, rows)
    official_page(sheet, head)
    return save(book)


def _approval_rows(paper: ApprovalPaper) -> list[tuple[str, str]]:
    boxes = [(head, text) for head, text, _ in paper.boxes]
    signers = [(signer, "") for _, _, signer in paper.boxes]
    return [*boxes, *signers, *(("说明", note) for note in paper.notes)]


def _predraw_rows(paper: PredrawPaper) -> list[tuple[str, str]]:
    return [
        *(
            (f"{paper.drift_title}：{kind}", f"{count}　{names}　{who}")
            for kind, count, names, who in paper.drift
        ),
        *((f"差异明细：{kind} {n}", f"{name}　{who}") for kind, n, name, who in paper.annex),
        *((f"{line.label} {line.kind}", line.sha256) for line in paper.hashes),
        *((f"{line.label} SM3", line.sm3) for line in paper.hashes if line.sm3),
        *((f"{s.capacity}（签名）", f"{s.name}　{s.unit}") for s in paper.signers),
    ]

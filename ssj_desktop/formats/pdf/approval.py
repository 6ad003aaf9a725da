"""Approval forms on one sheet: 作废单, 替补审批表, 回避审批表."""

from datetime import datetime

from ssj_desktop.domain.papers import ApprovalPaper
from ssj_desktop.formats.pdf.archival import archive
from ssj_desktop.formats.pdf.forms import title_block
from ssj_desktop.formats.pdf.sheet import MM, Margins, Sheet
from ssj_desktop.formats.pdf.tables import OUTER, facts
from ssj_desktop.formats.pdf.text import wrap

_LABEL_MM = 28.0
_SIZE, _LEADING = 10.5, 16.0
_LEAST_HEIGHT = 108.0


def render_approval(paper: ApprovalPaper, when: datetime) -> bytes:
    """The PDF; every box has its statement and a place to sign and date."""
    sheet = Sheet(Margins(20, 21, 20, 23), paper.page_foot, paper.watermark)
    title_block(sheet, paper.organ, paper.title, f"抽取编号：{paper.number}", paper.ordinal)
    facts(sheet, paper.facts, _LABEL_MM)
    for head, text, signer in paper.boxes:
        _box(sheet, head, text, signer)
    for note in paper.notes:
        sheet.y += 20
        sheet.text(sheet.left, sheet.y, f"说明：{note}", "Fang", 10)
    return archive(sheet.finish(), f"{paper.title} {paper.number}", paper.organ, when)


def _box(sheet: Sheet, head: str, text: str, signer: str) -> None:
    label = _LABEL_MM * MM
    lines = wrap(text, "Fang", _SIZE, sheet.right - sheet.left - label - 14)
    height = max(_LEAST_HEIGHT, len(lines) * _LEADING + 74)
    sheet.ensure(height)
    top = sheet.y
    sheet.text(sheet.left + label / 2, top + height / 2 + 3.8, head, "Hei", _SIZE, "center")
    for number, line in enumerate(lines):
        sheet.text(sheet.left + label + 7, top + 20 + number * _LEADING, line, "Fang", _SIZE)
    foot, start = top + height - 14, sheet.right - 82 * MM
    sheet.text(start - 4, foot, f"{signer}：", "Fang", _SIZE, "right")
    sheet.line(start, foot + 3, start + 38 * MM, foot + 3, 0.7)
    sheet.text(sheet.right - 6, foot, "　　　年　　月　　日", "Fang", _SIZE, "right")
    sheet.y = top + height
    sheet.line(sheet.left + label, top, sheet.left + label, sheet.y)
    sheet.box(sheet.left, top, sheet.right, sheet.y, OUTER)

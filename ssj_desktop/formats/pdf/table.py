"""A TablePaper on landscape A4: 公示表, 年度抽查计划表, lists."""

from datetime import datetime

from ssj_desktop.domain.papers import TablePaper
from ssj_desktop.formats.pdf.archival import archive
from ssj_desktop.formats.pdf.sheet import Margins, Sheet
from ssj_desktop.formats.pdf.tables import Grid, Style

_STYLE = Style(size=10, head_size=10.5, row_height=28, head_height=28, pad=4.5)


def render_table(paper: TablePaper, when: datetime) -> bytes:
    """The PDF; ``when`` is the date the paper carries in its metadata."""
    sheet = Sheet(Margins(18, 18, 18, 18), paper.page_foot, paper.watermark, is_landscape=True)
    middle = (sheet.left + sheet.right) / 2
    sheet.text(middle, sheet.y + 16, paper.organ, "Fang", 16, "center")
    sheet.text(middle, sheet.y + 46, paper.title, "Title", 20, "center")
    sheet.y += 66
    for left, right in paper.head_lines:
        sheet.text(sheet.left, sheet.y, left, "Fang", 10.5)
        sheet.text(sheet.right, sheet.y, right, "Fang", 10.5, "right")
        sheet.y += 18
    sheet.y -= 8
    Grid(sheet, paper.columns, _STYLE).draw(paper.rows)
    sheet.ensure(22)
    sheet.text(sheet.left, sheet.y + 17, paper.foot_left, "Fang", 10.5)
    sheet.text(sheet.right, sheet.y + 17, paper.foot_right, "Fang", 10.5, "right")
    return archive(sheet.finish(), paper.title, paper.organ, when)

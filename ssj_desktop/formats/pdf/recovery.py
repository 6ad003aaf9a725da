"""恢复单: one code in large groups, how to use it, and lines for who sealed it."""

from datetime import datetime

from ssj_desktop.domain.papers import RecoveryPaper
from ssj_desktop.formats.pdf.archival import archive
from ssj_desktop.formats.pdf.forms import section, signature_line, title_block
from ssj_desktop.formats.pdf.qr import draw_qr
from ssj_desktop.formats.pdf.sheet import GREY, MM, Margins, Sheet
from ssj_desktop.formats.pdf.tables import OUTER, facts
from ssj_desktop.formats.pdf.text import wrap

_SIZE, _LINE, _FEW = 12.0, 21.0, 8


def render_recovery(paper: RecoveryPaper, when: datetime) -> bytes:
    """The PDF of the recovery sheet; it exists to be printed and deleted."""
    sheet = Sheet(Margins(20, 24, 20, 26), paper.page_foot, paper.watermark)
    title_block(sheet, paper.organ, paper.title, f"编号：{paper.number}", "内部保管")
    sheet.y += 8
    facts(sheet, paper.facts)
    section(sheet, f"一、{paper.code_name}", paper.code_note, 160)
    _code(sheet, paper.code.split("-"))
    section(sheet, "二、怎样使用")
    for number, step in enumerate(paper.steps, start=1):
        for place, line in enumerate(_lines(sheet, step)):
            sheet.y += _LINE
            mark = f"{number}. " if place == 0 else ""
            sheet.text(sheet.left + 18, sheet.y, mark, "Fang", _SIZE, "right")
            sheet.text(sheet.left + 22, sheet.y, line, "Fang", _SIZE)
    section(sheet, "三、封存", "两人在场，当场在程序中输入一遍核对无误后封存", 190)
    top = sheet.y
    for label in ("生成人", "核对人", "保管人", "封存日期"):
        signature_line(sheet, label)
    draw_qr(sheet, sheet.right - 34 * MM, top + 12, 34, paper.qr_text)
    note = f"二维码只含编号，不含{paper.code_name}"
    sheet.text(sheet.right, top + 34 * MM + 26, note, "Fang", 9, "right", GREY)
    return archive(sheet.finish(), f"{paper.title} {paper.number}", paper.organ, when)


def _lines(sheet: Sheet, text: str) -> list[str]:
    return wrap(text, "Fang", _SIZE, sheet.right - sheet.left - 22)


def _code(sheet: Sheet, groups: list[str]) -> None:
    """Groups in a frame, each with its number, large enough to copy; one page holds it all."""
    columns, size = (4, 19) if len(groups) <= _FEW else (6, 15)
    top, cell, tall = sheet.y + 6, (sheet.right - sheet.left) / columns, 50.0
    for place, group in enumerate(groups):
        row, column = divmod(place, columns)
        middle = sheet.left + cell * (column + 0.5)
        base = top + tall * row + 32
        sheet.text(middle, base, " ".join(group), "Sans", size, "center")
        sheet.text(middle, base + 13, f"第 {place + 1} 组", "Fang", 8.5, "center", GREY)
    rows = -(-len(groups) // columns)
    sheet.box(sheet.left, top, sheet.right, top + tall * rows + 4, OUTER)
    sheet.y = top + tall * rows + 4

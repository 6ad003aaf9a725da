"""Pieces that the papers of a draw share: title, section heads, hashes, signatures."""

from collections.abc import Sequence

from ssj_desktop.domain.papers import HashLine
from ssj_desktop.formats.pdf.sheet import GREY, MM, Sheet
from ssj_desktop.formats.pdf.tables import INNER, OUTER

_GROUP_HEX = 4


def title_block(sheet: Sheet, organ: str, title: str, left: str, right: str) -> None:
    """Organ, title and the line with number and ordinal."""
    middle = (sheet.left + sheet.right) / 2
    sheet.text(middle, sheet.y + 14, organ, "Fang", 15, "center")
    sheet.text(middle, sheet.y + 43, title, "Title", 20, "center")
    sheet.text(sheet.left, sheet.y + 70, left, "Fang", 11)
    sheet.text(sheet.right, sheet.y + 70, right, "Fang", 11, "right")
    sheet.y += 78


def section(sheet: Sheet, head: str, note: str = "", needs: float = 104) -> None:
    """A section head that never stands alone at the end of a page."""
    sheet.ensure(needs + 26)
    sheet.y += 19
    sheet.text(sheet.left, sheet.y, head, "Hei", 11.5)
    sheet.text(sheet.right, sheet.y, note, "Fang", 9, "right", GREY)
    sheet.y += 6.5


def hash_table(sheet: Sheet, lines: Sequence[HashLine]) -> None:
    """Labels, algorithm, and hex in fixed cells: 16 groups of 4."""
    height, label_mm, kind_mm = 18.0, 30.0, 23.0
    top = sheet.y
    first, second = sheet.left + label_mm * MM, sheet.left + (label_mm + kind_mm) * MM
    for line in lines:
        rows = [(line.kind, line.sha256)] + ([("SM3", line.sm3)] if line.sm3 else [])
        tall = height * len(rows)
        if sheet.y > top:
            sheet.line(sheet.left, sheet.y, sheet.right, sheet.y, OUTER)
        middle = (sheet.left + first) / 2
        sheet.text(middle, sheet.y + tall / 2 + 3.4, line.label, "Hei", 9.5, "center")
        for place, (kind, value) in enumerate(rows):
            y = sheet.y + place * height
            if place:
                sheet.line(first, y, sheet.right, y, INNER)
            sheet.text((first + second) / 2, y + 12.4, kind, "Song", 9, "center")
            _hex_cells(sheet, second, y + 12.2, value)
        sheet.y += tall
    for x in (first, second):
        sheet.line(x, top, x, sheet.y, INNER)
    sheet.box(sheet.left, top, sheet.right, sheet.y, OUTER)


def _hex_cells(sheet: Sheet, left: float, baseline: float, value: str) -> None:
    if not value:
        sheet.text(left + 8, baseline, "SM3 不可用", "Fang", 8.5, grey=GREY)
        return
    size = 7.8
    room = sheet.right - left - 12
    cell = min(0.6 * size, room / (len(value) + len(value) / _GROUP_HEX - 1))
    x = left + 6 + (room - cell * (len(value) + len(value) / _GROUP_HEX - 1)) / 2
    for place, character in enumerate(value):
        if place and place % _GROUP_HEX == 0:
            x += cell
        sheet.text(x + cell / 2, baseline, character, "Song", size, "center")
        x += cell


def signature_line(sheet: Sheet, label: str, length_mm: float = 54) -> None:
    """A line of at least 35 mm to sign on."""
    sheet.y += 26
    sheet.text(sheet.left, sheet.y, label, "Fang", 11)
    start = sheet.left + 90
    sheet.line(start, sheet.y + 3, start + length_mm * MM, sheet.y + 3, 0.7)

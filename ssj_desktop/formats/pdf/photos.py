"""现场检查附件 on A4: the list, then two photographs to a page."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from reportlab import rl_config
from reportlab.lib.utils import ImageReader

from ssj_desktop.domain.papers import Photograph, PhotoPaper
from ssj_desktop.formats.pdf.archival import archive
from ssj_desktop.formats.pdf.sheet import GREY, Margins, Sheet
from ssj_desktop.formats.pdf.tables import Grid, Style
from ssj_desktop.formats.pdf.text import wrap

_STYLE = Style(size=9, head_size=9.5)
_WORDS = 40.0
"""Points under each picture for its title and caption."""
_GAP = 14.0


def render_photos(paper: PhotoPaper, pictures: Mapping[str, bytes], when: datetime) -> bytes:
    """``pictures`` are JPEGs by the hash of the original; one that is not there leaves its frame."""
    sheet = Sheet(Margins(18, 18, 20, 22), paper.page_foot)
    middle = (sheet.left + sheet.right) / 2
    sheet.text(middle, sheet.y + 14, paper.organ, "Fang", 14, "center")
    sheet.text(middle, sheet.y + 42, paper.title, "Title", 20, "center")
    sheet.y += 66
    for line in paper.head_lines:
        for part in wrap(line, "Fang", 10.5, sheet.right - sheet.left):
            sheet.text(sheet.left, sheet.y, part, "Fang", 10.5)
            sheet.y += 17
    sheet.y -= 6
    Grid(sheet, paper.columns, _STYLE).draw(paper.rows)
    _note(sheet, paper.note)
    for place, photograph in enumerate(paper.photographs):
        if place % 2 == 0:
            sheet.start_page()
        _draw(sheet, photograph, pictures.get(photograph.sha256))
    return archive(sheet.finish(), paper.title, paper.organ, when)


def _note(sheet: Sheet, text: str) -> None:
    lines = wrap(text, "Fang", 9, sheet.right - sheet.left)
    sheet.ensure(14.0 * len(lines) + 8)
    sheet.y += 8
    for line in lines:
        sheet.y += 14
        sheet.text(sheet.left, sheet.y, line, "Fang", 9, grey=GREY)


def _draw(sheet: Sheet, photograph: Photograph, picture: bytes | None) -> None:
    """In half a page, as large as it fits; the page is new for every second one."""
    whole = sheet.bottom - sheet.margins.top * 72 / 25.4
    height, width = whole / 2 - _WORDS - _GAP, sheet.right - sheet.left
    if picture is None:
        sheet.box(sheet.left, sheet.y, sheet.right, sheet.y + height, 0.4)
        centre = (sheet.left + sheet.right) / 2
        sheet.text(
            centre, sheet.y + height / 2, "（照片不在本机或打不开）", "Fang", 11, "center", GREY
        )
    else:
        image = ImageReader(io.BytesIO(picture))
        wide, high = image.getSize()
        scale = min(width / wide, height / high)
        x = sheet.left + (width - wide * scale) / 2
        y = sheet.page_height - sheet.y - (height + high * scale) / 2
        with _binary_streams():
            sheet.canvas.drawImage(image, x, y, wide * scale, high * scale)
    sheet.y += height
    sheet.text(sheet.left, sheet.y + 16, photograph.title, "Hei", 11)
    sheet.text(sheet.left, sheet.y + 31, photograph.caption, "Fang", 9.5, grey=GREY)
    sheet.y += _WORDS + _GAP


@contextmanager
def _binary_streams() -> Iterator[None]:
    """ReportLab would write a picture as text, in Python, which takes most of a second each."""
    before = rl_config.useA85
    rl_config.useA85 = 0
    try:
        yield
    finally:
        rl_config.useA85 = before

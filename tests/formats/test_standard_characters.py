"""All 8,105 characters of the 通用规范汉字表 print in every role and copy out as they went in."""

from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest

from ssj_desktop.formats.pdf.archival import archive
from ssj_desktop.formats.pdf.fonts import FILES, font_of, missing
from ssj_desktop.formats.pdf.sheet import Margins, Sheet

LIST = Path(__file__).with_name("standard_characters.txt")
LINES = [line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")]


def test_the_list_is_whole() -> None:
    assert len(set("".join(LINES))) == 8105
    assert sum(ord(character) > 0xFFFF for character in "".join(LINES)) == 196


@pytest.mark.parametrize("role", FILES)
def test_every_character_has_a_glyph_in_the_font_of_its_role(role: str) -> None:
    text = "".join(LINES)
    assert missing(text, role) == []
    assert {font_of(character, role) for character in text} == {role}


@pytest.mark.parametrize("role", FILES)
def test_every_character_copies_out_of_the_paper_as_it_went_in(role: str) -> None:
    sheet = Sheet(Margins(20, 20, 20, 20), "", "")
    for number, line in enumerate(LINES):
        if number and number % 40 == 0:
            sheet.start_page()
        sheet.text(sheet.left, 60 + 15 * (number % 40), line, role, 9)
    pdf = archive(sheet.finish(), "通用规范汉字表", "局", datetime(2026, 9, 15, 9, 41))  # noqa: DTZ001
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    printed = "\n".join(pages).split()
    assert [line for line in printed if line in set(LINES)] == LINES

"""Rows read together by their shape give cell for cell what expat reads one by one."""

import random
from datetime import date
from xml.parsers.expat import ExpatError

import pytest
import workbooks

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Cell, Sheet
from ssj_desktop.formats.excel import sheet_xml
from ssj_desktop.formats.excel.numbers import EPOCH_1900, styles_of
from ssj_desktop.formats.excel.sheet_xml import Meanings

STRINGS = ["甲", "乙<丙>", "", "5", 'r="5"', "_x000D_"]
CONTENTS = (
    ' t="s"><v>{s}</v></c>', "><v>{n}</v></c>", ' s="1"><v>{n}</v></c>', ' s="2"><v>{n}</v></c>',
    ' s="5" t="s"><v>{s}</v></c>', ' t="b"><v>1</v></c>', ' t="e"><v>#N/A</v></c>', ' s="3"/>',
    ' t="str"><v>a&amp;b</v></c>', "><v/></c>", ' t="str"><f>A1</f><v>x</v></c>',
    ' t="inlineStr"><is><t>内</t></is></c>', "><f>A1+1</f></c>", ' t="s"><v> 1</v></c>', "/>",
)  # fmt: skip


def meanings() -> Meanings:
    return Meanings(STRINGS, styles_of([0, 14, 21, 0, 0, 0], {}), EPOCH_1900)


def marks(sheet: Sheet) -> list[object]:
    """Everything a sheet says, the remarks on its cells included."""
    return [
        (row.number, row.hidden, [(at, str(text), *_remarks(text)) for at, text in row.cells.items()])
        for row in sheet.rows
    ]  # fmt: skip


def _remarks(text: str) -> tuple[bool, ...]:
    return (text.error, text.damaged, text.uncalculated) if isinstance(text, Cell) else ()


def by_expat(content: bytes) -> Sheet:
    reader = sheet_xml._SheetReader(meanings())
    sheet_xml.parse(content, reader.start, reader.end)
    return reader.grid.sheet("表", hidden=False)


def random_body(dice: random.Random) -> str:
    """A few kinds of rows again and again, as registries have them, and now and then an odd one."""
    kinds = [
        [(column, dice.choice(CONTENTS)) for column in range(6) if dice.random() < 0.8]
        for _ in range(3)
    ]
    rows = []
    for number in range(1, 40):
        cells = dice.choice(kinds)
        if dice.random() < 0.1:
            cells = [(column, dice.choice(CONTENTS)) for column, _ in cells]
        written = "".join(
            f'<c r="{workbooks.letters(column)}{number}"'
            + content.format(s=dice.randrange(len(STRINGS)), n=dice.choice((5, number, 45000.5)))
            for column, content in cells
        )
        hidden = ' hidden="1"' if dice.random() < 0.05 else ""
        rows.append(f'<row r="{number}"{hidden}>{written}</row>')
    return "".join(rows)


@pytest.mark.parametrize("seed", range(40))
def test_every_mixture_of_rows_is_read_as_expat_reads_it(seed: int) -> None:
    content = workbooks.sheet_xml(random_body(random.Random(seed))).encode()
    quick = sheet_xml._quick(content, meanings())
    assert quick is not None
    assert marks(quick.sheet("表", hidden=False)) == marks(by_expat(content))


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def cell(place: str, raw: str = "1", look: str = ' t="s"') -> str:
    return f'<c r="{place}"{look}><v>{raw}</v></c>'


PLAIN = [row(n, cell(f"A{n}"), cell(f"B{n}")) for n in range(1, 6)]


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(row(6, cell("A6"), cell("B7")), id="a cell that says another row"),
        pytest.param(row(6, cell("B6"), cell("A6")), id="columns turned round"),
        pytest.param(row(6, cell("A6", "9")), id="a text that is not there"),
        pytest.param(row(6, cell("A6", "-1")), id="a text counted from the end"),
        pytest.param(row(6, cell("A6"), cell("A6", "3")), id="a cell twice"),
        pytest.param(row(3, cell("A3"), cell("B3")), id="a row twice"),
        pytest.param(row(3, cell("C3")), id="the rest of a row further down"),
        pytest.param(row(6, cell("A6", "1&#49;", "")), id="a digit written as a reference"),
        pytest.param('<row r="6"><c r="A6"><v>1\x01</v></c></row>', id="a sign XML does not know"),
        pytest.param('<row r="6"><c r="A6"><v>1</v></c><x>7</x></row>', id="an unknown element"),
    ],
)
def test_an_odd_row_among_alike_ones_ends_as_with_expat(odd: str) -> None:
    content = workbooks.sheet_xml("".join([*PLAIN, odd])).encode()

    def outcome(read: object) -> object:
        try:
            return marks(read())  # type: ignore[operator]
        except (FileRefused, ValueError, IndexError, ExpatError) as problem:
            return type(problem)

    whole = outcome(lambda: sheet_xml.read_sheet("表", content, meanings(), hidden=False))
    assert whole == outcome(lambda: by_expat(content))


def test_a_day_in_a_column_of_days_is_read_once_for_all_its_rows() -> None:
    days = [row(n, cell(f"A{n}", "46000", ' s="1"')) for n in range(1, 4)]
    sheet = sheet_xml.read_sheet(
        "表", workbooks.sheet_xml("".join(days)).encode(), meanings(), hidden=False
    )
    assert [each.cells for each in sheet.rows] == [{0: date(2025, 12, 9).isoformat()}] * 3


@pytest.mark.parametrize("body", ["", '<row r="1"/><row r="2" hidden="1"/>', "<row/>"])
def test_a_sheet_of_empty_rows_has_no_cells(body: str) -> None:
    content = f'<worksheet xmlns="x"><sheetData>{body}</sheetData></worksheet>'.encode()
    sheet = sheet_xml.read_sheet("表", content, meanings(), hidden=False)
    assert [row for row in sheet.rows if row.cells] == []
    assert marks(sheet) == marks(by_expat(content))

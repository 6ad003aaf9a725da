"""A TablePaper as a workbook: 公示表, 年度抽查计划表, lists; row after row, so that length costs little."""

from collections.abc import Iterator, Sequence

from openpyxl.cell import Cell
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.domain.sheets import column_letters
from ssj_desktop.formats.excel.book import (
    HEAD_HEIGHT,
    column_widths,
    fit_height,
    long_book,
    official_page,
    save,
    written_whole,
)
from ssj_desktop.formats.excel.cells import (
    BODY,
    BORDER,
    CENTRE,
    HEAD,
    MIDDLE_CENTRE,
    MIDDLE_LEFT,
    TITLE,
    WRAP_LEFT,
    TextCells,
)

_TITLE_HEIGHT, _LINE_HEIGHT = 34, 20


def render_table(paper: TablePaper) -> bytes:
    """The workbook of a table paper."""
    book = long_book()
    sheet = book.create_sheet("公示表" if "公示" in paper.title else "表")
    lines = (f"单位：{paper.organ}", *(_joined(*line) for line in paper.head_lines))
    column_widths(sheet, paper.columns)
    official_page(sheet, len(lines) + 2)
    with written_whole(sheet):
        _write(sheet, paper, lines)
    return save(book)


def _write(sheet: Worksheet, paper: TablePaper, lines: Sequence[str]) -> None:
    columns, head = len(paper.columns), len(lines) + 2
    _wide_line(sheet, 1, columns, paper.title)
    for number, line in enumerate(lines, start=2):
        _wide_line(sheet, number, columns, line)
    sheet.row_dimensions[head].height = HEAD_HEIGHT
    titles = TextCells(sheet, HEAD, CENTRE, BORDER)
    sheet.append([titles.cell(column.title) for column in paper.columns])
    for cells in _body(sheet, head + 1, paper.columns, paper.rows):
        sheet.append(cells)
    if paper.foot_left or paper.foot_right:
        last = head + len(paper.rows) + 1
        _wide_line(sheet, last, columns, _joined(paper.foot_left, paper.foot_right))


def _joined(left: str, right: str) -> str:
    return f"{left}　　　　{right}".strip("　")


def _body(
    sheet: Worksheet, first: int, columns: Sequence[Column], rows: Sequence[Sequence[str]]
) -> Iterator[list[Cell]]:
    makers = [
        TextCells(sheet, BODY, WRAP_LEFT if column.align == "left" else CENTRE, BORDER).cell
        for column in columns
    ]
    for number, row in enumerate(rows, start=first):
        fit_height(sheet, number, columns, row)
        yield [make(text) for make, text in zip(makers, row, strict=True)]


def _wide_line(sheet: Worksheet, row: int, columns: int, text: str) -> None:
    """One merged line over all columns; row 1 is the title."""
    made = (
        TextCells(sheet, TITLE, MIDDLE_CENTRE) if row == 1 else TextCells(sheet, BODY, MIDDLE_LEFT)
    )
    sheet.row_dimensions[row].height = _TITLE_HEIGHT if row == 1 else _LINE_HEIGHT
    sheet.append([made.cell(text)])
    if columns > 1:  # Excel calls a file damaged that merges one cell with itself
        sheet.merged_cells.ranges.add(CellRange(f"A{row}:{column_letters(columns - 1)}{row}"))

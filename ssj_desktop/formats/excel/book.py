"""Workbooks that leave the office: official layout, no author, no path, same bytes every time."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from ssj_desktop.domain.papers import Column
from ssj_desktop.formats.excel.cells import BODY, BORDER, CENTRE, HEAD, TITLE, WRAP_LEFT, write_text

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed stamp without meaning
_MM_PER_CHARACTER = 2.0
_LINE_POINTS = 15.0
_AIR_POINTS = 6.0
"""Above and below the text of a row; without it LibreOffice lets the lines touch."""
_A3, _A4 = 8, 9
_MOST_ON_A4 = 200
"""Characters side by side; on A4 each would be smaller than 7 points."""
_MOST_COLUMNS_ON_A4 = 14


HEAD_HEIGHT = 28


def new_book() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    return _without_traces(book)


def long_book() -> Workbook:
    """A workbook whose rows are written one after the other and then forgotten."""
    return _without_traces(Workbook(write_only=True))


@contextmanager
def written_whole(sheet: Worksheet) -> Iterator[None]:
    """A refusal among the rows ends the half written sheet and its temporary file."""
    try:
        yield
    except BaseException:
        writer = sheet._writer  # noqa: SLF001 - openpyxl has no word for giving up
        if writer is not None:
            sheet.close()
            writer.cleanup()
        raise


def _without_traces(book: Workbook) -> Workbook:
    book.properties.creator = ""
    book.properties.lastModifiedBy = ""
    book.properties.created = book.properties.modified = _EPOCH
    return book


def save(book: Workbook) -> bytes:
    """The bytes, with the clock taken out of the archive."""
    raw, clean = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        ExcelWriter(book, archive).write_data()  # deflated once, below
    with (
        zipfile.ZipFile(raw) as source,
        zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                stamp = b"2000-01-01T00:00:00Z</dcterms:modified>"
                start = content.find(b"<dcterms:modified")
                end = content.find(b">", start) + 1
                rest = content.find(b"</dcterms:modified>", end) + len(b"</dcterms:modified>")
                content = content[:end] + stamp + content[rest:]
            target.writestr(
                zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED
            )
    return clean.getvalue()


def write_table(
    sheet: Worksheet, first: int, columns: Sequence[Column], rows: Sequence[Sequence[str]]
) -> None:
    """A head row at ``first`` and the rows below it, bordered."""
    column_widths(sheet, columns)
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(first, place)
        write_text(cell, column.title)
        cell.font, cell.alignment, cell.border = HEAD, CENTRE, BORDER
    sheet.row_dimensions[first].height = HEAD_HEIGHT
    for number, row in enumerate(rows, start=first + 1):
        for place, (column, text) in enumerate(zip(columns, row, strict=True), start=1):
            cell = sheet.cell(number, place)
            write_text(cell, text)
            cell.font, cell.border = BODY, BORDER
            cell.alignment = WRAP_LEFT if column.align == "left" else CENTRE
        fit_height(sheet, number, columns, row)


def column_widths(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(
            6, column.width_mm / _MM_PER_CHARACTER
        )


def fit_height(
    sheet: Worksheet, number: int, columns: Sequence[Column], row: Sequence[str]
) -> None:
    """Room for every printed line of the row."""
    lines = max(map(_lines, columns, row), default=1)
    if lines > 1:
        sheet.row_dimensions[number].height = lines * _LINE_POINTS + _AIR_POINTS


def _lines(column: Column, text: str) -> int:
    """Printed lines of a cell; a Chinese character is two wide. Not every program finds it out."""
    room = int(column.width_mm / _MM_PER_CHARACTER) - 1
    if len(text) * 2 <= room:
        return 1
    return -(-display_width(text) // max(room, 1))


def display_width(text: str) -> int:
    """Width in half-width characters."""
    return sum(1 + (letter > "\u2e80") for letter in text)


def titled_table(
    sheet: Worksheet,
    title: str,
    lines: Sequence[str],
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
) -> int:
    """Merged title, the lines below it, then the table; returns the number of its head row."""
    wide_line(sheet, 1, len(columns), title, 34)
    for number, line in enumerate(lines, start=2):
        wide_line(sheet, number, len(columns), line, 20)
    head = len(lines) + 2
    write_table(sheet, head, columns, rows)
    return head


def wide_line(sheet: Worksheet, row: int, columns: int, text: str, height: float) -> None:
    """One merged line over all columns; row 1 is the title."""
    cell = sheet.cell(row, 1)
    write_text(cell, text)
    cell.font = TITLE if row == 1 else BODY
    cell.alignment = Alignment(horizontal="center" if row == 1 else "left", vertical="center")
    if columns > 1:  # Excel calls a file damaged that merges one cell with itself
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    sheet.row_dimensions[row].height = height


def official_page(sheet: Worksheet, head_rows: int) -> None:
    """Landscape, fit to width, repeated head, page numbers, frozen head; A3 where A4 is unreadable."""
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_format.defaultRowHeight = _LINE_POINTS + _AIR_POINTS
    sheet.sheet_format.customHeight = True
    widths = [held.width for held in sheet.column_dimensions.values()]
    is_wide = sum(widths) > _MOST_ON_A4 or len(widths) > _MOST_COLUMNS_ON_A4
    sheet.page_setup.paperSize = _A3 if is_wide else _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{head_rows}"
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.freeze_panes = f"A{head_rows + 1}"

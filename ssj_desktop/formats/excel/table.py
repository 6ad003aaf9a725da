"""A TablePaper as a workbook: 公示表, 年度抽查计划表, lists."""

from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from ssj_desktop.domain.papers import TablePaper
from ssj_desktop.formats.excel.book import new_book, official_page, save, write_table
from ssj_desktop.formats.excel.cells import BODY, TITLE, write_text


def render_table(paper: TablePaper) -> bytes:
    """The workbook of a table paper."""
    book = new_book()
    sheet = book.create_sheet("公示表" if "公示" in paper.title else "表")
    columns = len(paper.columns)
    _wide_line(sheet, 1, columns, paper.title, 34)
    lines = ((f"单位：{paper.organ}", ""), *paper.head_lines)
    for number, (left, right) in enumerate(lines, start=2):
        _wide_line(sheet, number, columns, f"{left}　　　　{right}".strip("　"), 20)
    head = len(lines) + 2
    write_table(sheet, head, paper.columns, paper.rows)
    if paper.foot_left or paper.foot_right:
        _wide_line(
            sheet,
            head + len(paper.rows) + 1,
            columns,
            f"{paper.foot_left}　　　　{paper.foot_right}",
            20,
        )
    official_page(sheet, head)
    return save(book)


def _wide_line(sheet: Worksheet, row: int, columns: int, text: str, height: float) -> None:
    cell = sheet.cell(row, 1)
    write_text(cell, text)
    cell.font = TITLE if row == 1 else BODY
    cell.alignment = Alignment(horizontal="center" if row == 1 else "left", vertical="center")
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    sheet.row_dimensions[row].height = height

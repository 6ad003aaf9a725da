"""A TablePaper as a workbook: 公示表, 年度抽查计划表, lists."""

from ssj_desktop.domain.papers import TablePaper
from ssj_desktop.formats.excel.book import new_book, official_page, save, titled_table, wide_line


def render_table(paper: TablePaper) -> bytes:
    """The workbook of a table paper."""
    book = new_book()
    sheet = book.create_sheet("公示表" if "公示" in paper.title else "表")
    columns = len(paper.columns)
    lines = (f"单位：{paper.organ}", *(f"{a}　　　　{b}".strip("　") for a, b in paper.head_lines))
    head = titled_table(sheet, paper.title, lines, paper.columns, paper.rows)
    if paper.foot_left or paper.foot_right:
        wide_line(
            sheet,
            head + len(paper.rows) + 1,
            columns,
            f"{paper.foot_left}　　　　{paper.foot_right}",
            20,
        )
    official_page(sheet, head)
    return save(book)

"""Imports and exports against the bare tools: unzip + expat, csv, openpyxl."""

import csv
import io
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.parsers import expat

import openpyxl
from bench_store import HEADS, texts
from killing import PASSWORD
from measuring import Row, compare, report
from openpyxl.cell import WriteOnlyCell

from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.formats.csv_text import render_csv
from ssj_desktop.formats.excel.cells import BODY, BORDER, CENTRE
from ssj_desktop.formats.excel.table import render_table
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.services.accounts import FoundOffice, create_store
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import ImportRows, import_rows, read_sheet

SIZES = (10_000, 100_000)
COLUMNS = 15
ROUNDS = 2


def rows_of(size: int) -> list[tuple[str, ...]]:
    """Registry rows, filled up to fifteen columns."""
    more = tuple(f"其他{n}" for n in range(COLUMNS - len(HEADS)))
    heads = (*HEADS, *more)
    return [heads, *((*texts(n, f"备注{n % 50}"), *("x" * len(more))) for n in range(size))]


def write_book(path: Path, rows: list[tuple[str, ...]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名录")
    for row in rows:
        sheet.append(row)
    book.save(path)


def expat_pass(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                expat.ParserCreate().Parse(archive.read(name), True)


def openpyxl_pass(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    for _ in book.worksheets[0].iter_rows(values_only=True):
        pass


def csv_pass(path: Path) -> None:
    with path.open(encoding="gb18030", newline="") as file:
        for _ in csv.reader(file):
            pass


class Bench:
    """One size: the files, and a fresh store for each import."""

    def __init__(self, folder: Path, size: int) -> None:
        self.size, self.folder, self.made = size, folder, 0
        self.rows = rows_of(size)
        self.book, self.text = folder / f"{size}.xlsx", folder / f"{size}.csv"
        write_book(self.book, self.rows)
        self.text.write_bytes(render_csv(self.rows).decode("utf-8-sig").encode("gb18030"))
        self.desks = [self._desk() for _ in range(2 * ROUNDS)]

    def _desk(self) -> Desk:
        self.made += 1
        office = FoundOffice("云岭县住房和城乡建设局", "239921", "王芳")
        return create_store(self.folder / f"{self.size}-{self.made}.ssj", office, PASSWORD, cost=LEAST_COST)[0]  # fmt: skip

    def import_file(self, path: Path) -> None:
        desk = self.desks.pop()
        desk.do(import_rows, ImportRows(read_sheet("targets", path)))
        desk.close()

    def official(self) -> None:
        columns = tuple(Column(title, 40) for title in self.rows[0])
        render_table(TablePaper("局", "名录", (), columns, tuple(self.rows[1:])))

    def bare_official(self) -> None:
        """Openpyxl's quickest way with the same styles."""
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("表")
        model = WriteOnlyCell(sheet, "")
        model.font, model.border, model.alignment, model.number_format = BODY, BORDER, CENTRE, "@"
        for row in self.rows:
            cells = [WriteOnlyCell(sheet, text) for text in row]
            for cell in cells:
                cell._style = model._style  # noqa: SLF001 - the quickest way is the measure
            sheet.append(cells)
        book.save(io.BytesIO())

    def measured(self) -> list[Row]:
        pairs = (
            ("导入 xlsx，对解压加 expat", lambda: self.import_file(self.book), lambda: expat_pass(self.book), 4.0),
            ("读 xlsx，对 openpyxl 只读", lambda: read_sheet("targets", self.book), lambda: openpyxl_pass(self.book), 1 / 3),
            ("导入 csv，对 csv 模块", lambda: self.import_file(self.text), lambda: csv_pass(self.text), 6.0),
            ("公文式 xlsx，对 openpyxl 只写", self.official, self.bare_official, 1.1),
        )  # fmt: skip
        return [
            compare(name, self.size, ours, bare, goal, ROUNDS) for name, ours, bare, goal in pairs
        ]

    def close(self) -> None:
        for desk in self.desks:
            desk.close()


def main() -> int:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for size in SIZES:
            bench = Bench(Path(folder), size)
            rows += bench.measured()
            bench.close()
    return report("imports", rows)


if __name__ == "__main__":
    sys.exit(main())

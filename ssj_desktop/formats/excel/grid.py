"""The cells of one sheet while it is read; merged ranges, limits and double cells are settled here."""

import re

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, column_letters, place

MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576
MOST_CELLS = 8_000_000
_MOST_MERGED = 200_000
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")


class _Columns(dict[str, int]):
    """Column numbers by letters: A is 0, AA is 26; worked out once each."""

    def __missing__(self, letters: str) -> int:
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        self[letters] = column - 1
        return column - 1


COLUMNS = _Columns()


class Grid:
    """Cells by row and column, in whatever order they come."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, str]] = {}
        self.hidden: set[int] = set()
        self.merges: list[str] = []
        self.count = 0

    def add_row(self, row: int, cells: dict[int, str]) -> None:
        """A whole row; its cells are all different, empty ones are left out."""
        if not all(cells.values()):
            cells = {column: text for column, text in cells.items() if text}
        if not cells:
            return
        if row in self.rows or row < 1 or max(cells) >= MOST_COLUMNS:
            for column, text in cells.items():
                self.add(row, column, text)
            return
        self.rows[row] = cells
        self._counted(row, 0, len(cells))

    def add(self, row: int, column: int, text: str) -> None:
        """One cell; FileRefused beyond the edges of a sheet and for a cell that is there twice."""
        if not text:
            return
        cells = self.rows.setdefault(row, {})
        if column in cells or not 0 <= column < MOST_COLUMNS or row < 1:
            raise FileRefused(
                f"表格已损坏：第 {row} 行 {column_letters(column)} 列的单元格出现两次或超出范围。",
                "请用 Excel 或 WPS 打开后另存，再导入。",
            )
        cells[column] = text
        self._counted(row, column, 1)

    def _counted(self, row: int, column: int, cells: int) -> None:
        self.count += cells
        if row > MOST_ROWS or self.count > MOST_CELLS:
            raise FileRefused(
                f"表格过大：{place(column, row)} 处还有内容。",
                "请删去多余的行列（Ctrl+End 可定位），或拆分后再导入。",
            )

    def sheet(self, name: str, *, hidden: bool) -> Sheet:
        """The sheet; rows in order of their number."""
        self._spread_merges()
        rows = (
            SheetRow(number, _in_order(cells), number in self.hidden)
            for number, cells in sorted(self.rows.items())
        )
        return Sheet(name, tuple(rows), hidden)

    def _spread_merges(self) -> None:
        """The value of a merged range stands in each of its cells whose row has other cells."""
        room = _MOST_MERGED
        for reference in self.merges:
            match = _RANGE.fullmatch(reference)
            if match is None or match[3] is None:
                continue
            left, right = COLUMNS[match[1].upper()], COLUMNS[match[3].upper()]
            top, bottom = int(match[2]), int(match[4])
            text = self.rows.get(top, {}).get(left)
            if text is None or right - left > MOST_COLUMNS:
                continue
            room -= self._spread(text, range(left, right + 1), range(top, bottom + 1), room)

    def _spread(self, text: str, columns: range, rows: range, room: int) -> int:
        """Copies the first cell of a range into the others; returns how many looks it took."""
        copy = Cell(text, merged=True) if not isinstance(text, Cell) else _merged(text)
        there = rows if len(rows) < len(self.rows) else sorted(self.rows.keys() & set(rows))
        looks = 0
        for row in there:
            cells = self.rows.get(row)
            looks += len(columns)
            if looks > room:
                break
            if cells:
                for column in columns:
                    cells.setdefault(column, copy)
        return looks


def _merged(cell: Cell) -> Cell:
    return Cell(cell, cell.damaged, cell.error, True, cell.uncalculated)


def _in_order(cells: dict[int, str]) -> dict[int, str]:
    columns = list(cells)
    return cells if columns == sorted(columns) else dict(sorted(cells.items()))

"""A workbook as plain text with places: what every reader of files hands to the import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


class Cell(str):
    """The text of one non-empty cell that needs a remark; an ordinary cell is a plain ``str``.

    ``damaged``: a number so long that the spreadsheet has already lost digits; ``error``: an error
    value such as #N/A; ``merged``: the value stands in the first cell of a merged range;
    ``uncalculated``: a formula that was never calculated, its own text stands for the result.
    """

    __slots__ = ("damaged", "error", "merged", "uncalculated")

    damaged: bool
    error: bool
    merged: bool
    uncalculated: bool

    def __new__(
        cls,
        text: str,
        damaged: bool = False,
        error: bool = False,
        merged: bool = False,
        uncalculated: bool = False,
    ) -> Self:
        cell = str.__new__(cls, text)
        cell.damaged, cell.error = damaged, error
        cell.merged, cell.uncalculated = merged, uncalculated
        return cell

    @property
    def is_sound(self) -> bool:
        """Whether the text is what the clerk typed."""
        return not (self.damaged or self.error or self.uncalculated)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row with its number as the clerk sees it; columns count from 0."""

    number: int
    cells: Mapping[int, str]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; rows in order of their number, empty rows left out."""

    name: str
    rows: tuple[SheetRow, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that was read; ``notices`` tell what the clerk should know about it."""

    name: str
    sheets: tuple[Sheet, ...]
    notices: tuple[str, ...] = field(default=())


def is_merged(cell: str) -> bool:
    """Whether the text belongs to another cell of a merged range."""
    return isinstance(cell, Cell) and cell.merged


def column_letters(column: int) -> str:
    """Column 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(column: int, row: int) -> str:
    """E.g. C17."""
    return f"{column_letters(column)}{row}"

"""A workbook as plain text with places: what every reader of files hands to the import."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """One non-empty cell.

    ``damaged``: a number so long that the spreadsheet has already lost digits; ``error``: an error
    value such as #N/A; ``merged``: the value stands in the first cell of a merged range.
    """

    text: str
    damaged: bool = False
    error: bool = False
    merged: bool = False


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row with its number as the clerk sees it; columns count from 0."""

    number: int
    cells: Mapping[int, Cell]
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

"""Rows of a worksheet that look alike, read together.

Almost every row of a registry has the same cells with the same styles and differs only in its
number and its values. Such a shape is learned from the first row that has it. A row counts as
having it only when the shape, with the number of the row put in, is letter for letter what stands
in the file around the values.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ssj_desktop.formats.excel.grid import COLUMNS

Texts = Callable[[str, str, list[str]], list[str]]
"""The texts of stored values of one style and kind."""

_VALUE = re.compile(r"<v>([^<\x00]+)</v></c>")
_HEAD = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"((?: s="([0-9]+)")?(?: t="([A-Za-z]+)")?)(?:(/>)|>\x01)'
)
_BREAK, _HOLE, _NUMBER = "\x00", "\x01", "\x02"
SIGNS = (_BREAK, _HOLE, _NUMBER)
"""They have no place in XML; a sheet with one of them is left to expat."""
_MOST_SHAPES = 1_000


@dataclass(slots=True)
class Shape:
    """The cells of such rows: ``frame`` is the row without its number and its values."""

    frame: str
    cells: int
    columns: tuple[int, ...]
    styles: tuple[tuple[str, str], ...]

    def rows_of(self, values: list[str], texts: Texts) -> list[dict[int, str]]:
        """The cells of all rows with this shape, from their values one row after the other."""
        width = len(self.columns)
        columns = [
            texts(style, kind, values[place::width])
            for place, (style, kind) in enumerate(self.styles)
        ]
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*columns, strict=True)]


@dataclass(slots=True)
class Alike:
    """Rows of one shape within a stretch of the sheet."""

    numbers: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Shapes:
    """The shapes met in a sheet."""

    known: dict[str, Shape] = field(default_factory=dict)

    def sort_out(
        self, numbers: list[str], inners: list[str]
    ) -> tuple[list[tuple[Shape, Alike]], list[int]]:
        """Rows by their shape, and the places of the rows that have none."""
        parts = _VALUE.split(_BREAK.join(inners))
        frames = _HOLE.join(parts[::2]).split(_BREAK)
        values = parts[1::2]
        found: dict[str, tuple[Shape, Alike]] = {}
        others: list[int] = []
        at = 0
        for place, (number, frame) in enumerate(zip(numbers, frames, strict=True)):
            shape = self._shape(number, frame)
            if shape is None:
                others.append(place)
                at += frame.count(_HOLE)
                continue
            end = at + len(shape.columns)
            _, alike = found.setdefault(shape.frame, (shape, Alike()))
            alike.numbers.append(number)
            alike.values += values[at:end]
            at = end
        return list(found.values()), others

    def _shape(self, number: str, frame: str) -> Shape | None:
        key = frame.replace(f'{number}"', '"')
        shape = self.known.get(key)
        if shape is None:
            shape = _learned(number, frame)
            if shape is None or len(self.known) >= _MOST_SHAPES:
                return shape
            self.known[key] = shape
        return shape if shape.frame.replace(_NUMBER, number) == frame else None


def _learned(number: str, frame: str) -> Shape | None:
    """The shape of a row whose cells all have a plain value or none; None for any other row."""
    heads = _HEAD.findall(frame)
    filled = [head for head in heads if not head[5]]
    columns = tuple(COLUMNS[head[0]] for head in filled)
    if len({head[0] for head in heads}) < len(heads) or not columns:
        return None
    written = "".join(
        f'<c r="{letters}{_NUMBER}"{look}' + (empty or f">{_HOLE}")
        for letters, _, look, _, _, empty in heads
    )
    styles = tuple((head[3], head[4]) for head in filled)
    shape = Shape(written, len(heads), columns, styles)
    return shape if written.replace(_NUMBER, number) == frame else None

"""Tables drawn row by row: repeated heads, rows never split, cost linear in rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ssj_desktop.domain.papers import Column
from ssj_desktop.formats.pdf.sheet import MM, Sheet
from ssj_desktop.formats.pdf.text import fitting, width, wrap

OUTER, INNER, GROUP = 1.3, 0.4, 1.5
_UNBROKEN = frozenset({"code", "ticket", "date", "number"})
_ROLES = {"text": "Fang", "code": "Song", "ticket": "Song", "number": "Song", "date": "Fang"}


@dataclass(frozen=True)
class Style:
    """Type sizes and row heights in points."""

    size: float = 9.5
    head_size: float = 10.0
    row_height: float = 19.5
    head_height: float = 20.5
    pad: float = 4.0
    leading: float = 1.28


class Grid:
    """A table on a sheet; ``group`` tells when a heavier line parts two rows."""

    def __init__(
        self,
        sheet: Sheet,
        columns: Sequence[Column],
        style: Style | None = None,
        group: Callable[[tuple[str, ...]], str] | None = None,
        bold_first: bool = False,
    ) -> None:
        self.sheet, self.columns, self.style = sheet, columns, style or Style()
        self.group, self.bold_first = group, bold_first
        self.top = 0.0

    @cached_property
    def edges(self) -> list[float]:
        """Left edges of the columns and the right edge, stretched to the width of the sheet."""
        whole = sum(column.width_mm for column in self.columns) * MM
        scale = (self.sheet.right - self.sheet.left) / whole
        edges = [self.sheet.left]
        for column in self.columns:
            edges.append(edges[-1] + column.width_mm * MM * scale)
        return edges

    def draw(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Head and rows over as many pages as needed."""
        self.sheet.ensure(self.style.head_height + self.style.row_height * min(3, len(rows)))
        self._start()
        previous = None
        for row in rows:
            lines = self._wrapped(row)
            height = self._height(lines)
            if self.sheet.room < height:
                self._close()
                self.sheet.start_page()
                self._start()
                previous = None
            self._row(lines, height, self._weight(row, previous))
            previous = row
        self._close()

    def _weight(self, row: tuple[str, ...], previous: tuple[str, ...] | None) -> float:
        if self.group and previous is not None and self.group(row) != self.group(previous):
            return GROUP
        return INNER

    def _start(self) -> None:
        self.top = self.sheet.y
        if any(column.title for column in self.columns):
            baseline = self.top + self.style.head_height / 2 + self.style.head_size * 0.36
            for place, column in enumerate(self.columns):
                middle = (self.edges[place] + self.edges[place + 1]) / 2
                self.sheet.text(
                    middle, baseline, column.title, "Hei", self.style.head_size, "center"
                )
            self.sheet.y += self.style.head_height

    def _wrapped(self, row: tuple[str, ...]) -> list[list[str]]:
        found = []
        for place, text in enumerate(row):
            room = self.edges[place + 1] - self.edges[place] - 2 * self.style.pad
            role, size = self._face(place)
            whole = self.columns[place].kind in _UNBROKEN
            fits = whole or ("\n" not in text and width(text, role, size) * 0.9 <= room)
            found.append([text] if fits else wrap(text, role, size, room))
        return found

    def _face(self, place: int) -> tuple[str, float]:
        if self.bold_first and place == 0:
            return "Hei", self.style.size
        return _ROLES[self.columns[place].kind], self.style.size

    def _height(self, lines: list[list[str]]) -> float:
        most = max(len(cell) for cell in lines)
        return max(self.style.row_height, most * self.style.size * self.style.leading + 8)

    def _row(self, lines: list[list[str]], height: float, weight: float) -> None:
        top = self.sheet.y
        if top > self.top:
            self.sheet.line(self.edges[0], top, self.edges[-1], top, weight)
        for place, cell in enumerate(lines):
            self._cell(place, cell, top, height)
        self.sheet.y = top + height

    def _cell(self, place: int, lines: list[str], top: float, height: float) -> None:
        role, size = self._face(place)
        leading = size * self.style.leading
        baseline = top + (height - leading * (len(lines) - 1)) / 2 + size * 0.36
        align = self.columns[place].align
        x = {
            "left": self.edges[place] + self.style.pad,
            "center": (self.edges[place] + self.edges[place + 1]) / 2,
            "right": self.edges[place + 1] - self.style.pad,
        }[align]
        room = self.edges[place + 1] - self.edges[place] - 2 * self.style.pad
        for number, line in enumerate(lines):
            fitted = fitting(line, role, size, room)
            self.sheet.text(x, baseline + number * leading, line, role, fitted, align)

    def _close(self) -> None:
        bottom = self.sheet.y
        for edge in self.edges[1:-1]:
            self.sheet.line(edge, self.top, edge, bottom)
        self.sheet.box(self.edges[0], self.top, self.edges[-1], bottom, OUTER)


def facts(sheet: Sheet, pairs: Sequence[tuple[str, str]], label_mm: float = 28) -> None:
    """Label and value rows; a short pair shares its row with the next one marked by "|"."""
    size, height = 10.5, 22.0
    top, left, right = sheet.y, sheet.left, sheet.right
    label = label_mm * MM
    middle = (left + right) / 2
    for row in _facts_rows(pairs):
        lines = [wrap(value, "Fang", size, right - left - label - 10) for _, value in row]
        tall = max(height, max(map(len, lines)) * size * 1.3 + 9) if len(row) == 1 else height
        if sheet.y > top:
            sheet.line(left, sheet.y, right, sheet.y)
        for place, (title, value) in enumerate(row):
            start = left if place == 0 else middle
            sheet.text(start + label / 2, sheet.y + tall / 2 + 3.8, title, "Hei", size, "center")
            parts = lines[place] if len(row) == 1 else [value]
            first = sheet.y + (tall - (len(parts) - 1) * size * 1.3) / 2 + 3.8
            end = middle if len(row) == 2 and not place else right
            for number, part in enumerate(parts):
                fitted = fitting(part, "Fang", size, end - start - label - 9)
                sheet.text(start + label + 6, first + number * size * 1.3, part, "Fang", fitted)
            sheet.line(start + label, sheet.y, start + label, sheet.y + tall)
            if place:
                sheet.line(start, sheet.y, start, sheet.y + tall)
        sheet.y += tall
    sheet.box(left, top, right, sheet.y, OUTER)


def _facts_rows(pairs: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    rows: list[list[tuple[str, str]]] = []
    for title, value in pairs:
        if title.startswith("|") and rows:
            rows[-1].append((title[1:], value))
        else:
            rows.append([(title, value)])
    return rows

"""One worksheet of an .xlsx: a quick pass for the plain case, expat for everything else.

The quick pass takes a sheet only when it has accounted for every row and every cell by a second,
independent count; otherwise the sheet is read again with expat.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from ssj_desktop.domain.sheets import Cell, Sheet
from ssj_desktop.formats.excel.grid import COLUMNS, Grid
from ssj_desktop.formats.excel.numbers import number_text
from ssj_desktop.formats.excel.row_shapes import SIGNS, Shapes
from ssj_desktop.formats.excel.shared import utf8_text
from ssj_desktop.formats.excel.xml_text import (
    Attributes,
    parse,
    plain_text,
    resolved,
    unescape_cell,
)

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ROW_NUMBER = re.compile(r' r="([0-9]+)"')
_ROWS_AT_ONCE = 1_000
_HIDDEN = re.compile(r' hidden="(?:1|true)"')
_CELL_HEAD = r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]+)")?(?: t="([A-Za-z]+)")?'
_CELL = re.compile(
    _CELL_HEAD
    + r"(?:/>|>(?=(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?(?:<v(?: xml:space=\"preserve\")?>([^<]*))?)"
    r"(<f[^>]*/>|<f[^>]*>[^<]*</f>)?(?:<v/>|<v(?: xml:space=\"preserve\")?>[^<]*</v>)?"
    r'(?:<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
)
_ROOT = re.compile(r"<worksheet[\s>]")


class _Numbers(dict[str, str]):
    """The texts of the numbers of one style by their raw digits, worked out once each."""

    def __init__(self, shown: str, epoch: date) -> None:
        self._shown, self._epoch = shown, epoch

    def __missing__(self, raw: str) -> str:
        digits = resolved(raw).strip()
        return self.setdefault(raw, number_text(digits, self._shown, self._epoch))


@dataclass(slots=True)
class Meanings:
    """What the numbers inside cells stand for."""

    strings: list[str]
    styles: list[str]
    epoch: date
    seen: dict[str, _Numbers] = field(default_factory=dict)

    def text(self, kind: str, style: str, raw: str) -> str:
        """The text of a stored value of any kind but inline."""
        if kind == "s":
            return self.strings[_index(raw)]
        if kind in ("", "n"):
            return self._numbers(style)[raw]
        way = _KINDS.get(kind)
        return way(raw) if way else raw

    def texts(self, style: str, kind: str, raws: list[str]) -> list[str]:
        """The same for many values of one style and kind."""
        if kind == "s" and "".join(raws).isdigit():
            return list(map(self.strings.__getitem__, map(int, raws)))
        if kind in ("", "n"):
            return list(map(self._numbers(style).__getitem__, raws))
        return [_other_text(style, kind, raw, self) for raw in raws]

    def _numbers(self, style: str) -> _Numbers:
        known = self.seen.get(style)
        if known is None:
            place = int(style or "0")
            shown = self.styles[place] if place < len(self.styles) else ""
            known = self.seen[style] = _Numbers(shown, self.epoch)
        return known


def _index(raw: str) -> int:
    """The place of a shared string; a sign would count from the end."""
    if "-" in raw:
        raise ValueError(raw)
    return int(raw)


def _iso(raw: str) -> str:
    """An ISO moment as a day, with the time only where there is one."""
    day, _, clock = raw.strip().partition("T")
    clock = clock.rstrip("Z").partition(".")[0]
    return day if clock in ("", "00:00:00", "00:00") else f"{day} {clock}".strip()


_KINDS: dict[str, Callable[[str], str]] = {
    "e": lambda raw: Cell(raw, error=True) if raw else raw,
    "b": lambda raw: {"1": "是", "true": "是", "0": "否", "false": "否"}.get(raw.strip(), raw),
    "d": _iso,
    "str": unescape_cell,
}


def read_sheet(title: str, content: bytes, meanings: Meanings, *, hidden: bool) -> Sheet:
    """The rows of one sheet with all their cells."""
    grid = _quick(content, meanings)
    if grid is None:
        reader = _SheetReader(meanings)
        parse(content, reader.start, reader.end)
        grid = reader.grid
    return grid.sheet(title, hidden=hidden)


def _quick(content: bytes, meanings: Meanings) -> Grid | None:
    """The grid of a plain sheet; None when anything in it is out of the ordinary."""
    text = utf8_text(content)
    if text is None or "<!" in text or not _ROOT.search(text, 0, 2_000):
        return None
    begin, end = text.find("<sheetData>"), text.find("</sheetData>")
    if begin < 0 or end < 0 or text.count("<sheetData") != 1:
        return None
    outer = _SheetReader(meanings)
    frame = text[:begin] + "<sheetData/>" + text[end + len("</sheetData>") :]
    parse(frame.encode(), outer.start, outer.end)
    body = text[begin + len("<sheetData>") : end]
    return None if any(sign in body for sign in SIGNS) else _rows(body, outer.grid, meanings)


def _rows(body: str, grid: Grid, meanings: Meanings) -> Grid | None:
    """The rows between ``<sheetData>`` and its end; None unless the counts agree in the end."""
    pieces = body.split("</row>")
    shapes = Shapes()
    cells = valued = 0
    for begin in range(0, len(pieces), _ROWS_AT_ONCE):
        some = pieces[begin : begin + _ROWS_AT_ONCE]
        heads = [_head(piece) for piece in some if "<row" in piece]
        if None in heads:
            return None
        found = _some_rows([head for head in heads if head], shapes, grid, meanings)
        if found is None:
            return None
        cells, valued = cells + found[0], valued + found[1]
    agreed = cells == body.count("<c") and valued == body.count("</v>") + body.count("</is>")
    return grid if agreed else None


def _head(piece: str) -> tuple[str, bool, str] | None:
    """Number, hiddenness and inside of the row that ends here; empty rows may stand before it."""
    start = piece.rfind("<row")
    head, _, inner = piece[start:].partition(">")
    number = _ROW_NUMBER.search(head)
    if number is None or piece.find("<c", 0, start) >= 0:
        return None
    return number[1], "hidden" in head and _HIDDEN.search(head) is not None, inner


def _some_rows(
    heads: list[tuple[str, bool, str]], shapes: Shapes, grid: Grid, meanings: Meanings
) -> tuple[int, int] | None:
    """Put rows into the grid; how many cells and how many values, None for an odd row."""
    if not heads:
        return 0, 0
    grid.hidden.update(int(number) for number, hidden, _ in heads if hidden)
    inners = [inner for _, _, inner in heads]
    alike, others = shapes.sort_out([number for number, _, _ in heads], inners)
    cells = valued = 0
    for shape, rows in alike:
        texts = shape.rows_of(rows.values, meanings.texts)
        for number, row in zip(rows.numbers, texts, strict=True):
            grid.add_row(int(number), row)
        cells += shape.cells * len(rows.numbers)
        valued += len(rows.values)
    for place in others:
        any_cells = _CELL.findall(inners[place])
        met = _cells(any_cells, heads[place][0], grid, meanings)
        if met < 0 or len(any_cells) != inners[place].count("<c"):
            return None
        cells, valued = cells + len(any_cells), valued + met
    return cells, valued


def _cells(found: list[tuple[str, ...]], row: str, grid: Grid, meanings: Meanings) -> int:
    """The cells of any row; the number of values met, −1 for an odd row."""
    valued = 0
    cells: dict[int, str] = {}
    for letters, digits, style, kind, raw, formula, inline in found:
        valued += bool(raw or inline)
        cells[COLUMNS[letters]] = (
            plain_text(inline) if inline else _other_text(style, kind, raw, meanings, formula)
        )
        if digits != row:
            return -1
    if len(cells) != len(found):
        return -1
    grid.add_row(int(row), cells)
    return valued


def _other_text(style: str, kind: str, raw: str, meanings: Meanings, formula: str = "") -> str:
    """The text of a cell; empty when it shows nothing."""
    if raw:
        return meanings.text(kind, style, resolved(raw))
    if formula and kind != "str":
        return Cell("=" + plain_text(_formula(formula)), uncalculated=True)
    return ""


def _formula(element: str) -> str:
    return element.partition(">")[2].removesuffix("</f>")


class _SheetReader:
    """expat's view of a sheet: any legal XML, in any order."""

    def __init__(self, meanings: Meanings) -> None:
        self.grid = Grid()
        self._meanings = meanings
        self._row, self._column = 0, -1
        self._in_cell = self._phonetic = False
        self._kind = self._style = ""
        self._value: str | None = None
        self._formula: str | None = None
        self._inline: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.grid.hidden.add(self._row)
        elif name == "mergeCell":
            self.grid.merges.append(attributes.get("ref", ""))
        elif name == "rPh":
            self._phonetic = True

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is not None:
            match = _REFERENCE.fullmatch(reference)
            if match is None:
                raise ValueError(reference)
            self._column, self._row = COLUMNS[match[1].upper()], int(match[2])
        else:
            self._column += 1
        self._in_cell = True
        self._kind, self._style = attributes.get("t", ""), attributes.get("s", "")
        self._value = self._formula = None
        self._inline = []

    def end(self, name: str, text: str) -> None:
        if not self._in_cell:
            return
        if name == "v":
            self._value = text
        elif name == "f":
            self._formula = text
        elif name == "t" and not self._phonetic:
            self._inline.append(text)
        elif name == "rPh":
            self._phonetic = False
        elif name == "c":
            self._in_cell = False
            self.grid.add(self._row, self._column, self._text())

    def _text(self) -> str:
        if self._inline:
            return unescape_cell("".join(self._inline))
        if self._value:
            return self._meanings.text(self._kind, self._style, self._value)
        if self._formula is not None and self._kind != "str":
            return Cell(f"={self._formula}", uncalculated=True)
        return ""

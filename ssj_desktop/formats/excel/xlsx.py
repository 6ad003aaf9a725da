"""Reading an .xlsx cell by cell with a streaming XML pass.

It sees what other readers lose: raw digits of numbers, hidden rows, merges, error values, rows
out of order. Runs in the capped child process only.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from xml.parsers import expat

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook, column_letters

MOST_COLUMNS = 500
MOST_ROWS = 1_100_000
MOST_CELLS = 20_000_000
_LONGEST_SAFE_NUMBER = 10**15
_BUILT_IN_DATES = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DATE_FORMAT = re.compile(r"[yd年月日]|m{3,}", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')

Attributes = dict[str, str]


def _parse(
    content: bytes, start: Callable[[str, Attributes], None], end: Callable[[str, str], None]
) -> None:
    """Run expat; ``end`` gets the text inside the element. Names come without namespace."""
    text: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def on_start(name: str, attributes: Attributes) -> None:
        text.clear()
        start(name.rsplit(" ", 1)[-1], attributes)

    def on_end(name: str) -> None:
        end(name.rsplit(" ", 1)[-1], "".join(text))
        text.clear()

    def on_doctype(*_: object) -> None:
        raise FileRefused("工作簿含有不允许的内容（DTD）。", "请另存为 Excel 工作簿后再导入。")

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = on_doctype
    parser.Parse(content, True)


def _nothing(*_: object) -> None:
    """A handler that looks away."""


def read_xlsx(name: str, content: bytes) -> Workbook:
    """All sheets of a workbook; FileRefused when its parts do not hold together."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(name, archive)
    except (expat.ExpatError, KeyError, ValueError, UnicodeDecodeError, zipfile.BadZipFile):
        raise FileRefused(
            f"“{name}”的内部结构已损坏。", "请用 Excel 或 WPS 打开后另存，再导入。"
        ) from None


def _read(name: str, archive: zipfile.ZipFile) -> Workbook:
    parts = set(archive.namelist())
    book = _Book()
    _parse(archive.read("xl/workbook.xml"), book.start, _nothing)
    links = _links(archive)
    strings = _shared_strings(archive) if "xl/sharedStrings.xml" in parts else []
    dates = _date_styles(archive) if "xl/styles.xml" in parts else frozenset()
    sheets = []
    for title, state, link in book.sheets:
        part = links.get(link, "")
        if part in parts:
            reader = _SheetReader(strings, dates, book.epoch)
            _parse(archive.read(part), reader.start, reader.end)
            sheets.append(reader.sheet(title, hidden=state != "visible"))
    return Workbook(name, tuple(sheets), tuple(_notices(sheets)))


def _notices(sheets: list[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        hidden = sum(row.hidden for row in sheet.rows)
        if sheet.hidden:
            yield f"工作表“{sheet.name}”是隐藏的，没有读取。"
        elif hidden:
            yield f"工作表“{sheet.name}”有 {hidden} 个隐藏行（可能开着筛选），已一并读取。"


@dataclass(slots=True)
class _Book:
    sheets: list[tuple[str, str, str]] = field(default_factory=list)
    epoch: date = date(1899, 12, 30)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            link = next((v for k, v in attributes.items() if k.endswith(" id")), "")
            self.sheets.append(
                (attributes.get("name", ""), attributes.get("state", "visible"), link)
            )
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = date(1904, 1, 1)


def _links(archive: zipfile.ZipFile) -> dict[str, str]:
    found: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            target = attributes["Target"]
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            found[attributes["Id"]] = posixpath.normpath(path)

    _parse(archive.read("xl/_rels/workbook.xml.rels"), start, _nothing)
    return found


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    found: list[str] = []
    parts: list[str] = []
    phonetic = [0]

    def start(name: str, _: Attributes) -> None:
        if name == "si":
            parts.clear()
        elif name == "rPh":
            phonetic[0] += 1

    def end(name: str, text: str) -> None:
        if name == "t" and not phonetic[0]:
            parts.append(text)
        elif name == "si":
            found.append("".join(parts))
        elif name == "rPh":
            phonetic[0] -= 1

    _parse(archive.read("xl/sharedStrings.xml"), start, end)
    return found


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Numbers of the cell styles that show a number as a date."""
    formats: dict[int, str] = {}
    styles: list[int] = []
    inside = [False]

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(name: str, _: str) -> None:
        if name == "cellXfs":
            inside[0] = False

    _parse(archive.read("xl/styles.xml"), start, end)
    return frozenset(
        place
        for place, number in enumerate(styles)
        if number in _BUILT_IN_DATES
        or _DATE_FORMAT.search(_QUOTED.sub("", formats.get(number, "")))
    )


@dataclass(slots=True)
class _SheetReader:
    strings: list[str]
    dates: frozenset[int]
    epoch: date
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    merges: list[str] = field(default_factory=list)
    row: int = 0
    column: int = -1
    kind: str = "n"
    style: int = 0
    value: str = ""
    inline: list[str] = field(default_factory=list)
    count: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.add(self.row)
        elif name == "mergeCell":
            self.merges.append(attributes["ref"])

    def _start_cell(self, attributes: Attributes) -> None:
        if "r" in attributes:
            self.column, self.row = _split(attributes["r"])
        else:
            self.column += 1
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s", "0"))
        self.value = ""
        self.inline.clear()

    def end(self, name: str, text: str) -> None:
        if name == "v":
            self.value = text
        elif name == "t":
            self.inline.append(text)
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell is None:
            return
        self.count += 1
        if self.column >= MOST_COLUMNS or self.row > MOST_ROWS or self.count > MOST_CELLS:
            where = f"{column_letters(self.column)}{self.row}"
            raise FileRefused(
                f"表格过大：{where} 处还有内容。", "请删去多余的行列（Ctrl+End 可定位）后再导入。"
            )
        self.rows.setdefault(self.row, {})[self.column] = cell

    def _cell(self) -> Cell | None:
        if self.kind == "inlineStr":
            text = "".join(self.inline)
        elif self.kind == "s":
            text = self.strings[int(self.value)] if self.value else ""
        elif self.kind == "e":
            return Cell(self.value, error=True)
        elif self.kind == "b":
            text = "是" if self.value == "1" else "否"
        elif self.kind in ("str", "d"):
            text = self.value
        else:
            return self._number()
        return Cell(text) if text.strip() else None

    def _number(self) -> Cell | None:
        if not self.value.strip():
            return None
        try:
            number = Decimal(self.value)
        except InvalidOperation:
            return Cell(self.value)
        if self.style in self.dates and 0 < number < 2_958_466:
            return Cell(str(self.epoch + timedelta(days=int(number))))
        if abs(number) >= _LONGEST_SAFE_NUMBER:
            return Cell(f"{float(number):.5E}".replace("E+", "E+"), damaged=True)
        whole = number.to_integral_value()
        return Cell(str(int(whole)) if number == whole else format(number.normalize(), "f"))

    def sheet(self, name: str, *, hidden: bool) -> Sheet:
        self._spread_merges()
        rows = (
            SheetRow(number, dict(sorted(cells.items())), number in self.hidden)
            for number, cells in sorted(self.rows.items())
        )
        return Sheet(name, tuple(rows), hidden)

    def _spread_merges(self) -> None:
        """The value of a merged range stands in each of its cells that has a row."""
        for reference in self.merges:
            first, _, last = reference.partition(":")
            (left, top), (right, bottom) = _split(first), _split(last or first)
            cell = self.rows.get(top, {}).get(left)
            if cell is None or (right - left + 1) * (bottom - top + 1) > 5_000:
                continue
            copy = replace(cell, merged=True)
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    self.rows.setdefault(row, {}).setdefault(column, copy)


def _split(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference.replace("$", ""))
    if match is None:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(match[2])

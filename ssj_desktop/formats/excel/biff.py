"""Reading .xls and .et (BIFF5 and BIFF8) cell by cell. Runs in the capped child process only."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Cell, Sheet, Workbook, place
from ssj_desktop.formats.excel.biff_text import SharedStrings, Strings, strings_of
from ssj_desktop.formats.excel.grid import Grid
from ssj_desktop.formats.excel.numbers import EPOCH_1900, EPOCH_1904, style_of, value_text
from ssj_desktop.formats.excel.ole import CompoundFile, DamagedFile
from ssj_desktop.formats.excel.preflight import RESAVE

_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C
_BIFF8, _BIFF5 = 0x0600, 0x0500
_FILEPASS, _SST, _STRING, _FORMULA = 0x002F, 0x00FC, 0x0207, 0x0006
_WORKSHEET, _MACRO_SHEET = 0x0010, 0x0040
_OLD_WAYS = ((b"\x09\x00", "2"), (b"\x09\x02", "3"), (b"\x09\x04", "4"))
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
_CELLS_OF_OLDER_VERSIONS = frozenset({0x0002, 0x0003, 0x0004, 0x0005, 0x0007})
_DAMAGE = (DamagedFile, struct.error, IndexError, UnicodeError, LookupError, ValueError)

Record = tuple[int, bytes]


def is_raw_biff(content: bytes) -> bool:
    """A stream of records without a container, as the first versions of Excel wrote them."""
    return any(content.startswith(sign) for sign, _ in _OLD_WAYS) or content.startswith(b"\x09\x08")


def read_xls(name: str, content: bytes) -> Workbook:
    """All sheets of an old workbook; FileRefused when it is encrypted, older or damaged."""
    try:
        return _read(name, content)
    except _DAMAGE:
        raise FileRefused(f"“{name}”已损坏，读不完整。", RESAVE) from None


def _read(name: str, content: bytes) -> Workbook:
    stream = _stream(name, content)
    records = _Records(stream)
    version, kind = records.beginning(0)
    if version not in (_BIFF8, _BIFF5):
        raise FileRefused(f"“{name}”是很旧的 Excel 格式。", RESAVE)
    book = _Book(version, strings_of(version == _BIFF8))
    if kind != 0x0005:
        raise DamagedFile("no globals")
    for number, body, following in records.substream(0):
        book.take(name, number, body, following)
    sheets = [_sheet(records, book, *listed) for listed in book.sheets]
    return Workbook(name, tuple(sheets), _notices(sheets))


def _stream(name: str, content: bytes) -> bytes:
    if is_raw_biff(content):
        if not content.startswith(b"\x09\x08"):
            raise FileRefused(f"“{name}”是很旧的 Excel 格式。", RESAVE)
        return content
    file = CompoundFile(content)
    if "encryptedpackage" in file.names:
        raise FileRefused(f"“{name}”设了密码。", "请去掉密码后另存，再导入。")
    stream = file.stream("workbook") or file.stream("book")
    if stream is None:
        raise FileRefused(f"“{name}”不是 Excel 工作簿。", RESAVE)
    if any(stream.startswith(sign) for sign, _ in _OLD_WAYS):
        raise FileRefused(f"“{name}”是很旧的 Excel 格式。", RESAVE)
    return stream


def _notices(sheets: list[Sheet]) -> tuple[str, ...]:
    return tuple(
        f"工作表“{sheet.name}”是隐藏的，没有导入。"
        for sheet in sheets
        if sheet.hidden and sheet.rows
    )


class _Records:
    """The records of a stream."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream

    def beginning(self, at: int) -> tuple[int, int]:
        """Version and kind of the substream that begins there."""
        number, length = struct.unpack_from("<HH", self._stream, at)
        if number != _BOF or length < 4:
            raise DamagedFile("beginning")
        version, kind = struct.unpack_from("<HH", self._stream, at + 4)
        return version, kind

    def substream(self, at: int) -> Iterator[tuple[int, bytes, list[bytes]]]:
        """Number, body and continuations of each record; charts inside are passed over."""
        depth = 0
        waiting: tuple[int, bytes, list[bytes]] | None = None
        for number, body in self._from(at):
            if number == _CONTINUE:
                if waiting:
                    waiting[2].append(body)
                continue
            if waiting and depth == 1:
                yield waiting
            waiting = None
            depth += (number == _BOF) - (number == _EOF)
            if depth == 0:
                return
            if depth == 1 and number not in (_BOF, _EOF):
                waiting = number, body, []
        raise DamagedFile("no end of the substream")

    def _from(self, at: int) -> Iterator[Record]:
        stream, size = self._stream, len(self._stream)
        unpack = struct.Struct("<HH").unpack_from
        while at + 4 <= size:
            number, length = unpack(stream, at)
            body = stream[at + 4 : at + 4 + length]
            if len(body) < length:
                raise DamagedFile("record beyond the end")
            yield number, body
            at += 4 + length


@dataclass(slots=True)
class _Book:
    """What the globals say: sheets, shared strings, how numbers are shown."""

    version: int
    strings: Strings
    sheets: list[tuple[int, str, bool, int]] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    epoch: date = EPOCH_1900
    _shown: dict[int, str] = field(default_factory=dict)

    def take(self, name: str, number: int, body: bytes, following: list[bytes]) -> None:
        if number == _FILEPASS:
            raise FileRefused(f"“{name}”设了密码。", "请去掉密码后另存，再导入。")
        if number == 0x0085:
            at, state, kind = struct.unpack_from("<IBB", body)
            title, _ = self.strings.short(body, 6)
            self.sheets.append((at, title, state & 3 != 0, kind))
        elif number == _SST:
            self.shared = SharedStrings([body, *following]).read()
        elif number in (0x041E, 0x001E):
            code, _ = self.strings.form(body, 2)
            self.formats[struct.unpack_from("<H", body)[0]] = code
        elif number == 0x00E0:
            self.styles.append(struct.unpack_from("<HH", body)[1])
        elif number == 0x0042:
            self.strings.use_code_page(struct.unpack_from("<H", body)[0])
        elif number == 0x0022 and body[:2] == b"\x01\x00":
            self.epoch = EPOCH_1904

    def shown(self, style: int) -> str:
        """How a cell format shows numbers."""
        known = self._shown.get(style)
        if known is None:
            number = self.styles[style] if style < len(self.styles) else 0
            known = self._shown[style] = style_of(number, self.formats.get(number, ""))
        return known


def _sheet(records: _Records, book: _Book, at: int, title: str, hidden: bool, kind: int) -> Sheet:
    if kind not in (0, 1):
        return Sheet(title, (), hidden)
    _, found = records.beginning(at)
    if found not in (_WORKSHEET, _MACRO_SHEET):
        return Sheet(title, (), hidden)
    reader = _SheetReader(book)
    for number, body, following in records.substream(at):
        reader.take(number, body, following)
    return reader.grid.sheet(title, hidden=hidden)


class _SheetReader:
    """The cells of one sheet."""

    def __init__(self, book: _Book) -> None:
        self.grid = Grid()
        self._book = book
        self._awaiting: tuple[int, int] | None = None
        self._ways: dict[int, Callable[[bytes, list[bytes]], None]] = {
            0x00FD: self._shared, 0x0203: self._number, 0x027E: self._packed, 0x00BD: self._many,
            0x0204: self._label, 0x00D6: self._label, 0x0205: self._special, _FORMULA: self._formula,
            0x0206: self._formula, 0x0406: self._formula,
            _STRING: self._result, 0x0208: self._row, 0x00E5: self._merged,
        }  # fmt: skip

    def take(self, number: int, body: bytes, following: list[bytes]) -> None:
        way = self._ways.get(number)
        if way:
            way(body, following)
        elif number in _CELLS_OF_OLDER_VERSIONS:
            raise DamagedFile("cells of another version")

    def _put(self, row: int, column: int, text: str) -> None:
        self.grid.add(row + 1, column, text)

    def _put_number(self, row: int, column: int, style: int, value: float) -> None:
        self._put(row, column, value_text(value, self._book.shown(style), self._book.epoch))

    def _shared(self, body: bytes, _: list[bytes]) -> None:
        row, column, _style, index = struct.unpack_from("<HHHI", body)
        self._put(row, column, self._book.shared[index])

    def _number(self, body: bytes, _: list[bytes]) -> None:
        self._put_number(*struct.unpack_from("<HHHd", body))

    def _packed(self, body: bytes, _: list[bytes]) -> None:
        row, column, style, packed = struct.unpack_from("<HHHi", body)
        self._put_number(row, column, style, unpacked(packed))

    def _many(self, body: bytes, _: list[bytes]) -> None:
        row, column = struct.unpack_from("<HH", body)
        for place_, at in enumerate(range(4, len(body) - 2, 6)):
            style, packed = struct.unpack_from("<Hi", body, at)
            self._put_number(row, column + place_, style, unpacked(packed))

    def _label(self, body: bytes, following: list[bytes]) -> None:
        row, column = struct.unpack_from("<HH", body)
        self._put(row, column, self._book.strings.long([body, *following], 6))

    def _special(self, body: bytes, _: list[bytes]) -> None:
        row, column, _style, value, is_error = struct.unpack_from("<HHHBB", body)
        self._put(row, column, _error(value) if is_error else _flag(value))

    def _formula(self, body: bytes, _: list[bytes]) -> None:
        row, column, style = struct.unpack_from("<HHH", body)
        result = body[6:14]
        self._awaiting = None
        if len(result) < 8:
            raise DamagedFile("formula")
        if result[6:] != b"\xff\xff":
            self._put_number(row, column, style, struct.unpack("<d", result)[0])
        elif result[0] == 0:
            self._awaiting = row, column
        elif result[0] == 1:
            self._put(row, column, _flag(result[2]))
        elif result[0] == 2:
            self._put(row, column, _error(result[2]))

    def _result(self, body: bytes, following: list[bytes]) -> None:
        if self._awaiting:
            self._put(*self._awaiting, self._book.strings.long([body, *following], 0))
            self._awaiting = None

    def _row(self, body: bytes, _: list[bytes]) -> None:
        if struct.unpack_from("<H", body, 12)[0] & 0x20:
            self.grid.hidden.add(struct.unpack_from("<H", body)[0] + 1)

    def _merged(self, body: bytes, _: list[bytes]) -> None:
        for at in range(2, len(body) - 7, 8):
            top, bottom, left, right = struct.unpack_from("<4H", body, at)
            self.grid.merges.append(f"{place(left, top + 1)}:{place(right, bottom + 1)}")


def unpacked(packed: int) -> float:
    """An RK number: 30 bits of an integer or of a double, perhaps in hundredths."""
    if packed & 2:
        value = float(packed >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _flag(value: int) -> str:
    return "是" if value else "否"


def _error(value: int) -> Cell:
    return Cell(ERRORS.get(value, f"#ERR{value}"), error=True)

"""Workbooks written byte by byte, so that a test says exactly what is odd about them."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{{before}}<sheets>'
    '<sheet name="表" sheetId="1" r:id="r1"/>{more}</sheets></workbook>'
)
RELS = (
    f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r8" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="r9" Type="{OFFICE}/styles" Target="styles.xml"/>{{more}}</Relationships>'
)
ROOT_RELS = (
    f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="000000"/>'
    '<numFmt numFmtId="171" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
    '<numFmt numFmtId="172" formatCode="#,##0.00"/></numFmts><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="21"/>'
    '<xf numFmtId="172"/><xf numFmtId="22"/></cellXfs></styleSheet>'
)
GENERAL, DATE, SIX_ZEROS, CHINESE_DATE, CLOCK, MONEY, MOMENT = range(7)


class Raw(str):
    """The inside of a cell element: attributes and content, ``' t="e"><v>#N/A</v>'``."""

    __slots__ = ()


def number(value: object, style: int = GENERAL) -> Raw:
    return Raw(f' s="{style}"><v>{value}</v>')


def letters(column: int) -> str:
    return chr(65 + column)


def cell_xml(column: int, row: int, value: str) -> str:
    if isinstance(value, Raw):
        return f'<c r="{letters(column)}{row}"{value}</c>'
    return (
        f'<c r="{letters(column)}{row}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape(value)}</t></is></c>"
    )


def row_xml(row: int, values: Sequence[str | None], attributes: str = "") -> str:
    cells = "".join(cell_xml(c, row, value) for c, value in enumerate(values) if value is not None)
    return f'<row r="{row}"{attributes}>{cells}</row>'


def sheet_xml(body: str, after: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{after}</worksheet>'


def package(
    sheet: str, before: str = "", parts: Mapping[str, str | bytes] | None = None
) -> dict[str, str | bytes]:
    """The parts of a whole workbook with one sheet; ``parts`` replace or add."""
    return {
        "_rels/.rels": ROOT_RELS,
        "xl/workbook.xml": BOOK.format(before=before, more=""),
        "xl/_rels/workbook.xml.rels": RELS.format(more=""),
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": sheet,
        **(parts or {}),
    }


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def write_rows(
    path: Path, rows: Sequence[Sequence[str | None]], after: str = "", before: str = ""
) -> Path:
    """A workbook of rows; None leaves a cell out."""
    body = "".join(row_xml(number_, row) for number_, row in enumerate(rows, start=1))
    return write_zip(path, package(sheet_xml(body, after), before))


# --- .xls -------------------------------------------------------------------------------------


def record(number_: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", number_, len(body)) + body


def text8(text: str, wide_length: bool = True) -> bytes:
    """A Unicode text as BIFF8 writes it."""
    return (
        struct.pack("<H" if wide_length else "<B", len(text)) + b"\x01" + text.encode("utf-16-le")
    )


def xls_stream(
    cells: bytes,
    shared: Sequence[str] = (),
    extra: bytes = b"",
    hidden: int = 0,
    version: int = 0x0600,
) -> bytes:
    """Globals and one sheet; ``cells`` are the sheet's records."""
    globals_ = record(0x0809, struct.pack("<HH", version, 0x0005) + b"\0" * 12) + extra
    name = text8("表", wide_length=False) if version == 0x0600 else b"\x02\xb1\xed"
    strings = b""
    if version == 0x0600:
        strings = record(
            0x00FC, struct.pack("<II", len(shared), len(shared)) + b"".join(map(text8, shared))
        )
    place = len(globals_) + len(record(0x0085, b"\0" * 6 + name)) + len(strings) + 4
    listed = record(0x0085, struct.pack("<IBB", place, hidden, 0) + name)
    sheet = (
        record(0x0809, struct.pack("<HH", version, 0x0010) + b"\0" * 12) + cells + record(0x000A)
    )
    return globals_ + listed + strings + record(0x000A) + sheet


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with 512-byte sectors; every stream is padded to the large kind."""
    sector, free, end = 512, 0xFFFFFFFF, 0xFFFFFFFE
    body, fat, entries = io.BytesIO(), [], []
    for name, content in streams.items():
        padded = content.ljust(4096, b"\0")
        padded += b"\0" * (-len(padded) % sector)
        start, count = len(fat), len(padded) // sector
        fat += [*range(start + 1, start + count), end]
        body.write(padded)
        entries.append(_entry(name, 2, start, max(len(content), 4096)))
    directory = b"".join([_entry("Root Entry", 5, end, 0), *entries])
    directory += b"\0" * (-len(directory) % sector)
    first = len(fat)
    count = len(directory) // sector
    fat += [*range(first + 1, first + count), end]
    fat_sector = len(fat)
    fat += [0xFFFFFFFD]
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(sector, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, first, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", fat_sector, *[free] * 108)
    return head + body.getvalue() + directory + table


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    return (
        raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
        + struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF) + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )  # fmt: skip


def shared_cell(row: int, column: int, index: int) -> bytes:
    return record(0x00FD, struct.pack("<HHHI", row, column, 0, index))


def number_cell(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, style, value))

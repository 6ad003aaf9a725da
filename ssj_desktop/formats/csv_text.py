"""CSV in and out: UTF-8 or GB18030, strictly."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def read_csv(path: Path, content: bytes) -> Workbook:
    """The rows of a CSV file; FileRefused when its encoding is neither UTF-8 nor GB18030."""
    text = _decode(path, content)
    if "\x00" in text:
        raise FileRefused(f"“{path.name}”不是文本文件。", "请另存为 CSV 或 Excel 工作簿后再导入。")
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    csv.field_size_limit(1_000_000)
    try:
        rows = tuple(_row(number, fields) for number, fields in enumerate(reader, start=1))
    except csv.Error:
        raise FileRefused(f"“{path.name}”的引号不成对。", "请用 Excel 打开后另存再导入。") from None
    return Workbook(path.name, (Sheet(path.stem, tuple(row for row in rows if row.cells)),))


def _row(number: int, fields: Sequence[str]) -> SheetRow:
    cells = {column: Cell(text) for column, text in enumerate(fields) if text.strip()}
    return SheetRow(number, cells)


def _decode(path: Path, content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(
        f"“{path.name}”的文字编码不是 UTF-8 或 GB18030。", "请用 Excel 另存为“CSV UTF-8”后再导入。"
    )


def _delimiter(text: str) -> str:
    head = text[:20_000]
    return max(",\t;", key=head.count)


def render_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with BOM, everything quoted, formula starts defused with an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([f"'{text}" if text.startswith(_FORMULA_STARTS) else text for text in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()

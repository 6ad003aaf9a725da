"""CSV in and out: UTF-8 or GB18030, strictly."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Sheet, SheetRow, Workbook
from ssj_desktop.formats.plain import writable

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_DELIMITERS = ",\t;"
_SAMPLE = 20_000
_LONGEST_FIELD = 1_000_000
_MOST_ROWS = 1_048_576
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])(?:\r\n|\r|\n)")
_BAD_QUOTES = "请用 Excel 打开后另存再导入。"


def read_csv(path: Path, content: bytes) -> Workbook:
    """The rows of a CSV file; FileRefused when its encoding is neither UTF-8 nor GB18030."""
    text = _decode(path.name, content)
    delimiter, text, skipped = _without_separator_line(text)
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text), strict=True
    )
    rows: list[SheetRow] = []
    try:
        for number, fields in enumerate(reader, start=1 + skipped):
            cells = {column: field for column, field in enumerate(fields) if field}
            if cells:
                rows.append(SheetRow(number, cells))
    except csv.Error as problem:
        raise _quote_refusal(path.name, reader.line_num, str(problem)) from None
    if len(rows) > _MOST_ROWS:
        raise FileRefused(f"“{path.name}”超过 {_MOST_ROWS} 行。", "请拆分后再导入。")
    return Workbook(path.name, (Sheet(path.stem, tuple(rows)),))


def is_text_table(content: bytes) -> bool:
    """Whether text under a foreign name, as some systems write .xls, is rows with delimiters."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            lines = _LINE_ENDS.split(content.decode(encoding)[:_SAMPLE])
        except UnicodeDecodeError:
            continue
        return len(lines) > 1 and any(
            sign in lines[0] and sign in lines[1] and not re.search(r"[\x00-\x08]", lines[0])
            for sign in _DELIMITERS
        )
    return False


def _quote_refusal(name: str, line: int, problem: str) -> FileRefused:
    if "field larger" in problem:
        return FileRefused(f"“{name}”第 {line} 行有超过 {_LONGEST_FIELD} 字的单元格。", _BAD_QUOTES)
    return FileRefused(f"“{name}”第 {line} 行附近的引号不成对。", _BAD_QUOTES)


def _decode(name: str, content: bytes) -> str:
    if content.startswith(_UTF16):
        raise FileRefused(
            f"“{name}”是 UTF-16（Unicode 文本）。", "请用 Excel 另存为“CSV UTF-8”后再导入。"
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise FileRefused(f"“{name}”不是文本文件。", "请另存为 CSV 或 Excel 工作簿后再导入。")
        return text
    raise FileRefused(
        f"“{name}”的文字编码不是 UTF-8 或 GB18030。", "请用 Excel 另存为“CSV UTF-8”后再导入。"
    )


def _without_separator_line(text: str) -> tuple[str, str, int]:
    """Excel's own first line ``sep=;`` names the delimiter."""
    match = _SEPARATOR_LINE.match(text)
    return (match[1], text[match.end() :], 1) if match else ("", text, 0)


def _delimiter(text: str) -> str:
    """The sign that stands in most of the first lines, outside quotes."""
    sample = re.sub(r'"[^"]*"', "", text[:_SAMPLE])
    lines = [line for line in _LINE_ENDS.split(sample) if line.strip()][:50]
    return max(
        _DELIMITERS, key=lambda sign: (sum(sign in line for line in lines), sample.count(sign))
    )


def render_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with BOM, everything quoted, formula starts defused with an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_defused(writable(text)) for text in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text

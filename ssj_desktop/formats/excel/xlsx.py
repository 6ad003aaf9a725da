"""Reading an .xlsx cell by cell, so that nothing is lost.

It sees what other readers lose: raw digits of numbers, hidden rows, merges, error values, rows
out of order. Runs in the capped child process only.
"""

import posixpath
from dataclasses import dataclass, field
from datetime import date
from xml.parsers import expat

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Sheet, Workbook
from ssj_desktop.formats.excel.numbers import EPOCH_1900, EPOCH_1904, styles_of
from ssj_desktop.formats.excel.preflight import RESAVE, Parts, open_parts, part_name
from ssj_desktop.formats.excel.shared import read_shared_strings
from ssj_desktop.formats.excel.sheet_xml import Meanings, read_sheet
from ssj_desktop.formats.excel.xml_text import Attributes, look_away, parse


def read_xlsx(name: str, content: bytes) -> Workbook:
    """All sheets of a workbook; FileRefused when its parts do not hold together."""
    parts = open_parts(name, content)
    try:
        return _read(name, parts)
    except (expat.ExpatError, KeyError, ValueError, IndexError, OverflowError, RecursionError):
        raise FileRefused(
            f"“{name}”的内部结构已损坏。", "请用 Excel 或 WPS 打开后另存，再导入。"
        ) from None


def _read(name: str, parts: Parts) -> Workbook:
    root = _workbook_part(name, parts)
    book = _Book()
    parse(parts[root], book.start, look_away)
    links = _Links(root)
    parse(parts[_rels_of(root)], links.start, look_away)
    strings = read_shared_strings(parts.get(links.strings, b""))
    meanings = Meanings(strings, _styles(parts.get(links.styles, b"")), book.epoch)
    sheets = []
    for title, state, link in book.sheets:
        part, kind = links.targets[link]
        if kind in ("worksheet", "") or kind.endswith("macrosheet"):
            sheets.append(read_sheet(title, parts[part], meanings, hidden=state != "visible"))
    return Workbook(name, tuple(sheets), _notices(sheets))


def _workbook_part(name: str, parts: Parts) -> str:
    """The part that the package names as its document; the usual name where it names none."""
    found: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(part_name(posixpath.normpath(attributes.get("Target", ""))))

    if "_rels/.rels" in parts:
        parse(parts["_rels/.rels"], start, look_away)
    for part in (*found, "xl/workbook.xml"):
        if part in parts and b"workbook" in parts[part]:
            return part
    raise FileRefused(f"“{name}”不是 Excel 工作簿。", RESAVE)


def _rels_of(part: str) -> str:
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels".lstrip("/")


def _notices(sheets: list[Sheet]) -> tuple[str, ...]:
    found = []
    for sheet in sheets:
        hidden = sum(row.hidden for row in sheet.rows)
        if sheet.hidden and sheet.rows:
            found.append(f"工作表“{sheet.name}”是隐藏的，没有导入。")
        elif hidden:
            found.append(f"工作表“{sheet.name}”有 {hidden} 个隐藏行（可能开着筛选），已一并读取。")
    return tuple(found)


@dataclass(slots=True)
class _Book:
    sheets: list[tuple[str, str, str]] = field(default_factory=list)
    epoch: date = EPOCH_1900

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            link = next((v for k, v in attributes.items() if k.endswith(" id")), "")
            self.sheets.append(
                (attributes.get("name", ""), attributes.get("state", "visible"), link)
            )
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = EPOCH_1904


class _Links:
    """Where the parts of a workbook are: by relationship, not by habit."""

    def __init__(self, root: str) -> None:
        self._folder = root.rpartition("/")[0]
        self.targets: dict[str, tuple[str, str]] = {}
        self.strings = self.styles = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name != "Relationship":
            return
        target = attributes.get("Target", "").replace("\\", "/")
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        path = target if target.startswith("/") else posixpath.join(self._folder, target)
        part = part_name(posixpath.normpath(path))
        self.targets[attributes["Id"]] = part, kind
        if kind == "sharedstrings":
            self.strings = part
        elif kind == "styles":
            self.styles = part


def _styles(content: bytes) -> list[str]:
    """How each cell format of the workbook shows numbers."""
    codes: dict[int, str] = {}
    numbers: list[int] = []
    inside = [False]

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            numbers.append(int(attributes.get("numFmtId", "0")))

    def end(name: str, _: str) -> None:
        if name == "cellXfs":
            inside[0] = False

    if content:
        parse(content, start, end)
    return styles_of(numbers, codes)

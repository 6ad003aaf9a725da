"""The one way to put text into a workbook: as text, never as a formula."""

import re

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.formats.plain import UNWRITABLE, writable

MOST_CHARACTERS = 32_767
_SHOWN_CHARACTERS = 32_000
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_THIN = Side(style="thin", color="FF000000")
BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
BODY = Font(name="宋体", size=11)
HEAD = Font(name="黑体", size=11, bold=True)
TITLE = Font(name="方正小标宋简体", size=20)
WRAP_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
MIDDLE_LEFT = Alignment(horizontal="left", vertical="center")
MIDDLE_CENTRE = Alignment(horizontal="center", vertical="center")
_LIVE_STARTS = ("=", "+", "-", "@")


def shown_text(text: str) -> str:
    """What was met in a foreign file: control characters as their pictures, cut if too long."""
    shown = UNWRITABLE.sub(lambda met: _picture(met[0]), text)
    if len(shown) > MOST_CHARACTERS:
        shown = f"{shown[:_SHOWN_CHARACTERS]}……（共 {len(text)} 字，此处截短）"
    return shown


def _picture(character: str) -> str:
    return chr(0x2400 + ord(character)) if character < " " else "\ufffd"


def write_text(cell: Cell, text: str) -> None:
    """Store ``text`` exactly; FileRefused names what a workbook cannot hold."""
    cell.value = stored_text(text)
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(_LIVE_STARTS):
        cell.quotePrefix = True


class TextCells:
    """Cells of one look for long tables: the style is made once and shared."""

    def __init__(
        self, sheet: Worksheet, font: Font, alignment: Alignment, border: Border | None = None
    ) -> None:
        self._sheet = sheet
        self._plain = self._model("甲", font, alignment, border)
        self._quoted = self._model("=", font, alignment, border)

    def _model(
        self, text: str, font: Font, alignment: Alignment, border: Border | None
    ) -> StyleArray:
        cell = WriteOnlyCell(self._sheet)
        cell.font, cell.alignment = font, alignment
        if border is not None:
            cell.border = border
        write_text(cell, text)
        return cell._style  # noqa: SLF001 - sharing it is openpyxl's own way to be quick

    def cell(self, text: str) -> Cell:
        """A cell with this text, exactly."""
        cell = WriteOnlyCell(self._sheet)
        cell._value, cell.data_type = stored_text(text), "s"  # noqa: SLF001 - no guessing of types
        cell._style = self._quoted if text.startswith(_LIVE_STARTS) else self._plain  # noqa: SLF001
        return cell


def stored_text(text: str) -> str:
    """The text as a workbook stores it; FileRefused when it cannot."""
    if len(text) > MOST_CHARACTERS:
        raise FileRefused(f"“{text[:20]}…”超过单元格上限 32767 字。", "请缩短后再导出。")
    return _escaped(writable(text))


def _escaped(text: str) -> str:
    """A carriage return, and text that looks like the escape of one, as spreadsheets write them."""
    if "_x" in text:
        text = _ESCAPE_LIKE.sub("_x005F_", text)
    return text.replace("\r", "_x000D_")

"""Text inside the XML of a workbook, and one way to run expat over it."""

import re
from collections.abc import Callable
from xml.parsers import expat

from ssj_desktop.domain.errors import FileRefused

Attributes = dict[str, str]
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_HIGHEST = 0x10FFFF


def parse(
    content: bytes, start: Callable[[str, Attributes], None], end: Callable[[str, str], None]
) -> None:
    """Run expat; ``end`` gets the text since the last tag. Names come without namespace."""
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


def look_away(*_: object) -> None:
    """A handler for what does not matter."""


def unescape_cell(text: str) -> str:
    """``_x000D_`` stands for a character, ``_x005F_`` for the underscore that protects it."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def plain_text(raw: str) -> str:
    """Character data cut out of the XML: references, line ends and cell escapes resolved."""
    return unescape_cell(resolved(raw))


def resolved(raw: str) -> str:
    """The same with the escapes of cells left alone: numbers and codes have none."""
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    return _REFERENCE.sub(_character, raw) if "&" in raw else raw


def _character(match: re.Match[str]) -> str:
    """By the rules of XML: those of web pages would change U+0080 to € and drop U+10FFFF."""
    name, decimal, hexadecimal = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if code <= _HIGHEST else match[0]

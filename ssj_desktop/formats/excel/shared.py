"""The shared strings of a workbook: fast where every entry is plain, else with expat."""

import re

from ssj_desktop.formats.excel.xml_text import Attributes, parse, plain_text, unescape_cell

_PLAIN = re.compile(r'<si><t(?: xml:space="preserve")?(?:/>|>([^<]*)</t>)</si>')
_DECLARATION = re.compile(rb"<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']+)["']""")
_BOM = b"\xef\xbb\xbf"


def utf8_text(content: bytes) -> str | None:
    """The XML as text when it is UTF-8 and says nothing else; None leaves it to expat."""
    content = content.removeprefix(_BOM)
    declaration = _DECLARATION.match(content)
    encoding = _ENCODING.search(declaration[0]) if declaration else None
    if not content.startswith(b"<") or (
        encoding and encoding[1].lower() not in (b"utf-8", b"utf8")
    ):
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def read_shared_strings(content: bytes) -> list[str]:
    """Every entry in order; rich text is joined, phonetic help is left out."""
    text = utf8_text(content)
    if text is not None and "<!" not in text:
        found = _PLAIN.findall(text)
        if len(found) == text.count("<si") and text.count("<sst") == 1:
            return [plain_text(raw) for raw in found]
    return _with_expat(content) if content else []


def _with_expat(content: bytes) -> list[str]:
    found: list[str] = []
    pieces: list[str] = []
    phonetic = [0]

    def start(name: str, _: Attributes) -> None:
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            phonetic[0] += 1

    def end(name: str, text: str) -> None:
        if name == "t" and not phonetic[0]:
            pieces.append(text)
        elif name == "si":
            found.append(unescape_cell("".join(pieces)))
        elif name == "rPh":
            phonetic[0] -= 1

    parse(content, start, end)
    return found

"""Bundled fonts, the fallback of each character, and a ToUnicode map that tells the truth."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby

from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFont

from ssj_desktop import places

FILES = {
    "Song": "NotoSerifSC-Regular.ttf",
    "Title": "NotoSerifSC-SemiBold.ttf",
    "Fang": "LXGWZhuqueFangsong-Regular.ttf",
    "Hei": "NotoSansSC-Medium.ttf",
    "Sans": "NotoSansSC-Regular.ttf",
    "Kai": "SSJKai-Regular.ttf",
}
_FALLBACK = ("Song", "Sans")
_CALLIGRAPHIC = frozenset({"Fang", "Kai"})
_SERIF_MARKS = frozenset("“”‘’…—·①②③④⑤⑥⑦⑧⑨⑩㎡○●◎☆★▲△＋＝")
_MAP_BLOCK = 100


def _to_unicode(fontname: str, subset: Sequence[int]) -> str:
    """ToUnicode CMap with UTF-16BE values, so that 𬭎 copies out as 𬭎.

    The library's own map writes five hex digits for plane 2 and maps control codes.
    """
    pairs = [
        f"<{place:02X}> <{chr(value).encode('utf-16-be').hex().upper()}>"
        for place, value in enumerate(subset)
        if value >= 0x20
    ]
    blocks = [pairs[start : start + _MAP_BLOCK] for start in range(0, len(pairs), _MAP_BLOCK)]
    body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        f"/CIDSystemInfo << /Registry ({fontname}) /Ordering ({fontname}) /Supplement 0 >> def\n"
        f"/CMapName /{fontname} def\n/CMapType 2 def\n1 begincodespacerange\n"
        f"<00> <{max(len(subset) - 1, 0):02X}>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )


ttfonts.makeToUnicodeCMap = _to_unicode


@cache
def load_fonts() -> dict[str, TTFont]:
    """Register every font once; the first call takes a fraction of a second."""
    fonts = {
        name: TTFont(name, str(places.resource("fonts", file))) for name, file in FILES.items()
    }
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return fonts


@lru_cache(maxsize=65536)
def font_of(character: str, role: str) -> str | None:
    """The font that draws a character in a role, None when no bundled font has it."""
    fonts = load_fonts()
    to_serif = role in _CALLIGRAPHIC and (character.isascii() or character in _SERIF_MARKS)
    for name in _FALLBACK if to_serif else (role, *_FALLBACK):
        if ord(character) in fonts[name].face.charToGlyph:
            return name
    return None


def runs(text: str, role: str) -> Iterator[tuple[str, str]]:
    """(font, text) pieces; a character without any glyph becomes □ (and is named by missing())."""
    pairs = [(font_of(character, role), character) for character in text]
    shown = [(font or "Song", character if font else "□") for font, character in pairs]
    for font, group in groupby(shown, key=lambda pair: pair[0]):
        yield font, "".join(character for _, character in group)


@lru_cache(maxsize=65536)
def advance(character: str, role: str) -> float:
    """Width of a character in em."""
    font = font_of(character, role) or "Song"
    return float(pdfmetrics.stringWidth(character, font, 1.0))


def missing(text: str, role: str = "Fang") -> list[str]:
    """Characters no bundled font can draw, as warnings for the clerk."""
    lost = sorted({c for c in text if c not in "\n\t" and font_of(c, role) is None})
    return [f"“{c}”（U+{ord(c):04X}）没有字形，打印为□。" for c in lost]

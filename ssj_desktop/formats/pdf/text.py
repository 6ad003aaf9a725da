"""Breaking and measuring lines of mixed Chinese and Latin text."""

import re
from functools import lru_cache
from itertools import pairwise

from ssj_desktop.formats.pdf.fonts import advance

NOT_AT_START = frozenset("，。、；：？！）》”’】』〉」…—·％%,.;:?!)]}")
NOT_AT_END = frozenset("（《“‘【『〈「([{")
GAP_EM = 0.12
_GLUED = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日"  # a date
    r"|\d{1,2}月\d{1,2}日"
    r"|[0-9.]+ ?(?:年|月|日|家|人|项|次|个|条|份|位|层|%)"  # digits and their unit
    r"|[\x21-\x7e]+"  # a code or Latin word
    r"|\n|.",
    re.DOTALL,
)


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or character >= "\U00020000"


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def gap(left: str, right: str) -> float:
    """Extra space in em between a Chinese and a Latin character."""
    mixed = (_is_han(left) and _is_latin(right)) or (_is_latin(left) and _is_han(right))
    return GAP_EM if mixed else 0.0


@lru_cache(maxsize=16384)
def width(text: str, role: str, size: float) -> float:
    """Width of one line in points."""
    total = sum(advance(character, role) for character in text)
    total += sum(gap(left, right) for left, right in pairwise(text))
    return total * size


def fitting(text: str, role: str, size: float, available: float) -> float:
    """The size at which a line that must not break fits, never below six points."""
    need = width(text, role, size)
    return size if need <= available else max(6.0, size * available / need)


def wrap(text: str, role: str, size: float, available: float) -> list[str]:
    """Lines no wider than ``available`` points, after Chinese rules for both line ends."""
    lines: list[str] = []
    current: list[str] = []
    for piece in _pieces(text, role, size, available):
        if piece == "\n":
            lines.append("".join(current))
            current = []
        elif not current or width("".join(current) + piece, role, size) <= available:
            current.append(piece)
        else:
            line, current = _respect_ends(current, piece)
            lines.append("".join(line).rstrip(" "))
            current[0] = current[0].lstrip(" ")
    return [*lines, "".join(current)]


def _pieces(text: str, role: str, size: float, available: float) -> list[str]:
    """Unbreakable pieces; one wider than the line is taken apart."""
    pieces: list[str] = []
    for piece in _GLUED.findall(text):
        pieces.extend(piece if width(piece, role, size) > available else [piece])
    return pieces


def _respect_ends(line: list[str], piece: str) -> tuple[list[str], list[str]]:
    """Move whole pieces to the next line until neither end breaks a rule.

    A line of one piece only is taken apart: a mark at the start of a line is worse.
    """
    kept = line if len(line) > 1 else list(line[0])
    rest = [piece]
    while len(kept) > 1 and (rest[0][:1] in NOT_AT_START or kept[-1][-1] in NOT_AT_END):
        rest.insert(0, kept[-1])
        kept = kept[:-1]
    return kept, rest

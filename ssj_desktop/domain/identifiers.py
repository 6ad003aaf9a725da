"""Codes and names: what may be stored, compared and hashed."""

import re
import unicodedata
from collections.abc import Iterable

from ssj_desktop.domain.errors import InvalidInput

# GB 32100-2015: the alphabet leaves out I, O, S, V and Z.
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_DRAW_ID = re.compile(r"[0-9A-Z][0-9A-Z_-]{0,63}")
_REWRITTEN_BY_EXCEL = re.compile(r"\d(\.\d+)?E\+?\d+")
_CREDIT_SHAPE = re.compile(f"[{_CREDIT_ALPHABET}]{{18}}")


def _is_invisible(character: str) -> bool:
    """Control, format, private and unassigned characters; later ideographs are only unknown here."""
    if 0x20000 <= ord(character) < 0x40000:
        return ord(character) & 0xFFFF >= 0xFFFE
    return unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn", "Cs")


def shown(text: str, most: int = 40) -> str:
    """Raw text fit to stand in a sentence: one line, what cannot be seen written out, shortened."""
    seen = "".join(f"<U+{ord(c):04X}>" if _is_invisible(c) else c for c in text[: most + 1])
    return seen if len(text) <= most else f"{seen[:most]}…"


def clean_name(text: str) -> str:
    """A name ready to be hashed: NFC, outer blanks removed, never folded.

    Raises InvalidInput on control, zero-width and direction characters (draw rule cs1, section 2).
    """
    name = unicodedata.normalize("NFC", text).strip(" \u3000\u00a0")
    if name.isprintable():
        return name
    for character in name:
        if _is_invisible(character):
            raise InvalidInput(
                f"“{shown(name)}”中有看不见的字符 U+{ord(character):04X}。",
                "请删去该字符后重新填写。",
            )
    return name


def look_alike(name: str) -> str:
    """Equal for names a reader could take for one another: width, case and blanks folded."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def clean_code(text: str) -> str:
    """A code as typed, made comparable: NFKC, invisible characters and blanks removed, upper case.

    Raises InvalidInput when a spreadsheet has rewritten the digits (1.23E+17).
    """
    if text.isascii() and text.isalnum():
        code = text.upper()
        if not _REWRITTEN_BY_EXCEL.fullmatch(code):
            return code
    folded = unicodedata.normalize("NFKC", text)
    code = "".join(c for c in folded if not _is_invisible(c) and not c.isspace()).upper()
    if _REWRITTEN_BY_EXCEL.fullmatch(code):
        raise InvalidInput(f"“{code}”已被 Excel 改写。", "请把该列设为文本格式后重新填写。")
    _refuse_look_alikes(code)
    return code


def _refuse_look_alikes(code: str) -> None:
    for character in code:
        if "\u0370" <= character <= "\u052f":
            raise InvalidInput(
                f"“{code}”中的“{character}”不是英文字母（U+{ord(character):04X}）。",
                "请改用英文字母或数字重新填写。",
            )


def is_draw_id(code: str) -> bool:
    """Whether ``code`` may enter tickets as it is (draw rule cs1, section 2)."""
    return _DRAW_ID.fullmatch(code) is not None


def are_draw_ids(codes: Iterable[str]) -> bool:
    """Whether all of ``codes`` may enter tickets as they are."""
    return all(map(_DRAW_ID.fullmatch, codes))


def credit_code_problem(code: str) -> str | None:
    """What is wrong with a unified social credit code (GB 32100), or None.

    A warning, not a refusal: old registration numbers exist and codes keep abolished divisions.
    """
    if not _CREDIT_SHAPE.fullmatch(code):
        return "不是 18 位统一社会信用代码，请核对。"
    expected = credit_check_character(code[:17])
    if code[17] != expected:
        return f"末位应为 {expected}，请核对。"
    if organisation_check_character(code[8:16]) != code[16]:
        return "第 9–17 位组织机构代码的校验位不符，请核对。"
    return None


def credit_check_character(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100-2015)."""
    total = sum(
        _CREDIT_ALPHABET.index(c) * w for c, w in zip(first17, _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_ALPHABET[-total % 31]


def organisation_check_character(first8: str) -> str:
    """The 9th character of an organisation code (GB 11714-1997)."""
    total = sum(int(c, 36) * w for c, w in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    rest = -total % 11
    return "X" if rest == 10 else str(rest)


def local_id(prefix: str, division: str, serial: int) -> str:
    """A draw id for an object or officer without a usable number; given once, never reused."""
    return f"{prefix}{division}-{serial:06d}"

"""What a screen shows of telephone and ID numbers until somebody asks for them with a reason."""

import re
from collections.abc import Mapping

from ssj_desktop.domain.fields import Registry, Value

_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9][0-9 -]{5,22}[0-9Xx](?![0-9A-Za-z])")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_SHAPE = re.compile(r"[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_PHONE_SHAPE = re.compile(r"(86)?1[3-9]\d{9}|0\d{9,11}")


def is_id_number(text: str) -> bool:
    """Eighteen characters with region, date of birth and check character (GB 11643)."""
    if not _ID_SHAPE.fullmatch(text):
        return False
    total = sum(int(c) * w for c, w in zip(text, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == text[-1]


def is_phone(text: str) -> bool:
    """A mobile number, or a fixed one with its area code; digits only."""
    return bool(_PHONE_SHAPE.fullmatch(text))


def private_marks(text: str) -> tuple[str, ...]:
    """ID and telephone numbers inside a text, blanks and hyphens within them allowed."""
    found = []
    for match in _DIGITS.findall(text):
        plain = match.replace(" ", "").replace("-", "").upper()
        if is_id_number(plain) or is_phone(plain):
            found.append(match)
    return tuple(found)


def mask_number(text: str) -> str:
    """The first three and the last two characters; a short number is hidden whole."""
    if len(text) < 7:
        return "*" * len(text)
    return text[:3] + "*" * (len(text) - 5) + text[-2:]


def mask_text(text: str) -> str:
    """A text with the numbers inside it masked."""
    for mark in private_marks(text):
        text = text.replace(mark, mask_number(mark))
    return text


def masked(registry: Registry, texts: Mapping[str, str]) -> dict[str, str]:
    """Texts of a row as a screen may show them."""
    return {
        name: mask_number(text) if name == "phone" else mask_text(text)
        for name, text in texts.items()
        if any(field.name == name for field in registry.fields)
    }


def public_values(registry: Registry, values: Mapping[str, Value]) -> dict[str, Value]:
    """Values of a row for a sheet that leaves the office: private columns empty, numbers masked."""
    private = {field.name for field in registry.fields if field.private}
    return {
        name: None if name in private else mask_text(value) if isinstance(value, str) else value
        for name, value in values.items()
    }

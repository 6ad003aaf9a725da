"""Pinyin initials for searching: 黑龙江 → hlj."""


class _Initials(dict[int, str]):
    """The letter of each character met so far."""

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, _initial(chr(code)))


_KNOWN = _Initials()


def initials(name: str) -> str:
    """The first letter of each character's first reading; letters and digits stay."""
    return name.translate(_KNOWN)


def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - heavy, and only names need it

    reading = pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return str(reading[0][0]) if reading else ""

"""Texts for logs and diagnostic packs: what the program did, without whom it was about."""

import re
import traceback
from pathlib import PurePath

_MARK = "…"
_QUOTED = re.compile(r"'([^'\n]*)'|\"([^\"\n]*)\"|“([^”\n]*)”")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_.]{0,40}")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·]+")
_CODE = re.compile(r"(?=[0-9A-Za-z]*[0-9])[0-9A-Za-z]{5,}|\d[\d .-]{3,}\d")
_DEEPEST = 12
_HOMES = {"home", "users"}
"""The folder below one of these is a person's, on every system."""


def scrub(text: str) -> str:
    """Leave out what may name a person or a firm: Chinese words, codes, numbers, quoted values."""
    without_values = _QUOTED.sub(_scrub_quoted, text)
    return _CODE.sub("#", _CHINESE.sub(_MARK, without_values))


def _scrub_quoted(found: re.Match[str]) -> str:
    value = found[1] or found[2] or found[3] or ""
    return f"'{value}'" if _PLAIN_NAME.fullmatch(value) else f"'{_MARK}'"


def bug_text(bug: BaseException) -> str:
    """Frames, kinds and scrubbed messages of an exception and its causes, the cause first."""
    chain: list[BaseException] = []
    current: BaseException | None = bug
    while current is not None and len(chain) < _DEEPEST:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return "\n\n".join(_one_bug(each) for each in reversed(chain)) + "\n"


def _one_bug(bug: BaseException) -> str:
    lines = [
        f"  {short_path(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(bug.__traceback__)
    ]
    message = scrub(str(bug)).splitlines()[:3]
    return "\n".join([*lines, f"{type(bug).__name__}: {' '.join(message)}".rstrip(": ")])


def short_path(file_name: str) -> str:
    """The last three parts below the user's own folder: those above may carry the user's name."""
    parts = PurePath(file_name.replace("\\", "/")).parts
    homes = [place for place, part in enumerate(parts) if part.lower() in _HOMES]
    below = parts[homes[0] + 2 :] if homes else parts
    return "/".join(below[-3:])

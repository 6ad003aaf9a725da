"""People in the journal: a keyed code stands for a name, and the program puts the name back.

An entry is hashed and handed to auditors, so what it says of a person stays said for ever
(trust 4: personal data enters as HMAC with a journal key).
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ssj_desktop.domain.fields import Registry, Value
from ssj_desktop.domain.masking import private_marks
from ssj_desktop.domain.vocabulary import TargetKind

_NAME, _ROW = b"SSJ-JOURNAL-NAME-1\n", b"SSJ-JOURNAL-ROW-1\n"
KEY_SETTING = "journal_key/"
"""Begins the name of the setting that holds the key of one device."""
CODE = re.compile("〔[0-9a-f]{16}〕")
_DIGEST = re.compile(r"[0-9a-f-]{32,}")
_SHORTEST_NAME, _SHORTEST_NUMBER = 2, 4
_WORD = "[0-9A-Za-z_-]"
_OF_PEOPLE = frozenset({"inspectors", "experts", "witnesses"})


def name_code(key: bytes, name: str) -> str:
    """The same code for the same person in every entry of a device; 16 hex digits in 〔〕."""
    return f"〔{_hmac(key, _NAME, name)[:16]}〕"


def row_code(key: bytes, text: str) -> str:
    """Digest of the values of a row: without the key nobody can try telephone numbers on it."""
    return _hmac(key, _ROW, text)


def _hmac(key: bytes, purpose: bytes, text: str) -> str:
    return hmac.new(key, purpose + text.encode(), hashlib.sha256).hexdigest()


def people_in(registry: Registry, *rows: Mapping[str, Value]) -> Iterator[str]:
    """Persons named in rows of a registry: its own, or those behind a firm."""
    for values in rows:
        if registry.kind in _OF_PEOPLE or values.get("kind") is TargetKind.PERSON:
            yield str(values["name"])
        yield from (str(values[name]) for name in ("representative", "contact") if values.get(name))


def name_book(keys: Iterable[bytes], names: Collection[str]) -> dict[str, str]:
    """The name behind each code."""
    return {name_code(key, name): name for key in keys for name in names}


def readable(text: str, book: Mapping[str, str]) -> str:
    """A text of the journal with the names back in it; a code nobody knows stays."""
    return CODE.sub(lambda found: book.get(found[0], found[0]), text)


@dataclass(frozen=True, slots=True)
class NameVeil:
    """Puts codes in the place of known names, and of ID and telephone numbers, in every text."""

    key: bytes = field(repr=False)
    names: frozenset[str]

    def code(self, name: str) -> str:
        return name_code(self.key, name)

    def over(self, text: str) -> str:
        hits = sorted(self._hits(text), key=lambda hit: (-len(hit), hit))
        if not hits:
            return text
        return re.sub("|".join(map(_whole, hits)), lambda found: self.code(found[0]), text)

    def over_value(self, value: Any) -> Any:
        """The same for every text inside a payload; its keys are words of the program."""
        if isinstance(value, str):
            return self.over(value)
        if isinstance(value, Mapping):
            return {name: self.over_value(part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.over_value(part) for part in value]
        return value

    def _hits(self, text: str) -> Iterator[str]:
        if _DIGEST.fullmatch(text):
            return
        yield from private_marks(text)
        for name in self.names:
            if name in text and len(name) >= _shortest(name):
                yield name


def _shortest(name: str) -> int:
    """A word of one character, or a number of three digits, is too common to be somebody's."""
    return _SHORTEST_NUMBER if name.isascii() and not name.isalpha() else _SHORTEST_NAME


def _whole(name: str) -> str:
    """A Latin name or a number only as a whole word: it may stand inside a digest by chance."""
    before = f"(?<!{_WORD})" if re.match(_WORD, name[0]) else ""
    after = f"(?!{_WORD})" if re.match(_WORD, name[-1]) else ""
    return f"{before}{re.escape(name)}{after}"

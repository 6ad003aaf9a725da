"""One change of one row as a line of text; the journal hashes the lines, the fold reads them.

Line: ``[id, table, key, kind, base, data]`` as canonical JSON. ``data`` of an insertion holds all
columns, of an update ``{"new": …, "old": …}`` of the changed ones, of a deletion the old row.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ssj_desktop.domain.errors import FileRefused

INSERT, UPDATE, DELETE = "I", "U", "D"
NO_ROWS = "-"
"""Digest of a journal entry that changed no row."""
_MOST_BASE = 1_000
_MOST_NAME = 128
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Operation:
    """``base`` names the heads of the row it overwrote; ``clock`` is that of its journal entry.

    ``device``, ``author`` and ``at`` say who did it where and when, for people only.
    """

    id: str
    table: str
    key: str
    kind: str
    base: tuple[str, ...]
    data: Mapping[str, Any]
    clock: str = ""
    device: str = field(default="", compare=False)
    author: str = field(default="", compare=False)
    at: str = field(default="", compare=False)

    @property
    def sets(self) -> Mapping[str, Any]:
        """The fields this operation gives a value."""
        if self.kind == UPDATE:
            fresh: Mapping[str, Any] = self.data["new"]
            return fresh
        return self.data if self.kind == INSERT else {}

    @property
    def before(self) -> Mapping[str, Any]:
        """What the fields it sets had been."""
        if self.kind == UPDATE:
            old: Mapping[str, Any] = self.data["old"]
            return old
        return self.data if self.kind == DELETE else {}


def canonical(value: Any) -> str:
    """JSON with sorted keys and no blanks; SQLite's own functions write the same bytes."""
    return _ENCODER.encode(value)


def operation_line(operation: Operation) -> str:
    """The line without its newline."""
    o = operation
    return canonical([o.id, o.table, o.key, o.kind, list(o.base), o.data])


def read_operation(
    line: str, clock: str, device: str = "", author: str = "", at: str = ""
) -> Operation:
    """An operation of the right shape; FileRefused for anything else."""
    try:
        id_, table, key, kind, base, data = json.loads(line)
    except (ValueError, TypeError, RecursionError):
        raise unreadable() from None
    names_fit = all(_is_name(name) for name in (id_, table, key))
    if not (names_fit and _is_base(base) and _fits(kind, data)):
        raise unreadable()
    return Operation(id_, table, key, kind, tuple(base), data, clock, device, author, at)


def rows_digest(lines: Iterable[bytes]) -> str:
    """SHA-256 over the lines of one entry, each with its newline; ``-`` when there is none."""
    hashed, count = hashlib.sha256(), 0
    for line in lines:
        hashed.update(line + b"\n")
        count += 1
    return hashed.hexdigest() if count else NO_ROWS


def unreadable() -> FileRefused:
    return FileRefused("数据段里有看不懂的内容，没有采用。", "请让对方升级程序后重新导出。")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MOST_NAME


def _is_base(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= _MOST_BASE and all(map(_is_name, value))


def _fits(kind: Any, data: Any) -> bool:
    """Whether ``data`` is what an operation of this kind carries."""
    if kind == UPDATE:
        return (
            isinstance(data, dict)
            and set(data) == {"new", "old"}
            and all(_is_row(part) for part in data.values())
            and set(data["new"]) == set(data["old"])
        )
    return kind in (INSERT, DELETE) and _is_row(data)


def _is_row(value: Any) -> bool:
    """Field names with texts, whole numbers or nothing: the values a column can hold."""
    return isinstance(value, dict) and all(
        part is None or type(part) in (str, int) for part in value.values()
    )

"""Numbers that stand on papers and that a restored backup knows nothing of: none is given again.

A restore looks for them in the store it replaces, or, when that cannot be read any more, in the
mirror of the journal, and keeps the highest of each kind as a setting of this device.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.office import Setting
from ssj_desktop.queries.office import find_office
from ssj_desktop.queries.taken_numbers import AD_HOC, DRAWS, TAKEN_SETTING
from ssj_desktop.services.mirror import mirror_of, read_mirror
from ssj_desktop.services.proving import Keys, known_data_keys

_PLAN_NUMBER = re.compile(r"([0-9]{4})L([A-Z]*)([0-9]{3,})")
_COLUMNS = {
    "draws": ("device", "year", "serial"),
    "annual_plans": ("number",),
    "settings": ("name", "value"),
}
Found = tuple[str, str, int]
"""Device letter, ``kind/year``, number."""


def taken_in(store: Path, keys: Keys) -> dict[str, int]:
    """The highest number of each kind and year that this device has given."""
    found = _in_store(store, keys.store) if keys.store else None
    letter, numbers = _in_mirror(store, keys) if found is None else found
    highest: dict[str, int] = {}
    for device, kind, number in numbers:
        if device == letter:
            highest[kind] = max(highest.get(kind, 0), number)
    return highest


def keep_taken(session: Session, taken: Mapping[str, int]) -> None:
    """Remember what the restored rows do not show themselves; numbering goes on after it."""
    letter = find_office(session).device
    for kind, number in taken.items():
        session.merge(Setting(name=f"{TAKEN_SETTING}{letter}/{kind}", value=str(number)))


def _in_store(store: Path, key: bytes) -> tuple[str, list[Found]] | None:
    """None when the file is not there or cannot be read."""
    if not store.is_file():
        return None
    with suppress(SsjError), opened(store, key) as connection:
        ((letter,),) = connection.execute("SELECT device FROM office").fetchall()
        numbers: list[Found] = []
        for table, names in _COLUMNS.items():
            rows = connection.execute(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608 - own names
            numbers += _numbers(table, (dict(zip(names, row, strict=True)) for row in rows))
        return str(letter), numbers
    return None


def _in_mirror(store: Path, keys: Keys) -> tuple[str, list[Found]]:
    """The mirror holds what was done on this device; its last entry says by which letter."""
    path = mirror_of(store)
    if not path.is_file():
        return "", []
    blocks = list(read_mirror(path, known_data_keys(store, keys)).chain.values())
    letter = (
        max((b.entry.epoch, b.entry.sequence, b.entry.device) for b in blocks)[2] if blocks else ""
    )
    numbers: list[Found] = []
    for block in blocks:
        for operation in block.operations():
            if operation.table in _COLUMNS:
                numbers += _numbers(operation.table, [operation.sets])
    return letter, numbers


def _numbers(table: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Found]:
    for row in rows:
        if table == "draws" and "serial" in row:
            yield row["device"], f"{DRAWS}/{row['year']}", int(row["serial"])
        elif table == "annual_plans" and (match := _PLAN_NUMBER.search(row.get("number") or "")):
            yield match[2] or "A", f"{AD_HOC}/{match[1]}", int(match[3])
        elif table == "settings" and str(row.get("name", "")).startswith(TAKEN_SETTING):
            letter, kind = row["name"].removeprefix(TAKEN_SETTING).split("/", 1)
            yield letter, kind, int(row["value"])

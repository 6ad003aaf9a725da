"""The office of the golden exchange: its computers have the same keys in every run.

``tests/golden/exchange/SCHEMA`` holds what one of them gave to another: its answer to the request
to join, a later bundle, a later segment, and in ``rows.txt`` the rows that must come of them.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Table
from sqlalchemy.orm import Session
from sync_replicas import RandomSurroundings

from ssj_desktop.domain.operations import canonical
from ssj_desktop.models.capture import covered_tables
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.models.rows import all_rows
from ssj_desktop.services.joining import Newcomer, StartJoining, create_joining_store

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "golden" / "exchange"
ANSWER, NEWS, SEGMENT, ROWS = "answer.ssjb", "news.ssjb", "later.seg", "rows.txt"
PASSWORD = "Sesame-2026"  # noqa: S105 - of files that hold invented rows only
_LEFT_OUT = ("inspection_items", "settings")
_LONG = 120


class FixedKeys(RandomSurroundings):
    """The device has the key of its name; the draw of M follows from it too."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        object.__setattr__(self, "name", name)

    def device_seed(self) -> bytes:
        return hashlib.sha256(f"golden {self.name}".encode()).digest()

    def machine_number(self) -> str:
        return hashlib.sha256(f"golden M {self.name}".encode()).hexdigest()


def newcomer(folder: Path) -> Newcomer:
    """The computer for which all golden bundles were sealed, empty."""
    command = StartJoining("B 机", "张敏")
    return create_joining_store(
        folder / "office.ssj", command, PASSWORD, FixedKeys("B"), LEAST_COST
    )


def rows_text(session: Session) -> str:
    """Every row an exchange carried as the store holds it, one a line.

    Catalogue and settings are left out, and columns without a value: a later schema may have more.
    """
    return "".join(line for table in covered_tables() for line in sorted(_lines(session, table)))


def _lines(session: Session, table: Table) -> Iterator[str]:
    if table.name in _LEFT_OUT:
        return
    for key, text in session.connection().exec_driver_sql(all_rows(table)):
        held = {n: _shown(v) for n, v in json.loads(text).items() if v is not None}
        yield f"{table.name} {key} {canonical(held)}\n"


def _shown(value: object) -> object:
    """Long values as their beginning and digest."""
    if not isinstance(value, str) or len(value) <= _LONG:
        return value
    return f"{value[:40]}… {hashlib.sha256(value.encode()).hexdigest()}"

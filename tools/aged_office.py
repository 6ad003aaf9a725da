"""An office after years of work, made quickly from one of a day: its draws and tasks many times over.

Drawing and entering them one by one would take hours. Rows are copied with keys, numbers and years
of their own, in one entry of the journal; what is measured on it is reading, never evidence.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from long_journal import entered, lengthen

from ssj_desktop.domain.vocabulary import TaskState
from ssj_desktop.models.chain import APPLY
from ssj_desktop.services.desk import Desk

YEARS, DRAWS_A_YEAR, ENTRIES = 5, 30, 20_000
_OF_A_DRAW = (
    "inspection_tasks", "inspector_assignments", "selected_targets", "witness_slips",
)  # fmt: skip
_STATES = (TaskState.REVIEWED, TaskState.REVIEWED, TaskState.SUBMITTED, TaskState.OPEN)

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Copier:
    """Writes rows beside those they were copied from."""

    cursor: Any
    chance: Random

    def rows(self, table: str) -> list[Values]:
        self.cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
        names = [column[0] for column in self.cursor.description]
        return [dict(zip(names, row, strict=True)) for row in self.cursor.fetchall()]

    def put(self, table: str, rows: Iterable[Values]) -> None:
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            self.cursor.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608
                tuple(row.values()),
            )

    def key(self, like: Any) -> Any:
        """As long as the one it stands for."""
        if isinstance(like, bytes):
            return self.chance.randbytes(len(like))
        return self.chance.randbytes(len(like)).hex()[: len(like)]


def age(desk: Desk) -> None:
    """Five years of thirty draws each, with their tasks in every state, and a long journal."""
    with desk.database.writing() as session, entered(session, desk, APPLY) as cursor:
        _copy_draws(_Copier(cursor, Random(7)), desk.today().year)
    lengthen(desk, ENTRIES)


def _copy_draws(copier: _Copier, this_year: int) -> None:
    first, *_ = copier.rows("draws")
    parts = {
        table: [row for row in copier.rows(table) if row["draw_id"] == first["id"]]
        for table in _OF_A_DRAW
    }
    for number in range(YEARS * DRAWS_A_YEAR):
        year, serial = this_year - number // DRAWS_A_YEAR, 1_000 + number
        named = f"{first['number'].rsplit('-', 1)[0]}-{serial}"
        draw = first | {"year": year, "serial": serial, "number": named}
        draw |= {name: copier.key(first[name]) for name in ("id", "request_id", "pool_basis")}
        copier.put("draws", [draw])
        for table, rows in parts.items():
            copier.put(table, map(_of(draw, serial, copier), rows))


def _of(draw: Values, serial: int, copier: _Copier) -> Callable[[Values], Values]:
    def copied(row: Values) -> Values:
        made = row | {"id": copier.key(row["id"]), "draw_id": draw["id"]}
        if "number" in row:
            state = copier.chance.choice(_STATES)
            done = f"{draw['year']}-06-30" if state is TaskState.REVIEWED else None
            made |= {"number": f"{row['number']}-{serial}", "state": state.value}
            made |= {"visit_on": done, "completed_on": done}
        return made

    return copied

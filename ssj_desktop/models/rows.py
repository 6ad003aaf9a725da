"""Covered rows as the operations write them: JSON values by column name, past the ORM's types."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table

from ssj_desktop.domain.merge import TableRule
from ssj_desktop.models import capture
from ssj_desktop.models.base import Base, Synced

Values = Mapping[str, Any]
_AT_ONCE = 500


def table_of(name: str) -> Table | None:
    """The covered table of this name; None for a table this program does not know or cover."""
    table = Base.metadata.tables.get(name)
    covered = table is not None and capture.synced(table) is not Synced.LOCAL
    return table if covered else None


@cache
def rule_of(table: Table) -> TableRule:
    """How the fold treats the rows of this table."""
    model = capture.model_of(table.name)
    transitions = getattr(model, "__transitions__", ())
    ranks = {
        name: {term.value: rank for rank, term in enumerate(states)} for name, states in transitions
    }
    return TableRule(
        capture.synced(table) is Synced.INSERT_ONLY,
        ranks,
        frozenset(getattr(model, "__growing__", ())),
        frozenset(getattr(model, "__derived__", ())),
    )


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    wanted = list(keys)
    for start in range(0, len(wanted), _AT_ONCE):
        yield wanted[start : start + _AT_ONCE]


def existing_keys(connection: Connection, table: Table, keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` that have a row."""
    name = capture.key_of(table)
    found: set[str] = set()
    for batch in _batches(keys):
        marks = ", ".join("?" * len(batch))
        rows = connection.exec_driver_sql(
            f'SELECT "{name}" FROM {table.name} WHERE "{name}" IN ({marks})', tuple(batch)
        )
        found.update(row[0] for row in rows)
    return found


def read_heads(
    connection: Connection, table: Table, keys: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The heads of each row that ever existed; a row without an entry was only inserted."""
    wanted = list(keys)
    heads: dict[str, tuple[str, ...]] = {}
    if capture.has_random_key(table):
        heads = {key: (key,) for key in existing_keys(connection, table, wanted)}
    kept: dict[str, list[str]] = {}
    for batch in _batches(wanted):
        marks = ", ".join("?" * len(batch))
        rows = connection.exec_driver_sql(
            f"SELECT key, op FROM row_heads WHERE tbl = ? AND key IN ({marks}) ORDER BY key, op",
            (table.name, *batch),
        )
        for key, op in rows:
            kept.setdefault(key, []).append(op)
    return heads | {key: tuple(ops) for key, ops in kept.items()}


def write_heads(connection: Connection, table: Table, heads: Mapping[str, Sequence[str]]) -> None:
    """Replace the heads of these rows; what needs no entry gets none."""
    implied = capture.has_random_key(table)
    rows = [
        (table.name, key, op)
        for key, ops in heads.items()
        if not (implied and tuple(ops) == (key,))
        for op in ops
    ]
    for batch in _batches(heads):
        marks = ", ".join("?" * len(batch))
        connection.exec_driver_sql(
            f"DELETE FROM row_heads WHERE tbl = ? AND key IN ({marks})", (table.name, *batch)
        )
    if rows:
        connection.exec_driver_sql("INSERT INTO row_heads (tbl, key, op) VALUES (?, ?, ?)", rows)


def read_row(connection: Connection, table: Table, key: str) -> dict[str, Any] | None:
    """A row with every value as an operation writes it."""
    name = capture.key_of(table)
    json_row = capture.row_json(table, table.name)
    text = connection.exec_driver_sql(
        f'SELECT {json_row} FROM {table.name} WHERE "{name}" = ?', (key,)
    ).scalar()
    return None if text is None else dict(json.loads(text))


@cache
def all_rows(table: Table) -> str:
    """SQL for the key and the JSON of every row."""
    return (
        f'SELECT "{capture.key_of(table)}", {capture.row_json(table, table.name)} FROM {table.name}'
    )


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Add whole rows; a column an operation does not know stays NULL."""
    if not rows:
        return
    columns = list(table.columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    readers = [(column.name, isinstance(column.type, LargeBinary)) for column in columns]
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) VALUES ({marks})",
        [
            tuple(_bytes(row.get(name)) if binary else row.get(name) for name, binary in readers)
            for row in rows
        ],
    )


def update_row(connection: Connection, table: Table, key: str, values: Values) -> None:
    """Set the known columns among ``values``."""
    known = [column for column in table.columns if column.name in values]
    if not known:
        return
    sets = ", ".join(f'"{column.name}" = ?' for column in known)
    given = [
        _bytes(values[c.name]) if isinstance(c.type, LargeBinary) else values[c.name] for c in known
    ]
    connection.exec_driver_sql(
        f'UPDATE {table.name} SET {sets} WHERE "{capture.key_of(table)}" = ?', (*given, key)
    )


def delete_rows(connection: Connection, table: Table, keys: Iterable[str]) -> None:
    name = capture.key_of(table)
    for batch in _batches(keys):
        marks = ", ".join("?" * len(batch))
        connection.exec_driver_sql(
            f'DELETE FROM {table.name} WHERE "{name}" IN ({marks})', tuple(batch)
        )


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes.fromhex(str(value)[1:])

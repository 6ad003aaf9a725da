"""Many rows at once: one prepared statement, plain tuples, no objects in between."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, Table
from sqlalchemy.orm import Session

Converter = Callable[[Any], Any]
_ROWS_AT_ONCE = 10_000
_USUAL_KIB, _ROOM_KIB = 2_000, 64_000


@contextmanager
def roomy(session: Session) -> Iterator[None]:
    """Keep the pages of a long write in memory.

    With the usual room each would be encrypted, written and read back many times over.
    """
    connection = session.connection()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_ROOM_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_USUAL_KIB}")


def insert_many(
    session: Session, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given in the order of ``names``."""
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"
    _execute(session, statement, table, names, rows)


def update_many(
    session: Session, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Update rows given in the order of ``names`` and then the key."""
    sets = ", ".join(f"{name} = ?" for name in names)
    statement = f"UPDATE {table.name} SET {sets} WHERE id = ?"
    _execute(session, statement, table, [*names, "id"], rows)


def _execute(
    session: Session,
    statement: str,
    table: Table,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    connection = session.connection()
    converters = stored(connection, table, names)
    for some in _batches(rows):
        connection.exec_driver_sql(statement, _converted(some, converters))


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    waiting = iter(rows)
    while some := list(islice(waiting, _ROWS_AT_ONCE)):
        yield some


def _converted(
    rows: list[Sequence[Any]], converters: list[Converter | None]
) -> list[tuple[Any, ...]]:
    """The same rows with the values of some columns as the driver stores them."""
    columns = [
        _column(convert, column) if convert else column
        for convert, column in zip(converters, zip(*rows, strict=True), strict=True)
    ]
    return list(zip(*columns, strict=True))


def _column(convert: Converter, column: Sequence[Any]) -> Iterable[Any]:
    """Equal values are converted once: an instant or a status stands in every row."""
    try:
        known = {value: convert(value) for value in set(column)}
    except TypeError:  # structures cannot be looked up
        return map(convert, column)
    return map(known.__getitem__, column)


def stored(connection: Connection, table: Table, names: Sequence[str]) -> list[Converter | None]:
    """How a value of each column is stored; None where it is stored as it is."""
    dialect = connection.dialect
    return [table.columns[name].type.bind_processor(dialect) for name in names]


def loaded(connection: Connection, table: Table, names: Sequence[str]) -> list[Converter | None]:
    """How a stored value of each column is read; None where it is read as it is."""
    dialect = connection.dialect
    return [table.columns[name].type.result_processor(dialect, None) for name in names]


def plain_rows(session: Session, query: Select[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query over columns as the driver hands them over, nothing converted."""
    result = session.connection().execute(query)
    cursor: Any = result.cursor
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    result.close()
    return rows

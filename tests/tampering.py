"""What somebody with the key and another tool could do to a store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from ssj_desktop.models import keyfile


def key_of(store: Path, password: str) -> bytes:
    slots = keyfile.read_slots(keyfile.keyfile_of(store))
    return keyfile.unlock(slots, slots[0].account, password)


@contextmanager
def side_connection(store: Path, key: bytes) -> Iterator[Any]:
    """Another program with the key: no desk, no foreign keys."""
    connection = sqlcipher.connect(str(store), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def without_triggers(connection: Any) -> Iterator[None]:
    """Inside, no trigger watches; afterwards all are back, letter by letter."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    kept = found.fetchall()
    _run_at_once(connection, [f'DROP TRIGGER "{name}"' for name, _ in kept])
    try:
        yield
    finally:
        _run_at_once(connection, [sql for _, sql in kept])


def _run_at_once(connection: Any, statements: list[str]) -> None:
    """One transaction, or part of the open one: a commit for each waits for the disk 200 times."""
    for statement in ("SAVEPOINT at_once", *statements, "RELEASE at_once"):
        connection.execute(statement)


@contextmanager
def unwatched(session: Session) -> Iterator[None]:
    """The same inside a session of the program."""
    with without_triggers(_Statements(session.connection())):
        yield


class _Statements:
    """A connection of SQLAlchemy that takes plain statements."""

    def __init__(self, connection: Connection) -> None:
        self.execute = connection.exec_driver_sql


def behind_the_back(store: Path, key: bytes, *statements: str | Callable[[Any], object]) -> None:
    """Change rows so that no trigger sees it."""
    with side_connection(store, key) as connection, without_triggers(connection):
        for statement in statements:
            if callable(statement):
                statement(connection)
            else:
                connection.execute(statement)

"""The encrypted store: one SQLCipher file, one writer, explicit transactions.

Rollback journal with ``synchronous=EXTRA``: a hand copy of the idle file holds everything and an
acknowledged commit survives a power cut. The raw data key comes from the key file.
"""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from ssj_desktop import places
from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models import capture, schema
from ssj_desktop.models.backups import make_backup
from ssj_desktop.models.cipher import (
    connect,
    named_refusals,
    refuse_old_sqlite,
    refuse_unsafe_drive,
)
from ssj_desktop.models.mending import find_wrong_pages, mend_free_pages

_HEAD = text("SELECT hash FROM journal ORDER BY sequence DESC LIMIT 1")
_COMPILED: LRUCache[Any, Any] = LRUCache(1000)
"""Statements as SQL text, of all stores this process opens: the second one finds them ready."""


class StoreDialect(SQLiteDialect_pysqlite):
    """SQLite as SQLCipher has it; what was compiled for one store is right for every other."""

    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        return sqlcipher

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoreDialect)

    def __hash__(self) -> int:
        return hash(StoreDialect)


registry.register("sqlite.store", __name__, "StoreDialect")


class Database:
    """An open store. ``reading`` and ``writing`` are the only ways to a session."""

    def __init__(self, path: Path, key: bytes) -> None:
        refuse_old_sqlite()
        self.path = path
        self.key = key
        self.mended = 0
        """Unused pages that were made whole at opening; the journal is told by who signs in."""
        self._hold: Any = None
        self._engine = _engine(path, key)
        self._writer = self._engine.execution_options(ssj_writes=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose changes are thrown away."""
        with self._refusing(), Session(self._engine) as session:
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session inside BEGIN IMMEDIATE; committed at the end, rolled back on any exception."""
        before = after = None
        try:
            with self._refusing(), Session(self._writer) as session:
                before = after = session.scalar(_HEAD)
                yield session
                session.flush()
                after = session.scalar(_HEAD)
                session.commit()
        except StoreRefused as refusal:
            if after != before and self._ends_with(after):
                raise _unconfirmed(self.path) from refusal
            raise

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Name what SQLite complains of, and start afresh after it.

        A connection that met an I/O error or a bad page would answer with that for ever.
        """
        try:
            with named_refusals(self.path):
                yield
        except StoreRefused:
            self._engine.dispose()
            raise

    def _ends_with(self, head: str | None) -> bool:
        """Whether a commit that was reported as failed is in the file all the same."""
        try:
            with self.reading() as session:
                return bool(session.scalar(_HEAD) == head)
        except StoreRefused:
            return False

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self._refusing(), self._writer.connect() as connection, connection.begin():
            yield connection

    def create_schema(self) -> None:
        """Bring an empty file to the newest schema in one transaction."""
        with self._connection() as connection:
            schema.upgrade(connection)

    def recover(self) -> None:
        """After a power cut or a kill: play the unfinished journal back, mend unused pages."""
        if self.path.with_name(f"{self.path.name}-journal").exists() and self._has_wrong_pages():
            self._engine.dispose()
            self.mended = mend_free_pages(self.path, self.key)

    def _has_wrong_pages(self) -> bool:
        """On the connection the next session gets: opening one means reading the whole schema."""
        with self._refusing(), closing(self._engine.raw_connection()) as connection:
            return find_wrong_pages(connection.driver_connection) > 0

    def upgrade(self, *, backup: bool = True) -> None:
        """Run missing migrations: backup, verify it, one transaction, check; refuse a newer file."""
        with self._connection() as connection:
            schema.refuse_newer(connection)
            if schema.is_current(connection):
                schema.refuse_changed_triggers(connection)
                capture.install(connection)
                return
        if backup:
            self.mended += make_backup(self.path, self.key, BackupReason.BEFORE_UPGRADE).mended
        with self._connection() as connection:
            schema.upgrade(connection)
            schema.refuse_unsound(connection)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes while this lasts; the way out for :meth:`become` on Windows."""
        with named_refusals(self.path):
            self._hold = connect(self.path, self.key)
            try:
                self._hold.execute("BEGIN IMMEDIATE")
                yield
            finally:
                self._release()

    def become(self, replacement: Path, key: bytes) -> None:
        """Put ``replacement`` in the place of the file and go on with its key."""
        self._engine.dispose()
        if sys.platform == "win32":
            self._release()
        try:
            places.replace(replacement, self.path)
        except OSError as problem:
            raise StoreRefused(
                f"数据库“{self.path}”正被另一个程序使用。", "请关闭其他窗口后重试。"
            ) from problem
        self.key = key
        self._engine = _engine(self.path, key)
        self._writer = self._engine.execution_options(ssj_writes=True)

    def _release(self) -> None:
        if self._hold is not None:
            self._hold.close()
            self._hold = None

    def close(self) -> None:
        self._engine.dispose()


def create_database(path: Path, key: bytes) -> Database:
    """A new store at ``path``; StoreRefused when something is there already, or on a stick."""
    refuse_unsafe_drive(path)
    if path.exists():
        raise StoreRefused(f"“{path}”已经存在。", "请换一个文件名，或直接打开它。")
    try:
        places.make_folder(path.parent)
    except OSError as problem:
        raise StoreRefused(f"不能在“{path.parent}”建立文件夹。", "请换一个位置。") from problem
    founding = Database(path, key)
    try:
        founding.create_schema()
    finally:
        founding.close()
    return Database(path, key)  # opened when the file is there: another in its place is seen


def open_database(path: Path, key: bytes) -> Database:
    """An existing store; StoreRefused for a missing, foreign, damaged or newer file."""
    if not path.is_file():
        raise StoreRefused(f"找不到数据库“{path}”。", "请检查路径，或先用 ssj init 建立。")
    refuse_unsafe_drive(path)
    database = Database(path, key)
    try:
        database.recover()
        database.upgrade()
    except BaseException:
        database.close()
        raise
    return database


def _unconfirmed(path: Path) -> StoreRefused:
    """The system failed after the commit, before it vouched for the disk."""
    return StoreRefused(
        f"这一步已经写进“{path.name}”，但磁盘报告出错，没有确认存稳。",
        "请不要重做；马上备份到另一块盘，并检查磁盘。",
    )


def _engine(path: Path, key: bytes) -> Engine:
    engine = create_engine(
        "sqlite+store://",
        creator=lambda: connect(path, key),
        poolclass=QueuePool,
        hide_parameters=True,
        execution_options={"compiled_cache": _COMPILED},
    )
    file_number = _file_number(path)

    def begin(connection: Connection) -> None:
        _begin(connection)
        if file_number and _file_number(path) != file_number:
            raise StoreRefused(f"数据库“{path}”已被换成新文件。", "请关闭后重新打开。")

    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", _end_refused_commit)
    return engine


def _file_number(path: Path) -> int:
    """Tells whether another file was put in the place of this one; 0 when there is none yet."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("ssj_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _end_refused_commit(connection: Any, _: object) -> None:
    """A refused COMMIT (a missing journal entry, a busy file) leaves its transaction open."""
    if connection is not None and connection.in_transaction:
        connection.rollback()

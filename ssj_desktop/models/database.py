"""The encrypted store: one SQLCipher file, one writer, explicit transactions.

Rollback journal with ``synchronous=EXTRA``: a hand copy of the idle file holds everything and an
acknowledged commit survives a power cut. The raw data key comes from the key file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, exc
from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.models import schema

OLDEST_SQLITE = (3, 51, 3)
_BUSY_SECONDS = 10


class Database:
    """An open store. ``reading`` and ``writing`` are the only ways to a session."""

    def __init__(self, path: Path, key: bytes) -> None:
        _refuse_old_sqlite()
        self.path = path
        self._engine = _engine(path, key)
        self._writer = self._engine.execution_options(ssj_writes=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose changes are thrown away."""
        with _named_refusals(self.path), Session(self._engine) as session:
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session inside BEGIN IMMEDIATE; committed at the end, rolled back on any exception."""
        with _named_refusals(self.path), Session(self._writer) as session:
            session.connection()
            yield session
            session.commit()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with _named_refusals(self.path), self._writer.connect() as connection, connection.begin():
            yield connection

    def create_schema(self) -> None:
        """Bring an empty file to the newest schema in one transaction."""
        with self._connection() as connection:
            schema.upgrade(connection)

    def upgrade(self) -> None:
        """Check the schema; run missing migrations in one transaction; refuse a newer one."""
        with self._connection() as connection:
            schema.refuse_newer(connection)
            if not schema.is_current(connection):
                schema.upgrade(connection)

    def copy_to(self, target: Path, key: bytes) -> None:
        """Write a consistent encrypted copy with the same key to ``target``."""
        with _named_refusals(self.path), _connect(target, key) as copy:
            raw = self._engine.raw_connection()
            try:
                raw.driver_connection.backup(copy)  # type: ignore[union-attr]
            finally:
                raw.close()
        copy.close()

    def close(self) -> None:
        self._engine.dispose()


def create_database(path: Path, key: bytes) -> Database:
    """A new store at ``path``; StoreRefused when something is there already."""
    if path.exists():
        raise StoreRefused(f"“{path}”已经存在。", "请换一个文件名，或直接打开它。")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StoreRefused(f"不能在“{path.parent}”建立文件夹。", "请换一个位置。") from problem
    database = Database(path, key)
    database.create_schema()
    return database


def open_database(path: Path, key: bytes) -> Database:
    """An existing store; StoreRefused for a missing, foreign, damaged or newer file."""
    if not path.is_file():
        raise StoreRefused(f"找不到数据库“{path}”。", "请检查路径，或先用 ssj init 建立。")
    database = Database(path, key)
    database.upgrade()
    return database


def _refuse_old_sqlite() -> None:
    if sqlcipher.sqlite_version_info < OLDEST_SQLITE:
        raise StoreRefused("数据库组件版本过旧，可能丢失数据。", "请重新安装本程序。")


def _engine(path: Path, key: bytes) -> Engine:
    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=lambda: _connect(path, key), poolclass=QueuePool
    )
    event.listen(engine, "begin", _begin)
    return engine


def _connect(path: Path, key: bytes) -> Any:
    connection = sqlcipher.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
    )
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("ssj_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_REFUSALS = (
    ("not a database", "不是本程序的数据库，或已损坏。", "请检查路径；如已损坏，请用备份恢复。"),
    ("malformed", "已损坏。", "请用最近的备份恢复。"),
    ("disk is full", "所在磁盘已满，没有写入任何内容。", "请清理磁盘后重试。"),
    ("locked", "正被另一个程序占用。", "请关闭其他窗口后重试。"),
    ("readonly", "是只读的。", "请检查文件权限。"),
    ("unable to open", "打不开。", "请检查路径和权限。"),
    ("disk i/o error", "读写出错，没有写入任何内容。", "请检查磁盘后重试。"),
)


@contextmanager
def _named_refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except (exc.DBAPIError, sqlcipher.DatabaseError) as problem:
        text = str(getattr(problem, "orig", problem)).lower()
        for sign, fact, remedy in _REFUSALS:
            if sign in text:
                raise StoreRefused(f"数据库“{path}”{fact}", remedy) from problem
        raise

"""Tables of the chain: row operations not yet sealed, heads of rows, sealed segments, devices."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.models.base import Base, Json, Keyed, Synced, Utc

ROW_DIGEST = 8
"""Bytes by which a row is found among the rows a segment touched."""


def row_digest(table: str, key: str) -> bytes:
    return hashlib.sha256(json.dumps([table, key]).encode()).digest()[:ROW_DIGEST]


CAPTURE, APPLY, SEAL = "capture", "apply", "seal"
"""What the desk is doing: its own work, taking in foreign operations, or sealing."""

_LINE = (
    "'[' || json_quote(id) || ',\"' || tbl || '\",' || json_quote(key) || ',\"' || kind || '\",'"
    " || base || ',' || data || ']'"
)
LINES_OF_ENTRY = f"SELECT {_LINE} FROM operations WHERE entry = ? ORDER BY seq"
"""The lines of ``domain/operations.py`` as the store writes them itself."""
INSERT_OPERATION = (
    "INSERT INTO operations (entry, id, tbl, key, kind, base, data)"
    " SELECT entry, ?, ?, ?, ?, ?, ? FROM open_entry"
)
ROWS_OF_ENTRIES = "SELECT tbl, key FROM operations WHERE entry BETWEEN ? AND ?"
UNSEALED_OPERATIONS = (
    f"SELECT {_LINE.replace('json_quote(id)', 'json_quote(operations.id)')}, stamp, device, actor, at"
    " FROM operations LEFT JOIN journal ON journal.sequence = operations.entry ORDER BY seq"
)


class OperationRow(Base):
    """One change of one row; triggers write it, sealing moves it into a segment."""

    __tablename__ = "operations"
    __synced__ = Synced.LOCAL

    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry: Mapped[int] = mapped_column(
        ForeignKey("journal.sequence", deferrable=True, initially="DEFERRED"), index=True
    )
    id: Mapped[str] = mapped_column(String(128))
    tbl: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(1))
    base: Mapped[str] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)


class OpenEntry(Base):
    """Exists only inside a writing transaction: the journal entry that is about to be written."""

    __tablename__ = "open_entry"
    __synced__ = Synced.LOCAL

    only: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry: Mapped[int] = mapped_column(Integer)
    stem: Mapped[str] = mapped_column(String(24))
    mode: Mapped[str] = mapped_column(String(8))


class RowHead(Base):
    """The operations nothing has overwritten yet.

    A row with a random key that was only inserted has none here: its head is its key.
    """

    __tablename__ = "row_heads"
    __synced__ = Synced.LOCAL
    __table_args__ = ({"sqlite_with_rowid": False},)

    tbl: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    op: Mapped[str] = mapped_column(String(128), primary_key=True)


class SegmentRow(Base):
    """A sealed segment as it is in every file; ``touched`` are sorted digests of its rows."""

    __tablename__ = "segments"
    __synced__ = Synced.LOCAL

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    device: Mapped[str] = mapped_column(String(64))
    epoch: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    first: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)
    own: Mapped[bool] = mapped_column()
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(Text)
    parents: Mapped[Any] = mapped_column(Json)
    is_tip: Mapped[bool] = mapped_column()
    applied_by: Mapped[int | None] = mapped_column(Integer)
    kept_at: Mapped[datetime] = mapped_column(Utc)
    touched: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class OwnDevice(Base):
    """This device: its secret seed, and the epoch of its journal; exactly one row."""

    __tablename__ = "own_device"
    __synced__ = Synced.LOCAL

    only: Mapped[int] = mapped_column(Integer, primary_key=True)
    device: Mapped[str] = mapped_column(String(64))
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    epoch: Mapped[int] = mapped_column(Integer)


class CaptureState(Base):
    """Digest of the triggers as this program installed them; exactly one row."""

    __tablename__ = "capture_state"
    __synced__ = Synced.LOCAL

    only: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


class Device(Keyed, Base):
    """A device of the office; ``device`` is the name its key gives it."""

    __tablename__ = "devices"
    __synced__ = Synced.MERGED

    device: Mapped[str] = mapped_column(String(64), index=True)
    letter: Mapped[str] = mapped_column(String(8))
    public_key: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(Utc)
    added_by: Mapped[str] = mapped_column(Text)


class ConflictRow(Base):
    """A field for which concurrent edits chose differently; derived by the fold."""

    __tablename__ = "conflicts"
    __synced__ = Synced.LOCAL

    tbl: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    field: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    base: Mapped[Any] = mapped_column(Json, nullable=True)
    sides: Mapped[Any] = mapped_column(Json)

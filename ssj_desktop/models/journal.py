"""The journal (操作日志): a hash chain that triggers keep from being changed."""

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.domain.journal import COVERED
from ssj_desktop.models.base import Base, Synced, Utc


class JournalRow(Base):
    """One entry; gapless ``sequence`` per device, ``hash`` covers every other column.

    ``stamp`` and ``rows`` are NULL in entries from before the journal covered rows.
    """

    __tablename__ = "journal"
    __synced__ = Synced.LOCAL

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    device: Mapped[str] = mapped_column(String(8))
    epoch: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Utc)
    local_time: Mapped[str] = mapped_column(String(40))
    monotonic_ns: Mapped[int] = mapped_column(Integer)
    clock: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    stamp: Mapped[str | None] = mapped_column(String(22))
    rows: Mapped[str | None] = mapped_column(String(64))


_LISTED = ", ".join(f"coalesce({name}, '')" for name in (*COVERED, "hash"))
AS_STORED = f"SELECT {_LISTED} FROM journal"
"""Every value of an entry as it is stored, and therefore hashed."""
LINKS = (
    f"SELECT sequence, previous, hash, json_array({', '.join(COVERED)})"
    " FROM journal WHERE sequence > ? ORDER BY sequence"
)
"""What the check of the chain needs; SQLite writes the hashed line itself."""
HASHED_LINES = (
    f"SELECT hash, CAST(json_array({', '.join(COVERED)}) AS BLOB)"
    " FROM journal WHERE sequence > ? ORDER BY sequence"
)
"""The same for many at once: sequence and previous hash are read from the line."""
OLDER_ENTRIES = (
    "WHERE sequence < (SELECT coalesce(min(sequence), 9e18) FROM journal WHERE rows IS NOT NULL)"
    " ORDER BY sequence"
)
"""Entries from before the journal covered rows; among later ones a missing digest is a break."""

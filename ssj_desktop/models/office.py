"""Tables of the office itself: its name and device, accounts, and changed working days."""

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.models.base import Base, Keyed, Synced, Tags, Utc


class Office(Keyed, Base):
    """The unit that owns the store; exactly one row. ``device`` is the letter in draw numbers."""

    __tablename__ = "office"
    __synced__ = Synced.LOCAL

    unit: Mapped[str] = mapped_column(Text)
    division: Mapped[str] = mapped_column(String(12))
    device: Mapped[str] = mapped_column(String(8))
    trial: Mapped[bool] = mapped_column()
    founded_at: Mapped[datetime] = mapped_column(Utc)


class Setting(Base):
    """One setting an office may edit (yearly ceiling, contact line …)."""

    __tablename__ = "settings"
    __synced__ = Synced.MERGED

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Account(Keyed, Base):
    """An account; its password unlocks a slot of the key file and is not stored here."""

    __tablename__ = "accounts"
    __synced__ = Synced.MERGED

    name: Mapped[str] = mapped_column(Text)
    roles: Mapped[tuple[str, ...]] = mapped_column(Tags)
    active: Mapped[bool] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Utc)


class ChangedDay(Base):
    """A day that a holiday notice turned into a holiday or a working day."""

    __tablename__ = "changed_days"
    __synced__ = Synced.MERGED

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(Integer)

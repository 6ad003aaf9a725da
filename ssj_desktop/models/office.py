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
    """An account of the office; what opens this device's store for it is in AccountKey.

    ``person_code`` is the inspector this account belongs to.
    """

    __tablename__ = "accounts"
    __synced__ = Synced.MERGED

    name: Mapped[str] = mapped_column(Text)
    roles: Mapped[tuple[str, ...]] = mapped_column(Tags)
    active: Mapped[bool] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Utc)
    person_code: Mapped[str | None] = mapped_column(String(64))
    removed_at: Mapped[datetime | None] = mapped_column(Utc)


class AccountKey(Base):
    """What this device remembers of an account's password; it never leaves the device.

    ``public_key`` is that of its slot, so that a foreign one is never given a new data key;
    ``former_passwords`` only tell whether a password was used before, ``pin`` whether a witness
    typed the own one.
    """

    __tablename__ = "account_keys"
    __synced__ = Synced.LOCAL

    account: Mapped[str] = mapped_column(Text, primary_key=True)
    public_key: Mapped[str | None] = mapped_column(Text)
    password_set_at: Mapped[datetime | None] = mapped_column(Utc)
    former_passwords: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    must_change: Mapped[bool | None] = mapped_column()
    pin: Mapped[str | None] = mapped_column(Text)


class OwnDoor(Base):
    """Attempts to sign in on this device so far, and its recovery sheet; exactly one row."""

    __tablename__ = "own_door"
    __synced__ = Synced.LOCAL

    only: Mapped[int] = mapped_column(Integer, primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer)
    recovery_sheets: Mapped[int] = mapped_column(Integer)
    recovery_key: Mapped[str | None] = mapped_column(Text)


class ChangedDay(Base):
    """A day that a holiday notice turned into a holiday or a working day."""

    __tablename__ = "changed_days"
    __synced__ = Synced.MERGED

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(Integer)

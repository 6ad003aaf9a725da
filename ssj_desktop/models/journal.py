"""The journal (操作日志): a hash chain that triggers keep from being changed."""

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.models.base import Base, Utc


class JournalRow(Base):
    """One entry; gapless ``sequence`` per device, ``hash`` covers every other column."""

    __tablename__ = "journal"

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

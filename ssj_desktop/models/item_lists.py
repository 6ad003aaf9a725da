"""Tables of the item lists as they were issued (抽查事项清单, 第一版 and later)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.models.base import Base, Json, Keyed, Synced, Utc


class ListEdition(Keyed, Base):
    """One edition as issued; its items never change, only its publication is filled in."""

    __tablename__ = "list_editions"
    __synced__ = Synced.MERGED

    name: Mapped[str] = mapped_column(Text)
    organ: Mapped[str] = mapped_column(Text)
    in_force_from: Mapped[date] = mapped_column(Date)
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(String(64))
    items: Mapped[int] = mapped_column(Integer)
    loaded_at: Mapped[datetime] = mapped_column(Utc)
    loaded_by: Mapped[str] = mapped_column(Text)
    published_on: Mapped[date | None] = mapped_column(Date)
    published_where: Mapped[str | None] = mapped_column(Text)


class EditionItem(Keyed, Base):
    """One item of an edition: its texts by field name, as the sheet had them."""

    __tablename__ = "edition_items"
    __synced__ = Synced.INSERT_ONLY

    edition_id: Mapped[str] = mapped_column(String(36), index=True)
    position: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(64))
    texts: Mapped[Any] = mapped_column(Json)

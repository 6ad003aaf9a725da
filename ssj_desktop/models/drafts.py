"""Unfinished forms of this device; encrypted with everything else, never exchanged."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.models.base import Base, Json, Keyed, Synced, Utc


class FormDraft(Keyed, Base):
    """What an account had typed into a form and not stored yet."""

    __tablename__ = "form_drafts"
    __synced__ = Synced.LOCAL

    account: Mapped[str] = mapped_column(Text, index=True)
    form: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    content: Mapped[Any] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Utc)

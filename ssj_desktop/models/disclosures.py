"""Tables of publication (公示)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.domain.vocabulary import DisclosureKind, DisclosureState
from ssj_desktop.models.base import Base, Json, Keyed, Synced, TermType, Utc


class Disclosure(Keyed, Base):
    """One publication; ``rows`` are the approved rows, ``content_hash`` their SHA-256."""

    __tablename__ = "disclosures"
    __synced__ = Synced.MERGED
    __transitions__ = (("state", DisclosureState),)

    kind: Mapped[DisclosureKind] = mapped_column(TermType(DisclosureKind))
    subject_id: Mapped[str] = mapped_column(String(36), index=True)
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[DisclosureState] = mapped_column(TermType(DisclosureState))
    completed_on: Mapped[date] = mapped_column(Date)
    rows: Mapped[Any] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    prepared_by: Mapped[str] = mapped_column(Text)
    prepared_at: Mapped[datetime] = mapped_column(Utc)
    assessed_by: Mapped[str | None] = mapped_column(Text)
    assessment: Mapped[str | None] = mapped_column(Text)
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None] = mapped_column(Utc)
    exemption_basis: Mapped[str | None] = mapped_column(Text)
    published_on: Mapped[date | None] = mapped_column(Date)
    channel: Mapped[str | None] = mapped_column(Text)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)

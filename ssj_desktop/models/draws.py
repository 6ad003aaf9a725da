"""Tables of the draw (抽取): the ceremony as a persisted state machine and its result."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.vocabulary import AmendmentKind, AmendmentState
from ssj_desktop.models.base import Base, Json, Keyed, Synced, TermType, Utc


class Draw(Keyed, Base):
    """One draw from freeze to result; its number is gapless per office, device and year.

    The frozen files are kept byte for byte; ``machine`` (M) is empty until the result.
    ``request_id`` makes a retry after a crash find the same draw instead of making another.
    ``sealed_until`` hides the drawn names from the screens until the day of the visit.
    """

    __tablename__ = "draws"
    __synced__ = Synced.MERGED
    __transitions__ = (("state", DrawState),)
    __growing__ = ("prints",)

    number: Mapped[str] = mapped_column(String(40), index=True)
    device: Mapped[str] = mapped_column(String(8))
    year: Mapped[int] = mapped_column(Integer)
    serial: Mapped[int] = mapped_column(Integer)
    request_id: Mapped[str] = mapped_column(String(36), index=True)
    state: Mapped[str] = mapped_column(String(16))
    plan_line_id: Mapped[str] = mapped_column(String(36), index=True)
    title: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    operator: Mapped[str] = mapped_column(Text)
    supervisor: Mapped[str] = mapped_column(Text)
    visit_date: Mapped[date] = mapped_column(Date)
    panel: Mapped[Any] = mapped_column(Json)
    scheme: Mapped[Any] = mapped_column(Json)
    pool_int: Mapped[bytes] = mapped_column(LargeBinary)
    pool_pub: Mapped[bytes] = mapped_column(LargeBinary)
    plan_file: Mapped[bytes] = mapped_column(LargeBinary)
    staff_file: Mapped[bytes] = mapped_column(LargeBinary)
    pool_hash: Mapped[str] = mapped_column(String(64), index=True)
    pool_basis: Mapped[str] = mapped_column(String(64), index=True)
    drift: Mapped[Any] = mapped_column(Json)
    previous_head: Mapped[str] = mapped_column(String(64))
    machine: Mapped[str] = mapped_column(String(64))
    commitment: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime] = mapped_column(Utc)
    slips_opened_at: Mapped[datetime | None] = mapped_column(Utc)
    drawn_at: Mapped[datetime | None] = mapped_column(Utc)
    record: Mapped[bytes | None] = mapped_column(LargeBinary)
    void_reason: Mapped[str | None] = mapped_column(Text)
    voided_by: Mapped[str | None] = mapped_column(Text)
    replaces: Mapped[str | None] = mapped_column(String(40))
    prints: Mapped[int] = mapped_column(Integer, default=0)
    public_source: Mapped[str | None] = mapped_column(Text)
    sealed_until: Mapped[date | None] = mapped_column(Date)
    unsealed_by: Mapped[str | None] = mapped_column(Text)


class SealedMachine(Base):
    """M of a draw frozen here: no other device may know it before the slips are turned."""

    __tablename__ = "sealed_machines"
    __synced__ = Synced.LOCAL

    draw_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    machine: Mapped[str] = mapped_column(String(64))


class WitnessSlip(Keyed, Base):
    """The digits one witness wrote; insert-only."""

    __tablename__ = "witness_slips"
    __synced__ = Synced.INSERT_ONLY

    draw_id: Mapped[str] = mapped_column(String(36), index=True)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    digits: Mapped[str] = mapped_column(String(20))
    entered_at: Mapped[datetime] = mapped_column(Utc)


class SlipConfirmation(Keyed, Base):
    """A witness confirmed with the own PIN that these digits are the own ones; insert-only."""

    __tablename__ = "slip_confirmations"
    __synced__ = Synced.INSERT_ONLY

    draw_id: Mapped[str] = mapped_column(String(36), index=True)
    position: Mapped[int] = mapped_column(Integer)
    account: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime] = mapped_column(Utc)


class SelectedTarget(Keyed, Base):
    """A drawn object, substitute or would-be object of a draw; insert-only."""

    __tablename__ = "selected_targets"
    __synced__ = Synced.INSERT_ONLY

    draw_id: Mapped[str] = mapped_column(String(36), index=True)
    target_code: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(Text)
    stratum: Mapped[str] = mapped_column(Text)
    standing: Mapped[str] = mapped_column(String(12))
    position: Mapped[int] = mapped_column(Integer)
    ticket: Mapped[str] = mapped_column(Text)


class DrawAmendment(Keyed, Base):
    """替补 or 回避 after a draw: an application with evidence, and a second person's decision.

    ``subject`` is the target or inspector who goes, ``successor`` who follows by the printed order.
    """

    __tablename__ = "draw_amendments"
    __synced__ = Synced.MERGED
    __transitions__ = (("state", AmendmentState),)

    draw_id: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[AmendmentKind] = mapped_column(TermType(AmendmentKind))
    target_code: Mapped[str] = mapped_column(String(64))
    seat: Mapped[int | None] = mapped_column(Integer)
    subject: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    state: Mapped[AmendmentState] = mapped_column(TermType(AmendmentState))
    applied_by: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[datetime] = mapped_column(Utc)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    opinion: Mapped[str | None] = mapped_column(Text)
    successor: Mapped[str | None] = mapped_column(String(64))


class InspectorAssignment(Keyed, Base):
    """An officer on a seat of a drawn object; insert-only."""

    __tablename__ = "inspector_assignments"
    __synced__ = Synced.INSERT_ONLY

    draw_id: Mapped[str] = mapped_column(String(36), index=True)
    target_code: Mapped[str] = mapped_column(String(64), index=True)
    seat: Mapped[int] = mapped_column(Integer)
    inspector_code: Mapped[str] = mapped_column(String(64), index=True)
    leader: Mapped[bool] = mapped_column()

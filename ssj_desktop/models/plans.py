"""Tables of the annual plan (年度抽查计划) and its versions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.domain.vocabulary import InspectionMethod, PlanState, Targeting
from ssj_desktop.models.base import Base, Json, Keyed, Synced, Tags, TermType, Utc


class AnnualPlan(Keyed, Base):
    """One version of a year's plan; earlier versions stay.

    An ad-hoc plan (临时抽查任务) stands beside the year's plan with its own number and reason.
    """

    __tablename__ = "annual_plans"
    __synced__ = Synced.MERGED
    __transitions__ = (("state", PlanState),)

    year: Mapped[int] = mapped_column(Integer, index=True)
    number: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[PlanState] = mapped_column(TermType(PlanState))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Utc)
    created_by: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_on: Mapped[date | None] = mapped_column(Date)
    filed_to: Mapped[str | None] = mapped_column(Text)
    filed_on: Mapped[date | None] = mapped_column(Date)
    filing_number: Mapped[str | None] = mapped_column(Text)
    ad_hoc: Mapped[bool | None] = mapped_column()


class PlanLine(Keyed, Base):
    """One line of a plan version: items, object filter, quota per stratum, months, lead, method.

    ``line_key`` stays the same when a line is carried into the next version.
    ``strata`` is a list of {code, mode, ratio (1/100 %), number, minimum, substitutes}; ``total``
    is the one number of mode TOTAL; ``batches`` divides objects that are all visited;
    ``expert_seats`` holds the specialty of every expert's seat.
    """

    __tablename__ = "plan_lines"
    __synced__ = Synced.MERGED

    plan_id: Mapped[str] = mapped_column(String(36), index=True)
    line_key: Mapped[str] = mapped_column(String(36), index=True)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    items: Mapped[tuple[str, ...]] = mapped_column(Tags)
    object_filter: Mapped[Any] = mapped_column(Json)
    stratify_by: Mapped[str] = mapped_column(String(16))
    strata: Mapped[Any] = mapped_column(Json)
    base_count: Mapped[int] = mapped_column(Integer)
    base_date: Mapped[date] = mapped_column(Date)
    first_month: Mapped[int] = mapped_column(Integer)
    last_month: Mapped[int] = mapped_column(Integer)
    lead: Mapped[str] = mapped_column(Text)
    partners: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    method: Mapped[InspectionMethod] = mapped_column(TermType(InspectionMethod))
    targeting: Mapped[Targeting] = mapped_column(TermType(Targeting))
    team_size: Mapped[int] = mapped_column(Integer)
    total: Mapped[int | None] = mapped_column(Integer)
    batches: Mapped[int | None] = mapped_column(Integer)
    expert_seats: Mapped[tuple[str, ...] | None] = mapped_column(Tags)

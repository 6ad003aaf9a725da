"""Tables of the inspection itself: one task per drawn object, one result per item."""

from datetime import date, datetime

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.domain.vocabulary import FollowUp, InspectionMethod, TaskState
from ssj_desktop.models.base import Base, Keyed, Synced, Tags, TermType, Utc


class InspectionTask(Keyed, Base):
    """The visit to one drawn object with its team (检查任务)."""

    __tablename__ = "inspection_tasks"
    __synced__ = Synced.MERGED
    __transitions__ = (("state", TaskState),)

    number: Mapped[str] = mapped_column(String(40), index=True)
    draw_id: Mapped[str] = mapped_column(String(36), index=True)
    target_id: Mapped[str] = mapped_column(String(36), index=True)
    target_code: Mapped[str] = mapped_column(String(64))
    target_name: Mapped[str] = mapped_column(Text)
    items: Mapped[tuple[str, ...]] = mapped_column(Tags)
    team: Mapped[tuple[str, ...]] = mapped_column(Tags)
    leader: Mapped[str] = mapped_column(String(64))
    state: Mapped[TaskState] = mapped_column(TermType(TaskState))
    visit_on: Mapped[date | None] = mapped_column(Date)
    method: Mapped[InspectionMethod | None] = mapped_column(TermType(InspectionMethod))
    place: Mapped[str | None] = mapped_column(Text)
    entered_by: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(Utc)
    reviewed_by: Mapped[str | None] = mapped_column(Text)
    reviewed_at: Mapped[datetime | None] = mapped_column(Utc)
    review_opinion: Mapped[str | None] = mapped_column(Text)
    completed_on: Mapped[date | None] = mapped_column(Date)
    batch: Mapped[int | None] = mapped_column(Integer)
    experts: Mapped[tuple[str, ...] | None] = mapped_column(Tags)


class ItemResult(Keyed, Base):
    """The result of one item at one object; the latest row of a task and item holds."""

    __tablename__ = "item_results"
    __synced__ = Synced.INSERT_ONLY

    task_id: Mapped[str] = mapped_column(String(36), index=True)
    item_number: Mapped[str] = mapped_column(String(64))
    codes: Mapped[tuple[str, ...]] = mapped_column(Tags)
    finding: Mapped[str | None] = mapped_column(Text)
    follow_up: Mapped[FollowUp] = mapped_column(TermType(FollowUp))
    rectify_by: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    entered_at: Mapped[datetime] = mapped_column(Utc)
    entered_by: Mapped[str] = mapped_column(Text)

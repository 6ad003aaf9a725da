"""The working-day calendar of the program: the shipped tables and what the office changed."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop import places
from ssj_desktop.domain.calendar import (
    PROVISIONAL_MARK,
    HolidayRow,
    HolidayTable,
    WorkCalendar,
    parse_holiday_csv,
    parse_holiday_rows,
)
from ssj_desktop.models.office import ChangedDay


@cache
def shipped_rows() -> tuple[HolidayRow, ...]:
    """The holiday tables in resources/holidays."""
    files = sorted(places.resource("holidays").glob("*.csv"))
    return tuple(row for file in files for row in parse_holiday_csv(file.read_text("utf-8-sig")))


RECTIFY_WORKING_DAYS = 10


def work_calendar(session: Session) -> WorkCalendar:
    """Shipped years, replaced by the years the office has imported."""
    changed = parse_holiday_rows(
        {"年度": str(d.year), "日期": d.day, "类别": d.kind, "名称": d.name, "依据": d.source}
        for d in session.scalars(select(ChangedDay))
    )
    years = {row.year for row in changed}
    kept = tuple(row for row in shipped_rows() if row.year not in years)
    return WorkCalendar(HolidayTable.of((*kept, *changed)))


def shipped_calendar() -> WorkCalendar:
    """The calendar without a store."""
    return WorkCalendar(HolidayTable.of(shipped_rows()))


@dataclass(frozen=True, slots=True)
class DueAdvice:
    """A due date the program proposes, and how it was counted."""

    day: date
    words: str


def advise_rectification(session: Session, visit: date) -> DueAdvice:
    """The usual due date of an order to correct, for the entry screen."""
    deadline = work_calendar(session).nth_working_day(visit, RECTIFY_WORKING_DAYS)
    mark = PROVISIONAL_MARK if deadline.provisional else ""
    return DueAdvice(deadline.day, f"{RECTIFY_WORKING_DAYS} 个工作日{mark}")


def rectification_due(session: Session, visit: date) -> date:
    """The usual due date of an order to correct: ten working days after the visit."""
    return work_calendar(session).nth_working_day(visit, RECTIFY_WORKING_DAYS).day

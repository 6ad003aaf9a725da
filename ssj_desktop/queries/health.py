"""How the store is: clock, tables, the last entries without what they are about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.models.base import Base
from ssj_desktop.models.journal import JournalRow

_BACKWARDS = timedelta(minutes=5)
_FORWARDS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ActRow:
    """One entry without actor, subject and payload."""

    sequence: int
    epoch: int
    at: str
    clock: str
    action: str


def count_rows(session: Session) -> dict[str, int]:
    """Rows per table."""
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in sorted(Base.metadata.tables.items())
    }


def list_acts(session: Session, limit: int = 200) -> tuple[ActRow, ...]:
    """The newest first."""
    rows = session.execute(
        select(
            JournalRow.sequence,
            JournalRow.epoch,
            JournalRow.at,
            JournalRow.clock,
            JournalRow.action,
        )
        .order_by(JournalRow.sequence.desc())
        .limit(limit)
    )
    return tuple(ActRow(s, e, at.isoformat(), clock, action) for s, e, at, clock, action in rows)


@dataclass(frozen=True, slots=True)
class ClockRow:
    """What the clerk is told of the clock; ``severe`` when it cannot be right."""

    text: str = ""
    severe: bool = False


def check_clock(session: Session, now: datetime) -> ClockRow:
    """Earlier than the last entry − 5 min, or more than a day after it (trust 7).

    Signing in makes an entry with the wrong clock already, so the last two are looked at. A long
    holiday looks like the second case: it is a question, the first a warning.
    """
    newest = select(JournalRow.at).order_by(JournalRow.sequence.desc()).limit(2)
    times = [now, *session.scalars(newest)]
    pairs = list(pairwise(times))
    if any(later < earlier - _BACKWARDS for later, earlier in pairs):
        return ClockRow(
            "电脑时钟比已有的操作还早，请先核对日期和时间；继续办理会在日志和抽取记录上标明",
            severe=True,
        )
    gap = max((later - earlier for later, earlier in pairs), default=timedelta())
    if gap > _FORWARDS:
        return ClockRow(f"上一条操作是 {gap.days} 天前，请核对电脑日期")
    return ClockRow()

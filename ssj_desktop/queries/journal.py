"""Reading the journal and checking its chain."""

from collections.abc import Iterator
from datetime import UTC

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.journal import GENESIS, ChainCheck, JournalEntry, check_chain
from ssj_desktop.models.journal import JournalRow

_COLUMNS = tuple(JournalRow.__table__.columns[name] for name in JournalEntry.__slots__)
_AT = JournalEntry.__slots__.index("at")


def _entries(session: Session, newest_first: bool = False) -> Iterator[JournalEntry]:
    order = JournalRow.sequence.desc() if newest_first else JournalRow.sequence
    for row in session.execute(select(*_COLUMNS).order_by(order)):
        values = list(row)
        values[_AT] = values[_AT].astimezone(UTC).isoformat(timespec="microseconds")
        yield JournalEntry(*values)


def list_entries(session: Session, limit: int = 500) -> tuple[JournalEntry, ...]:
    """The newest entries first."""
    entries = _entries(session, newest_first=True)
    return tuple(entry for _, entry in zip(range(limit), entries, strict=False))


def journal_head(session: Session) -> str:
    """The hash of the newest entry."""
    query = select(JournalRow.hash).order_by(JournalRow.sequence.desc()).limit(1)
    return session.scalar(query) or GENESIS


def audit(session: Session) -> ChainCheck:
    """Recompute the whole chain."""
    return check_chain(_entries(session))


def find_sequence(session: Session, head: str) -> int | None:
    """The entry whose hash starts with what stands on a paper (20 or more hex characters)."""
    wanted = head.replace(" ", "").lower()
    query = select(JournalRow.sequence).where(JournalRow.hash.startswith(wanted, autoescape=True))
    return session.scalar(query)

"""Reading the journal and checking its chain."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.journal import (
    GENESIS,
    ChainCheck,
    JournalEntry,
    Link,
    are_chained,
    check_links,
    covered_bytes,
    covered_line,
)
from ssj_desktop.models.journal import (
    AS_STORED,
    HASHED_LINES,
    LINKS,
    OLDER_ENTRIES,
    JournalRow,
)
from ssj_desktop.queries.journal_names import codes_of_names_with, readable_entries

_MOST_CODES = 40
_AT_ONCE = 500


def _entries(session: Session, clause: str, *values: object) -> Iterator[JournalEntry]:
    """Entries with every value exactly as it is stored, and therefore hashed."""
    rows = session.connection().exec_driver_sql(f"{AS_STORED} {clause}", values)
    return (JournalEntry(*row) for row in rows)


def list_entries(session: Session, limit: int = 500) -> tuple[JournalEntry, ...]:
    """The newest entries first, letter by letter as they are hashed."""
    return tuple(_entries(session, "ORDER BY sequence DESC LIMIT ?", limit))


_WORDS_OF = "actor || ' ' || action || ' ' || subject || ' ' || replace(local_time, 'T', ' ')"


def find_entries(session: Session, search: str = "", limit: int = 500) -> tuple[JournalEntry, ...]:
    """The newest entries in which every word of ``search`` stands: person, act, object or time.

    For screens: people have their names, not their codes.
    """
    clauses: list[str] = []
    values: list[str] = []
    for word in search.split():
        sought = (word, *_codes(session, word))
        clauses.append(f"({' OR '.join([f'instr({_WORDS_OF}, ?)'] * len(sought))})")
        values += sought
    where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
    found = _entries(session, f"{where} ORDER BY sequence DESC LIMIT ?", *values, limit)
    return readable_entries(session, tuple(found))


def _codes(session: Session, word: str) -> tuple[str, ...]:
    """One character stands in the names of half the office; that many codes take too long."""
    return codes_of_names_with(session, word)[:_MOST_CODES] if len(word) > 1 else ()


def list_entries_after(session: Session, sequence: int) -> tuple[JournalEntry, ...]:
    """In the order they were written."""
    return tuple(_entries(session, "WHERE sequence > ? ORDER BY sequence", sequence))


def list_hashes(session: Session) -> dict[str, int]:
    """The sequence of every own entry by its hash."""
    return dict(session.execute(select(JournalRow.hash, JournalRow.sequence)).all())


def journal_head(session: Session) -> str:
    """The hash of the newest entry."""
    query = select(JournalRow.hash).order_by(JournalRow.sequence.desc()).limit(1)
    return session.scalar(query) or GENESIS


def audit(session: Session) -> ChainCheck:
    """Recompute the whole chain; SQLite writes the hashed lines, no entry is built."""
    older = check_links(_older_links(session))
    if older.broken_at is not None:
        return older
    return _check_at_once(session, older) or check_links(
        _links(session, older.length), older.length, older.head
    )


def _check_at_once(session: Session, older: ChainCheck) -> ChainCheck | None:
    """Many entries in one comparison; None when anything is wrong, for the slow way to name it.

    Beneath SQLAlchemy, whose rows would cost more than the hashing.
    """
    cursor = session.connection().connection.cursor()
    cursor.execute(HASHED_LINES, (older.length,))
    check = older
    while rows := cursor.fetchmany(_AT_ONCE):
        claimed, lines = zip(*rows, strict=True)
        if not are_chained(check, claimed, lines):
            return None
        check = ChainCheck(check.length + len(lines), claimed[-1], None)
    return check


def _older_links(session: Session) -> Iterator[Link]:
    for entry in _entries(session, OLDER_ENTRIES):
        yield Link(entry.sequence, entry.previous, entry.hash, covered_bytes(entry))


def _links(session: Session, after: int) -> Iterator[Link]:
    rows = session.connection().exec_driver_sql(LINKS, (after,))
    for sequence, previous, claimed, line in rows:
        yield Link(sequence, previous, claimed, covered_line(line))


def find_sequence(session: Session, head: str) -> int | None:
    """The entry whose hash starts with what stands on a paper (20 or more hex characters)."""
    wanted = head.replace(" ", "").lower()
    query = select(JournalRow.sequence).where(JournalRow.hash.startswith(wanted, autoescape=True))
    return session.scalar(query)

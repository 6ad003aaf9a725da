"""Which sealed segments are held, which of them another device lacks, and in what order."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.models.chain import OperationRow, SegmentRow
from ssj_desktop.queries.membership import own_keys

QUARANTINED, HEAD = "quarantined", "head"
GAP = "gap"
"""Only the head of a segment that was lost here: what a laptop still had of it is a row."""


def segment_parents(session: Session) -> dict[str, tuple[str, ...]]:
    """Every segment held, quarantine included, with the segments it follows."""
    held = SegmentRow.state != GAP
    rows = session.execute(select(SegmentRow.id, SegmentRow.parents).where(held))
    return {name: tuple(parents) for name, parents in rows}


def tips(session: Session) -> tuple[str, ...]:
    """The newest segments: together they stand for everything this store has."""
    return tuple(session.scalars(select(SegmentRow.id).where(SegmentRow.is_tip)).all())


def ancestry(parents: Mapping[str, Iterable[str]], heads: Iterable[str]) -> frozenset[str]:
    """``heads`` and all that they follow, as far as it is known."""
    found: set[str] = set()
    waiting = [head for head in heads if head in parents]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(parent for parent in parents[name] if parent in parents)
    return frozenset(found)


def holds(
    parents: Mapping[str, Iterable[str]], heads: Iterable[str], earlier: Iterable[str]
) -> bool:
    """Whether one who has ``heads`` has all of ``earlier`` that is known here."""
    return (set(earlier) & parents.keys()) <= ancestry(parents, heads)


def parents_first(parents: Mapping[str, Iterable[str]], wanted: Iterable[str]) -> tuple[str, ...]:
    """The wanted segments, each after all of its own parents that are wanted too."""
    left, order = dict.fromkeys(sorted(wanted)), list[str]()
    done: set[str] = set()
    stack = [(name, False) for name in reversed(left)]
    while stack:
        name, is_ready = stack.pop()
        if is_ready:
            order.append(name)
        elif name not in done:
            done.add(name)
            stack.append((name, True))
            stack.extend((parent, False) for parent in parents[name] if parent in left)
    return tuple(order)


def segments_beyond(session: Session, known: Iterable[str]) -> dict[str, bytes]:
    """What is to be sent to one who holds ``known`` and its ancestors; parents come first.

    Segments of a newer schema go along although they could not be applied here; what is in
    quarantine does not, nor a bare header.
    """
    parents = segment_parents(session)
    query = select(SegmentRow.id).where(SegmentRow.state.in_((QUARANTINED, HEAD)))
    held_back = frozenset(session.scalars(query))
    wanted = parents.keys() - ancestry(parents, known) - held_back
    return segment_contents(session, parents_first(parents, wanted))


def segment_contents(session: Session, names: Iterable[str]) -> dict[str, bytes]:
    """The files of these segments, in this order."""
    query = select(SegmentRow.content)
    return {name: session.scalars(query.where(SegmentRow.id == name)).one() for name in names}


def last_segments_of(session: Session, device: str) -> tuple[str, ...]:
    """The segments of a device that no other of its own follows."""
    query = select(SegmentRow.id, SegmentRow.parents).where(
        SegmentRow.device == device, SegmentRow.state.not_in((QUARANTINED, GAP))
    )
    rows: dict[str, list[str]] = dict(session.execute(query).all())
    followed = {parent for parents in rows.values() for parent in parents}
    return tuple(sorted(rows.keys() - followed))


def has_unsealed_changes(session: Session) -> bool:
    """Whether rows were changed since the last segment was sealed."""
    return session.scalar(select(OperationRow.seq).limit(1)) is not None


def unsent_count(session: Session, known: Iterable[str]) -> int:
    """Own segments that one who holds ``known`` has not got yet."""
    parents = segment_parents(session)
    own = own_keys(session).device
    mine = frozenset(session.scalars(select(SegmentRow.id).where(SegmentRow.device == own)))
    return len(mine - ancestry(parents, known))

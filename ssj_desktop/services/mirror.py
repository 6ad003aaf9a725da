"""Keeping the mirror of the journal beside the store, and playing it back onto a backup."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from ssj_desktop.domain.operations import canonical
from ssj_desktop.domain.segment import read_segment_file
from ssj_desktop.domain.segment_body import Block
from ssj_desktop.formats.files import append_durably, last_whole_line
from ssj_desktop.formats.mirror import ENDING, lines_of, mirror_lines, open_line, parse_line
from ssj_desktop.models.chain import APPLY, OpenEntry, OperationRow, SegmentRow
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.queries.journal import list_entries_after
from ssj_desktop.queries.segments import blocks_of, sealed_to
from ssj_desktop.services.folding import apply_operations
from ssj_desktop.services.journal import last_place, operation_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from ssj_desktop.domain.operations import Operation


def mirror_of(store: Path) -> Path:
    return store.with_name(store.name + ENDING)


class Mirror:
    """The file beside one store. A disk that refuses it now is caught up with later."""

    def __init__(self, store: Path, data_key: bytes) -> None:
        self.path = mirror_of(store)
        self._key = data_key
        self._last = ""

    def add(self, blocks: Sequence[Block], missing: Callable[[int], Sequence[Block]]) -> None:
        """After a commit: these entries, and before them whatever is not in the file yet."""
        if blocks:
            with contextlib.suppress(OSError):
                self._add(blocks, missing)

    def _add(self, blocks: Sequence[Block], missing: Callable[[int], Sequence[Block]]) -> None:
        if blocks[0].entry.previous != self._last:
            blocks = self._caught_up(blocks, missing)
        append_durably(self.path, mirror_lines(blocks, self._key))
        self._last = blocks[-1].entry.hash if blocks else ""

    def _caught_up(
        self, blocks: Sequence[Block], missing: Callable[[int], Sequence[Block]]
    ) -> Sequence[Block]:
        """What a crash left out, another process wrote, or a restore began beside this file."""
        line = parse_line(last_whole_line(self.path))
        if line and line.hash == blocks[0].entry.previous:
            return blocks
        later = missing(line.sequence) if line else ()
        if line and later and later[0].entry.previous == line.hash:
            return later
        known = set()
        if self.path.exists():
            with self.path.open("rb") as file:
                known = {each.hash for each in lines_of(file)}
        return [block for block in missing(0) if block.entry.hash not in known]


def blocks_after(session: Session, sequence: int) -> tuple[Block, ...]:
    """Own entries with their operations, from the segments or not sealed yet."""
    found: dict[int, Block] = {}
    query = select(SegmentRow.content).where(SegmentRow.own, SegmentRow.last > sequence)
    for content in session.scalars(query.order_by(SegmentRow.first)):
        for block in blocks_of(read_segment_file(content)):
            found[block.entry.sequence] = block
    for entry in list_entries_after(session, max(sequence, sealed_to(session))):
        found[entry.sequence] = Block(entry, operation_lines(session, entry.sequence))
    return tuple(found[each] for each in sorted(found) if each > sequence)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a mirror brought back: entries and rows, up to which entry, and lines nobody can read."""

    entries: int
    operations: int
    last: int
    unreadable: int


def replay_mirror(session: Session, path: Path, data_keys: Sequence[bytes]) -> Replayed:
    """Play the mirror onto an older store from its head on; entries and hashes stay the same.

    Where a restore had made two lines go on from one entry, the later one is followed. Rows that
    came from other devices are not in it: their segments are exchanged again.
    """
    chain, unreadable = _chain(path, data_keys)
    place = last_place(session)
    entries = operations = 0
    while block := chain.get(place.head):
        _play(session, block)
        entries, operations = entries + 1, operations + len(block.lines)
        place = last_place(session)
    return Replayed(entries, operations, place.sequence, unreadable)


def _chain(path: Path, data_keys: Sequence[bytes]) -> tuple[dict[str, Block], int]:
    """Every readable entry by the hash of the one before it."""
    chain: dict[str, Block] = {}
    unreadable = 0
    with path.open("rb") as file:
        for line in lines_of(file):
            blocks = (open_line(line, key) for key in data_keys)
            block = next((each for each in blocks if each is not None), None)
            if block is None:
                unreadable += 1
            else:
                chain[block.entry.previous] = block
    return chain, unreadable


def _play(session: Session, block: Block) -> None:
    entry = block.entry
    session.execute(delete(OpenEntry))
    session.execute(insert(OpenEntry).values(only=1, entry=entry.sequence, stem="", mode=APPLY))
    values = asdict(entry) | {"at": datetime.fromisoformat(entry.at)}
    values |= {"stamp": entry.stamp or None, "rows": entry.rows or None}
    session.execute(insert(JournalRow).values(**values))
    operations = list(block.operations())
    if operations:
        session.execute(insert(OperationRow), [_row(entry.sequence, each) for each in operations])
    apply_operations(session, operations)
    session.execute(delete(OpenEntry))


def _row(sequence: int, o: Operation) -> dict[str, object]:
    """The operation exactly as the triggers had written it."""
    return {
        "entry": sequence, "id": o.id, "tbl": o.table, "key": o.key, "kind": o.kind,
        "base": canonical(list(o.base)), "data": canonical(o.data),
    }  # fmt: skip

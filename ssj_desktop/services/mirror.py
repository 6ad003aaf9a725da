"""Keeping the mirror of the journal beside the store, and reading it again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from ssj_desktop.domain.journal import FROZEN
from ssj_desktop.domain.segment import read_segment_file
from ssj_desktop.domain.segment_body import Block
from ssj_desktop.formats.files import append_durably, last_whole_line
from ssj_desktop.formats.mirror import (
    ENDING,
    lines_of,
    machine_lines,
    mirror_lines,
    open_line,
    open_machine_line,
    parse_line,
)
from ssj_desktop.models.chain import SegmentRow
from ssj_desktop.models.draws import SealedMachine
from ssj_desktop.queries.journal import list_entries_after
from ssj_desktop.queries.segments import blocks_of, sealed_to
from ssj_desktop.services.journal import operation_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from ssj_desktop.formats.mirror import MirrorLine


def mirror_of(store: Path) -> Path:
    return store.with_name(store.name + ENDING)


@dataclass(frozen=True, slots=True)
class Kept:
    """How the mirror asks the store for what it lacks: entries after one, and M of frozen draws."""

    blocks_after: Callable[[int], Sequence[Block]]
    machines: Callable[[], Mapping[str, str]]


class Mirror:
    """The file beside one store. A disk that refuses it now is caught up with later."""

    def __init__(self, store: Path, data_key: Callable[[], bytes]) -> None:
        self.path = mirror_of(store)
        self._key = data_key
        """Asked each time: who left with an old key reads no line written after the change."""
        self._last = ""

    def add(self, blocks: Sequence[Block], kept: Kept) -> None:
        """After a commit: these entries, and before them whatever is not in the file yet."""
        if blocks:
            with contextlib.suppress(OSError):
                self._add(blocks, kept)

    def put(self, blocks: Sequence[Block], machines: Mapping[str, str]) -> None:
        """Lines for what the file lacks; OSError when the disk refuses them."""
        key = self._key()
        append_durably(self.path, machine_lines(machines, key) + mirror_lines(blocks, key))

    def _add(self, blocks: Sequence[Block], kept: Kept) -> None:
        if blocks[0].entry.previous != self._last:
            blocks = self._caught_up(blocks, kept.blocks_after)
        freezes = any(block.entry.action == FROZEN for block in blocks)
        machines = machine_lines(kept.machines(), self._key()) if freezes else b""
        append_durably(self.path, machines + mirror_lines(blocks, self._key()))
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


@dataclass(slots=True)
class MirrorContent:
    """Every readable entry by the hash of the one before it, and M of frozen draws by their id."""

    chain: dict[str, Block] = field(default_factory=dict)
    machines: dict[str, str] = field(default_factory=dict)
    unreadable: int = 0


def read_mirror(path: Path, data_keys: Sequence[bytes]) -> MirrorContent:
    """All lines that one of the keys opens; a store may have had several since its backup."""
    content = MirrorContent()
    with path.open("rb") as file:
        for text in file:
            line = parse_line(text.rstrip(b"\n"))
            if line is not None:
                _read_entry(content, line, data_keys)
            elif machine := open_machine_line(text.rstrip(b"\n"), data_keys):
                content.machines[machine[0]] = machine[1]
    return content


def _read_entry(content: MirrorContent, line: MirrorLine, data_keys: Sequence[bytes]) -> None:
    opened = (open_line(line, key) for key in data_keys)
    block = next((each for each in opened if each is not None), None)
    if block is None:
        content.unreadable += 1
    else:
        content.chain[block.entry.previous] = block


def sealed_machines(session: Session) -> dict[str, str]:
    """M of the draws frozen here that have no result yet."""
    return dict(session.execute(select(SealedMachine.draw_id, SealedMachine.machine)).all())

"""The lines inside a segment: entries of the journal, each followed by the rows it changed."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.journal import COVERED, JournalEntry, entry_hash, entry_line, line_hash
from ssj_desktop.domain.operations import (
    NO_ROWS,
    Operation,
    canonical,
    read_operation,
    rows_digest,
    unreadable,
)
from ssj_desktop.domain.segment import SegmentHeader

_STAMP = re.compile(r"([0-9]{15}-[0-9]{6})?")
_ROW = re.compile(rb'\["(?:[^"\\]|\\.)*","(\w+)",("(?:[^"\\]|\\.)*"),')
_STAMP_AT, _ROWS_AT = COVERED.index("stamp"), COVERED.index("rows")
_INTEGERS = {"sequence", "epoch", "monotonic_ns"}


@dataclass(frozen=True, slots=True)
class Block:
    """An entry with its hash, and the lines of its operations."""

    entry: JournalEntry
    lines: tuple[bytes, ...]

    def operations(self) -> Iterator[Operation]:
        e = self.entry
        for line in self.lines:
            yield read_operation(line.decode(), e.stamp, e.device, e.actor, e.at)


def body_of(blocks: Iterable[Block]) -> bytes:
    """The uncompressed content of a segment."""
    pieces: list[bytes] = []
    for block in blocks:
        pieces.append(entry_line(block.entry).encode())
        pieces += block.lines
    return b"\n".join([*pieces, b""])


def read_blocks(body: bytes) -> Iterator[Block]:
    """Blocks of the right form; FileRefused for lines that are none."""
    entry: JournalEntry | None = None
    lines: list[bytes] = []
    if not body.endswith(b"\n"):
        raise unreadable()
    for line in body[:-1].split(b"\n"):
        if line.startswith(b'["'):
            lines.append(line)
            continue
        if entry is not None:
            yield Block(entry, tuple(lines))
        elif lines:
            raise unreadable()
        entry, lines = _entry(line), []
    if entry is None:
        raise unreadable()
    yield Block(entry, tuple(lines))


def _entry(line: bytes) -> JournalEntry:
    try:
        values = json.loads(line)
        whole = isinstance(values, list) and len(values) == len(COVERED)
        fits = whole and all(map(_fits, COVERED, values))
        sound = fits and canonical(values).encode() == line
    except (ValueError, RecursionError):
        raise unreadable() from None
    if not sound or not _STAMP.fullmatch(values[_STAMP_AT]):
        raise unreadable()
    if values[_ROWS_AT]:
        return JournalEntry(*(*values, line_hash(line)))
    entry = JournalEntry(*values)
    return replace(entry, hash=entry_hash(entry))


def _fits(name: str, value: object) -> bool:
    return type(value) is (int if name in _INTEGERS else str)


def verified_blocks(header: SegmentHeader, body: bytes) -> tuple[Block, ...]:
    """All blocks when they are what the header says and hang together; else FileRefused."""
    blocks = tuple(read_blocks(body))
    expected, previous = header.first, blocks[0].entry.previous
    for block in blocks:
        entry = block.entry
        chained = (entry.sequence, entry.epoch, entry.previous) == (
            expected,
            header.epoch,
            previous,
        )
        if not chained or not _covers_its_rows(block):
            raise _broken(entry.sequence)
        expected, previous = expected + 1, entry.hash
    count = sum(len(block.lines) for block in blocks)
    if (expected - 1, previous, count) != (header.last, header.head, header.operations):
        raise _broken(header.last)
    return blocks


def _covers_its_rows(block: Block) -> bool:
    return (block.entry.rows or NO_ROWS) == rows_digest(block.lines)


def _broken(sequence: int) -> FileRefused:
    return FileRefused(
        f"数据段里的日志第 {sequence} 条对不上，没有采用。", "请保留这个文件，并让对方核对日志。"
    )


def lines_about(block: Block, rows: set[tuple[str, str]]) -> tuple[bytes, ...]:
    """The lines about some rows, told apart without reading the others."""
    found: list[bytes] = []
    for line in block.lines:
        match = _ROW.match(line)
        if match is None or (match[1].decode(), json.loads(match[2])) in rows:
            found.append(line)
    return tuple(found)

"""The lines inside a segment: entries of the journal, each followed by the rows it changed.

There are two forms. In the first an entry stands whole, as it was hashed. In the second, written
since schema 0020, it leaves out what follows from the lines beside it: the digest of its rows and
the hash of the entry before. Reading computes both again, so the hash of the last entry, which the
header signs, proves every line as before. Excerpts and the mirror hold single entries: whole ones.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Any

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
_SECOND_FORM = b"SSJ-SEGMENT-BODY-2\n"
_STAMP_AT, _ROWS_AT = COVERED.index("stamp"), COVERED.index("rows")
_PREVIOUS_AT = COVERED.index("previous")
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
    """The first form: whole entries, which need not follow each other."""
    return _joined((entry_line(block.entry), block.lines) for block in blocks)


def chained_body_of(blocks: Sequence[Block]) -> bytes:
    """The second form, for entries of which each follows the one before: a segment."""
    before = chain((blocks[0].entry.previous,), repeat(""))
    return _SECOND_FORM + _joined(
        (entry_line(replace(block.entry, rows="", previous=previous)), block.lines)
        for block, previous in zip(blocks, before, strict=False)
    )


def _joined(parts: Iterable[tuple[str, tuple[bytes, ...]]]) -> bytes:
    pieces: list[bytes] = []
    for line, lines in parts:
        pieces.append(line.encode())
        pieces += lines
    return b"\n".join([*pieces, b""])


def read_blocks(body: bytes) -> Iterator[Block]:
    """Blocks of the right form, either one; FileRefused for lines that are none."""
    if not body.startswith(_SECOND_FORM):
        for line, lines in _grouped(body):
            yield Block(_entry(_values(line), line), lines)
        return
    previous = ""
    for line, lines in _grouped(body.removeprefix(_SECOND_FORM)):
        values = _filled(_values(line), lines, previous)
        entry = _entry(values, canonical(values).encode())
        previous = entry.hash
        yield Block(entry, lines)


def _grouped(body: bytes) -> Iterator[tuple[bytes, tuple[bytes, ...]]]:
    """The line of each entry with the lines of its operations."""
    entry: bytes | None = None
    lines: list[bytes] = []
    if not body.endswith(b"\n"):
        raise unreadable()
    for line in body[:-1].split(b"\n"):
        if line.startswith(b'["'):
            lines.append(line)
            continue
        if entry is not None:
            yield entry, tuple(lines)
        elif lines:
            raise unreadable()
        entry, lines = line, []
    if entry is None:
        raise unreadable()
    yield entry, tuple(lines)


def _values(line: bytes) -> list[Any]:
    """The fields of an entry in their order, when they stand there in the one right spelling."""
    try:
        values = json.loads(line)
        whole = isinstance(values, list) and len(values) == len(COVERED)
        fits = whole and all(map(_fits, COVERED, values))
        sound = fits and canonical(values).encode() == line
    except (ValueError, RecursionError):
        raise unreadable() from None
    if not sound or not _STAMP.fullmatch(values[_STAMP_AT]):
        raise unreadable()
    return list(values)


def _filled(values: list[Any], lines: tuple[bytes, ...], previous: str) -> list[Any]:
    """With what the second form leaves out; an entry from before rows were covered has no digest."""
    if values[_ROWS_AT] or (previous and values[_PREVIOUS_AT]):
        raise unreadable()
    values[_ROWS_AT] = rows_digest(lines) if values[_STAMP_AT] else ""
    values[_PREVIOUS_AT] = previous or values[_PREVIOUS_AT]
    return values


def _entry(values: list[Any], line: bytes) -> JournalEntry:
    if values[_ROWS_AT]:
        return JournalEntry(*(*values, line_hash(line)))
    entry = JournalEntry(*values)
    return replace(entry, hash=entry_hash(entry))


def _fits(name: str, value: object) -> bool:
    return type(value) is (int if name in _INTEGERS else str)


def verified_blocks(header: SegmentHeader, body: bytes) -> tuple[Block, ...]:
    """All blocks when they are what the header says and hang together; else FileRefused."""
    blocks = tuple(read_blocks(body))
    computed = body.startswith(_SECOND_FORM)
    expected, previous = header.first, blocks[0].entry.previous
    for block in blocks:
        entry = block.entry
        chained = (entry.sequence, entry.epoch, entry.previous) == (
            expected,
            header.epoch,
            previous,
        )
        if not chained or not (computed or _covers_its_rows(block)):
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

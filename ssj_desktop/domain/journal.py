"""The journal as a hash chain: what an entry covers and how a chain is checked."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

from ssj_desktop.domain.operations import canonical

GENESIS = "0" * 64
_MAGIC = b"SSJ-JOURNAL-2\n"
_FIRST_MAGIC = "SSJ-JOURNAL-1"
_HASH_PART = len(GENESIS) + len('"]')
FROZEN, TAKEN_IN = "冻结待抽库", "并入数据段"
"""Acts that the program itself looks for among the entries."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry of the operation journal (操作日志); every field but ``hash`` is hashed.

    ``stamp`` is the hybrid logical clock, ``rows`` the digest of the row operations of this act.
    Both are empty in entries from before the journal covered rows.
    """

    sequence: int
    device: str
    epoch: int
    at: str
    local_time: str
    monotonic_ns: int
    clock: str
    actor: str
    role: str
    action: str
    subject: str
    payload: str
    stamp: str
    rows: str
    previous: str
    hash: str = ""


COVERED = tuple(field.name for field in fields(JournalEntry) if field.name != "hash")
"""The hashed fields in their order."""
FIRST_FORM = tuple(name for name in COVERED if name not in ("stamp", "rows"))


class Link(NamedTuple):
    """What the check of a chain needs of an entry; ``covered`` are the bytes under its hash."""

    sequence: int
    previous: str
    hash: str
    covered: bytes


def entry_hash(entry: JournalEntry) -> str:
    return hashlib.sha256(covered_bytes(entry)).hexdigest()


def covered_bytes(entry: JournalEntry) -> bytes:
    """``SSJ-JOURNAL-2`` and the fields as one JSON array; older entries as named lines."""
    if entry.rows:
        return covered_line(entry_line(entry))
    lines = [f"{name}\t{_escaped(str(getattr(entry, name)))}" for name in FIRST_FORM]
    return ("\n".join([_FIRST_MAGIC, *lines]) + "\n").encode()


def line_hash(line: bytes) -> str:
    """The hash of an entry whose line is at hand."""
    return hashlib.sha256(_MAGIC + line + b"\n").hexdigest()


def entry_line(entry: JournalEntry) -> str:
    """The entry as one line of a segment, its hash left out."""
    return canonical([getattr(entry, name) for name in COVERED])


def covered_line(line: str) -> bytes:
    return _MAGIC + line.encode() + b"\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """``broken_at`` is the first bad sequence, None when the chain holds to ``length``."""

    length: int
    head: str
    broken_at: int | None


def check_chain(entries: Iterable[JournalEntry]) -> ChainCheck:
    """Recompute the chain in order of sequence."""
    return check_links(
        Link(entry.sequence, entry.previous, entry.hash, covered_bytes(entry)) for entry in entries
    )


def check_links(links: Iterable[Link], after: int = 0, head: str = GENESIS) -> ChainCheck:
    """The chain from the entry after ``after``, whose hash is ``head``."""
    previous, expected, sha256 = head, after + 1, hashlib.sha256
    for sequence, before, claimed, covered in links:
        if sequence != expected or before != previous or sha256(covered).hexdigest() != claimed:
            return ChainCheck(expected - 1, previous, expected)
        previous, expected = claimed, expected + 1
    return ChainCheck(expected - 1, previous, None)


def are_chained(after: ChainCheck, claimed: Sequence[str], lines: Sequence[bytes]) -> bool:
    """Whether lines in order of sequence go on from ``after``: none missing, each with its hash.

    A line begins with its sequence and ends with the previous hash. Sequences only grow, so first
    and last tell whether one is missing between them.
    """
    extent = after.length + 1, after.length + len(lines)
    if (_sequence_in(lines[0]), _sequence_in(lines[-1])) != extent:
        return False
    sha256 = hashlib.sha256
    found = [sha256(_MAGIC + line + b"\n").hexdigest() for line in lines]
    before = b"".join([line[-_HASH_PART:-2] for line in lines]).decode("utf-8", "replace")
    return found == list(claimed) and before == "".join((after.head, *found[:-1]))


def _sequence_in(line: bytes) -> int:
    """0 where no sequence stands."""
    number = line[1:].partition(b",")[0]
    return int(number) if number.isdigit() else 0


def head_groups(head: str) -> str:
    """The first 20 hex characters in groups of four, as printed on papers."""
    return " ".join(head[place : place + 4] for place in range(0, 20, 4))

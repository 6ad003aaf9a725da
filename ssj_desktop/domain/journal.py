"""The journal as a hash chain: what an entry covers and how a chain is checked."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry of the operation journal (操作日志); every field but ``hash`` is hashed."""

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
    previous: str
    hash: str = ""


def entry_hash(entry: JournalEntry) -> str:
    """SHA-256 over ``SSJ-JOURNAL-1`` and one ``name TAB value`` line per field."""
    covered = [field.name for field in fields(entry) if field.name != "hash"]
    lines = [f"{name}\t{_escaped(str(getattr(entry, name)))}" for name in covered]
    text = "\n".join(["SSJ-JOURNAL-1", *lines]) + "\n"
    return hashlib.sha256(text.encode()).hexdigest()


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
    previous, expected = GENESIS, 1
    for entry in entries:
        intact = (
            entry.sequence == expected
            and entry.previous == previous
            and entry.hash == entry_hash(entry)
        )
        if not intact:
            return ChainCheck(expected - 1, previous, expected)
        previous, expected = entry.hash, expected + 1
    return ChainCheck(expected - 1, previous, None)


def head_groups(head: str) -> str:
    """The first 20 hex characters in groups of four, as printed on papers."""
    return " ".join(head[place : place + 4] for place in range(0, 20, 4))

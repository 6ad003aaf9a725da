"""Tickets: one number per id that anyone can recompute with sha256sum.

Identical to the published package consistent_sampler 1.0.10 for strings (cs1, section 4).
"""

import hashlib
from collections.abc import Callable, Iterable
from math import isqrt

LEAST_DIGITS = 64
PRINTED = 2 + 18
OBJECTS, STAFF, LEADER = "-O", "-S", "-L"


def ticket_maker(seed: str) -> Callable[[str], str]:
    """A function from id to ticket under ``seed``; tickets compare as text over all digits."""
    start = hashlib.sha256(hashlib.sha256(seed.encode()).hexdigest().encode())

    def ticket(identifier: str) -> str:
        digest = start.copy()
        digest.update(identifier.encode())
        return "0." + str(int(digest.hexdigest(), 16)).zfill(LEAST_DIGITS)[::-1]

    return ticket


def tickets(seed: str, ids: Iterable[str]) -> list[tuple[str, str]]:
    """(ticket, id) of every id, in the order given."""
    ticket = ticket_maker(seed)
    return [(ticket(identifier), identifier) for identifier in ids]


def lowest(pairs: list[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """The ``count`` lowest (ticket, id), sorted; the same as sorting all, without sorting all.

    Tickets spread evenly, so a cut a few deviations above the wanted share keeps enough of them;
    when it does not, everything is sorted.
    """
    if count * 4 < len(pairs):
        share = (count + 6 * isqrt(count) + 16) * 10**18 // len(pairs)
        cut = f"0.{share:018d}"
        below = [pair for pair in pairs if pair[0] < cut]
        if len(below) >= count:
            return sorted(below)[:count]
    return sorted(pairs)[:count]


def printed(ticket: str) -> str:
    """The first 18 digits, as printed."""
    return ticket[:PRINTED]

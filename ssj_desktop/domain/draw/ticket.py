"""Tickets: one number per id that anyone can recompute with sha256sum.

Identical to the published package consistent_sampler 1.0.10 for strings (cs1, section 4).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from math import isqrt

LEAST_DIGITS = 64
PRINTED = 2 + 18
OBJECTS, STAFF, LEADER = "-O", "-S", "-L"
_BEGINNINGS = tuple("0." + f"{n:03d}"[::-1] for n in range(1000))  # by the last digits of d


def ticket_maker(seed: str) -> Callable[[str], str]:
    """A function from id to ticket under ``seed``; tickets compare as text over all digits."""
    start = _after_seed(seed)

    def ticket(identifier: str) -> str:
        digest = start.copy()
        digest.update(identifier.encode())
        return _written(int.from_bytes(digest.digest()))

    return ticket


def _after_seed(seed: str) -> "hashlib._Hash":
    """SHA-256 that has taken in h already: every id of a draw goes on from here."""
    return hashlib.sha256(hashlib.sha256(seed.encode()).hexdigest().encode())


def _written(number: int) -> str:
    return "0." + str(number).zfill(LEAST_DIGITS)[::-1]


def tickets(seed: str, ids: Iterable[str]) -> list[tuple[str, str]]:
    """(ticket, id) of every id, in the order given."""
    ticket = ticket_maker(seed)
    return [(ticket(identifier), identifier) for identifier in ids]


def tickets_below(seed: str, ids: Iterable[str], cut: str) -> list[tuple[str, str]]:
    """(ticket, id) of the ids whose ticket is below ``cut``, in the order given.

    A ticket begins with the last digits of d, so most are known to be too high from d's remainder
    and are never written out.
    """
    start, found = _after_seed(seed), []
    promising = {n for n, beginning in enumerate(_BEGINNINGS) if beginning <= cut[:5]}
    for identifier in ids:
        digest = start.copy()
        digest.update(identifier.encode())
        number = int.from_bytes(digest.digest())
        if number % 1000 in promising and (ticket := _written(number)) < cut:
            found.append((ticket, identifier))
    return found


def lowest(seed: str, ids: Sequence[str], count: int) -> list[tuple[str, str]]:
    """The ``count`` lowest (ticket, id), sorted; the same as sorting all, without sorting all.

    Tickets spread evenly, so a cut a few deviations above the wanted share keeps enough of them;
    when it does not, everything is sorted.
    """
    if count * 4 < len(ids):
        share = (count + 6 * isqrt(count) + 16) * 10**18 // len(ids)
        below = tickets_below(seed, ids, f"0.{share:018d}")
        if len(below) >= count:
            return sorted(below)[:count]
    return sorted(tickets(seed, ids))[:count]


def printed(ticket: str) -> str:
    """The first 18 digits, as printed."""
    return ticket[:PRINTED]

"""Questions a sampler must answer well over many draws, and samplers that answer one of them badly.

A draw is (picks, tickets): the list positions drawn, in the order drawn, and the tickets of all.
Every check gives one number that stays below its limit for a fair sampler; all seeds are fixed, so
the same numbers come out on every machine and nothing can fail by bad luck.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations
from math import sqrt

from ssj_desktop.domain.draw.scheme import PoolEntry, Scheme, StratumRule
from ssj_desktop.domain.draw.selection import select
from ssj_desktop.domain.draw.ticket import tickets

N, TAKEN, DRAWS = 60, 6, 4000
P = TAKEN / N
IDS = [f"91239921X{n:09d}" for n in range(N)]
Drawing = tuple[list[int], list[str]]
Sampler = Callable[[int], Drawing]


def dice(*words: object) -> int:
    """A large number that looks random and is always the same."""
    return int(hashlib.sha256(repr(words).encode()).hexdigest(), 16)


def shuffled(positions: Sequence[int], *words: object) -> list[int]:
    chance = random.Random(repr(words))
    return sorted(positions, key=lambda _: chance.random())


def chi_square_limit(freedom: int, deviations: float = 4.0) -> float:
    """Wilson-Hilferty: a fair sampler exceeds it about once in 30,000 times."""
    spread = 2 / (9 * freedom)
    return freedom * (1 - spread + deviations * sqrt(spread)) ** 3


# --- checks: value divided by its limit; above 1 is failed ------------------------------------


def inclusion(drawings: Sequence[Drawing]) -> float:
    """Everybody is drawn equally often: Q = (N-1)/N · Σ(c - mp)² / (mp(1-p)), chi-square N-1."""
    counts = Counter(position for picks, _ in drawings for position in picks)
    expected = len(drawings) * P
    squares = sum((counts[n] - expected) ** 2 for n in range(N))
    return (N - 1) / N * squares / (expected * (1 - P)) / chi_square_limit(N - 1)


def first_position(drawings: Sequence[Drawing]) -> float:
    """Everybody comes first equally often."""
    counts = Counter(picks[0] for picks, _ in drawings)
    expected = len(drawings) / N
    return sum((counts[n] - expected) ** 2 for n in range(N)) / expected / chi_square_limit(N - 1)


def pairs(drawings: Sequence[Drawing]) -> float:
    """Nobody is drawn with somebody else too often or too rarely: the largest deviation."""
    counts = Counter(pair for picks, _ in drawings for pair in combinations(sorted(picks), 2))
    chance = TAKEN * (TAKEN - 1) / (N * (N - 1))
    expected = len(drawings) * chance
    worst = max(abs(counts[pair] - expected) for pair in combinations(range(N), 2))
    return worst / sqrt(expected * (1 - chance)) / 5.0


def runs(drawings: Sequence[Drawing]) -> float:
    """Along the list, drawn and not drawn alternate as chance has it: Wald-Wolfowitz, both sides."""
    others = N - TAKEN
    mean = 1 + 2 * TAKEN * others / N
    variance = (mean - 1) * (mean - 2) / (N - 1)
    total = sum(_runs(set(picks)) for picks, _ in drawings)
    deviation = (total - len(drawings) * mean) / sqrt(len(drawings) * variance)
    return abs(deviation) / 4.0


def _runs(picked: set[int]) -> int:
    return 1 + sum((n in picked) != (n - 1 in picked) for n in range(1, N))


def ticket_digits(drawings: Sequence[Drawing]) -> float:
    """The first two digits of all tickets are evenly spread."""
    counts = Counter(ticket[2:4] for _, drawn in drawings for ticket in drawn)
    expected = sum(counts.values()) / 100
    squares = sum((counts[f"{n:02d}"] - expected) ** 2 for n in range(100))
    return squares / expected / chi_square_limit(99)


CHECKS: dict[str, Callable[[Sequence[Drawing]], float]] = {
    "入选": inclusion, "首位": first_position, "同抽": pairs, "游程": runs, "票号": ticket_digits,
}  # fmt: skip


def failed(drawings: Sequence[Drawing]) -> set[str]:
    """Names of the checks that a row of draws does not pass."""
    return {name for name, check in CHECKS.items() if check(drawings) > 1}


def drawings_of(sampler: Sampler) -> list[Drawing]:
    return [sampler(number) for number in range(DRAWS)]


# --- the draw of this program -----------------------------------------------------------------

_PLACE = {identifier: n for n, identifier in enumerate(IDS)}
_SCHEME = Scheme("D", "A", ("ZJ",), (StratumRule("A", "NUMBER", number=TAKEN),),
                 tuple(PoolEntry(identifier, "名", "A") for identifier in IDS))  # fmt: skip


def seed(number: int) -> str:
    return f"{dice('seed', number):064x}"


@cache
def ours(number: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
    drawn = select(_SCHEME, seed(number))[0].drawn
    own = tickets(f"{seed(number)}-O", IDS)
    return tuple(_PLACE[identifier] for _, identifier in drawn), tuple(t for t, _ in own)


def fair(number: int) -> Drawing:
    picks, own = ours(number)
    return list(picks), list(own)


# --- samplers that are wrong; where nothing else is said, their tickets are honest -------------


def last_place_given_away(number: int) -> Drawing:
    """In one draw of ten the last place goes to one of four firms that asked for it."""
    picks, own = fair(number)
    friend = (5, 19, 31, 44)[number // 10 % 4]
    if number % 10 == 0 and friend not in picks:
        picks[-1] = friend
    return picks, own


def in_list_order(number: int) -> Drawing:
    """An honest sample, but its first is always the first of the list."""
    picks, own = fair(number)
    return sorted(picks), own


def never_together(number: int) -> Drawing:
    """Two firms of one owner are never visited in the same round."""
    picks, own = fair(number)
    if {3, 40} <= set(picks):
        picks[picks.index(40)] = next(n for n in shuffled(range(N), number) if n not in picks)
    return picks, own


def no_neighbours(number: int) -> Drawing:
    """A sample with neighbours of the list looks ugly, so a third of those are drawn again."""
    picks, own = fair(number)
    attempt = 0
    while any(n + 1 in picks for n in picks) and dice("ugly", number, attempt) % 3 == 0:
        attempt += 1
        picks = shuffled(range(N), "again", number, attempt)[:TAKEN]
    return picks, own


def unreversed_digits(number: int) -> Drawing:
    """Tickets begin with the first digits of d, which are no even digits: 1 leads most often."""
    start = hashlib.sha256(f"{seed(number)}-O".encode()).hexdigest()
    digests = [hashlib.sha256(f"{start}{identifier}".encode()).hexdigest() for identifier in IDS]
    own = [f"0.{int(digest, 16):078d}" for digest in digests]
    return sorted(range(N), key=lambda n: own[n])[:TAKEN], own


def fixed_step(number: int) -> Drawing:
    """Every tenth row from a random start."""
    _, own = fair(number)
    step = N // TAKEN
    return list(range(dice("start", number) % step, N, step))[:TAKEN], own


def skip_number(number: int) -> Drawing:
    """From a random row every tenth to the end of the list; what is missing is filled at random."""
    _, own = fair(number)
    picks = list(range(dice("start", number) % N, N, N // TAKEN))
    picks += [n for n in shuffled(range(N), "fill", number) if n not in picks]
    return picks[:TAKEN], own


def equal_per_office(number: int) -> Drawing:
    """Offices of 40, 15 and 5 firms get two places each."""
    _, own = fair(number)
    offices = (range(40), range(40, 55), range(55, 60))
    drawn = [n for office in offices for n in shuffled(office, "office", number)[:2]]
    return shuffled(drawn, "order", number), own


def two_tickets(number: int) -> Drawing:
    """The first firm stands in the list twice."""
    _, own = fair(number)
    again = tickets(f"{seed(number)}-O", ["91239921X000000000B"])[0][0]
    order = sorted((min(t, again) if n == 0 else t, n) for n, t in enumerate(own))
    return [n for _, n in order[:TAKEN]], own


def modulo(number: int) -> Drawing:
    """A random byte modulo N: 256 is no multiple of 60."""
    _, own = fair(number)
    picks: list[int] = []
    for byte in _bytes(number):
        if byte % N not in picks:
            picks.append(byte % N)
        if len(picks) == TAKEN:
            break
    return picks, own


def _bytes(number: int) -> Iterator[int]:
    yield from hashlib.sha512(f"bytes {number}".encode()).digest()


def head_of_the_list(number: int) -> Drawing:
    """The first of the list."""
    return list(range(TAKEN)), fair(number)[1]


def one_seed_for_all(number: int) -> Drawing:
    """The seed of the first draw is used again and again."""
    return fair(0)

"""The own history of draws: counts against expectation, and what they can and cannot prove.

Every past draw gave an eligible object of a stratum the same chance k/N, so counts should stay
near the sum of those chances. A count far off asks for a look at the paper files; it proves nothing
by itself, and counts near expectation do not prove that nobody interfered.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

NOTABLE = 3.0
"""Deviations beyond this many standard deviations are named; 1 in 370 by chance alone."""
PROVES = "偏差在 3 个标准差以内，与每家机会均等相符；超出的应调阅纸质档案核对。"
PROVES_NOT = "本表只能提示反常，不能证明没有人为干预；单次抽取是否可信，以见证数字和重新计算为准。"


@dataclass(frozen=True, slots=True)
class PastDraw:
    """One draw: eligible ids per stratum in list order, drawn ids, teams of officer ids."""

    year: int
    strata: Mapping[str, Sequence[str]]
    drawn: frozenset[str]
    teams: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a group could be drawn, should have been by chance, and was."""

    group: str
    chances: int
    expected: float
    observed: int
    variance: float

    @property
    def deviation(self) -> float:
        """In standard deviations; 0 where chance has no room."""
        spread = sqrt(self.variance)
        return (self.observed - self.expected) / spread if spread > 1e-9 else 0.0

    @property
    def is_notable(self) -> bool:
        return abs(self.deviation) > NOTABLE


def _cases(draws: Iterable[PastDraw]) -> Iterator[tuple[str, float, bool, float]]:
    """(id, chance, drawn, place in the list from 0 to 1) of every eligible object of every draw."""
    for draw in draws:
        for ids in draw.strata.values():
            chance = sum(i in draw.drawn for i in ids) / len(ids) if ids else 0.0
            for place, identifier in enumerate(ids):
                yield identifier, chance, identifier in draw.drawn, place / len(ids)


def tally(draws: Sequence[PastDraw], group_of: Mapping[str, str]) -> tuple[Tally, ...]:
    """Counts per group; an object without a group falls under "—"."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0, 0.0])
    for identifier, chance, drawn, _ in _cases(draws):
        _count(sums[group_of.get(identifier, "—")], chance, drawn=drawn)
    return _tallies(sums)


def tally_objects(draws: Sequence[PastDraw]) -> tuple[Tally, ...]:
    """Counts per object."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0, 0.0])
    for identifier, chance, drawn, _ in _cases(draws):
        _count(sums[identifier], chance, drawn=drawn)
    return _tallies(sums)


def tally_positions(draws: Sequence[PastDraw], parts: int = 3) -> tuple[Tally, ...]:
    """Counts per part of the list: a sampler that favours its head or tail shows here."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0, 0.0])
    for _, chance, drawn, place in _cases(draws):
        _count(sums[f"名单第 {int(place * parts) + 1} 段（共 {parts} 段）"], chance, drawn=drawn)
    return _tallies(sums)


def _count(sums: list[float], chance: float, *, drawn: bool) -> None:
    sums[0] += 1
    sums[1] += chance
    sums[2] += drawn
    sums[3] += chance * (1 - chance)


def _tallies(sums: Mapping[str, list[float]]) -> tuple[Tally, ...]:
    return tuple(
        Tally(group, int(chances), expected, int(observed), variance)
        for group, (chances, expected, observed, variance) in sorted(sums.items())
    )


def tally_pairs(draws: Iterable[PastDraw]) -> tuple[tuple[tuple[str, str], int], ...]:
    """Officer pairs by how often they went out together, most often first."""
    pairs = Counter(
        pair for draw in draws for team in draw.teams for pair in combinations(sorted(team), 2)
    )
    return tuple(sorted(pairs.items(), key=lambda item: (-item[1], item[0])))


def last_drawn(draws: Iterable[PastDraw]) -> dict[str, int]:
    """Object → the last year it was drawn."""
    found: dict[str, int] = {}
    for draw in draws:
        for identifier in draw.drawn:
            found[identifier] = max(found.get(identifier, 0), draw.year)
    return found

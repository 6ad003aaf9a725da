"""The own history of draws: counts against expectation, and what they can and cannot prove.

Every past draw gave an eligible object of a stratum the same chance k/N, so counts should stay
near the sum of those chances. A count far off asks for a look at the paper files; it proves nothing
by itself, and counts near expectation do not prove that nobody interfered.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, sqrt

NOTABLE = 3.0
"""Deviations beyond this many standard deviations are named; 1 in 370 by chance alone."""
ENOUGH, RARE = 5.0, 0.001
PROVES = (
    "偏差在 3 个标准差以内，与每家机会均等相符；每 370 行约有 1 行会偶然超出。"
    "期望不足 5 次的，偶然概率低于千分之一才提示。有提示的应调阅纸质档案核对。"
)
PROVES_NOT = "本表只能提示反常，不能证明没有人为干预；单次抽取是否可信，以见证数字和重新计算为准。"


@dataclass(frozen=True, slots=True)
class PastDraw:
    """One draw: eligible ids per stratum in list order, drawn ids, teams and all officers' ids."""

    year: int
    strata: Mapping[str, Sequence[str]]
    drawn: frozenset[str]
    teams: tuple[tuple[str, ...], ...]
    staff: tuple[str, ...] = ()


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
        """Standard deviations say little about small counts: there the tail itself must be rare."""
        is_far = abs(self.deviation) > NOTABLE
        return is_far and (self.expected >= ENOUGH or self._tail() < RARE)

    def _tail(self) -> float:
        """Chernoff's bound on the chance of a count this far above a small expectation."""
        if not self.observed:
            return exp(-self.expected)
        return exp(self.observed - self.expected) * (self.expected / self.observed) ** self.observed


def _tally(draws: Iterable[PastDraw], group_at: Callable[[str, float], str]) -> tuple[Tally, ...]:
    """Counts per group; ``group_at`` gets an id and its place in the list from 0 to 1.

    Within a stratum k of N are drawn without putting back: a group of g has the expectation k·g/N
    and the variance of the hypergeometric distribution.
    """
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0, 0.0])
    for draw in draws:
        for ids in draw.strata.values():
            groups = [
                group_at(identifier, place / len(ids)) for place, identifier in enumerate(ids)
            ]
            hits = Counter(g for g, i in zip(groups, ids, strict=True) if i in draw.drawn)
            chance = hits.total() / max(len(ids), 1)
            for group, size in Counter(groups).items():
                row, share = sums[group], size / len(ids)
                row[0] += size
                row[1] += size * chance
                row[2] += hits[group]
                row[3] += size * chance * (1 - chance) * (1 - share) / (1 - 1 / max(len(ids), 2))
    return tuple(
        Tally(group, int(chances), expected, int(observed), variance)
        for group, (chances, expected, observed, variance) in sorted(sums.items())
    )


def tally(draws: Iterable[PastDraw], group_of: Mapping[str, str]) -> tuple[Tally, ...]:
    """Counts per group; an object without a group falls under "—"."""
    return _tally(draws, lambda identifier, _: group_of.get(identifier, "—"))


def tally_objects(draws: Iterable[PastDraw]) -> tuple[Tally, ...]:
    """Counts per object."""
    return _tally(draws, lambda identifier, _: identifier)


def tally_positions(draws: Iterable[PastDraw], parts: int = 3) -> tuple[Tally, ...]:
    """Counts per part of the list: a sampler that favours its head or tail shows here."""
    return _tally(draws, lambda _, place: f"名单第 {int(place * parts) + 1} 段（共 {parts} 段）")


@dataclass(frozen=True, slots=True)
class TeamTally:
    """How often officers went out, and would have if all of the staff file had been dealt alike.

    Seats, areas, own caps and recusals move the expectation, so no deviation is given.
    """

    officers: tuple[str, ...]
    draws: int
    expected: float
    observed: int


def tally_officers(draws: Iterable[PastDraw]) -> tuple[TeamTally, ...]:
    """Objects per officer, most often first; who was in a staff file and never went is listed too."""
    return _tally_teams(draws, 1)


def tally_pairs(draws: Iterable[PastDraw]) -> tuple[TeamTally, ...]:
    """Officer pairs by how often they went out together, most often first."""
    return tuple(row for row in _tally_teams(draws, 2) if row.observed)


def _tally_teams(draws: Iterable[PastDraw], size: int) -> tuple[TeamTally, ...]:
    together: Counter[tuple[str, ...]] = Counter()
    seen: Counter[tuple[str, ...]] = Counter()
    expected: dict[tuple[str, ...], float] = defaultdict(float)
    for draw in draws:
        dealt = [group for team in draw.teams for group in combinations(sorted(team), size)]
        together.update(dealt)
        groups = list(combinations(sorted(draw.staff), size))
        seen.update(groups)
        for group in groups:
            expected[group] += len(dealt) / len(groups)
    rows = [TeamTally(g, seen[g], expected[g], together[g]) for g in {*seen, *together}]
    return tuple(sorted(rows, key=lambda row: (-row.observed, row.officers)))


def last_drawn(draws: Iterable[PastDraw]) -> dict[str, int]:
    """Object → the last year it was drawn."""
    found: dict[str, int] = {}
    for draw in draws:
        for identifier in draw.drawn:
            found[identifier] = max(found.get(identifier, 0), draw.year)
    return found

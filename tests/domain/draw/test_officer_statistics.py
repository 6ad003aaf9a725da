"""Among equal officers loads differ by one at most, and over many draws nobody and no pair is favoured.

The rule is not uniform over all assignments (section 6); for officers who differ in nothing but their
id it must still treat all alike. Fixed seeds: the numbers are the same on every machine.

| 排法 | 错在哪里 | 应当不通过 |
|---|---|---|
| 本程序 | — | 无 |
| 轮流派 | 从任意一人起按名单轮流：人人次数相同，搭档永远是邻座 | 搭档 |
| 编号在前的多派 | 四次中有一次，多出的一次归名单前四人 | 多派 |
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations
from math import sqrt

import pytest
from draw_builders import officers, pool, scheme
from sampling_checks import chi_square_limit, dice

from ssj_desktop.domain.draw.matching import match
from ssj_desktop.domain.draw.scheme import Seat, StratumRule

PEOPLE, OBJECTS, DRAWS = 8, 10, 400
IDS = tuple(officer.id for officer in officers(PEOPLE))
CASE = scheme(pool=pool(OBJECTS), strata=(StratumRule("A", "RATIO", 10_000),),
              officers=officers(PEOPLE, leader=True), templates={"-": (Seat(), Seat())})  # fmt: skip
Teams = tuple[tuple[str, ...], ...]


@cache
def ours(number: int) -> Teams:
    matching = match(CASE, f"{dice('staff', number):064x}", CASE.pool)
    return tuple(team.officers for team in matching.teams)


def in_turn(number: int) -> Teams:
    start = random.Random(number).randrange(PEOPLE)
    dealt = [IDS[(start + n) % PEOPLE] for n in range(2 * OBJECTS)]
    return tuple(zip(dealt[::2], dealt[1::2], strict=True))


def lower_id_first(number: int) -> Teams:
    """Pairs at random; in every fourth draw those who go once more are the first of the list."""
    chance = random.Random(number)
    whole = [officer for _ in range(2) for officer in chance.sample(IDS, PEOPLE)]
    extra = IDS[:4] if number % 4 == 0 else IDS
    dealt = whole + chance.sample(extra, 4)
    return tuple(zip(dealt[::2], dealt[1::2], strict=True))


def extra_visits(draws: Sequence[Teams]) -> float:
    """20 seats for 8 people: four go a third time, everybody equally often (chi-square)."""
    extra = Counter(
        officer
        for teams in draws
        for officer, load in Counter(o for team in teams for o in team).items()
        if load == 3
    )
    expected = len(draws) / 2
    squares = sum((extra[officer] - expected) ** 2 for officer in IDS)
    return (PEOPLE - 1) / PEOPLE * squares / (expected / 2) / chi_square_limit(PEOPLE - 1)


def partners(draws: Sequence[Teams]) -> float:
    """Every pair goes out together equally often; the spread is taken from the draws themselves."""
    rows = [Counter(tuple(sorted(team)) for team in teams) for teams in draws]
    mean = OBJECTS / (PEOPLE * (PEOPLE - 1) / 2)
    worst = 0.0
    for pair in combinations(IDS, 2):
        counts = [row[pair] for row in rows]
        spread = sqrt(sum((count - mean) ** 2 for count in counts))
        worst = max(worst, abs(sum(counts) - mean * len(draws)) / spread)
    return worst / 4.0


CHECKS: dict[str, Callable[[Sequence[Teams]], float]] = {"多派": extra_visits, "搭档": partners}


def failed(deal: Callable[[int], Teams]) -> set[str]:
    draws = [deal(number) for number in range(DRAWS)]
    return {name for name, check in CHECKS.items() if check(draws) > 1}


def test_loads_differ_by_one_at_most_in_every_draw() -> None:
    for number in range(DRAWS):
        loads = Counter(officer for team in ours(number) for officer in team)
        assert sorted(loads.values()) == [2, 2, 2, 2, 3, 3, 3, 3]


@pytest.mark.parametrize(
    ("deal", "fails"),
    [(ours, set()), (in_turn, {"搭档"}), (lower_id_first, {"多派"})],
    ids=["ours", "in turn", "lower id first"],
)
def test_equal_officers_are_treated_alike_and_each_wrong_way_of_dealing_fails_its_check(
    deal: Callable[[int], Teams], fails: set[str]
) -> None:
    assert failed(deal) == fails

"""The own history of draws, counted against expectation."""

import random

from ssj_desktop.domain.fairness import (
    PastDraw,
    last_drawn,
    tally,
    tally_objects,
    tally_pairs,
    tally_positions,
)

IDS = [f"T{n:03d}" for n in range(60)]


def fair(count: int) -> list[PastDraw]:
    chance = random.Random(7)
    return [
        PastDraw(2020 + n % 5, {"A": IDS[:40], "B": IDS[40:], "C": []},
                 frozenset(chance.sample(IDS[:40], 4) + chance.sample(IDS[40:], 2)), (("P", "Q"),))
        for n in range(count)
    ]  # fmt: skip


def head_only(count: int) -> list[PastDraw]:
    return [PastDraw(2026, {"A": IDS}, frozenset(IDS[:6]), (("P", "Q", "R"),))] * count


def test_fair_draws_stay_near_expectation_everywhere() -> None:
    draws = fair(200)
    for found in (
        tally_objects(draws),
        tally_positions(draws),
        tally(draws, dict.fromkeys(IDS, "x")),
    ):
        assert not [row for row in found if row.is_notable]
    first = tally_objects(draws)[0]
    assert (first.chances, round(first.expected, 6)) == (200, 20.0)


def test_a_sampler_that_takes_the_head_of_the_list_is_named() -> None:
    draws = head_only(30)
    notable = {row.group for row in tally_positions(draws) if row.is_notable}
    assert notable == {f"名单第 {n} 段（共 3 段）" for n in (1, 2, 3)}
    assert [row.group for row in tally_objects(draws) if row.deviation > 3] == IDS[:6]


def test_an_object_without_area_falls_under_a_dash() -> None:
    groups = {row.group for row in tally(fair(3), {"T000": "兴华街道"})}
    assert groups == {"兴华街道", "—"}


def test_certain_draws_leave_no_room_for_a_deviation() -> None:
    sure = [PastDraw(2026, {"A": IDS}, frozenset(IDS), ())]
    assert {row.deviation for row in tally_objects(sure)} == {0.0}


def test_pairs_and_last_years() -> None:
    draws = [*head_only(2), PastDraw(2024, {"A": IDS}, frozenset(IDS[5:8]), (("Q", "P"),))]
    assert tally_pairs(draws) == ((("P", "Q"), 3), (("P", "R"), 2), (("Q", "R"), 2))
    assert last_drawn(draws)["T005"] == 2026
    assert last_drawn(draws)["T007"] == 2024

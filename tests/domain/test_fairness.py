"""The own history of draws, counted against expectation."""

import random

import pytest

from ssj_desktop.domain.fairness import (
    PastDraw,
    Tally,
    last_drawn,
    tally,
    tally_objects,
    tally_officers,
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
    assert [row.group for row in tally_objects(draws) if row.is_notable] == IDS[:6]


def test_one_lucky_object_is_no_alarm_but_the_third_time_is() -> None:
    """Expected 0.1 at most: once or twice happens, three times in three draws does not."""
    once = [PastDraw(2026, {"A": IDS}, frozenset(IDS[:2]), ())]
    assert tally_objects(once)[0].deviation > 3
    for times, alarm in ((1, False), (2, False), (3, True)):
        assert tally_objects(once * times)[0].is_notable is alarm
    assert not tally_objects(once)[59].is_notable
    assert tally(head_only(200), dict.fromkeys(IDS[50:], "x"))[1].is_notable


def test_an_object_without_area_falls_under_a_dash() -> None:
    groups = {row.group for row in tally(fair(3), {"T000": "兴华街道"})}
    assert groups == {"兴华街道", "—"}


def test_certain_draws_leave_no_room_for_a_deviation() -> None:
    sure = [PastDraw(2026, {"A": IDS}, frozenset(IDS), ())]
    assert {row.deviation for row in tally_objects(sure)} == {0.0}


def test_expectation_and_spread_of_a_group_are_those_of_drawing_without_putting_back() -> None:
    one = [PastDraw(2026, {"A": IDS[:10]}, frozenset(IDS[:4]), ())]
    row = tally(one, dict.fromkeys(IDS[:3], "x"))[0]
    assert (row.group, row.chances, row.observed) == ("x", 3, 3)
    assert row.expected == pytest.approx(3 * 4 / 10)
    assert row.variance == pytest.approx(4 * (3 / 10) * (7 / 10) * (6 / 9))
    everybody = tally(one, dict.fromkeys(IDS, "x"))[0]
    assert everybody.variance == pytest.approx(0)


def test_officers_and_pairs_are_held_against_the_staff_file_of_each_draw() -> None:
    staff = ("P", "Q", "R", "S")
    draws = [
        PastDraw(2025, {"A": IDS}, frozenset(IDS[:2]), (("P", "Q"), ("Q", "R")), staff),
        PastDraw(2026, {"A": IDS}, frozenset(IDS[:1]), (("Q", "P"),), staff[:3]),
    ]
    officers = {row.officers: row for row in tally_officers(draws)}
    assert officers["Q",].observed == 3
    assert officers["Q",].expected == pytest.approx(4 / 4 + 2 / 3)
    assert (officers["S",].observed, officers["S",].draws) == (0, 1)
    pairs = tally_pairs(draws)
    assert [(row.officers, row.observed, row.draws) for row in pairs] == [
        (("P", "Q"), 2, 2), (("Q", "R"), 1, 2),
    ]  # fmt: skip
    assert pairs[0].expected == pytest.approx(2 / 6 + 1 / 3)


def test_last_years() -> None:
    draws = [*head_only(2), PastDraw(2024, {"A": IDS}, frozenset(IDS[5:8]), (("Q", "P"),))]
    assert last_drawn(draws)["T005"] == 2026
    assert last_drawn(draws)["T007"] == 2024


def test_a_group_never_met_is_judged_by_the_chance_of_that_when_it_is_small() -> None:
    assert not Tally("甲", 2, 2.0, 0, 0.1).is_notable

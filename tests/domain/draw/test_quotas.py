"""Quotas in integers against exact fractions over full tables (draw rule cs1, section 5)."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from math import ceil, floor

from draw_builders import pool, scheme
from hypothesis import given
from hypothesis import strategies as st

from ssj_desktop.domain.draw.quota import at_least, at_most, quota, quotas, shares_of_total
from ssj_desktop.domain.draw.scheme import StratumRule

RATIOS = range(10_001)


def test_both_readings_of_a_ratio_are_exact_for_every_n_up_to_300_and_every_ratio() -> None:
    """k is 不低于 when k of N reaches the ratio and k - 1 does not; 不高于 the other way round."""
    for eligible in range(301):
        least = [at_least(eligible, ratio) for ratio in RATIOS]
        most = [at_most(eligible, ratio) for ratio in RATIOS]
        exact = [eligible * ratio for ratio in RATIOS]
        assert all(
            k * 10_000 >= wanted > (k - 1) * 10_000 for k, wanted in zip(least, exact, strict=True)
        )
        assert all(
            k * 10_000 <= wanted < (k + 1) * 10_000 for k, wanted in zip(most, exact, strict=True)
        )


def test_every_half_percent_equals_the_exact_fraction_with_minimum_and_cap() -> None:
    for eligible, ratio, minimum in product(range(0, 301, 3), range(0, 10_001, 50), (0, 1, 5)):
        exact = Fraction(eligible * ratio, 10_000)
        up = quota(StratumRule("A", "RATIO", ratio, minimum=minimum), eligible)
        down = quota(StratumRule("A", "RATIO_MAX", ratio, minimum=minimum), eligible)
        assert up == min(max(ceil(exact), minimum), eligible)
        assert down == min(max(floor(exact), minimum), eligible)


def test_seven_percent_of_a_hundred_is_seven_where_floating_point_says_eight() -> None:
    assert at_least(100, 700) == 7
    assert ceil(100 * 0.07) == 8


def test_a_number_is_never_more_than_there_are() -> None:
    assert [quota(StratumRule("A", "NUMBER", number=3), n) for n in range(5)] == [0, 1, 2, 3, 3]


def slow_shares(total: int, eligible: Mapping[str, int]) -> dict[str, int]:
    """Largest remainder in fractions; who is full is capped and the rest shared out again."""
    shares = dict.fromkeys(eligible, 0)
    left = min(total, sum(eligible.values()))
    while left:
        room = {code: n - shares[code] for code, n in eligible.items() if n > shares[code]}
        whole = sum(eligible[code] for code in room)
        exact = {code: Fraction(left * eligible[code], whole) for code in room}
        given_ = {code: floor(share) for code, share in exact.items()}
        order = sorted(room, key=lambda c: (given_[c] - exact[c], -eligible[c], c))
        for code in order[: left - sum(given_.values())]:
            given_[code] += 1
        for code, share in given_.items():
            taken = min(share, room[code])
            shares[code] += taken
            left -= taken
    return shares


def test_a_total_over_all_small_tables_equals_largest_remainder_in_fractions() -> None:
    """All strata sizes 0-6 and all totals: with one total for all, the cap at N never binds."""
    for sizes in product(range(7), repeat=3):
        eligible = dict(zip("CAB", sizes, strict=True))
        for total in range(sum(sizes) + 3):
            shares = shares_of_total(total, eligible)
            assert shares == slow_shares(total, eligible), (total, eligible)
            assert all(shares[code] <= n for code, n in eligible.items())


@given(st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 500)), st.integers(0, 3000))
def test_a_total_over_large_tables_equals_largest_remainder_in_fractions(
    eligible: dict[str, int], total: int
) -> None:
    shares = shares_of_total(total, eligible)
    assert shares == slow_shares(total, eligible)
    assert sum(shares.values()) == min(total, sum(eligible.values()))


def test_equal_remainders_go_to_the_larger_stratum_then_the_smaller_code() -> None:
    assert shares_of_total(1, {"B": 5, "A": 5}) == {"A": 1, "B": 0}
    assert shares_of_total(3, {"A": 2, "B": 6}) == {"A": 1, "B": 2}


def test_a_total_beside_rules_of_their_own_counts_only_its_own_strata() -> None:
    mixed = scheme(
        pool=(*pool(40, "A"), *pool(30, "B", 101), *pool(10, "C", 201)),
        strata=(
            StratumRule("A", "TOTAL"),
            StratumRule("B", "NUMBER", number=4),
            StratumRule("C", "TOTAL"),
        ),
        total=5,
    )
    assert quotas(mixed) == {"A": 4, "B": 4, "C": 1}

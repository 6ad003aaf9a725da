"""Passwords, locks and roles as plain rules (trust.md 3; 等保 2.0 第二级)."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.lockout import Moment, Tries, charge, elapsed, settle
from ssj_desktop.domain.passwords import (
    AccessPolicy,
    check_password,
    check_pin,
    check_policy,
    expires_at,
    policy_from,
    refuse_reused,
)
from ssj_desktop.domain.roles import ADMINS, combined_admins, refuse_mixed
from ssj_desktop.domain.vocabulary import Role

START = Moment(1_000_000, 500)


@pytest.mark.parametrize("password", ["Sesame-2026", "abcdefgh-1", "密码Ab12345678"])
def test_ten_characters_of_three_kinds_are_enough(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize("password", ["Sesame-26", "sesame2026", "SESAME----", "", "1234567890"])
def test_nine_characters_or_two_kinds_are_not(password: str) -> None:
    with pytest.raises(InvalidInput, match="密码太简单"):
        check_password(password)


def test_a_stricter_office_is_told_its_own_rule() -> None:
    with pytest.raises(InvalidInput, match=r"至少 14 个字符.*四类"):
        check_password("Sesame-2026", AccessPolicy(length=14, classes=4))


@pytest.mark.parametrize(
    "pin", ["12345", "111111", "12a456", "121212", "1234567890123", "１２３４５６"]
)
def test_a_poor_pin_is_refused(pin: str) -> None:
    with pytest.raises(InvalidInput, match="PIN"):
        check_pin(pin)


def test_a_pin_of_six_mixed_digits_stands() -> None:
    check_pin("514263")


def test_a_policy_is_read_within_bounds_and_else_by_default() -> None:
    settings = {"access.length": "12", "access.days": "9999", "access.classes": "x"}
    assert policy_from(settings) == AccessPolicy(length=12)
    assert AccessPolicy().bounds("days") == (0, 365)
    assert "失败" in AccessPolicy().label("failures")
    with pytest.raises(InvalidInput, match="不在 3–10 之间"):
        check_policy(AccessPolicy(failures=50))
    check_policy(AccessPolicy())


def test_a_password_lasts_ninety_days_unless_the_office_says_never() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    assert expires_at(day, AccessPolicy()) == day + timedelta(days=90)
    assert expires_at(day, AccessPolicy(days=0)) is None
    assert expires_at(None, AccessPolicy()) is None


def test_a_former_password_is_refused() -> None:
    refuse_reused(False, AccessPolicy())
    with pytest.raises(RuleViolation, match="最近 5 次"):
        refuse_reused(True, AccessPolicy())


def test_the_fifth_failure_locks_for_15_then_30_then_60_minutes() -> None:
    tries, served = Tries(seen=START), []
    for _ in range(4):
        for _ in range(4):
            tries = charge(tries, START, 5)
            assert tries.wait == 0
        tries = charge(tries, START, 5)
        served.append(tries.minutes_left)
        tries = settle(tries, Moment(START.wall + tries.wait, START.uptime + tries.wait))
        assert tries.wait == 0
    assert served == [15, 30, 60, 60]
    assert tries.since_success == 20


def test_setting_the_clock_forward_does_not_shorten_a_lock() -> None:
    assert elapsed(START, Moment(START.wall + 86_400, START.uptime + 60)) == 60


def test_setting_the_clock_back_does_not_lengthen_it() -> None:
    assert elapsed(START, Moment(START.wall - 86_400, START.uptime + 60)) == 60


def test_after_a_restart_only_the_time_since_the_start_counts() -> None:
    assert elapsed(START, Moment(START.wall + 86_400, 40)) == 40
    assert elapsed(START, Moment(START.wall + 30, 40)) == 30


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(-90_000, 90_000)), max_size=12))
def test_no_turning_of_the_clock_makes_a_lock_shorter_than_real_time(
    steps: list[tuple[int, int]],
) -> None:
    """``real`` seconds pass and somebody moves the wall clock at the same moment."""
    tries, now, real = Tries(0, 1, 900, 5, START), START, 0
    for seconds, turned in steps:
        now = Moment(now.wall + seconds + turned, now.uptime + seconds)
        real += seconds
        tries = settle(tries, now)
        assert tries.wait >= 900 - real


def test_clerk_and_approver_never_meet_whatever_else_an_account_holds() -> None:
    for size in range(6):
        for others in combinations(set(Role) - {Role.CLERK, Role.APPROVER}, size):
            for small in (True, False):
                with pytest.raises(RuleViolation):
                    refuse_mixed({Role.CLERK, Role.APPROVER, *others}, small_office=small)


def test_an_auditor_is_nothing_else() -> None:
    refuse_mixed({Role.AUDITOR}, small_office=False)
    for other in set(Role) - {Role.AUDITOR}:
        with pytest.raises(RuleViolation, match="审计员"):
            refuse_mixed({Role.AUDITOR, other}, small_office=True)


def test_only_a_small_office_lets_one_person_hold_the_first_two() -> None:
    refuse_mixed(ADMINS, small_office=True)
    refuse_mixed({*ADMINS, Role.CLERK}, small_office=True)
    with pytest.raises(RuleViolation, match="系统管理员和安全管理员"):
        refuse_mixed(ADMINS, small_office=False)
    with pytest.raises(RuleViolation, match="管理员账号不能办理业务"):
        refuse_mixed({Role.SYSTEM_ADMIN, Role.CLERK}, small_office=False)
    refuse_mixed({Role.SYSTEM_ADMIN}, small_office=False)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.WITNESS, Role.INSPECTOR])
def test_no_administrator_approves_witnesses_or_inspects(role: Role) -> None:
    with pytest.raises(RuleViolation):
        refuse_mixed({Role.SYSTEM_ADMIN, role}, small_office=True)


def test_no_witness_prepares_or_approves_and_no_inspector_approves() -> None:
    for pair in ((Role.WITNESS, Role.CLERK), (Role.WITNESS, Role.APPROVER), (Role.INSPECTOR, Role.APPROVER)):  # fmt: skip
        with pytest.raises(RuleViolation):
            refuse_mixed(pair, small_office=True)
    refuse_mixed({Role.CLERK, Role.INSPECTOR}, small_office=False)


def test_who_needs_the_small_office_mode_is_named() -> None:
    accounts = {"甲": ADMINS, "乙": {Role.CLERK}, "丙": {Role.SYSTEM_ADMIN, Role.CLERK}}
    assert combined_admins(accounts) == ("甲", "丙")

"""Officer matching against a slow, independent reading of the rule with networkx flows."""

import hashlib
from collections import Counter
from dataclasses import replace

import pytest
from draw_builders import MACHINE, PREVIOUS, WITNESSES, officers, outcome, scheme
from matching_oracle import Case, least_limits, slow_match

from ssj_desktop.domain.draw.matching import AT_CAP, BLOCKS, Matching, check_feasible, match
from ssj_desktop.domain.draw.outcome import perform
from ssj_desktop.domain.draw.scheme import Officer, PoolEntry, Scheme, Seat, StratumRule
from ssj_desktop.domain.errors import RuleViolation

# --- matching against independent judges ------------------------------------------------------


def _plain_case(number: int) -> Case:
    """Up to four objects of two seats; departments, specialties, areas, own caps, recusals."""
    pick = _picker("case", number)
    objects = tuple(
        PoolEntry(f"O{n}", f"对象{n}", "A", area="东" if pick(3) else "西")
        for n in range(1 + pick(4))
    )
    people = tuple(
        Officer(f"P{n}", "住建" if pick(3) else "市监", ("安全",) if pick(2) else (), bool(pick(2)),
                ("*",) if pick(4) else ("东",), None if pick(3) else 1 + pick(2))
        for n in range(2 + pick(4))
    )  # fmt: skip
    seats = tuple(
        Seat("住建" if not pick(3) else "", "安全" if not pick(4) else "") for _ in range(2)
    )
    recusals = tuple((o.id, p.id) for o in objects for p in people if pick(7) == 0)
    return Case(objects, people, {"-": seats}, recusals)


def _rich_case(number: int) -> Case:
    """Joint visits: one to three seats per kind of object, leader seats, caps of nought, no area."""
    pick = _picker("rich", number)
    templates = {
        name: tuple(
            Seat(("", "住建", "市监")[pick(3)], "安全" if pick(4) == 0 else "", pick(4) == 0)
            for _ in range(size)
        )
        for name, size in (("S", 1 + pick(2)), ("L", 2 + pick(2)))
    }
    objects = tuple(
        PoolEntry(f"O{n}", f"对象{n}", "A", area=("东", "西", "")[pick(3)], template="SL"[pick(2)])
        for n in range(2 + pick(4))
    )
    people = tuple(
        Officer(f"P{n}", "住建" if pick(2) else "市监", ("安全", "消防")[: pick(3)], bool(pick(2)),
                ("*",) if pick(3) else ("东", "西")[: 1 + pick(2)], (None, None, 0, 1, 2)[pick(5)])
        for n in range(4 + pick(3))
    )  # fmt: skip
    recusals = tuple((o.id, p.id) for o in objects for p in people if pick(9) == 0)
    return Case(objects, people, templates, recusals)


def _picker(*words: object):  # type: ignore[no-untyped-def]
    bits = int(hashlib.sha512("".join(map(str, words)).encode()).hexdigest(), 16) ** 3

    def pick(most: int) -> int:
        nonlocal bits
        bits, value = divmod(bits, most)
        return value

    return pick


def _scheme(case: Case) -> Scheme:
    return scheme(pool=case.objects, strata=(StratumRule("A", "RATIO", ratio=10_000),),
                  officers=case.people, templates=case.templates, recusals=case.recusals)  # fmt: skip


def _compare(case: Case, found: Matching, seed: str) -> Counter[str]:
    """Limits, teams, leaders and every reason beside a candidate; returns what occurred."""
    limits = least_limits(case)
    assert limits == (found.cap_raise, found.cap)
    expected = slow_match(case, seed, limits)
    assert [(t.object, t.officers, t.leader) for t in found.teams] == [
        (t.object, t.officers, t.leader) for t in expected
    ]
    said = [
        tuple(tuple((c.officer, c.load, c.standing) for c in seat) for seat in team.seats)
        for team in found.teams
    ]
    assert said == [team.standings for team in expected]
    seen = Counter(standing for team in said for seat in team for _, _, standing in seat)
    return seen + Counter(raised=found.cap_raise)


def _judge(case: Case, seed: str) -> Counter[str]:
    whole = _scheme(case)
    if not all(case.can_be_staffed_alone(o) for o in case.objects):
        with pytest.raises(RuleViolation, match="排不满"):
            check_feasible(whole)
        return Counter(refused=1)
    check_feasible(whole)
    return _compare(case, match(whole, seed, case.objects), seed)


@pytest.mark.parametrize("block", range(10))
def test_matching_equals_a_slow_independent_reading_of_the_rule(block: int) -> None:
    seen = sum(
        (_judge(_plain_case(n), f"seed{n}") for n in range(block * 52, block * 52 + 52)), Counter()
    )
    assert seen["refused"] > 0
    assert seen[AT_CAP] > 0


@pytest.mark.parametrize("block", range(4))
def test_it_does_so_with_leader_seats_three_seats_caps_of_nought_and_mixed_kinds_of_objects(
    block: int,
) -> None:
    seen = sum((_judge(_rich_case(n), f"rich{n}") for n in range(block * 50, block * 50 + 50)), Counter())  # fmt: skip
    assert min(seen["refused"], seen["raised"], seen[BLOCKS]) > 0


@pytest.mark.parametrize("block", range(4))
def test_experts_are_matched_by_the_same_rule_on_seats_of_their_own(block: int) -> None:
    staffed = 0
    for number in range(block * 15, block * 15 + 15):
        case = _plain_case(number)
        if not all(case.can_be_staffed_alone(o) for o in case.objects):
            continue
        inspectors = officers(4)
        whole = replace(
            _scheme(case), officers=inspectors, templates={"-": (Seat(),)},
            experts=case.people, expert_seats=case.templates["-"],
        )  # fmt: skip
        result = perform(whole, PREVIOUS, MACHINE, WITNESSES)
        assert result.experts is not None
        _compare(case, result.experts, result.seed)
        staffed += 1
    assert staffed > 5


def test_the_refusal_names_object_seats_officers_and_ways_out() -> None:
    with pytest.raises(RuleViolation) as refusal:
        perform(scheme(officers=officers(1)), PREVIOUS, MACHINE, WITNESSES)
    assert "第 1 席" in refusal.value.message
    assert "2309210000" in refusal.value.message
    assert "增补" in refusal.value.remedy


def test_a_seat_tagged_leader_leads() -> None:
    result = outcome(templates={"-": (Seat(), Seat(leader=True))})
    assert result.matching is not None
    assert all(team.leader == team.officers[1] for team in result.matching.teams)


def test_a_single_own_cap_of_nought_is_raised_and_said() -> None:
    result = outcome(officers=officers(2, cap=0))
    assert result.matching is not None
    assert result.matching.cap_raise == len(result.matching.teams)


def test_drawn_objects_that_cannot_be_staffed_are_refused() -> None:
    with pytest.raises(RuleViolation, match="排不满"):
        match(scheme(officers=officers(1)), "seed", scheme().pool[:1])

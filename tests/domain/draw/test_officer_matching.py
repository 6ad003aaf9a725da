"""Officer matching against a slow, independent reading of the rule with networkx flows."""

import hashlib
from itertools import permutations

import networkx as nx
import pytest
from draw_builders import MACHINE, PREVIOUS, WITNESSES, officers, outcome, scheme

from ssj_desktop.domain.draw.matching import check_feasible, match
from ssj_desktop.domain.draw.outcome import perform
from ssj_desktop.domain.draw.scheme import Officer, PoolEntry, Seat, StratumRule
from ssj_desktop.domain.draw.ticket import ticket_maker
from ssj_desktop.domain.errors import RuleViolation

# --- matching against independent judges ------------------------------------------------------


def _random_case(
    number: int,
) -> tuple[list[PoolEntry], tuple[Officer, ...], tuple[Seat, ...], tuple[tuple[str, str], ...]]:
    bits = int(hashlib.sha256(f"case{number}".encode()).hexdigest(), 16)

    def pick(most: int) -> int:
        nonlocal bits
        bits, value = divmod(bits, most)
        return value

    objects = [
        PoolEntry(f"O{n}", f"对象{n}", "A", area="东" if pick(3) else "西")
        for n in range(1 + pick(4))
    ]
    people = tuple(
        Officer(f"P{n}", "住建" if pick(3) else "市监", ("安全",) if pick(2) else (), bool(pick(2)),
                ("*",) if pick(4) else ("东",), None if pick(3) else 1 + pick(2))
        for n in range(2 + pick(4))
    )  # fmt: skip
    seats = tuple(
        Seat("住建" if not pick(3) else "", "安全" if not pick(4) else "") for _ in range(2)
    )
    recusals = tuple((o.id, p.id) for o in objects for p in people if pick(7) == 0)
    return objects, people, seats, recusals


def _can_sit(
    officer: Officer, seat: Seat, entry: PoolEntry, recusals: tuple[tuple[str, str], ...]
) -> bool:
    return (
        seat.department in ("", officer.department)
        and (not seat.specialty or seat.specialty in officer.specialties)
        and ("*" in officer.areas or entry.area in officer.areas)
        and (entry.id, officer.id) not in recusals
    )


def _flow(objects, people, seats, recusals, cap, cap_raise, fixed):  # type: ignore[no-untyped-def]
    """An independent maximum flow: can all seats be filled when ``fixed`` ones are?"""
    graph = nx.DiGraph()
    graph.add_nodes_from(("s", "t"))
    for p in people:
        own = cap if p.cap is None else min(cap, p.cap + cap_raise)
        graph.add_edge("s", p.id, capacity=own)
        for o in objects:
            graph.add_edge(p.id, (p.id, o.id), capacity=1)
            for n, seat in enumerate(seats):
                allowed = fixed.get((o.id, n))
                if (allowed in (None, p.id)) and _can_sit(p, seat, o, recusals):
                    graph.add_edge((p.id, o.id), (o.id, n), capacity=1)
    for o in objects:
        for n in range(len(seats)):
            graph.add_edge((o.id, n), "t", capacity=1)
    return nx.maximum_flow_value(graph, "s", "t") == len(objects) * len(seats)


def _alone(entry, people, seats, recusals) -> bool:  # type: ignore[no-untyped-def]
    return any(
        all(_can_sit(p, seat, entry, recusals) for p, seat in zip(team, seats, strict=True))
        for team in permutations(people, len(seats))
    )


def _slow_match(objects, people, seats, recusals, seed):  # type: ignore[no-untyped-def]
    """Rule 6 word for word, with a flow for every question."""
    ticket, lead = ticket_maker(seed + "-S"), ticket_maker(seed + "-L")
    order = sorted(objects, key=lambda o: (ticket(o.id), o.id))
    seats_in_all = len(objects) * len(seats)
    limits = next(
        (e, c)
        for e in range(len(objects) + 1)
        for c in range(-(-seats_in_all // len(people)), len(objects) + 1)
        if _flow(objects, people, seats, recusals, c, e, {})
    )
    fixed: dict[tuple[str, int], str] = {}
    teams = []
    for o in order:
        team: list[str] = []
        for n, seat in enumerate(seats):
            ranked = []
            for p in people:
                load = sum(q == p.id for q in fixed.values())
                own = limits[1] if p.cap is None else min(limits[1], p.cap + limits[0])
                if _can_sit(p, seat, o, recusals) and p.id not in team and load < own:
                    ranked.append((load, ticket(f"{o.id}/{p.id}"), p.id))
            for _, _, p_id in sorted(ranked):
                if _flow(
                    objects,
                    people,
                    seats,
                    recusals,
                    limits[1],
                    limits[0],
                    {**fixed, (o.id, n): p_id},
                ):
                    fixed[o.id, n] = p_id
                    team.append(p_id)
                    break
        able = [p.id for p in people if p.id in team and p.leader]
        teams.append((o.id, tuple(team), min(able, key=lambda p: (lead(p), p), default="")))
    return limits, teams


@pytest.mark.parametrize("block", range(10))
def test_matching_equals_a_slow_independent_reading_of_the_rule(block: int) -> None:
    infeasible = 0
    for number in range(block * 52, block * 52 + 52):
        objects, people, seats, recusals = _random_case(number)
        case = scheme(pool=tuple(objects), strata=(StratumRule("A", "RATIO", ratio=10_000),),
                      officers=people, templates={"-": seats}, recusals=recusals)  # fmt: skip
        if not all(_alone(o, people, seats, recusals) for o in objects):
            infeasible += 1
            with pytest.raises(RuleViolation, match="排不满"):
                check_feasible(case)
            continue
        check_feasible(case)
        found = match(case, f"seed{number}", objects)
        limits, teams = _slow_match(objects, people, seats, recusals, f"seed{number}")
        assert (found.cap_raise, found.cap) == limits
        assert [(t.object, t.officers, t.leader) for t in found.teams] == teams
    assert infeasible > 0


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

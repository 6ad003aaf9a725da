"""Rule 6 read slowly: a maximum flow for every question, permutations for one object alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import networkx as nx

from ssj_desktop.domain.draw.matching import AT_CAP, BLOCKS, NOT_NEEDED, SEATED, TAKEN
from ssj_desktop.domain.draw.scheme import Officer, PoolEntry, Seat
from ssj_desktop.domain.draw.ticket import ticket_maker

Fixed = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class Case:
    """Objects that are all drawn, each with its seats, and the people for them."""

    objects: tuple[PoolEntry, ...]
    people: tuple[Officer, ...]
    templates: Mapping[str, tuple[Seat, ...]]
    recusals: tuple[tuple[str, str], ...]

    def seats(self, entry: PoolEntry) -> tuple[Seat, ...]:
        return self.templates[entry.template]

    def can_sit(self, officer: Officer, seat: Seat, entry: PoolEntry) -> bool:
        return (
            seat.department in ("", officer.department)
            and (not seat.specialty or seat.specialty in officer.specialties)
            and (officer.leader or not seat.leader)
            and (not entry.area or "*" in officer.areas or entry.area in officer.areas)
            and (entry.id, officer.id) not in self.recusals
        )

    def can_be_staffed_alone(self, entry: PoolEntry) -> bool:
        seats = self.seats(entry)
        return any(
            all(self.can_sit(p, seat, entry) for p, seat in zip(team, seats, strict=True))
            for team in permutations(self.people, len(seats))
        )


def can_fill(case: Case, cap: int, cap_raise: int, fixed: Fixed) -> bool:
    """A maximum flow: can all seats be filled when ``fixed`` ones are?"""
    graph, wanted = nx.DiGraph(), 0
    graph.add_nodes_from(("s", "t"))
    for p in case.people:
        graph.add_edge("s", p.id, capacity=own_limit(p, cap, cap_raise))
    for o in case.objects:
        for n, seat in enumerate(case.seats(o)):
            wanted += 1
            graph.add_edge((o.id, n), "t", capacity=1)
            for p in case.people:
                if fixed.get((o.id, n)) in (None, p.id) and case.can_sit(p, seat, o):
                    graph.add_edge(p.id, (p.id, o.id), capacity=1)
                    graph.add_edge((p.id, o.id), (o.id, n), capacity=1)
    return bool(nx.maximum_flow_value(graph, "s", "t") == wanted)


def own_limit(officer: Officer, cap: int, cap_raise: int) -> int:
    return cap if officer.cap is None else min(cap, officer.cap + cap_raise)


def least_limits(case: Case) -> tuple[int, int] | None:
    """(e, C) of rule 6.4: the smallest e, and for it the smallest C; None when nothing helps."""
    seats = sum(len(case.seats(o)) for o in case.objects)
    most = len(case.objects)
    limits = (
        (e, c)
        for e in range(most + 1)
        for c in range(-(-seats // len(case.people)), most + 1)
        if can_fill(case, c, e, {})
    )
    return next(limits, None)


@dataclass(frozen=True)
class SlowTeam:
    """What rule 6.5 and 6.6 give for one object: people, leader, and why others were passed by."""

    object: str
    officers: tuple[str, ...]
    leader: str
    standings: tuple[tuple[tuple[str, int, str], ...], ...]


def slow_match(case: Case, seed: str, limits: tuple[int, int]) -> list[SlowTeam]:
    """Rule 6 word for word."""
    ticket = ticket_maker(seed + "-S")
    fixed: dict[tuple[str, int], str] = {}
    return [
        _slow_team(case, seed, o, limits, fixed)
        for o in sorted(case.objects, key=lambda o: (ticket(o.id), o.id))
    ]


def _slow_team(
    case: Case, seed: str, o: PoolEntry, limits: tuple[int, int], fixed: dict[tuple[str, int], str]
) -> SlowTeam:
    ticket, lead = ticket_maker(seed + "-S"), ticket_maker(seed + "-L")
    team: list[str] = []
    said = []
    for n, seat in enumerate(case.seats(o)):
        loads = {p.id: sum(q == p.id for q in fixed.values()) for p in case.people}
        able = {p.id: p for p in case.people if case.can_sit(p, seat, o)}
        order = sorted(able, key=lambda p: (loads[p], ticket(f"{o.id}/{p}"), p))
        standings = []
        for p in order:
            if len(team) > n:
                standings.append((p, loads[p], NOT_NEEDED))
            elif p in team:
                standings.append((p, loads[p], SEATED))
            elif loads[p] >= own_limit(able[p], limits[1], limits[0]):
                standings.append((p, loads[p], AT_CAP))
            elif can_fill(case, limits[1], limits[0], {**fixed, (o.id, n): p}):
                standings.append((p, loads[p], TAKEN))
                fixed[o.id, n] = p
                team.append(p)
            else:
                standings.append((p, loads[p], BLOCKS))
        said.append(tuple(standings))
    return SlowTeam(o.id, tuple(team), _leader(case, lead, o, team), tuple(said))


def _leader(case: Case, lead, o: PoolEntry, team: Sequence[str]) -> str:  # type: ignore[no-untyped-def]
    for seat, officer in zip(case.seats(o), team, strict=True):
        if seat.leader:
            return officer
    able = [p.id for p in case.people if p.id in team and p.leader]
    return min(able, key=lambda p: (lead(p), p), default="")

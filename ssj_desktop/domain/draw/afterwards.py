"""After the draw: who follows is read from the printed order, never chosen (cs1, 5 and 6.7)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ssj_desktop.domain.draw.matching import Staff, Team, leader_of
from ssj_desktop.domain.draw.scheme import ELIGIBLE, PoolEntry, Scheme
from ssj_desktop.domain.draw.ticket import OBJECTS, tickets
from ssj_desktop.domain.errors import RuleViolation


def entry_of(scheme: Scheme, identifier: str) -> PoolEntry:
    """The pool entry of an object; KeyError when it was not in the pool."""
    for entry in scheme.pool:
        if entry.id == identifier:
            return entry
    raise KeyError(identifier)


def next_target(scheme: Scheme, seed: str, leaving: str, used: Iterable[str]) -> str:
    """The next eligible ticket of the stratum of ``leaving`` that was neither drawn nor used.

    RuleViolation when the stratum is exhausted.
    """
    stratum, taken = entry_of(scheme, leaving).stratum, {leaving, *used}
    ids = [e.id for e in scheme.pool if e.stratum == stratum and e.status == ELIGIBLE]
    waiting = [pair for pair in tickets(seed + OBJECTS, ids) if pair[1] not in taken]
    if not waiting:
        raise RuleViolation(
            f"分层“{stratum}”已没有可以递补的对象。", "本次不再递补，请在结果中如实登记原因。"
        )
    return min(waiting)[1]


def next_officer(
    scheme: Scheme, team: Team, seat: int, entry: PoolEntry, departed: Iterable[str]
) -> str:
    """Who follows on ``seat``: the next of its printed candidates who may visit ``entry``."""
    barred = {*departed, *team.officers}
    eligible = set(Staff(scheme).eligible(entry, scheme.templates[entry.template][seat]))
    for candidate in team.seats[seat]:
        if candidate.officer in eligible and candidate.officer not in barred:
            return candidate.officer
    raise RuleViolation(
        f"第 {seat + 1} 席的备选人员已经用尽。", "请凭文件增补执法人员后，由上一级指派并记入案卷。"
    )


def seat_successor(
    scheme: Scheme, seed: str, team: Team, seat: int, departed: Sequence[str]
) -> Team:
    """The team after a recusal: one seat changes, all others stay; the leader follows rule 6.6."""
    entry = entry_of(scheme, team.object)
    follower = next_officer(scheme, team, seat, entry, departed)
    officers = tuple(follower if n == seat else o for n, o in enumerate(team.officers))
    leader = leader_of(scheme, seed, scheme.templates[entry.template], officers)
    return replace(team, officers=officers, leader=leader)


def inherited_team(scheme: Scheme, seed: str, team: Team, successor: str) -> Team:
    """The team of a replaced object visits its substitute.

    Only an officer who may not visit the substitute gives way to the next of the seat's order.
    """
    entry, staff = entry_of(scheme, successor), Staff(scheme)
    template = scheme.templates[entry.template]
    heir = replace(team, object=successor)
    for seat, officer in enumerate(team.officers):
        if officer not in staff.eligible(entry, template[seat]):
            follower = next_officer(scheme, heir, seat, entry, (officer,))
            officers = tuple(follower if n == seat else o for n, o in enumerate(heir.officers))
            heir = replace(heir, officers=officers)
    return replace(heir, leader=leader_of(scheme, seed, template, heir.officers))

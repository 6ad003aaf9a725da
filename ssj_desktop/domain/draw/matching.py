"""Officers for the drawn objects: seats, limits, leader, recusal (draw rule cs1, section 6)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ssj_desktop.domain.draw.scheme import ELIGIBLE, EVERYWHERE, Officer, PoolEntry, Scheme, Seat
from ssj_desktop.domain.draw.staffing import SeatKey, Staffing
from ssj_desktop.domain.draw.ticket import LEADER, STAFF, ticket_maker
from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.identifiers import shown

TAKEN, SEATED, AT_CAP, BLOCKS = "抽中", "已在本组", "已达上限", "选后其余席位无法排满"
NOT_NEEDED = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One eligible officer of a seat: load before this seat, pair ticket, and what became of it."""

    officer: str
    load: int
    ticket: str
    standing: str


@dataclass(frozen=True, slots=True)
class Team:
    """The team of one object: officers in seat order, leader, candidates per seat."""

    object: str
    officers: tuple[str, ...]
    leader: str
    seats: tuple[tuple[Candidate, ...], ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """All teams in the order of rule 6.2; ``cap`` is C, ``cap_raise`` is e."""

    cap: int
    cap_raise: int
    teams: tuple[Team, ...]


class Staff:
    """Who may sit where."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.officers = {officer.id: officer for officer in scheme.officers}
        self.recused = frozenset(scheme.recusals)

    def eligible(self, entry: PoolEntry, seat: Seat) -> tuple[str, ...]:
        """Officers with all tags, the area and no recusal, in id order."""
        return tuple(
            officer.id
            for officer in self._in_order
            if _fits(officer, seat)
            and _covers(officer, entry.area)
            and (entry.id, officer.id) not in self.recused
        )

    def seats(self, entry: PoolEntry) -> tuple[Seat, ...]:
        return self.scheme.templates[entry.template]

    @cached_property
    def _in_order(self) -> list[Officer]:
        return sorted(self.scheme.officers, key=lambda officer: officer.id)


def _fits(officer: Officer, seat: Seat) -> bool:
    return (
        seat.department in ("", officer.department)
        and (not seat.specialty or seat.specialty in officer.specialties)
        and (officer.leader or not seat.leader)
    )


def _covers(officer: Officer, area: str) -> bool:
    return not area or EVERYWHERE in officer.areas or area in officer.areas


def check_feasible(scheme: Scheme) -> None:
    """Refuse, before any seed exists, a pool with an object that could not be staffed alone.

    RuleViolation names the object, the seats, the officers they share and the lawful ways out.
    """
    if not scheme.is_staffed:
        return
    staff = Staff(scheme)
    proven: set[tuple[str, str, frozenset[str]]] = set()
    recused_at: dict[str, set[str]] = {}
    for target, officer in scheme.recusals:
        recused_at.setdefault(target, set()).add(officer)
    for entry in scheme.pool:
        shape = (entry.template, entry.area, frozenset(recused_at.get(entry.id, ())))
        if entry.status == ELIGIBLE and shape not in proven:
            _check_object(staff, entry)
            proven.add(shape)


def _check_object(staff: Staff, entry: PoolEntry) -> None:
    seats = staff.seats(entry)
    candidates = {(0, n): staff.eligible(entry, seat) for n, seat in enumerate(seats)}
    staffing = Staffing(candidates, lambda _officer: 1)
    for key in candidates:
        if not staffing.fill(key):
            raise RuleViolation(
                f"对象“{shown(entry.name)}”（{entry.id}）排不满检查组：{_blockage(seats, candidates)}。",
                "可以：注明原因排除该对象；放宽席位条件；凭文件增补其他科室或上下级的执法人员。",
            )


def _blockage(seats: Sequence[Seat], candidates: Mapping[SeatKey, Sequence[str]]) -> str:
    """The seats that together have too few officers, and who those are."""
    blocking = min(
        (
            subset
            for subset in _subsets(len(seats))
            if len(_union(candidates, subset)) < len(subset)
        ),
        key=len,
    )
    officers = sorted(_union(candidates, blocking))
    names = "、".join(f"第 {n + 1} 席（{seat_text(seats[n])}）" for n in blocking)
    return f"{names}共需 {len(blocking)} 人，可用的只有 {len(officers)} 人（{'、'.join(officers) or '无'}）"


def _subsets(count: int) -> Iterable[tuple[int, ...]]:
    for mask in range(1, 1 << min(count, 16)):
        yield tuple(n for n in range(count) if mask >> n & 1)


def _union(candidates: Mapping[SeatKey, Sequence[str]], seats: Iterable[int]) -> set[str]:
    return set().union(*(candidates[0, n] for n in seats))


def seat_text(seat: Seat) -> str:
    """The tags of a seat in words."""
    tags = [seat.department, seat.specialty, "组长" if seat.leader else ""]
    return "、".join(shown(tag) for tag in tags if tag) or "不限"


def match(scheme: Scheme, seed: str, drawn: Sequence[PoolEntry]) -> Matching:
    """Teams for the drawn objects under seed R."""
    staff, ticket = Staff(scheme), ticket_maker(seed + STAFF)
    order = sorted(drawn, key=lambda entry: (ticket(entry.id), entry.id))
    candidates = {
        (place, n): staff.eligible(entry, seat)
        for place, entry in enumerate(order)
        for n, seat in enumerate(staff.seats(entry))
    }
    staffing, cap, cap_raise = _with_least_limits(scheme, candidates, len(order))
    teams = [
        _build_team(staff, staffing, place, entry, ticket, seed)
        for place, entry in enumerate(order)
    ]
    return Matching(cap, cap_raise, tuple(teams))


def _with_least_limits(
    scheme: Scheme, candidates: Mapping[SeatKey, Sequence[str]], objects: int
) -> tuple[Staffing, int, int]:
    """Rule 6.4: the smallest e, and for it the smallest C, with which all seats can be filled."""
    own = {officer.id: officer.cap for officer in scheme.officers}
    least_cap = -(-len(candidates) // len(own))
    for cap_raise in range(objects + 1):
        if _filled(candidates, own, objects, cap_raise) is not None:
            caps = range(least_cap, objects + 1)
            tried = ((_filled(candidates, own, cap, cap_raise), cap) for cap in caps)
            return next((done, cap, cap_raise) for done, cap in tried if done is not None)
    raise RuleViolation("抽中对象的检查组排不满。", "请增补执法人员，或放宽席位条件后重新冻结。")


def _filled(
    candidates: Mapping[SeatKey, Sequence[str]],
    own: Mapping[str, int | None],
    cap: int,
    cap_raise: int,
) -> Staffing | None:
    def limit(officer: str) -> int:
        personal = own[officer]
        return cap if personal is None else min(cap, personal + cap_raise)

    staffing = Staffing(candidates, limit)
    return staffing if all(staffing.fill(seat) for seat in candidates) else None


def _build_team(
    staff: Staff,
    staffing: Staffing,
    place: int,
    entry: PoolEntry,
    ticket: Callable[[str], str],
    seed: str,
) -> Team:
    template = staff.seats(entry)
    team: list[str] = []
    seats = [
        _seat_somebody(staffing, (place, n), entry.id, team, ticket) for n in range(len(template))
    ]
    return Team(entry.id, tuple(team), leader_of(staff.scheme, seed, template, team), tuple(seats))


def _seat_somebody(
    staffing: Staffing, seat: SeatKey, target: str, team: list[str], ticket: Callable[[str], str]
) -> tuple[Candidate, ...]:
    """Rule 6.5; appends the officer taken to ``team``."""
    loads = {o: _fixed_load(staffing, o) for o in staffing.candidates[seat]}
    order = sorted((load, ticket(f"{target}/{o}"), o) for o, load in loads.items())
    listed, found = [], False
    for load, pair_ticket, officer in order:
        standing = NOT_NEEDED if found else _standing(staffing, seat, officer, load, team)
        found = found or standing == TAKEN
        listed.append(Candidate(officer, load, pair_ticket, standing))
    team.append(staffing.taken[seat])
    return tuple(listed)


def _fixed_load(staffing: Staffing, officer: str) -> int:
    return len(staffing.seats_of.get(officer, set()) & staffing.frozen)


def _standing(
    staffing: Staffing, seat: SeatKey, officer: str, load: int, team: Sequence[str]
) -> str:
    if officer in team:
        return SEATED
    if load >= staffing.limit(officer):
        return AT_CAP
    return TAKEN if staffing.try_fix(seat, officer) else BLOCKS


def leader_of(scheme: Scheme, seed: str, template: Sequence[Seat], team: Sequence[str]) -> str:
    """Rule 6.6: who sits on the seat tagged leader, else the qualified with the lowest ticket."""
    for seat, officer in zip(template, team, strict=True):
        if seat.leader:
            return officer
    ticket = ticket_maker(seed + LEADER)
    qualified = [o.id for o in scheme.officers if o.leader and o.id in team]
    return min(qualified, key=lambda officer: (ticket(officer), officer), default="")

"""Officers for the drawn objects: seats, limits, leader, recusal (draw rule cs1, section 6)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

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
        self.recused: dict[str, set[str]] = {}
        for target, officer in scheme.recusals:
            self.recused.setdefault(target, set()).add(officer)
        self._able: dict[tuple[Seat, str], frozenset[str]] = {}

    def eligible(self, entry: PoolEntry, seat: Seat) -> frozenset[str]:
        """Officers with all tags, the area and no recusal."""
        able, recused = self._able_at(seat, entry.area), self.recused.get(entry.id)
        return able - recused if recused else able

    def _able_at(self, seat: Seat, area: str) -> frozenset[str]:
        if (seat, area) not in self._able:
            self._able[seat, area] = frozenset(
                officer.id
                for officer in self.scheme.officers
                if _fits(officer, seat) and _covers(officer, area)
            )
        return self._able[seat, area]

    def seats(self, entry: PoolEntry) -> tuple[Seat, ...]:
        return self.scheme.templates[entry.template]


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
    for entry in scheme.pool:
        shape = (entry.template, entry.area, frozenset(staff.recused.get(entry.id, ())))
        if entry.status == ELIGIBLE and shape not in proven:
            _check_object(staff, entry)
            proven.add(shape)


def _check_object(staff: Staff, entry: PoolEntry) -> None:
    seats = staff.seats(entry)
    candidates = {(0, n): staff.eligible(entry, seat) for n, seat in enumerate(seats)}
    staffing = Staffing(candidates, {officer.id: 1 for officer in staff.scheme.officers})
    for key in candidates:
        if not staffing.fill(key):
            raise RuleViolation(
                f"对象“{shown(entry.name)}”（{entry.id}）排不满检查组：{_blockage(seats, candidates)}。",
                "可以：注明原因排除该对象；放宽席位条件；凭文件增补其他科室或上下级的执法人员。",
            )


def _blockage(seats: Sequence[Seat], candidates: Mapping[SeatKey, frozenset[str]]) -> str:
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


def _union(candidates: Mapping[SeatKey, frozenset[str]], seats: Iterable[int]) -> set[str]:
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
    own = {officer.id: officer.cap for officer in scheme.officers}
    cap_raise = _least_raise(candidates, own, len(order))
    staffing, cap = _with_least_cap(candidates, own, cap_raise)
    teams = [
        _build_team(staff, staffing, place, entry, ticket, seed)
        for place, entry in enumerate(order)
    ]
    return Matching(cap, cap_raise, tuple(teams))


def _limits(own: Mapping[str, int | None], cap: int, cap_raise: int) -> dict[str, int]:
    return {
        officer: cap if personal is None else min(cap, personal + cap_raise)
        for officer, personal in own.items()
    }


def _least_raise(
    candidates: Mapping[SeatKey, frozenset[str]], own: Mapping[str, int | None], objects: int
) -> int:
    """Rule 6.4, the raise e: a seat that cannot be filled shows that no assignment keeps the limits."""
    cap_raise = 0
    staffing = Staffing(candidates, _limits(own, objects, cap_raise))
    for seat in candidates:
        while not staffing.fill(seat):
            cap_raise += 1
            if cap_raise > objects:
                raise RuleViolation(
                    "抽中对象的检查组排不满。", "请增补执法人员，或放宽席位条件后重新冻结。"
                )
            staffing.relax(_limits(own, objects, cap_raise))
    return cap_raise


def _with_least_cap(
    candidates: Mapping[SeatKey, frozenset[str]], own: Mapping[str, int | None], cap_raise: int
) -> tuple[Staffing, int]:
    """Rule 6.4, the cap C, with all seats filled under it."""
    cap = -(-len(candidates) // len(own))
    staffing = Staffing(candidates, _limits(own, cap, cap_raise))
    for seat in candidates:
        while not staffing.fill(seat):
            cap += 1
            staffing.relax(_limits(own, cap, cap_raise))
    return staffing, cap


def _build_team(
    staff: Staff,
    staffing: Staffing,
    place: int,
    entry: PoolEntry,
    ticket: Callable[[str], str],
    seed: str,
) -> Team:
    template = staff.seats(entry)
    keys = [(place, n) for n in range(len(template))]
    able = sorted(set().union(*(staffing.candidates[key] for key in keys)))
    pairs = {officer: ticket(f"{entry.id}/{officer}") for officer in able}
    team: list[str] = []
    seats = [_seat_somebody(staffing, key, pairs, team) for key in keys]
    return Team(entry.id, tuple(team), leader_of(staff.scheme, seed, template, team), tuple(seats))


def _seat_somebody(
    staffing: Staffing, seat: SeatKey, pairs: Mapping[str, str], team: list[str]
) -> tuple[Candidate, ...]:
    """Rule 6.5; appends the officer taken to ``team``."""
    loads = staffing.fixed_loads
    listed, found = [], False
    for load, ticket, officer in sorted((loads[o], pairs[o], o) for o in staffing.candidates[seat]):
        standing = NOT_NEEDED if found else _standing(staffing, seat, officer, load, team)
        found = found or standing == TAKEN
        listed.append(Candidate(officer, load, ticket, standing))
    team.append(staffing.taken[seat])
    return tuple(listed)


def _standing(
    staffing: Staffing, seat: SeatKey, officer: str, load: int, team: Sequence[str]
) -> str:
    if officer in team:
        return SEATED
    if load >= staffing.limits[officer]:
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

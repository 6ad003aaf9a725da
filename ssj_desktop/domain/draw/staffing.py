"""Filling seats with officers as an exact bipartite matching with limits.

A seat belongs to an object; an officer sits at most once on one object and on at most
``limits[officer]`` objects. Augmenting paths answer yes or no; the answer, not the path, decides.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SeatKey = tuple[int, int]  # (object's place in the order, seat's place in the template)
Path = dict[
    SeatKey, tuple[SeatKey, str]
]  # seat → the seat that wants its officer, and that officer


@dataclass(slots=True)
class Staffing:
    """A partial assignment that can be repaired; what is fixed is never touched again."""

    candidates: Mapping[SeatKey, frozenset[str]]
    limits: Mapping[str, int]
    taken: dict[SeatKey, str] = field(default_factory=dict)
    fixed_loads: Counter[str] = field(default_factory=Counter)
    _movable: dict[str, set[SeatKey]] = field(init=False)
    _spare: set[str] = field(init=False)
    _neighbours: dict[SeatKey, tuple[SeatKey, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self._movable = {officer: set() for officer in self.limits}
        self.relax(self.limits)
        seats: dict[int, list[SeatKey]] = {}
        for seat in self.candidates:
            seats.setdefault(seat[0], []).append(seat)
        self._neighbours = {
            seat: tuple(other for other in seats[seat[0]] if other != seat)
            for seat in self.candidates
        }

    def relax(self, limits: Mapping[str, int]) -> None:
        """Go on under other limits, none of them lower; what is filled stays filled."""
        self.limits = limits
        self._spare = {officer for officer in limits if self._has_room(officer)}

    def _has_room(self, officer: str) -> bool:
        return self.fixed_loads[officer] + len(self._movable[officer]) < self.limits[officer]

    def fill(self, seat: SeatKey) -> bool:
        """Seat somebody, moving others if need be; False leaves everything as it was."""
        path: Path = {}
        queue, unseen = [seat], set(self.limits)
        for current in queue:
            free = self._free(current)
            if free:
                self._shift(current, min(free), path)
                return True
            for other, officer in self._wanted(current, unseen):
                if other not in path and other != seat:
                    path[other] = (current, officer)
                    queue.append(other)
        return False

    def _free(self, seat: SeatKey) -> frozenset[str]:
        """Who could sit here without anybody moving."""
        able = self.candidates[seat]
        if able.isdisjoint(self._spare):
            return frozenset()
        return (able & self._spare).difference(self._on_object(seat))

    def _wanted(self, seat: SeatKey, unseen: set[str]) -> list[tuple[SeatKey, str]]:
        """Seats whose officer could sit here instead; officers are struck off ``unseen``."""
        able, movable = self.candidates[seat], self._movable
        wanted = []
        for other in self._neighbours[seat]:
            officer = self.taken.get(other)
            if officer in able and other in movable[officer]:
                wanted.append((other, officer))
        fresh = able & unseen
        if fresh:
            fresh = fresh.difference(self._on_object(seat))
            unseen -= fresh
            wanted += [(other, officer) for officer in fresh for other in movable[officer]]
        return wanted

    def _on_object(self, seat: SeatKey) -> Iterable[str]:
        """Who sits on this object already; on ``seat`` itself, who would leave."""
        return [self.taken[s] for s in (seat, *self._neighbours[seat]) if s in self.taken]

    def _shift(self, seat: SeatKey, officer: str, path: Path) -> None:
        """Walk back to the root: every seat on the path hands its officer to the one before."""
        while seat in path:
            before, own = path[seat]
            self._leave(seat)
            self._sit(seat, officer)
            seat, officer = before, own
        self._sit(seat, officer)

    def _sit(self, seat: SeatKey, officer: str) -> None:
        self.taken[seat] = officer
        self._movable[officer].add(seat)
        if not self._has_room(officer):
            self._spare.discard(officer)

    def _leave(self, seat: SeatKey) -> str:
        """Nobody ever sits beyond the limit, so who leaves a seat has room for one."""
        officer = self.taken.pop(seat)
        self._movable[officer].discard(seat)
        self._spare.add(officer)
        return officer

    def try_fix(self, seat: SeatKey, officer: str) -> bool:
        """Fix ``officer`` on ``seat`` if all other seats can still be filled; else change nothing."""
        if self.taken[seat] == officer:
            self._fix(seat, officer)
            return True
        before, displaced = self._leave(seat), self._in_the_way(seat, officer)
        if displaced is not None:
            self._leave(displaced)
        self._sit(seat, officer)
        self._fix(seat, officer)
        if displaced is None or self.fill(displaced):
            return True
        self._unfix(seat, officer)
        self._leave(seat)
        self._sit(seat, before)
        self._sit(displaced, officer)
        return False

    def _fix(self, seat: SeatKey, officer: str) -> None:
        self._movable[officer].discard(seat)
        self.fixed_loads[officer] += 1

    def _unfix(self, seat: SeatKey, officer: str) -> None:
        self.fixed_loads[officer] -= 1
        self._movable[officer].add(seat)

    def _in_the_way(self, seat: SeatKey, officer: str) -> SeatKey | None:
        """The seat this officer must give up: on the same object, or one too many."""
        for other in self._neighbours[seat]:
            if self.taken.get(other) == officer:
                return other
        return None if officer in self._spare else min(self._movable[officer])

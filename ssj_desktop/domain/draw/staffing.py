"""Filling seats with officers as an exact bipartite matching with limits.

A seat belongs to an object; an officer sits at most once on one object and on at most
``limit(officer)`` objects. Augmenting paths answer yes or no; the answer, not the path, decides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

SeatKey = tuple[int, int]  # (object's place in the order, seat's place in the template)


@dataclass(slots=True)
class Staffing:
    """A partial assignment that can be repaired; frozen seats are never touched again."""

    candidates: Mapping[SeatKey, Sequence[str]]
    limit: Callable[[str], int]
    taken: dict[SeatKey, str] = field(default_factory=dict)
    seats_of: dict[str, set[SeatKey]] = field(default_factory=dict)
    frozen: set[SeatKey] = field(default_factory=set)

    def load(self, officer: str) -> int:
        return len(self.seats_of.get(officer, ()))

    def fill(self, seat: SeatKey) -> bool:
        """Seat somebody, moving others if need be; False leaves everything as it was."""
        parents: dict[SeatKey, tuple[SeatKey, str]] = {}
        queue, seen_officers = [seat], set[str]()
        for current in queue:
            for officer in self._others(current):
                rival = self._same_object(officer, current)
                if rival is not None:
                    self._visit(rival, current, officer, parents, queue, seat)
                elif self.load(officer) < self.limit(officer):
                    self._shift(current, officer, parents)
                    return True
                elif officer not in seen_officers:
                    seen_officers.add(officer)
                    for other in sorted(self.seats_of.get(officer, ())):
                        self._visit(other, current, officer, parents, queue, seat)
        return False

    def _others(self, seat: SeatKey) -> list[str]:
        """Candidates other than the one who would have to leave."""
        leaving = self.taken.get(seat)
        return [officer for officer in self.candidates[seat] if officer != leaving]

    def _visit(
        self,
        seat: SeatKey,
        reached_from: SeatKey,
        officer: str,
        parents: dict[SeatKey, tuple[SeatKey, str]],
        queue: list[SeatKey],
        root: SeatKey,
    ) -> None:
        if seat not in self.frozen and seat not in parents and seat != root:
            parents[seat] = (reached_from, officer)
            queue.append(seat)

    def _same_object(self, officer: str, seat: SeatKey) -> SeatKey | None:
        for other in self.seats_of.get(officer, ()):
            if other[0] == seat[0] and other != seat:
                return other
        return None

    def _shift(
        self, seat: SeatKey, officer: str, parents: Mapping[SeatKey, tuple[SeatKey, str]]
    ) -> None:
        """Walk back to the root: every seat on the path hands its officer to the one before."""
        while seat in parents:
            before, own = parents[seat]
            self.leave(seat)
            self._sit(seat, officer)
            seat, officer = before, own
        self._sit(seat, officer)

    def _sit(self, seat: SeatKey, officer: str) -> None:
        self.taken[seat] = officer
        self.seats_of.setdefault(officer, set()).add(seat)

    def leave(self, seat: SeatKey) -> None:
        self.seats_of[self.taken.pop(seat)].discard(seat)

    def try_fix(self, seat: SeatKey, officer: str) -> bool:
        """Fix ``officer`` on ``seat`` if all other seats can still be filled; else change nothing."""
        if self.taken.get(seat) == officer:
            self.frozen.add(seat)
            return True
        before = (dict(self.taken), {name: set(seats) for name, seats in self.seats_of.items()})
        displaced = self._make_room(seat, officer)
        self._sit(seat, officer)
        self.frozen.add(seat)
        if displaced is None or self.fill(displaced):
            return True
        self.frozen.discard(seat)
        self.taken, self.seats_of = before
        return False

    def _make_room(self, seat: SeatKey, officer: str) -> SeatKey | None:
        self.leave(seat)
        displaced = self._same_object(officer, seat)
        if displaced is None and self.load(officer) >= self.limit(officer):
            displaced = min(self.seats_of[officer] - self.frozen)
        if displaced is not None:
            self.leave(displaced)
        return displaced

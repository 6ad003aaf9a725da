"""The result of a draw: a pure function of the scheme and the contributions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ssj_desktop.domain.draw.freezing import Frozen, freeze
from ssj_desktop.domain.draw.matching import Matching, check_feasible, match
from ssj_desktop.domain.draw.scheme import ABSENT, PoolEntry, Scheme
from ssj_desktop.domain.draw.seed import commitment, seed_of, seed_text
from ssj_desktop.domain.draw.selection import StratumResult, select
from ssj_desktop.domain.draw.ticket import OBJECTS, tickets
from ssj_desktop.domain.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a record prints; ``matching`` is None without officers, ``experts`` without experts."""

    scheme: Scheme
    frozen: Frozen
    previous: str
    machine: str
    commitment: str
    witnesses: tuple[str, ...]
    public: str
    seed_text: bytes
    seed: str
    strata: tuple[StratumResult, ...]
    matching: Matching | None
    experts: Matching | None = None

    def drawn_ids(self) -> Iterator[str]:
        """Ids of the drawn objects, stratum by stratum in ticket order."""
        for stratum in self.strata:
            for _, identifier in stratum.drawn:
                yield identifier

    def all_tickets(self) -> list[tuple[str, str]]:
        """(ticket, id) of the whole pool, sorted."""
        return sorted(tickets(self.seed + OBJECTS, (entry.id for entry in self.scheme.pool)))

    def batches(self) -> tuple[tuple[str, ...], ...]:
        """Drawn objects of every batch: ticket order over all strata, in parts of nearly one size."""
        order = [i for _, i in sorted(pair for stratum in self.strata for pair in stratum.drawn)]
        size, larger = divmod(len(order), max(self.scheme.batches, 1))
        starts = [n * size + min(n, larger) for n in range(self.scheme.batches + 1)]
        return tuple(tuple(order[a:b]) for a, b in pairwise(starts))


def perform(
    scheme: Scheme,
    previous: str,
    machine: str,
    witnesses: Sequence[str],
    public: str = ABSENT,
) -> Outcome:
    """Draw objects and match officers.

    Raises InvalidInput on malformed text and RuleViolation on a staffing that cannot be done.
    """
    frozen = freeze(scheme)
    _check_staff(scheme)
    text = seed_text(scheme, frozen, previous, machine, witnesses, public)
    seed = seed_of(text)
    strata = select(scheme, seed)
    return Outcome(
        scheme=scheme,
        frozen=frozen,
        previous=previous,
        machine=machine,
        commitment=commitment(scheme.draw, frozen.pool.sha256, machine, rehearsal=scheme.rehearsal),
        witnesses=tuple(witnesses),
        public=public,
        seed_text=text,
        seed=seed,
        strata=strata,
        matching=_match(scheme, seed, strata),
        experts=_match(scheme.for_experts(), seed, strata) if scheme.experts else None,
    )


def check_drawable(scheme: Scheme) -> None:
    """What must hold before any seed exists: somebody to draw, and a team for everybody."""
    if not any(entry.status == "E" for entry in scheme.pool):
        raise RuleViolation("待抽库里没有可以参加抽取的对象。", "请检查筛选条件和排除原因。")
    _check_staff(scheme)


def _check_staff(scheme: Scheme) -> None:
    check_feasible(scheme)
    if scheme.experts:
        check_feasible(scheme.for_experts())


def _match(scheme: Scheme, seed: str, strata: Sequence[StratumResult]) -> Matching | None:
    if not scheme.is_staffed:
        return None
    entries: dict[str, PoolEntry] = {entry.id: entry for entry in scheme.pool}
    drawn = [entries[identifier] for stratum in strata for _, identifier in stratum.drawn]
    return match(scheme, seed, drawn)

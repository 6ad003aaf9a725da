"""Replicas that exchange badly agree with an oracle that knows only who had seen what."""

import random
from collections.abc import Callable
from typing import Any

import pytest
import sync_memory
from sync_machine import runs_of
from sync_memory import RULE, MemoryReplica, Parcel
from sync_schedules import Schedule

from ssj_desktop.domain import merge
from ssj_desktop.domain.merge import Conflict, FoldedRow, fold_row
from ssj_desktop.domain.operations import DELETE, Operation

SCHEDULES, RUNS = 40, 12


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_replicas_agree_with_the_oracle_and_lose_nothing(seed: int) -> None:
    assert Schedule(seed).run() == []


def test_the_order_in_which_operations_are_folded_does_not_matter() -> None:
    schedule = Schedule(7, steps=150)
    schedule.run()
    for key, operations in schedule.all[0].state.operations.items():
        shuffled = operations * 2
        random.Random(key).shuffle(shuffled)
        assert fold_row(shuffled, RULE) == fold_row(operations, RULE)


def test_after_every_act_of_a_state_machine_each_replica_shows_what_it_knows() -> None:
    runs, acts, faults = runs_of(RUNS, 7)
    assert faults == []
    assert runs == RUNS
    assert acts > 8 * RUNS


@pytest.mark.parametrize("name", ["edit on one head only", "pulled by a cursor"])
def test_a_state_machine_finds_a_fault_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = runs_of(60, 7, FAULTS[name](monkeypatch))[2]
    assert "state.work(" in told


Patch = Callable[[pytest.MonkeyPatch], type[MemoryReplica]]
plain = merge.fold_row


def no_causality(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    patch.setattr(merge._History, "unhidden", lambda self, setters: list(setters))
    return MemoryReplica


def last_writer_wins(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    patch.setattr(merge._History, "unhidden", lambda self, s: [max(s, key=lambda o: o.clock)])
    return MemoryReplica


def clock_ignored(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    patch.setattr(merge, "_age", lambda o: ("", o.id))
    return MemoryReplica


def oldest_value_shown(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    patch.setattr(merge, "_rank", lambda rule, name, o: -int(o.clock[:15]))
    return MemoryReplica


def every_operation_is_a_head(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    patch.setattr(merge._History, "is_hidden", lambda self, o, by: False)
    return MemoryReplica


def all_values_equal(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    patch.setattr(
        merge, "canonical", lambda value: "" if not isinstance(value, list) else repr(value)
    )
    return MemoryReplica


def deletions_forgotten(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    patch.setattr(merge, "DELETE", "none")
    return MemoryReplica


def everybody_asked_about_bookkeeping(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    patch.setattr(sync_memory, "RULE", merge.TableRule(growing=frozenset({"revised_at"})))
    return MemoryReplica


def the_latest_moment_by_the_clock(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    kept = frozenset({"revised_at", "initials"})
    patch.setattr(sync_memory, "RULE", merge.TableRule(derived=kept))
    return MemoryReplica


def deletion_beats_edit(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    def fold(operations: Any, rule: Any = merge.MERGED) -> FoldedRow:
        row = plain(operations, rule)
        gone = any(o.kind == DELETE and o.id in row.heads for o in operations)
        return FoldedRow(None, row.heads) if gone else row

    patch.setattr(merge, "fold_row", fold)
    return MemoryReplica


def conflicts_dropped(patch: pytest.MonkeyPatch) -> type[MemoryReplica]:
    patch.setattr(merge, "fold_row", lambda o, r=merge.MERGED: FoldedRow(*_bare(plain(o, r))))
    return MemoryReplica


def _bare(row: FoldedRow) -> tuple[Any, tuple[str, ...], tuple[Conflict, ...]]:
    return row.values, row.heads, ()


class ByLabel(MemoryReplica):
    """Segments known by device and number instead of their hash."""

    def is_new(self, parcel: Parcel) -> bool:
        return parcel.label not in {held.label for held in self.state.held.values()}


class ByCursor(MemoryReplica):
    """Takes only what is later than the last it saw of a device."""

    def is_new(self, parcel: Parcel) -> bool:
        seen = [h.label[1] for h in self.state.held.values() if h.label[0] == parcel.label[0]]
        return parcel.label[1] > max(seen, default=0)


class Impatient(MemoryReplica):
    """Applies a segment before its parents."""

    def is_ready(self, parcel: Parcel) -> bool:
        return True


class OneHead(MemoryReplica):
    """An edit stands on one head although there are several."""

    def heads(self, row: FoldedRow) -> tuple[str, ...]:
        return row.heads[-1:]


class WholeRows(MemoryReplica):
    """An update carries all columns, not only what changed."""

    def changed(
        self, before: dict[str, Any], sets: dict[str, Any], explicit: bool
    ) -> dict[str, Any]:
        return super().changed({}, {**before, **sets}, explicit=True)


class LazyResolution(MemoryReplica):
    """Settling on the value already shown writes nothing."""

    def write(
        self, key: str, kind: str, sets: dict[str, Any], explicit: bool = False
    ) -> Operation | None:
        return super().write(key, kind, sets, explicit=False)


class Forgetful(MemoryReplica):
    """The last operation of a segment is not applied."""

    def apply(self, parcel: Parcel) -> None:
        self.state.held[parcel.name] = parcel
        for operation in parcel.operations[:-1]:
            self._learn(operation)


class Silent(MemoryReplica):
    """Nobody says that it took something in before it heard of the revocation."""

    def owes_word(self, tips: frozenset[str]) -> bool:
        return False


class Credulous(MemoryReplica):
    """A revocation is not looked at."""

    def is_believed(self, parcel: Parcel) -> bool:
        return True


class Strict(MemoryReplica):
    """A revocation takes back everything the device ever signed."""

    def is_believed(self, parcel: Parcel) -> bool:
        return parcel.label[0] not in self.state.revoked


def as_fault(replica: type[MemoryReplica]) -> Patch:
    return lambda patch: replica


FAULTS: dict[str, Patch] = {
    "no causality": no_causality,
    "last writer wins": last_writer_wins,
    "clock ignored": clock_ignored,
    "oldest value shown": oldest_value_shown,
    "every operation is a head": every_operation_is_a_head,
    "all values count as equal": all_values_equal,
    "deletions forgotten": deletions_forgotten,
    "deletion beats edit": deletion_beats_edit,
    "bookkeeping disputed": everybody_asked_about_bookkeeping,
    "moments follow the clock": the_latest_moment_by_the_clock,
    "conflicts dropped": conflicts_dropped,
    "known by device and number": as_fault(ByLabel),
    "pulled by a cursor": as_fault(ByCursor),
    "applied before its parents": as_fault(Impatient),
    "edit on one head only": as_fault(OneHead),
    "whole rows in updates": as_fault(WholeRows),
    "resolution without an operation": as_fault(LazyResolution),
    "last operation lost": as_fault(Forgetful),
    "no word about a revoked device": as_fault(Silent),
    "revoked devices believed": as_fault(Credulous),
    "revocation of the past": as_fault(Strict),
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_injected_fault_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    replica = FAULTS[name](monkeypatch)
    assert any(Schedule(seed, replica).run() for seed in range(SCHEDULES)), name

"""A replica without a store: the fold of the program, and a small model of sealing and exchange."""

import random
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ssj_desktop.domain import merge
from ssj_desktop.domain.clock import next_stamp
from ssj_desktop.domain.merge import FoldedRow, TableRule
from ssj_desktop.domain.operations import DELETE, INSERT, UPDATE, Operation

TABLE = "witnesses"
START = datetime(2026, 3, 16, tzinfo=UTC)
RULE = TableRule(growing=frozenset({"revised_at"}), derived=frozenset({"initials"}))


@dataclass(frozen=True)
class Parcel:
    """A sealed segment in the model: its name is unique, ``label`` what a device would number it."""

    name: str
    label: tuple[str, int]
    parents: frozenset[str]
    operations: tuple[Operation, ...]


@dataclass
class State:
    """Everything a backup of the store would hold."""

    device: str
    held: dict[str, Parcel] = field(default_factory=dict)
    waiting: dict[str, Parcel] = field(default_factory=dict)
    quarantined: dict[str, Parcel] = field(default_factory=dict)
    revoked: dict[str, frozenset[str]] = field(default_factory=dict)
    unsealed: list[Operation] = field(default_factory=list)
    operations: dict[str, list[Operation]] = field(default_factory=dict)
    acts: frozenset[int] = frozenset()
    stamp: str = ""
    number: int = 0


def with_ancestors(known: Mapping[str, Parcel], names: Iterable[str]) -> set[str]:
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found.add(name)
            waiting += known[name].parents
    return found


class MemoryReplica:
    """The same acts as a real store, in memory."""

    def __init__(self, device: str, chance: random.Random) -> None:
        self.state = State(device)
        self.chance = chance
        self.wall = START

    def row(self, key: str) -> FoldedRow:
        return merge.fold_row(self.state.operations.get(key, []), RULE)

    def rows(self) -> dict[str, dict[str, Any]]:
        folded = {key: self.row(key).values for key in self.state.operations}
        return {key: dict(values) for key, values in folded.items() if values is not None}

    def disputed(self) -> dict[tuple[str, str], frozenset[str]]:
        found = {}
        for key in self.state.operations:
            for conflict in self.row(key).conflicts:
                kinds = frozenset(side.kind for side in conflict.sides)
                values = frozenset(repr(side.sets.get(conflict.field)) for side in conflict.sides)
                found[key, conflict.field] = values if conflict.field else kinds
        return found

    def heads(self, row: FoldedRow) -> tuple[str, ...]:
        return row.heads

    def write(
        self, key: str, kind: str, sets: dict[str, Any], explicit: bool = False
    ) -> Operation | None:
        """The operation the triggers would capture; None when nothing changes."""
        row = self.row(key)
        before = dict(row.values or {})
        data: dict[str, Any] = dict(sets)
        if kind == UPDATE:
            data = self.changed(before, sets, explicit)
            if not data["new"] and not explicit:
                return None
        if kind == DELETE:
            data = before
        self.wall += timedelta(milliseconds=3)
        self.state.stamp = next_stamp(self.wall, self.state.stamp)
        first = kind == INSERT and not row.heads
        id_ = key if first else self.chance.randbytes(16).hex()
        operation = Operation(id_, TABLE, key, kind, self.heads(row), data, self.state.stamp)
        self.state.unsealed.append(operation)
        self._learn(operation)
        return operation

    def changed(
        self, before: dict[str, Any], sets: dict[str, Any], explicit: bool
    ) -> dict[str, Any]:
        new = {name: value for name, value in sets.items() if explicit or before.get(name) != value}
        return {"new": new, "old": {name: before.get(name) for name in new}}

    def _learn(self, operation: Operation) -> None:
        self.state.operations.setdefault(operation.key, []).append(operation)

    def parcels(self) -> dict[str, Parcel]:
        """Seal, then hand on everything there is: what waits here may be ripe elsewhere."""
        state = self.state
        parents = frozenset(state.held) - {p for h in state.held.values() for p in h.parents}
        if state.unsealed or self.owes_word(parents):
            state.number += 1
            parcel = Parcel(self.chance.randbytes(8).hex(), (state.device, state.number), parents,
                            tuple(state.unsealed))  # fmt: skip
            state.held[parcel.name] = parcel
            state.unsealed = []
        return {**state.held, **state.waiting}

    def revoke(self, device: str) -> None:
        """What is held of the device now still counts."""
        own = {p.name for p in self.state.held.values() if p.label[0] == device}
        followed = {parent for name in own for parent in self.state.held[name].parents}
        self.state.revoked[device] = frozenset(own - followed)

    def is_believed(self, parcel: Parcel) -> bool:
        """Not of a revoked device, or named by the revocation, or stood upon by one in use."""
        state = self.state
        if parcel.label[0] not in state.revoked:
            return True
        known = {**state.held, **state.waiting, parcel.name: parcel}
        roots = {name for name, each in known.items() if each.label[0] not in state.revoked}
        return parcel.name in with_ancestors(known, roots | state.revoked[parcel.label[0]])

    def owes_word(self, tips: frozenset[str]) -> bool:
        """Something of a revoked device was taken in before that was known, and nobody says so."""
        state = self.state
        if state.device in state.revoked:
            return False
        named = frozenset().union(*state.revoked.values())
        of_revoked = {name for name in tips if state.held[name].label[0] in state.revoked}
        return bool(of_revoked - with_ancestors(state.held, named))

    def take(self, parcels: list[Parcel], revoked: dict[str, frozenset[str]] | None = None) -> None:
        self.parcels()
        self.state.revoked |= revoked or {}
        aside = list(self.state.quarantined.values()) + list(self.state.waiting.values())
        self.state.quarantined, self.state.waiting = {}, {}
        fresh = {parcel.name: parcel for parcel in (*parcels, *aside) if self.is_new(parcel)}
        self.state.waiting.update(fresh)
        for parcel in fresh.values():
            if not self.is_believed(parcel):
                self.state.quarantined[parcel.name] = self.state.waiting.pop(parcel.name)
        while ready := [p for p in self.state.waiting.values() if self.is_ready(p)]:
            for parcel in sorted(ready, key=lambda each: each.name):
                del self.state.waiting[parcel.name]
                self.apply(parcel)

    def is_new(self, parcel: Parcel) -> bool:
        return parcel.name not in self.state.held

    def is_ready(self, parcel: Parcel) -> bool:
        return parcel.parents <= set(self.state.held)

    def apply(self, parcel: Parcel) -> None:
        self.state.held[parcel.name] = parcel
        for operation in parcel.operations:
            self.state.stamp = max(self.state.stamp, operation.clock)
            self._learn(operation)

    def snapshot(self) -> State:
        return deepcopy(self.state)

    def restore(self, state: State) -> None:
        self.state = deepcopy(state)

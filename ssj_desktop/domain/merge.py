"""The fold: what a row is, given the set of its operations, in whatever order they came.

Causality decides first: an operation hides those its ``base`` leads back to. Per field the
candidates are the setters nothing hides. One value: that is it. Several: a deterministic
provisional one and a conflict for a person. The clock only breaks ties between concurrent edits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ssj_desktop.domain.operations import DELETE, INSERT, Operation, canonical

FIELD, DELETION, TAMPERED = "field", "deletion", "tampered"
WHOLE_ROW = ""
"""The ``field`` of a conflict about the row itself."""


@dataclass(frozen=True, slots=True)
class TableRule:
    """``ranks`` orders the values of fields with a state: the further one holds, not the later.

    Nobody is asked about columns the program keeps for itself: of ``growing`` ones the greatest
    value holds, of ``derived`` ones that of the latest edit.
    """

    insert_only: bool = False
    ranks: Mapping[str, Mapping[Any, int]] = field(default_factory=dict)
    growing: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()


MERGED = TableRule()
INSERT_ONLY = TableRule(insert_only=True)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Concurrent edits of one field; ``sides`` in order of time, ``base`` what it had been."""

    field: str
    kind: str
    base: Any
    sides: tuple[Operation, ...]

    def value_of(self, side: Operation) -> Any:
        return side.data if self.field == WHOLE_ROW else side.sets[self.field]


@dataclass(frozen=True, slots=True)
class FoldedRow:
    """``values`` is None when the row does not exist; ``heads`` is what the next edit overwrites."""

    values: Mapping[str, Any] | None
    heads: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()


def fold_row(operations: Iterable[Operation], rule: TableRule = MERGED) -> FoldedRow:
    """The state of one row; a pure function of the set of its operations."""
    chosen, forged = _one_per_id(operations)
    if rule.insert_only:
        return _fold_insert_only(chosen, forged)
    history = _History(chosen)
    values, conflicts = _fold_fields(history, rule)
    heads = [o for o in chosen if not history.is_hidden(o, history.everything)]
    deleting = [o for o in heads if o.kind == DELETE]
    names = tuple(sorted(o.id for o in heads))
    created = any(o.kind == INSERT for o in chosen)
    if len(deleting) == len(heads) or not created:
        return FoldedRow(None, names, tuple(forged))
    if deleting:
        forged.append(Conflict(WHOLE_ROW, DELETION, None, tuple(heads)))
    return FoldedRow(values, names, (*forged, *conflicts))


def _age(operation: Operation) -> tuple[str, str]:
    return operation.clock, operation.id


def _one_per_id(operations: Iterable[Operation]) -> tuple[list[Operation], list[Conflict]]:
    """In order of time; another content under a known id is forged, the earliest one counts."""
    variants: dict[str, dict[str, Operation]] = {}
    for o in operations:
        text = canonical([o.clock, o.table, o.key, o.kind, list(o.base), o.data])
        variants.setdefault(o.id, {})[text] = o
    chosen, forged = [], []
    for known in variants.values():
        sides = tuple(known[text] for text in sorted(known))
        chosen.append(sides[0])
        if len(sides) > 1:
            forged.append(Conflict(WHOLE_ROW, TAMPERED, None, sides))
    return sorted(chosen, key=_age), sorted(forged, key=lambda c: c.sides[0].id)


class _History:
    """Who hides whom, as bits: bit n of a mask stands for the n-th operation."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.place = {o.id: place for place, o in enumerate(operations)}
        self.operations = operations
        self.ancestors = [0] * len(operations)
        for place in self._from_the_root():
            for base in operations[place].base:
                if base in self.place:
                    before = self.place[base]
                    self.ancestors[place] |= self.ancestors[before] | 1 << before
        self.everything = 0
        for mask in self.ancestors:
            self.everything |= mask

    def _from_the_root(self) -> list[int]:
        """Bases first; a circle, which only forgery can make, is entered at its oldest end."""
        order: list[int] = []
        done: set[int] = set()
        waiting = list(range(len(self.operations)))
        while waiting:
            ready = [place for place in waiting if self._bases(place) <= done]
            order += ready or waiting[:1]
            done.update(ready or waiting[:1])
            waiting = [place for place in waiting if place not in done]
        return order

    def _bases(self, place: int) -> set[int]:
        return {self.place[b] for b in self.operations[place].base if b in self.place} - {place}

    def is_hidden(self, operation: Operation, by: int) -> bool:
        return bool(by >> self.place[operation.id] & 1)

    def unhidden(self, setters: Sequence[Operation]) -> list[Operation]:
        """The setters that no other setter leads back to."""
        by = 0
        for setter in setters:
            by |= self.ancestors[self.place[setter.id]]
        return [setter for setter in setters if not self.is_hidden(setter, by)]


def _fold_fields(history: _History, rule: TableRule) -> tuple[dict[str, Any], list[Conflict]]:
    setters: dict[str, list[Operation]] = {}
    for operation in history.operations:
        for name in operation.sets:
            setters.setdefault(name, []).append(operation)
    values: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for name in sorted(setters):
        candidates = history.unhidden(setters[name]) or setters[name]
        winner = max(candidates, key=lambda o: (_rank(rule, name, o), *_age(o)))
        values[name] = winner.sets[name]
        quiet = name in rule.growing or name in rule.derived
        if not quiet and len({canonical(o.sets[name]) for o in candidates}) > 1:
            base = candidates[0].before.get(name)
            conflicts.append(Conflict(name, FIELD, base, tuple(candidates)))
    return values, conflicts


def _rank(rule: TableRule, name: str, operation: Operation) -> tuple[int, str]:
    """What goes before the clock; a foreign value of whatever type has its place too."""
    value = operation.sets[name]
    if name in rule.growing:
        return (value, "") if isinstance(value, int) else (-1, value or "")
    return rule.ranks.get(name, {}).get(value, -1), ""


def _fold_insert_only(chosen: list[Operation], forged: list[Conflict]) -> FoldedRow:
    """The earliest insertion holds; any other content, change or deletion is an alarm."""
    inserted = [o for o in chosen if o.kind == INSERT]
    if not inserted:
        return FoldedRow(None, tuple(o.id for o in chosen), tuple(forged))
    first = inserted[0]
    others = tuple(o for o in chosen if o.kind != INSERT or o.data != first.data)
    if others:
        forged.append(Conflict(WHOLE_ROW, TAMPERED, None, (first, *others)))
    return FoldedRow(dict(first.data), tuple(sorted(o.id for o in chosen)), tuple(forged[:1]))

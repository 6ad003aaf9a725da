"""What all replicas must agree on, computed from what people did and what they had seen.

No operation, no head and no code of the fold enters: every act carries the explicit set of acts
its replica knew, and that set alone is the order of events. Everything is compared with everything.
"""

from dataclasses import dataclass
from typing import Any

UNASKED = ("revised_at", "initials")
"""Kept by the program: the greatest moment, the latest initials, and nobody decides."""


@dataclass(frozen=True)
class Act:
    """One acknowledged write: ``sets`` is what the person changed, ``seen`` all acts known then."""

    number: int
    key: str
    kind: str
    sets: tuple[tuple[str, Any], ...]
    seen: frozenset[int]
    tie: tuple[str, str]


@dataclass(frozen=True)
class Expected:
    """Rows by key, and the disputed fields with all their values; ``""`` is the row itself."""

    rows: dict[str, dict[str, Any]]
    disputed: dict[tuple[str, str], frozenset[str]]


def expected_state(acts: list[Act]) -> Expected:
    rows: dict[str, dict[str, Any]] = {}
    disputed: dict[tuple[str, str], frozenset[str]] = {}
    for key in {act.key for act in acts}:
        mine = [act for act in acts if act.key == key]
        last = [act for act in mine if not _is_overwritten(act, mine)]
        if all(act.kind == "D" for act in last):
            continue
        if any(act.kind == "D" for act in last):
            disputed[key, ""] = frozenset(act.kind for act in last)
        rows[key] = {}
        for name in {name for act in mine for name, _ in act.sets}:
            setting = [act for act in mine if name in dict(act.sets)]
            open_ = [act for act in setting if not _is_overwritten(act, setting)]
            values = {repr(dict(act.sets)[name]) for act in open_}
            newest = max(open_, key=lambda act: act.tie)
            rows[key][name] = dict(newest.sets)[name]
            if name == "revised_at":
                rows[key][name] = max(dict(act.sets)[name] for act in open_)
            if len(values) > 1 and name not in UNASKED:
                disputed[key, name] = frozenset(values)
    return Expected(rows, disputed)


def _is_overwritten(act: Act, others: list[Act]) -> bool:
    return any(act.number in other.seen for other in others)

"""Editions of the item list side by side, and beside the list of this office.

方案 二（二）: the province issues the list in editions, offices adopt its items and add what the
law demands besides; a supplement of the office is never touched by an edition.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ssj_desktop.domain.fields import ITEMS
from ssj_desktop.domain.vocabulary import EditionState, ListChange

GOVERNED = (
    "category", "name", "target_text", "item_class", "methods", "levels", "legal_basis",
    "ratio_ceiling", "frequency",
)  # fmt: skip
"""Fields an edition decides; 认领状态, 所需专长 and 来源 belong to the office."""
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item that differs; ``fields`` are label, text before and text after."""

    kind: ListChange
    number: str
    name: str
    fields: tuple[tuple[str, str, str], ...] = ()


def compare_lists(
    before: Mapping[str, Texts], after: Mapping[str, Texts], former: frozenset[str]
) -> tuple[ItemChange, ...]:
    """From one list to another, both by number.

    ``former`` are the numbers of earlier editions: what stands in ``before`` only is withdrawn
    when it came from one of them, and the office's own supplement otherwise.
    """
    return tuple(_changes(before, after, former))


def _changes(
    before: Mapping[str, Texts], after: Mapping[str, Texts], former: frozenset[str]
) -> Iterator[ItemChange]:
    for number, texts in after.items():
        old = before.get(number)
        if old is None:
            yield ItemChange(ListChange.ADDED, number, texts["name"])
        elif fields := _differences(old, texts):
            yield ItemChange(ListChange.CHANGED, number, texts["name"], fields)
    for number, texts in before.items():
        if number not in after:
            kind = ListChange.WITHDRAWN if number in former else ListChange.SUPPLEMENT
            yield ItemChange(kind, number, texts["name"])


def _differences(old: Texts, new: Texts) -> tuple[tuple[str, str, str], ...]:
    """An edition that is silent about a field leaves what the office has."""
    return tuple(
        (ITEMS.field(name).label, old.get(name, ""), new[name])
        for name in GOVERNED
        if new.get(name) and new[name] != old.get(name, "")
    )


def edition_states(days: Sequence[date], today: date) -> tuple[EditionState, ...]:
    """For editions by the day they come into force: the latest that has come is in force."""
    come = [day for day in days if day <= today]
    return tuple(
        EditionState.COMING
        if day > today
        else EditionState.IN_FORCE
        if day == max(come)
        else EditionState.REPLACED
        for day in days
    )

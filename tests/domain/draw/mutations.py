"""JSON values with one place changed: what a careless or hostile hand would hand in."""

import copy
import random
from collections.abc import Iterator
from typing import Any

from ssj_desktop.domain.draw.record import record_digest

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 7, 10**30, 1.5, float("nan"), "", "-", "*", "A", "a1 ", "Ａ１", "甲\t乙",
    "名\u200b", "\u202e名", "\ufeff", "\ud800", "é", "名\n名", "x" * 5000, "9" * 5000, [], {}, [[]],
    [["A", "B"]], ["", ""], {"id": "A1"}, {"": ""}, "RATIO", "TOTAL", "PROBABILITY", "1" * 64,
)  # fmt: skip


def changed(value: Any, chance: random.Random) -> Any:
    """A copy with one place replaced, removed, doubled or added."""
    root = copy.deepcopy(value)
    holder = root
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            break
        key = chance.choice(keys)
        inner = holder[key]
        if not isinstance(inner, (dict, list)) or chance.random() < 0.2:
            _change(holder, key, chance)
            return root
        holder = inner
    if isinstance(holder, dict):
        holder["extra"] = chance.choice(STRANGE)
    else:
        holder.append(chance.choice(STRANGE))
    return root


def _change(holder: Any, key: Any, chance: random.Random) -> None:
    kind = chance.randrange(6)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif kind == 1:
        holder[f"{key}x"] = holder[key]
    elif kind == 2 and isinstance(holder[key], str) and holder[key]:
        place = chance.randrange(len(holder[key]))
        letter = chance.choice("0Aa-\t 名\u200f")
        holder[key] = holder[key][:place] + letter + holder[key][place + 1 :]
    else:
        holder[key] = chance.choice(STRANGE)


def every_leaf_changed(record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every leaf that the draw depends on or produces, changed once, digest made to fit."""
    for path in list(leaves(record)):
        if path[0] in ("digest", "paper"):
            continue
        changed = copy.deepcopy(record)
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = other(place[path[-1]])
        changed["digest"] = record_digest(changed)
        yield "/".join(map(str, path)), changed


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    place = len(value) // 2
    return value[:place] + ("1" if value[place : place + 1] != "1" else "2") + value[place + 1 :]

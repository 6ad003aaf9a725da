"""Changes one place of a JSON value at random: what a careless or hostile hand would hand in."""

import copy
import random
from typing import Any

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

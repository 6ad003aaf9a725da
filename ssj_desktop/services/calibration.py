"""How much work a password costs on this computer: measured once, kept in the user's folder."""

import contextlib
import json
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.models.keyfile import Cost, calibrated_cost, write_json

_NAME = "key_cost.json"


def own_cost() -> Cost:
    """0.5–1 s of Argon2id on this machine; a smaller stored figure than the least is ignored."""
    path = places.user_folder() / _NAME
    known = _stored(path)
    if known is not None:
        return known
    cost = calibrated_cost()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(
            path, {"passes": cost.passes, "memory_kib": cost.memory_kib, "lanes": cost.lanes}
        )
    return cost


def _stored(path: Path) -> Cost | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Cost(int(content["passes"]), int(content["memory_kib"]), int(content["lanes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None

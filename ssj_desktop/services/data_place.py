"""Which store this user opens: the default place, or the one chosen at the first start."""

import json
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.formats.files import write_atomically

STORE_NAME = "office.ssj"
_NOTE = "place.json"


def default_store() -> Path:
    return places.user_folder() / STORE_NAME


def remembered_store() -> Path:
    """The store chosen at the first start; the default place when there was no choice."""
    try:
        text = (places.user_folder() / _NOTE).read_text(encoding="utf-8")
        chosen = json.loads(text)["store"]
        return Path(chosen) if chosen else default_store()
    except (OSError, ValueError, KeyError, TypeError):
        return default_store()


def remember_store(store: Path) -> None:
    content = json.dumps({"store": str(store.absolute())}, ensure_ascii=False)
    write_atomically(places.user_folder() / _NOTE, content.encode())

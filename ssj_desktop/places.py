"""Where files lie: read-only resources of the program and the user's own folder."""

import os
import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """A file shipped with the program, from a checkout as well as from the program folder."""
    frozen_root = getattr(sys, "_MEIPASS", None)
    root = Path(frozen_root) if frozen_root else Path(__file__).resolve().parent.parent
    return root.joinpath("resources", *parts)


def user_folder() -> Path:
    """The user's own folder for the store, backups and logs; it need not exist yet."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "SSJ"
    else:  # noqa: RET505 - the type checker reads one branch per platform
        return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "ssj"

"""Settings every test shares: deterministic property tests, no window on a real screen.

The user's folder is one of this run, and says that a password costs the least it may.
"""

import atexit
import json
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _own_user_folder() -> None:
    home = Path(tempfile.mkdtemp(prefix="ssj-home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    cost = {"passes": 2, "memory_kib": 19 * 1024, "lanes": 1}
    for name in ("ssj", "SSJ"):
        (home / name).mkdir(exist_ok=True)
        (home / name / "key_cost.json").write_text(json.dumps(cost), encoding="utf-8")
    os.environ["XDG_DATA_HOME"] = os.environ["LOCALAPPDATA"] = str(home)


_own_user_folder()

settings.register_profile(
    "ssj",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("ssj")

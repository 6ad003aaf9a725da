"""Settings every test shares: deterministic property tests, no window on a real screen.

The user's folder is one of this run, and says that a password costs the least it may. Temporary
files lie in memory where Linux offers it: a commit waits for the disk four times, and most of the
suite's time went into that. Which writes are asked for, and in what order, stays the same.
"""

import atexit
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

MEMORY = Path("/dev/shm")  # noqa: S108 - a fixed name of the system
ENOUGH = 4 << 30


def _work_in_memory() -> None:
    """Before pytest makes its folder; workers and child processes inherit it."""
    offered = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and "TMPDIR" not in os.environ
    if offered and shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _own_user_folder() -> None:
    home = Path(tempfile.mkdtemp(prefix="ssj-home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    cost = {"passes": 2, "memory_kib": 19 * 1024, "lanes": 1}
    for name in ("ssj", "SSJ"):
        (home / name).mkdir(exist_ok=True)
        (home / name / "key_cost.json").write_text(json.dumps(cost), encoding="utf-8")
    os.environ["XDG_DATA_HOME"] = os.environ["LOCALAPPDATA"] = str(home)


_work_in_memory()
_own_user_folder()

settings.register_profile(
    "ssj",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("ssj")


@pytest.fixture(autouse=True)
def no_window_outlives_its_store(tmp_path: Path) -> Iterator[None]:
    """A timer of a window left over would ask for a folder that is gone, in the middle of a later test."""
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    for window in QApplication.topLevelWidgets():
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def no_key_stays_held() -> Iterator[None]:
    """Ctrl+V pressed by a test stays held for Qt: a row selected by the next one would be toggled."""
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget

    if QApplication.instance() and QApplication.keyboardModifiers():
        QTest.keyRelease(QWidget(), Qt.Key.Key_Control)
        assert QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier

"""A child process for every parser of foreign files: capped in time and memory, it may die, we live.

The child is this program itself: ``python -m MODULE FILE`` or, in the program folder, the program
with ``FLAG FILE``. What it writes to standard output is its answer; no answer means it was ended.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ssj_desktop.domain.errors import ReadingCancelled

_WAIT_SECONDS = 0.1


def never() -> bool:
    return False


def command_of(module: str, flag: str, path: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, flag, str(path)]
    return [sys.executable, "-m", module, str(path)]


def ask_child(
    command: list[str], seconds: float, is_cancelled: Callable[[], bool] = never
) -> bytes:
    """The answer, empty when the child died or took too long; ReadingCancelled when asked to stop."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    child = subprocess.Popen(  # noqa: S603 - our own program, the file is an argument
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_surroundings(),
        creationflags=flags,
    )
    try:
        for _ in range(round(seconds / _WAIT_SECONDS)):
            if is_cancelled():
                raise ReadingCancelled("已取消读取。", "没有改动任何内容。")
            try:
                return child.communicate(timeout=_WAIT_SECONDS)[0]
            except subprocess.TimeoutExpired:
                continue
        return b""
    finally:
        child.kill()
        child.communicate()


def _surroundings() -> dict[str, str]:
    """The child finds this package wherever the program was started."""
    package = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (package, known)))}

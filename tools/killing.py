"""Runs a worker process, kills it at a random moment, and lets the caller look at what is left."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "Soak-2026-kill"  # noqa: S105 - of stores that live for one run
FIRST_LIFE = 180.0


@contextmanager
def scratch_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ssj-soak-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def acknowledge(log: Path, line: str) -> None:
    """What a worker calls after an act was confirmed to it: the line survives any kill."""
    with log.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def acknowledged(log: Path) -> list[str]:
    """Whole lines only: the kill may have hit the writing of the last one."""
    if not log.exists():
        return []
    return [
        line[:-1] for line in log.read_text("utf-8").splitlines(keepends=True) if line[-1] == "\n"
    ]


def run_and_kill(arguments: Sequence[str], log: Path, seconds: float) -> bool:
    """Start ``python arguments``, wait for its first line in ``log``, kill it ``seconds`` later.

    True when it was killed, False when it had ended well before; a worker that fails is raised.
    """
    begun, known = time.monotonic(), len(acknowledged(log))
    with subprocess.Popen([sys.executable, *arguments], stderr=subprocess.PIPE) as worker:
        while len(acknowledged(log)) == known and worker.poll() is None:
            if time.monotonic() - begun > FIRST_LIFE:
                worker.kill()
                raise TimeoutError("worker did nothing")
            time.sleep(0.005)
        try:
            worker.wait(seconds)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            return True
        complaint = worker.stderr.read().decode("utf-8", "replace") if worker.stderr else ""
    if worker.returncode:
        raise RuntimeError(complaint)
    return False

"""Runs scripts in a few lanes, until a moment or until Ctrl-C; each is given time to end by itself."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pacing import UNTIL

GRACE = 90.0
"""Seconds to end a round, clean up and tell; a script that takes longer is stopped, then killed."""
LAST_GRACE = 20.0
NEVER_BEGAN = -1
MOST_LANES = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One script that has ended, or never began."""

    script: Path
    code: int
    seconds: float
    text: str


class Lanes:
    """``note`` is told of every script, one at a time."""

    def __init__(self, options: Sequence[str], note: Callable[[Run], None]) -> None:
        self._options, self._note = list(options), note
        self._stopped = threading.Event()
        self._noting = threading.Lock()

    def run(self, scripts: Sequence[Path], lanes: int, seconds: float) -> None:
        """All scripts; those that have not begun after ``seconds`` never do."""
        waiting, until = list(scripts), time.monotonic() + seconds
        workers = [
            threading.Thread(target=self._drive, args=(waiting, until))
            for _ in range(min(lanes, MOST_LANES))
        ]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            try:
                time.sleep(0.1)  # an interrupted join would believe that its thread has ended
            except KeyboardInterrupt:
                self._stopped.set()

    def _drive(self, waiting: list[Path], until: float) -> None:
        while True:
            with self._noting:
                if not waiting:
                    return
                script = waiting.pop(0)
            if self._stopped.is_set() or time.monotonic() > until:
                ended = Run(script, NEVER_BEGAN, 0.0, "")
            else:
                ended = self._run(script, until)
            with self._noting:
                self._note(ended)

    def _run(self, script: Path, until: float) -> Run:
        """A session of its own: Ctrl-C reaches it from here, and all it started ends with it."""
        begun, lines = time.monotonic(), list[str]()
        with subprocess.Popen(
            [sys.executable, str(script), *self._options],
            cwd=script.parent.parent,
            env={**os.environ, "PYTHONUTF8": "1", UNTIL: str(until)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as child:
            reader = threading.Thread(target=lambda: lines.extend(child.stdout or ()))
            reader.start()
            self._wait(child, until)
            _kill_all(child)
            reader.join()
        return Run(script, child.returncode, time.monotonic() - begun, "".join(lines))

    def _wait(self, child: subprocess.Popen[str], until: float) -> None:
        """Until it ended; from Ctrl-C or the end of the time on, it has a while for that."""
        asked, last = False, until + GRACE
        while child.poll() is None and time.monotonic() < last:
            if self._stopped.is_set() and not asked:
                asked, last = True, time.monotonic() + GRACE
                child.send_signal(signal.SIGINT)
            time.sleep(0.2)
        if child.poll() is None:
            child.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            try:
                child.wait(LAST_GRACE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _kill_all(child: subprocess.Popen[str]) -> None:
    """Whatever a script that ended badly left running."""
    if os.name == "posix":
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

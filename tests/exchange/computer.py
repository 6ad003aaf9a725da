"""A computer of its own: a process that opens one store and does what it is told.

Nothing but files and the server goes from one of these to another. Where the system can, the
processes are forked from a fresh one that knows nothing but the program, so that they begin at once.
"""

import multiprocessing
import os
import shutil
import sys
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_WAYS = multiprocessing.get_all_start_methods()
_CONTEXT: Any = multiprocessing.get_context("forkserver" if "forkserver" in _WAYS else "spawn")
_LONGEST = 120


class Computer:
    """The telephone to one of these processes."""

    def __init__(self, store: Path, day: int = 0) -> None:
        self.store, self._day = store, day
        self._told: list[str] = []
        self._begin()

    def _begin(self) -> None:
        _warm_up()
        self._line, theirs = _CONTEXT.Pipe()
        words = (theirs, str(self.store), self._day)
        self._process = _CONTEXT.Process(target=_work, args=words, daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, deed: str, *words: Any) -> Any:
        """What the deed came to; AssertionError when the program refused it."""
        self.tell(deed, *words)
        return self.answer()

    def tell(self, deed: str, *words: Any) -> None:
        """Say it without waiting: several computers work at once."""
        self._line.send((deed, words))
        self._told.append(deed)

    def answer(self) -> Any:
        deed, (is_done, answer) = self._told.pop(0), self._heard()
        assert is_done, f"{self.store.parent.name} {deed}: {answer}"
        return answer

    def is_refused(self, deed: str, *words: Any) -> str:
        """The sentence of the refusal."""
        self.tell(deed, *words)
        self._told.pop(0)
        is_done, answer = self._heard()
        assert not is_done, f"{deed} was not refused"
        return str(answer)

    def _heard(self) -> tuple[bool, Any]:
        assert self._line.poll(_LONGEST), f"{self.store} says nothing"
        is_done, answer = self._line.recv()
        return is_done, answer

    def sleep_until(self, day: int) -> None:
        self._day = day
        self.ask("day", day)

    def go_off(self) -> None:
        """Close the store and end the process."""
        self._line.send(None)
        self._process.join(_LONGEST)
        assert self._process.exitcode == 0
        self._line.close()

    def copied_to(self, folder: Path) -> Path:
        """The disk as it is between two acts: a backup, or the disk of a clone."""
        shutil.copytree(self.store.parent, folder)
        return folder / self.store.name

    def put_back(self, backup: Path) -> None:
        """Somebody copies an old file over the store."""
        self.go_off()
        shutil.copy(backup, self.store)
        self._begin()


@cache
def _warm_up() -> None:
    """The process all others are forked from imports the program, from the same places as we."""
    if "forkserver" not in _WAYS:
        return
    from multiprocessing import forkserver

    forkserver.set_forkserver_preload(["exchange.deeds"])
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        forkserver.ensure_running()
    finally:
        os.environ["PYTHONPATH"] = before


def _work(line: Connection, store: str, day: int) -> None:
    """What the process does all its life."""
    from exchange.deeds import DEEDS, Seat

    from ssj_desktop.domain.errors import SsjError

    seat = Seat.at(Path(store), day)
    while (told := _told(line)) is not None:
        deed, words = told
        try:
            line.send((True, DEEDS[deed](seat, *words)))
        except SsjError as refusal:
            line.send((False, str(refusal)))
    seat.desk.close()


def _told(line: Connection) -> Any:
    """None also when nobody is there any more."""
    try:
        return line.recv()
    except EOFError:
        return None

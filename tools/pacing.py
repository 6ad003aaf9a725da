"""How many rounds a drill makes, and how it ends before that: the hour is over, or Ctrl-C.

``all_soaks`` names the moment. A drill that was stopped tells what it did and misses its figure.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

UNTIL = "SSJ_SOAK_UNTIL"
"""In the environment: seconds of the monotonic clock after which no further round begins."""
_interrupted = threading.Event()
"""Ctrl-C ends everything this process was still to do, not only the rounds under way."""


class Rounds:
    """Numbers from zero, as far as there is time; ``done`` of them were used up."""

    def __init__(self, count: int) -> None:
        self.count, self.done = count, 0

    def __iter__(self) -> Iterator[int]:
        with _patient_with_interrupt():
            while self.done < self.count and not self.is_over():
                yield self.done
                self.done += 1

    @property
    def is_whole(self) -> bool:
        return self.done >= self.count

    @property
    def text(self) -> str:
        """How many, and of how many when it was stopped."""
        return str(self.done) if self.is_whole else f"{self.done}/{self.count}（没有做完）"

    def is_over(self) -> bool:
        return _interrupted.is_set() or time.monotonic() > float(os.environ.get(UNTIL, "inf"))


@contextmanager
def _patient_with_interrupt() -> Iterator[None]:
    """The round under way comes to its end; a second Ctrl-C ends it at once, as usual."""
    if not _is_main():
        yield
        return
    usual: Any = signal.getsignal(signal.SIGINT)

    def interrupted(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGINT, usual)
        _interrupted.set()

    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        if (
            _is_main()
        ):  # rounds left by an exception are cleared away by whichever thread finds them
            signal.signal(signal.SIGINT, usual)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()

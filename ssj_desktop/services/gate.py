"""Many may read at a time; who replaces the store is alone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Readers pass together; ``alone`` waits until they have left and keeps others out."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers = 0
        self._owner: int | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        me = threading.get_ident()
        with self._changed:
            self._changed.wait_for(lambda: self._owner in (None, me))
            self._readers += 1
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    def has_readers(self) -> bool:
        with self._changed:
            return self._readers > 0

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            before, self._owner = self._owner, threading.get_ident()
            self._changed.wait_for(lambda: self._readers == 0)
        try:
            yield
        finally:
            with self._changed:
                self._owner = before
                self._changed.notify_all()

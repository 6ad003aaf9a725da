"""Cycles of garbage are searched for while nobody works at the window, and no worker beside it.

A search of everything stops every thread for a tenth of a second and more; left to itself Python
begins it in the middle of an act.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from ssj_desktop.domain.pausing import is_search_due, search_all, search_new, search_rarely
from ssj_desktop.ui.tasks import are_workers_busy

_LOOK_MILLISECONDS = 5_000
_PAUSE_SECONDS = 5.0
_LONG_PAUSE_SECONDS = 120.0


class IdleSearch(QObject):
    """``idle_seconds`` says how long nobody has touched anything."""

    def __init__(self, parent: QObject, idle_seconds: Callable[[], float]) -> None:
        super().__init__(parent)
        self._idle_seconds, self._is_whole_done = idle_seconds, False
        self._timer = QTimer(self, interval=_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        search_rarely()
        self._timer.start()

    def stop(self) -> None:
        """Python searches again as it always does."""
        self._timer.stop()
        search_all()

    def look(self) -> None:
        """New things after a short pause; once in a long one also what was left out so far.

        What a worker has in hands would all be looked at, and most of it is gone when it ends.
        """
        if are_workers_busy():
            return
        idle = self._idle_seconds()
        if idle < _LONG_PAUSE_SECONDS:
            self._is_whole_done = False
            if idle >= _PAUSE_SECONDS and is_search_due():
                search_new()
        elif not self._is_whole_done:
            self._is_whole_done = True
            search_all()
            search_rarely()
            search_new()

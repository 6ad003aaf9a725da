"""Looking at the server in the background: on its own thread, never on the window's."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from ssj_desktop.queries.own_server import (
    LinkQuestion,
    LinkState,
    find_link_question,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.own_server import look_at_server

_EVERY_MS = 60_000
_SOON_MS = 1_500


class _Look(QRunnable):
    """One question to the server; it knows the address and touches no store."""

    class Signals(QObject):
        seen = Signal(object)

    def __init__(self, question: LinkQuestion) -> None:
        super().__init__()
        self.signals = self.Signals()
        self._question = question

    def run(self) -> None:
        self.signals.seen.emit(look_at_server(self._question))


class ServerWatch(QObject):
    """Asks every minute, and soon after something changed; ``tell`` hears what it found.

    Without a server nothing is asked and ``tell`` hears None.
    """

    def __init__(
        self, parent: QObject, desk: Desk, tell: Callable[[LinkState | None], object]
    ) -> None:
        super().__init__(parent)
        self._desk, self._tell = desk, tell
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._look: _Look | None = None
        self._last: _Look | None = None
        """Kept until the next one is done: its thread may still be on the way out of it."""
        self._again = self._stopped = False
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.look)

    def look_soon(self, *, has_server: bool) -> None:
        """Several changes in a row make one look; where there is no server nothing waits."""
        if self._stopped:
            return
        if has_server:
            self._soon.start()
        else:
            self._timer.stop()
            self._soon.stop()
            self._tell(None)

    def look(self) -> None:
        if self._look is not None or self._stopped:
            self._again = True
            return
        question = self._desk.ask(find_link_question)
        if question is None:
            self._timer.stop()
            self._tell(None)
            return
        self._timer.start()
        self._look = _Look(question)
        self._look.setAutoDelete(False)
        self._look.signals.seen.connect(self._hear)
        self._pool.start(self._look)

    def _hear(self, state: LinkState) -> None:
        self._last, self._look = self._look, None
        self._tell(state)
        if self._again:
            self._again = False
            self.look()

    def stop(self) -> None:
        """The store is about to be closed; a look under way reads nothing of it."""
        self._stopped = True
        self._timer.stop()
        self._soon.stop()
        if self._look is not None:
            self._look.signals.seen.disconnect(self._hear)

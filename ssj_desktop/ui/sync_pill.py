"""The state of the exchange in the header: 本机, 离线 or 在线, with what waits and since when."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from ssj_desktop.queries.exchanges import SyncState, find_sync_state
from ssj_desktop.queries.own_server import LinkState, count_waiting, find_server, header_pill
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.server_watch import ServerWatch
from ssj_desktop.ui.tasks import run_quietly
from ssj_desktop.ui.widgets import Pill, plain_tip


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store says of the exchange."""

    state: SyncState
    waiting: int
    has_server: bool


class SyncPill(Pill):
    """Opens the page of the exchange when clicked."""

    def __init__(self, desk: Desk, open_page: Callable[[], object]) -> None:
        super().__init__()
        self._desk, self._open_page = desk, open_page
        self._link: LinkState | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("同步状态")
        self.watch = ServerWatch(self, desk, self._hear)
        self._known = self._look()
        self._take(self._known)

    def refresh(self) -> None:
        """After a change: what the store says, and soon what the server says.

        Away from the window's thread: it comes while somebody works.
        """
        run_quietly(self, self._look, self._take)

    def _look(self) -> _Known:
        desk = self._desk
        state = desk.ask(find_sync_state, desk.surroundings.now())
        return _Known(state, desk.ask(count_waiting), desk.ask(find_server) is not None)

    def _take(self, known: _Known) -> None:
        self._known = known
        self._show()
        self.watch.look_soon(has_server=known.has_server)

    def _hear(self, link: LinkState | None) -> None:
        if link != self._link:
            self._link = link
            self._show()

    def _show(self) -> None:
        around = self._desk.surroundings
        state = self._known.state
        last = around.local(state.last_at) if state.last_at else None
        pill = header_pill(state, self._known.waiting, self._link, last, around.today())
        self.show_state(pill.text, pill.tone)
        self.setToolTip(plain_tip(pill.tip))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._open_page()

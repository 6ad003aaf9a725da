"""The state of the exchange in the header: 本机, 离线 or 在线, with what waits and since when."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from ssj_desktop.queries.exchanges import find_sync_state
from ssj_desktop.queries.own_server import LinkState, count_waiting, header_pill
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.server_watch import ServerWatch
from ssj_desktop.ui.widgets import Pill, plain_tip


class SyncPill(Pill):
    """Opens the page of the exchange when clicked."""

    def __init__(self, desk: Desk, open_page: Callable[[], object]) -> None:
        super().__init__()
        self._desk, self._open_page = desk, open_page
        self._link: LinkState | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("同步状态")
        self.watch = ServerWatch(self, desk, self._hear)
        self.refresh()

    def refresh(self) -> None:
        """After a change: what is known at once, and soon what the server says."""
        self._show()
        self.watch.look_soon()

    def _hear(self, link: LinkState | None) -> None:
        if link != self._link:
            self._link = link
            self._show()

    def _show(self) -> None:
        around = self._desk.surroundings
        state = self._desk.ask(find_sync_state, around.now())
        last = around.local(state.last_at) if state.last_at else None
        waiting = self._desk.ask(count_waiting)
        pill = header_pill(state, waiting, self._link, last, around.today())
        self.show_state(pill.text, pill.tone)
        self.setToolTip(plain_tip(pill.tip))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._open_page()

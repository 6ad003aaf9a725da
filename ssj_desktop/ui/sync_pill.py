"""The state of the exchange in the header: 本机, or 离线 with what waits."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from ssj_desktop.queries.exchanges import find_sync_state
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.widgets import Pill, plain_tip


class SyncPill(Pill):
    """Opens the page of the exchange when clicked."""

    def __init__(self, desk: Desk, open_page: Callable[[], object]) -> None:
        super().__init__()
        self._desk, self._open_page = desk, open_page
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("同步状态")
        self.refresh()

    def refresh(self) -> None:
        state = self._desk.ask(find_sync_state, self._desk.surroundings.now())
        self.show_state(state.text, state.tone)
        silent = f"久未往来：{'、'.join(state.silent)}" if state.silent else ""
        self.setToolTip(plain_tip(silent or "点这里打开“数据同步”"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._open_page()

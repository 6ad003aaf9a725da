"""What use-cases changed, told to the window on its own thread whichever thread ran them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from ssj_desktop.services.desk import Desk


class News(QObject):
    """Lives as long as ``parent``; a use-case of the same thread is heard of at once."""

    heard = Signal(object)

    def __init__(
        self, parent: QObject, desk: Desk, tell: Callable[[frozenset[str]], object]
    ) -> None:
        super().__init__(parent)
        self._tell = tell
        self.heard.connect(self._pass_on)
        self.stop = desk.subscribe(self.heard.emit)
        self.destroyed.connect(self.stop)

    def _pass_on(self, areas: frozenset[str]) -> None:
        self._tell(areas)

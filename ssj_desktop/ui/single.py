"""One window per store: a second start raises the first window and ends."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Qt
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

_WAIT_MILLISECONDS = 1000
_RAISE = b"raise\n"


def lock_store(store: Path) -> QLockFile | None:
    """None when a window has this store already; the lock of a dead process is taken over."""
    store.parent.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(store.with_suffix(".lock")))
    lock.setStaleLockTime(0)
    return lock if lock.tryLock(100) else None


def server_name(store: Path) -> str:
    """The same for every way to write one path."""
    return "ssj-" + hashlib.sha256(str(store.resolve()).encode()).hexdigest()[:20]


class Doorbell(QObject):
    """Listens for second starts while the first window is open."""

    def __init__(self, store: Path, on_ring: Callable[[], object]) -> None:
        super().__init__()
        self._on_ring = on_ring
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(server_name(store))
        self._server.newConnection.connect(self._answer)
        self._server.listen(server_name(store))

    def _answer(self) -> None:
        while self._server.hasPendingConnections():
            self._server.nextPendingConnection().deleteLater()
            self._on_ring()

    def close(self) -> None:
        self._server.close()


def ring(store: Path) -> bool:
    """Ask the window that has this store to come to the front; whether somebody answered."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(store))
    if not socket.waitForConnected(_WAIT_MILLISECONDS):
        return False
    socket.write(_RAISE)
    socket.waitForBytesWritten(_WAIT_MILLISECONDS)
    socket.disconnectFromServer()
    return True


def raise_window(window: QWidget) -> None:
    """To the front, out of the task bar as well."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()

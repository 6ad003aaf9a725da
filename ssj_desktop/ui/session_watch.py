"""The lock of the operating system: Windows tells each window, Linux says it on the bus.

Where neither can be had, the window still locks after a time without input.
"""

import sys
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Slot
from PySide6.QtWidgets import QWidget

_SESSION_CHANGE, _SESSION_LOCK = 0x02B1, 0x7
_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.ukui.ScreenSaver", "/"),
    ("com.deepin.SessionManager", "/com/deepin/SessionManager"),
)


class SessionWatch(QObject):
    """Calls ``on_lock`` when the session is locked; ``source`` says where it listens."""

    def __init__(self, window: QWidget, on_lock: Callable[[], object]) -> None:
        super().__init__(window)
        self._on_lock = on_lock
        self.source = ""
        self._filter: _WindowsFilter | None = None
        if sys.platform == "win32":
            self._watch_windows(window)
        elif sys.platform.startswith("linux"):
            self._watch_bus()

    @Slot(bool)
    def saver_changed(self, active: bool) -> None:
        if active:
            self._on_lock()

    def _watch_bus(self) -> None:
        with suppress(ImportError):
            from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415 - not on every system

            bus = QDBusConnection.sessionBus()
            if not bus.isConnected():
                return
            heard = [
                name
                for name, path in _SAVERS
                if bus.connect("", path, name, "ActiveChanged", self, b"1saver_changed(bool)")
            ]
            self.source = heard[0] if heard else ""

    def _watch_windows(self, window: QWidget) -> None:
        if sys.platform == "win32":
            import ctypes  # noqa: PLC0415 - its windll is on Windows only

            handle = int(window.winId())
            if ctypes.windll.wtsapi32.WTSRegisterSessionNotification(handle, 0):
                self._filter = _WindowsFilter(self._on_lock)
                application = QCoreApplication.instance()
                if application is not None:
                    application.installNativeEventFilter(self._filter)
                self.source = "wtsapi32"

    def stop(self) -> None:
        application = QCoreApplication.instance()
        if self._filter is not None and application is not None:
            application.removeNativeEventFilter(self._filter)
            self._filter = None


class _WindowsFilter(QAbstractNativeEventFilter):
    """Reads WM_WTSSESSION_CHANGE out of the message queue."""

    def __init__(self, on_lock: Callable[[], object]) -> None:
        super().__init__()
        self._on_lock = on_lock

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> object:
        if sys.platform == "win32" and kind == b"windows_generic_MSG":
            from ctypes import wintypes  # noqa: PLC0415

            told = wintypes.MSG.from_address(int(message))
            if told.message == _SESSION_CHANGE and told.wParam == _SESSION_LOCK:
                self._on_lock()
        return False, 0

"""Every way a program can fail leaves a trace and, where there is still a window, one dialog.

Exceptions of any thread, of destructors and of Qt go to the log without personal data; a crash of
the process and a window that hangs are written by faulthandler, which needs no working Python.
"""

import faulthandler
import logging
import os
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from ssj_desktop.domain.scrubbing import bug_text, scrub
from ssj_desktop.ui.errors import LOG, on_bug

LOG_NAME, CRASH_NAME = "ssj.log", "crash.log"
_LOG_BYTES, _LOGS_KEPT = 1_000_000, 5
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
HANGS_AFTER_SECONDS = 10.0
_BEAT_MILLISECONDS = 1000


class _Bridge(QObject):
    """Brings exceptions of other threads to the one that may show a dialog."""

    reported = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.reported.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def _show(self, bug: BaseException) -> None:
        on_bug(type(bug), bug, bug.__traceback__)


class Watchdog(QObject):
    """Each beat of the event loop puts off a dump of all stacks; a hanging window misses it."""

    def __init__(self, handle: int, parent: QObject, seconds: float = HANGS_AFTER_SECONDS) -> None:
        super().__init__(parent)
        self._handle, self._seconds = handle, seconds
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.beat)
        self._timer.start(_BEAT_MILLISECONDS)
        self.beat()

    def beat(self) -> None:
        faulthandler.dump_traceback_later(self._seconds, file=self._handle)

    def stop(self) -> None:
        self._timer.stop()
        faulthandler.cancel_dump_traceback_later()


class CrashReports(QObject):
    """All hooks of one running window; ``remove`` puts back what was there."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self._log = RotatingFileHandler(
            folder / LOG_NAME, maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8"
        )
        self._log.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        LOG.addHandler(self._log)
        self._handle = _open_crash_file(folder / CRASH_NAME)
        self._bridge = _Bridge()
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = on_bug
        threading.excepthook = self._on_thread
        sys.unraisablehook = _on_unraisable
        qInstallMessageHandler(_on_qt_message)
        faulthandler.enable(self._handle)
        self.watchdog = Watchdog(self._handle, self)

    def _on_thread(self, failure: "threading.ExceptHookArgs") -> None:
        if failure.exc_value is not None and failure.exc_type is not SystemExit:
            self._bridge.reported.emit(failure.exc_value)

    def remove(self) -> None:
        self.watchdog.stop()
        faulthandler.disable()
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        LOG.removeHandler(self._log)
        self._log.close()
        os.close(self._handle)


def _open_crash_file(path: Path) -> int:
    """For appending; the file of an earlier time moves aside when it is large."""
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _on_unraisable(failure: "sys.UnraisableHookArgs") -> None:
    """A destructor or callback nobody waits for: logged, no dialog."""
    if failure.exc_value is not None:
        LOG.error("%s", bug_text(failure.exc_value))


def _on_qt_message(kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
    LOG.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", scrub(text))

"""Backups while the window is open: every half hour when something changed, and a monthly drill.

All of it runs on a worker; the clerk sees a line in the status bar only when something is wrong.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal

from ssj_desktop.domain.backups import EVERY
from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.services.backups import BackupDone, Drill, back_up_if_changed, drill_if_due
from ssj_desktop.services.desk import Desk

_DRILL_AFTER_MILLISECONDS = 5 * 60 * 1000


class _Errand(QRunnable):
    """Work in the background; a refusal becomes a text, a bug goes the way of all bugs."""

    class Signals(QObject):
        told = Signal(str)
        failed = Signal(object)

    def __init__(self, work: Callable[[], str]) -> None:
        super().__init__()
        self.signals = self.Signals()
        self._work = work

    def run(self) -> None:
        try:
            text = self._work()
        except SsjError as refusal:
            text = str(refusal)
        except BaseException as bug:  # noqa: BLE001 - raised again on the main thread
            self.signals.failed.emit(bug)
            return
        self.signals.told.emit(text)


class Keeper(QObject):
    """Owns the timers; ``tell`` shows what went wrong."""

    def __init__(self, desk: Desk, tell: Callable[[str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._tell = desk, tell
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._errands: list[_Errand] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.back_up)
        self._timer.start(int(EVERY.total_seconds() * 1000))
        QTimer.singleShot(_DRILL_AFTER_MILLISECONDS, self, self.drill)

    def back_up(self) -> None:
        self._start(lambda: backup_fault(back_up_if_changed(self._desk, BackupReason.TIMER)))

    def drill(self) -> None:
        self._start(lambda: drill_fault(drill_if_due(self._desk)))

    def _start(self, work: Callable[[], str]) -> None:
        errand = _Errand(work)
        errand.setAutoDelete(False)
        errand.signals.told.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        errand.signals.failed.connect(self._fail, Qt.ConnectionType.QueuedConnection)
        self._errands = [*self._errands[-3:], errand]
        self._pool.start(errand)

    def _hear(self, text: str) -> None:
        if text:
            self._tell(text)

    def _fail(self, bug: BaseException) -> None:
        raise bug

    def stop(self) -> None:
        """Begin nothing more: the store is about to be closed."""
        self._timer.stop()

    def wait(self) -> None:
        """For what is under way; from any thread."""
        self._pool.waitForDone()


def backup_fault(done: BackupDone | None) -> str:
    return done.notice if done is not None else ""


def drill_fault(found: Drill | None) -> str:
    if found is None or found.passed:
        return ""
    return f"每月恢复演练没有通过：{found.result}。请马上另做一份备份，并联系技术支持。"

"""Slow work off the main thread; results and errors come back on it."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.ui.errors import show_refusal

T = TypeVar("T")


class _Signals(QObject):
    done = Signal(object)
    failed = Signal(object)


class _Job(QRunnable, Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.signals = _Signals()
        self._work = work

    def run(self) -> None:
        try:
            result = self._work()
        except BaseException as problem:  # noqa: BLE001 - handed to the main thread
            self.signals.failed.emit(problem)
        else:
            self.signals.done.emit(result)


class Task(QObject, Generic[T]):
    """One piece of slow work; cancelling throws its result away and shows nothing."""

    def __init__(
        self, parent: QWidget, text: str, work: Callable[[], T], done: Callable[[T], object]
    ) -> None:
        super().__init__(parent)
        self._window, self._done, self.cancelled = parent, done, False
        self._job = _Job(work)
        self._job.signals.done.connect(self._finish)
        self._job.signals.failed.connect(self._fail)
        self._progress = QProgressDialog(text, "取消", 0, 0, parent)
        self._progress.setWindowModality(Qt.WindowModality.WindowModal)
        self._progress.setMinimumDuration(400)
        self._progress.canceled.connect(self._cancel)

    def start(self) -> None:
        QThreadPool.globalInstance().start(self._job)

    def _cancel(self) -> None:
        self.cancelled = True

    def _close(self) -> None:
        self._progress.canceled.disconnect(self._cancel)
        self._progress.close()

    def _finish(self, result: T) -> None:
        self._close()
        if not self.cancelled:
            self._done(result)

    def _fail(self, problem: BaseException) -> None:
        self._close()
        if self.cancelled:
            return
        if isinstance(problem, SsjError):
            show_refusal(self._window, problem)
        else:
            raise problem


def run_task(
    parent: QWidget, text: str, work: Callable[[], T], done: Callable[[T], object]
) -> Task[T]:
    """Start slow work with a progress window."""
    task = Task(parent, text, work, done)
    task.start()
    return task

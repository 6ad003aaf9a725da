"""Slow work off the main thread; results and errors come back on it.

One worker each for the database, for files, for passwords and for pictures of pages: work of a
kind waits its turn, the window never does.
"""

import sys
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QObject,
    QRunnable,
    Qt,
    QThreadPool,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QProgressDialog, QWidget

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.steps import Steps, Stopped
from ssj_desktop.ui.errors import attempt, show_refusal
from ssj_desktop.ui.widgets import label

T = TypeVar("T")
C = TypeVar("C")
_SHOWN_AFTER_MS = 400
_TURN_SECONDS = 0.0005
"""A worker gives way to the window within this time: each row the window reads asks for its turn."""
_INPUT = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.KeyPress,
    QEvent.Type.KeyRelease,
    QEvent.Type.Shortcut,
    QEvent.Type.ShortcutOverride,
    QEvent.Type.ContextMenu,
    QEvent.Type.Close,
}


class Lane(Enum):
    """Which of the workers does it."""

    DATABASE = "database"
    FILES = "files"
    DOOR = "door"
    PICTURES = "pictures"


def _pool(lane: Lane) -> QThreadPool:
    """The application owns the workers, so that they end before it does."""
    app = QCoreApplication.instance()
    found = app.findChild(QThreadPool, lane.value) if app is not None else None
    if found is None:
        found = QThreadPool(app)
        found.setObjectName(lane.value)
        found.setMaxThreadCount(1)
        sys.setswitchinterval(_TURN_SECONDS)
    return found


def are_workers_busy() -> bool:
    """Something is being done beside the window."""
    return any(_pool(lane).activeThreadCount() for lane in Lane)


def wait_for_workers() -> None:
    """Until everything begun is done: before a picture is taken of it."""
    for lane in Lane:
        _pool(lane).waitForDone()
    QCoreApplication.processEvents()


def end_questions() -> None:
    """Nobody waits for the answers any more, and the store is about to be closed."""
    _pool(Lane.DATABASE).clear()
    _pool(Lane.DATABASE).waitForDone()


class Cancelled(Exception):
    """The clerk no longer wants the result."""


class _Signals(QObject):
    done = Signal(object)
    failed = Signal(object)
    counted = Signal(int, int)
    stepped = Signal(str, int, int)


class Progress:
    """Handed to work that knows how far it is: ``progress(done, total)`` shows and may stop it."""

    def __init__(self, signals: _Signals) -> None:
        self._signals = signals
        self.cancelled = False

    def __call__(self, done: int, total: int) -> None:
        if self.cancelled:
            raise Cancelled
        self._signals.counted.emit(done, total)


class StepTeller:
    """Handed to a long exchange: shows its words, and ends it between two steps."""

    def __init__(self, signals: _Signals) -> None:
        self._signals = signals
        self.cancelled = False

    def stop(self) -> None:
        self.cancelled = True

    def __call__(self, words: str, done: int, total: int) -> None:
        if self.cancelled:
            raise Stopped
        self._signals.stepped.emit(words, done, total)


class _Job(QRunnable, Generic[T]):
    def __init__(self, work: Callable[[Progress], T]) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.signals = _Signals()
        self.progress = Progress(self.signals)
        self._work = work

    def run(self) -> None:
        try:
            result = self._work(self.progress)
        except BaseException as problem:  # noqa: BLE001 - handed to the main thread
            self.signals.failed.emit(problem)
        else:
            self.signals.done.emit(result)


class Task(QObject, Generic[T]):
    """One piece of slow work; cancelling throws its result away and shows nothing."""

    def __init__(
        self,
        parent: QWidget,
        text: str,
        work: Callable[[Progress], T],
        done: Callable[[T], object],
        lane: Lane = Lane.FILES,
    ) -> None:
        super().__init__(parent)
        self._window, self._done, self.cancelled = parent, done, False
        self._text, self._lane = text, lane
        self._job = _Job(work)
        self._job.signals.done.connect(self._finish)
        self._job.signals.failed.connect(self._fail)
        self._dialog: QProgressDialog | None = self._make_dialog() if text else None

    def _make_dialog(self) -> QProgressDialog:
        dialog = QProgressDialog("", "取消", 0, 0, self._window)
        dialog.setLabel(label(self._text))  # file names may look like markup
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        _show_soon(dialog)
        dialog.canceled.connect(self.cancel)
        self._job.signals.counted.connect(self._count)
        return dialog

    def start(self) -> None:
        _pool(self._lane).start(self._job)

    def _count(self, done: int, total: int) -> None:
        if self._dialog is not None and not self.cancelled:
            self._dialog.setMaximum(total)
            self._dialog.setValue(done)
            self._dialog.setLabelText(f"{self._text}　{done} / {total}")

    def cancel(self) -> None:
        """Its result is not wanted any more; counted work stops at its next step."""
        self.cancelled = self._job.progress.cancelled = True

    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.canceled.disconnect(self.cancel)
            self._dialog.reset()
            self._dialog.deleteLater()

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


def _show_soon(dialog: QProgressDialog) -> None:
    """Without a first value Qt would wait its own four seconds."""
    dialog.setMinimumDuration(_SHOWN_AFTER_MS)
    dialog.setValue(0)


class _Waiting(QObject, Generic[T]):
    """Hears the end of a job on the main thread and ends the wait."""

    def __init__(self, job: _Job[T], spared: QWidget | None = None) -> None:
        super().__init__()
        self.loop, self._spared = QEventLoop(), spared
        self.results: list[T] = []
        self.problem: BaseException | None = None
        job.signals.done.connect(self._finish)
        job.signals.failed.connect(self._fail)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Nothing is typed, clicked or closed meanwhile, before its sentence shows as little as after."""
        return event.type() in _INPUT and not self._is_spared(watched)

    def _is_spared(self, watched: QObject) -> bool:
        """The dialog with the button that stops the work, and the window the system gave it."""
        if self._spared is None:
            return False
        is_inside = isinstance(watched, QWidget) and self._spared.isAncestorOf(watched)
        return watched in (self._spared, self._spared.windowHandle()) or is_inside

    def _finish(self, result: T) -> None:
        self.results.append(result)
        self.loop.quit()

    def _fail(self, problem: BaseException) -> None:
        self.problem = problem
        self.loop.quit()


class _Said(QObject):
    """Makes the window with the sentence when the work takes long; most work is over before."""

    def __init__(self, parent: QWidget, text: str) -> None:
        super().__init__(parent)
        self._parent, self._text = parent, text
        self._dialog: QProgressDialog | None = None
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_AFTER_MS)
        self._timer.timeout.connect(self._show)
        self._timer.start()

    def _show(self) -> None:
        dialog = self._dialog = QProgressDialog("", "", 0, 0, self._parent)
        dialog.setLabel(label(self._text))
        dialog.setCancelButton(None)
        dialog.setWindowModality(Qt.WindowModality.ApplicationModal)
        dialog.show()

    def end(self) -> None:
        self._timer.stop()
        if self._dialog is not None:
            self._dialog.reset()
            self._dialog.deleteLater()
        self.deleteLater()


def wait_for(parent: QWidget, text: str, work: Callable[[], T]) -> T:
    """Do slow work that must not be stopped halfway; the window lives but takes no input.

    Returns what the work returns and raises what it raises. ``text`` shows when it takes long.
    """
    said = _Said(parent, text)
    try:
        return _wait(work, Lane.FILES)
    finally:
        said.end()


def wait_in_steps(parent: QWidget | None, text: str, work: Callable[[Steps], T]) -> T | None:
    """Wait for an exchange that says how far it is and may be stopped between two steps.

    None when it was stopped with nothing done; what was begun it has undone itself.
    """
    dialog = QProgressDialog("", "取消", 0, 0, parent)
    words = label(text)
    dialog.setLabel(words)
    dialog.setWindowModality(Qt.WindowModality.ApplicationModal)
    dialog.setAutoReset(False)
    dialog.setAutoClose(False)
    _show_soon(dialog)
    signals = _Signals()
    teller = StepTeller(signals)

    def show(said: str, done: int, total: int) -> None:
        if not teller.cancelled:
            dialog.setMaximum(total)
            dialog.setValue(done)
            dialog.setLabelText(f"{text}\n{said}")

    def stop() -> None:
        teller.stop()
        dialog.setLabelText(f"{text}\n正在停下……")

    signals.stepped.connect(show)
    dialog.canceled.connect(stop)
    try:
        return _wait(lambda: work(teller), Lane.FILES, dialog)
    except Stopped:
        return None
    finally:
        dialog.canceled.disconnect(stop)
        dialog.reset()
        dialog.deleteLater()


def wait_in(dialog: QWidget, work: Callable[[], T]) -> T:
    """Prove a password, which is slow by design; the dialog stays, greyed, and takes no input.

    It has a worker of its own: nobody stands before a locked window because an export runs.
    """
    focused = dialog.focusWidget()
    dialog.setEnabled(False)
    try:
        return _wait(work, Lane.DOOR)
    finally:
        dialog.setEnabled(True)
        if focused is not None:
            focused.setFocus()


def _wait(work: Callable[[], T], lane: Lane, spared: QWidget | None = None) -> T:
    job = _Job(lambda _progress: work())
    waiting, app = _Waiting(job, spared), QCoreApplication.instance()
    _pool(lane).start(job)
    if app is not None:
        app.installEventFilter(waiting)
    waiting.loop.exec()
    if app is not None:
        app.removeEventFilter(waiting)
    if waiting.problem is not None:
        raise waiting.problem
    return waiting.results[0]


def attempt_slowly(parent: QWidget, text: str, act: Callable[[], object]) -> bool:
    """``attempt`` for an act that takes its time; False when it was refused, and that was shown."""
    return attempt(parent, partial(wait_for, parent, text, act))


def carry_out(
    parent: QWidget, desk: Desk, use_case: Callable[[Work, C], object], command: C
) -> bool:
    """One act of the clerk: it may have to wait until a worker has read; the window does not."""
    return attempt_slowly(parent, "正在保存……", partial(desk.do, use_case, command))


def run_task(
    parent: QWidget, text: str, work: Callable[[], T], done: Callable[[T], object]
) -> Task[T]:
    """Start slow work on files with a progress window."""
    return run_counted_task(parent, text, lambda _progress: work(), done)


def run_counted_task(
    parent: QWidget,
    text: str,
    work: Callable[[Progress], T],
    done: Callable[[T], object],
    lane: Lane = Lane.FILES,
) -> Task[T]:
    """Start slow work that tells its progress in counts."""
    task = Task(parent, text, work, done, lane)
    task.start()
    return task


def run_quietly(
    parent: QWidget,
    work: Callable[[], T],
    done: Callable[[T], object],
    lane: Lane = Lane.DATABASE,
) -> Task[T]:
    """Start a query that nobody should wait for with a window: a search while typing."""
    task = Task(parent, "", lambda _progress: work(), done, lane)
    task.start()
    return task

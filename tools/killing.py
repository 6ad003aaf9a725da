"""Runs workers, kills them at random moments, and lets the caller look at what is left.

The caller is the warm parent: it has done the work once, keeps no store open and starts no thread. A
worker is a fork of it and begins at once; where a system cannot fork it is a new process.
"""

import gc
import importlib
import multiprocessing
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

import psutil

PASSWORD = "Soak-2026-kill"  # noqa: S105 - of stores that live for one run
FIRST_LIFE = 180.0
IDLE = 20
_THREADS = Path("/proc/self/task")
_scratch: list[str] = []
R = TypeVar("R")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of this run; what killed workers leave in temporary files goes with it."""
    with tempfile.TemporaryDirectory(prefix="ssj-soak-", ignore_cleanup_errors=True) as folder:
        _scratch.append(folder)
        try:
            yield Path(folder)
        finally:
            _scratch.remove(folder)


@contextmanager
def memory_folder() -> Iterator[Path]:
    """For what need not wait for a real disk: kills, refusals, states recorded on one before."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of this run's own is made in it
    place = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="ssj-soak-", dir=place) as folder:
        yield Path(folder)


def acknowledge(log: Path, line: str) -> None:
    """What a worker calls after an act was confirmed to it: the line survives any kill."""
    with log.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def acknowledged(log: Path) -> list[str]:
    """Whole lines only: the kill may have hit the writing of the last one."""
    if not log.exists():
        return []
    return [
        line[:-1] for line in log.read_text("utf-8").splitlines(keepends=True) if line[-1] == "\n"
    ]


def may_fork() -> bool:
    """Whether this system forks and this process has no second thread, as a test runner may."""
    threads = len(list(_THREADS.iterdir())) if _THREADS.exists() else threading.active_count()
    return "fork" in multiprocessing.get_all_start_methods() and threads == 1


class Worker:
    """One task in a process of its own."""

    def __init__(self, task: Callable[..., object], *arguments: object) -> None:
        context = multiprocessing.get_context("fork" if may_fork() else "spawn")
        self._answer, answer = context.Pipe(duplex=False)
        self.process = context.Process(
            target=_answered, args=(answer, _scratch[-1:], task, arguments)
        )
        gc.collect()
        gc.freeze()  # a worker that collects would copy every page it shares with its parent
        self.process.start()
        answer.close()

    def result(self) -> Any:
        """What the task returned; RuntimeError with its traceback when it failed."""
        while not self._answer.poll(0.02):
            if not self.process.is_alive() and not self._answer.poll():
                raise RuntimeError(f"worker ended with {self.process.exitcode}")
        whole, answer, modules = self._answer.recv()
        self.process.join()
        if not whole:
            raise RuntimeError(answer)
        if may_fork():
            _import(modules)
        return answer

    def is_alive(self) -> bool:
        return self.process.is_alive()

    def used(self) -> float:
        """Seconds of the processor; those of one that has ended do not matter any more."""
        try:
            times = psutil.Process(self.process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


def _answered(
    answer: Connection,
    scratch: Sequence[str],
    task: Callable[..., object],
    arguments: Sequence[object],
) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for folder in scratch:
        tempfile.tempdir = folder
    try:
        result = task(*arguments)
        answer.send((True, result, sorted(sys.modules)))
    except BaseException:  # noqa: BLE001 - the parent raises it
        answer.send((False, traceback.format_exc(), []))


def _end_with_parent() -> None:
    """A worker that works until it is killed would go on for ever when the drill is stopped."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _import(modules: Sequence[str]) -> None:
    """What one worker needed, the next ones find there."""
    for name in modules:
        if name not in sys.modules and not name.startswith("__"):
            with suppress(ImportError):
                importlib.import_module(name)


def in_child(task: Callable[..., R], *arguments: object) -> R:
    """Run a task that opens stores, so that this process stays one that may fork."""
    answer: R = Worker(task, *arguments).result()
    return answer


def run_and_kill(
    task: Callable[..., object],
    arguments: Sequence[object],
    log: Path,
    seconds: float,
    *,
    at_once: bool = False,
) -> bool:
    """Start a worker, wait for its first line in ``log``, kill it after ``seconds`` of processor time.

    ``at_once``: the time runs from the start. True when it was killed, False when it had ended
    well before; a worker that fails is raised. A busy machine makes lives longer, not emptier.
    """
    known = -1 if at_once else len(acknowledged(log))
    worker = Worker(task, *arguments)
    wait_for_line(worker, log, known)
    live(worker, seconds)
    if worker.is_alive():
        worker.kill()
        return True
    worker.result()
    return False


def live(worker: Worker, seconds: float) -> None:
    """Until the worker has used so much of the processor, or has ended, or only waits."""
    begun, used = time.monotonic(), worker.used()
    while worker.is_alive() and worker.used() - used < seconds:
        if time.monotonic() - begun > IDLE * seconds + 1:
            return
        worker.process.join(0.01)


def wait_for_line(worker: Worker, log: Path, known: int) -> None:
    """Until the log has more than ``known`` lines or the worker has ended."""
    begun = time.monotonic()
    while len(acknowledged(log)) <= known and worker.is_alive():
        if time.monotonic() - begun > FIRST_LIFE:
            worker.kill()
            raise TimeoutError("worker did nothing")
        time.sleep(0.01)

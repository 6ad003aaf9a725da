"""Everything is searched for garbage only while nobody touches the window."""

import gc
import weakref
from collections.abc import Iterator
from threading import Event

import pytest
import sqlalchemy  # noqa: F401 - before Qt
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ssj_desktop.domain.pausing import search_all
from ssj_desktop.ui import idle_search
from ssj_desktop.ui.idle_search import IdleSearch
from ssj_desktop.ui.tasks import run_quietly, wait_for_workers


class Ring:
    """Garbage that only a search finds."""

    def __init__(self) -> None:
        self.myself = self


@pytest.fixture
def pause() -> Iterator[list[float]]:
    """Seconds without input; whatever happens Python searches as before afterwards."""
    yield [0.0]
    search_all()


@pytest.fixture
def search(qapp, pause: list[float], monkeypatch: pytest.MonkeyPatch) -> IdleSearch:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(idle_search, "is_search_due", lambda: True)
    return IdleSearch(QObject(qapp), lambda: pause[0])


def aged_ring() -> weakref.ref[Ring]:
    """Old enough that searches among new things pass it over, and then lost."""
    made = Ring()
    gc.collect(1)
    return weakref.ref(made)


def test_nothing_is_searched_while_the_clerk_works_and_new_things_after_a_pause(
    search: IdleSearch, pause: list[float]
) -> None:
    search.start()
    lost = aged_ring()
    search.look()
    assert lost() is not None
    pause[0] = 10
    search.look()
    assert lost() is None


def test_a_pause_in_which_a_worker_is_busy_is_left_alone(
    search: IdleSearch, pause: list[float]
) -> None:
    begun, end = Event(), Event()

    def work() -> None:
        begun.set()
        end.wait(10)

    lost, pause[0] = aged_ring(), 10
    window = QWidget()
    run_quietly(window, work, lambda _: None)
    begun.wait(10)
    search.look()
    assert lost() is not None
    end.set()
    wait_for_workers()
    search.look()
    assert lost() is None


def test_a_pause_without_anything_new_is_left_alone(
    search: IdleSearch, pause: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_search, "is_search_due", lambda: False)
    lost, pause[0] = aged_ring(), 10
    search.look()
    assert lost() is not None


def test_what_was_left_out_is_searched_once_in_a_long_pause(
    search: IdleSearch, pause: list[float]
) -> None:
    kept = Ring()
    lost = weakref.ref(kept)
    gc.freeze()
    del kept
    pause[0] = 10
    search.look()
    assert lost() is not None
    pause[0] = 1000
    search.look()
    assert lost() is None
    left = gc.get_freeze_count()
    search.look()
    assert gc.get_freeze_count() == left


def test_python_searches_rarely_during_a_session_and_as_always_afterwards(
    search: IdleSearch,
) -> None:
    usual = gc.get_threshold()
    search.start()
    assert gc.get_threshold()[2] > 10 * usual[2]
    search.stop()
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0

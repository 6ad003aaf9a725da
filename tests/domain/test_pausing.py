"""Long work pauses the search for cycles and leaves it as it found it."""

import gc

import pytest

from ssj_desktop.domain.pausing import (
    is_search_due,
    leave_out_of_search,
    search_all,
    search_new,
    search_rarely,
    without_cycle_search,
)


def test_the_search_is_off_inside_and_on_again_after_a_failure() -> None:
    with without_cycle_search():
        assert not gc.isenabled()
    with pytest.raises(ValueError, match="invalid literal"), without_cycle_search():
        int("x")
    assert gc.isenabled()


def test_an_inner_pause_does_not_end_the_outer_one() -> None:
    with without_cycle_search():
        with without_cycle_search():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_is_left_out_of_the_search_is_found_again_when_all_is_searched() -> None:
    search_all()
    leave_out_of_search()
    assert gc.get_freeze_count() > 0
    search_all()
    assert gc.get_freeze_count() == 0


def test_a_search_of_everything_is_due_when_python_would_have_made_one() -> None:
    usual = gc.get_threshold()
    try:
        search_rarely()
        gc.collect()
        assert not is_search_due()
        for _ in range(usual[2]):
            gc.collect(1)
        assert is_search_due()
        search_new()
        assert not is_search_due()
        assert gc.get_freeze_count() > 0
    finally:
        search_all()
    assert gc.get_threshold() == usual

"""Long work pauses the search for cycles and leaves it as it found it."""

import gc

import pytest

from ssj_desktop.domain.pausing import without_cycle_search


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

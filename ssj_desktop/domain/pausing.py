"""When Python searches for cycles of garbage, and in what.

The search stops everything else and takes as long as there are things to look at.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = gc.get_threshold()
_SELDOM = 1000
"""Many hundred thousand things more before Python searches all by itself, so memory has a bound."""


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Values that hold no cycles are made in here, many of them: the search would double the time.

    Afterwards Python searches as before.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def search_rarely() -> None:
    """Whoever searches when there is time for it needs no search of everything in between."""
    often, seldom, _ = _USUAL
    gc.set_threshold(often, seldom, _SELDOM)


def is_search_due() -> bool:
    """Python would have searched everything by now."""
    return gc.get_count()[2] >= _USUAL[2]


def leave_out_of_search() -> None:
    """What is there now stays for long: it is not looked at again until ``search_all``."""
    gc.freeze()


def search_new() -> None:
    """Search what came since the last search, and leave out what stays."""
    gc.collect()
    gc.freeze()


def search_all() -> None:
    """What was left out is looked at again with the rest, as often as Python does by itself."""
    gc.unfreeze()
    gc.set_threshold(*_USUAL)

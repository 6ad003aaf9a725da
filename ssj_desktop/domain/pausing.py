"""When Python searches for cycles of garbage, and in what.

The search stops everything else and takes as long as there are things to look at.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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


def leave_out_of_search() -> None:
    """What is there now stays for long: it is not looked at again until ``search_all``."""
    gc.freeze()


def search_all() -> None:
    """What was left out is looked at again with the rest."""
    gc.unfreeze()

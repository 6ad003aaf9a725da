"""Power or disk fail at a write of taking in, sealing or saving: the state is before or after."""

import shutil
import sys

import pytest
from soak_steps import Tally, cut_everywhere, fail_at
from tracing import NoTracing

TRACED = sys.platform.startswith("linux") and shutil.which("strace") is not None
EVERY = 9


def test_a_power_cut_at_any_write_leaves_the_state_before_or_after() -> None:
    tally = Tally()
    if not TRACED:
        with pytest.raises(NoTracing):
            cut_everywhere(tally)
        return
    cut_everywhere(tally, every=EVERY)
    assert tally.faults == []
    assert tally.stops > 50


def test_a_write_that_fails_is_refused_and_the_open_store_goes_on() -> None:
    tally, fault = Tally(), ("ENOSPC", "write,pwrite64,ftruncate", 20)
    if not TRACED:
        with pytest.raises(NoTracing):
            fail_at(tally, *fault)
        return
    assert fail_at(tally, *fault) == 1
    assert tally.faults == []
    assert tally.refused == 1

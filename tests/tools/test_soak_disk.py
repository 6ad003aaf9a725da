"""The soak of a full disk meets its limit, and finds a window that loses an act."""

import sys
from pathlib import Path

import pytest
import single_store
import soak_disk
from killing import PASSWORD

from ssj_desktop.services.accounts import sign_in


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return single_store.template(tmp_path)


def test_work_stops_at_the_limit_with_a_named_refusal_and_goes_on_after_it(store: Path) -> None:
    tally = single_store.Tally()
    if sys.platform == "win32":
        with pytest.raises(SystemExit, match="此系统"):
            soak_disk.one_round(store, 1, tally)
        return
    assert soak_disk.one_round(store, 1, tally)
    assert tally.bad == 0
    assert tally.confirmed > 1


def test_with_room_for_all_nothing_is_refused(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak_disk, "MOST_ACTS", 3)
    desk = sign_in(store, PASSWORD)
    confirmed: list[str] = []
    assert soak_disk.act_until_full(desk, 5, confirmed) is None
    desk.close()
    assert len(confirmed) == 3

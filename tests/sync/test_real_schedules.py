"""Real stores that exchange real bundles badly agree with the oracle of ``tools/sync_oracle.py``."""

from pathlib import Path

import pytest
from sync_store_schedules import StoreSchedule

from ssj_desktop.services import carrying, folding

SCHEDULES = 3


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_real_stores_agree_with_the_oracle_and_lose_nothing(seed: int, tmp_path: Path) -> None:
    assert StoreSchedule(seed, tmp_path, steps=40, letters="ABC").run() == []


def test_a_store_that_forgets_conflicts_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "_keep_conflicts", lambda *_: None)
    assert StoreSchedule(0, tmp_path, steps=40, letters="ABC").run() != []


def test_stores_that_leave_pictures_behind_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "bring", lambda *_: 0)
    faults = StoreSchedule(0, tmp_path, steps=40, letters="ABC").run()
    assert any("pictures" in fault for fault in faults)

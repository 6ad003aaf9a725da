"""The soak of two killed computers finds a lost act and stores that differ."""

from pathlib import Path

import pytest
import soak_folder
from killing import acknowledge
from tampering import behind_the_back


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    soak_folder.prepare(tmp_path)
    return tmp_path


def test_two_killed_computers_lose_nothing_and_end_equal(folder: Path) -> None:
    assert soak_folder.kill_both(folder, "1") == 2
    tally = soak_folder.meet(folder)
    assert tally.faults == []
    assert tally.confirmed >= 2


def test_an_act_that_was_confirmed_and_is_not_there_is_named(folder: Path) -> None:
    acknowledge(folder / "A.log", "A1-1")
    tally = soak_folder.meet(folder)
    assert tally.faults == ["A: A1-1 is lost", "B: A1-1 is lost"]


def test_a_row_changed_behind_the_desk_is_found(folder: Path) -> None:
    desk = soak_folder.opened(folder, "B")
    key = desk.database.key
    desk.close()
    behind_the_back(soak_folder.store_of(folder, "B"), key, "UPDATE targets SET contact = '改动'")
    tally = soak_folder.meet(folder)
    assert any("被其他工具改动" in fault for fault in tally.faults)
    assert any("the stores differ" in fault for fault in tally.faults)

"""The soak of kills finds what it looks for: lost, half done and damaged acts."""

from collections.abc import Iterator
from pathlib import Path

import killing
import pytest
import soak_kill
from sqlalchemy import delete, update
from tampering import unwatched

from ssj_desktop.models.registries import Target
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.desk import Desk

MARKS = [f"[{act}-7-{number}]" for number, act in enumerate(soak_kill.ACTS)]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store in which every kind of act was done once."""
    path = soak_kill.template(tmp_path)
    desk = sign_in(path, killing.PASSWORD)
    for mark in MARKS:
        soak_kill.ACTS[mark[1:].partition("-")[0]](desk, mark)
    desk.close()
    return path


@pytest.fixture
def desk(store: Path) -> Iterator[Desk]:
    opened = sign_in(store, killing.PASSWORD)
    yield opened
    opened.close()


def found(store: Path, marks: list[str]) -> soak_kill.Tally:
    tally = soak_kill.Tally()
    soak_kill.check(store, marks, tally)
    return tally


def test_a_store_as_it_was_confirmed_passes(store: Path) -> None:
    assert found(store, MARKS).bad == 0


def test_an_act_that_is_there_without_being_confirmed_passes(store: Path) -> None:
    assert found(store, MARKS[:2]).bad == 0


def test_a_confirmed_act_that_is_missing_is_lost(store: Path) -> None:
    assert found(store, [*MARKS, "[enrol-7-99]"]).lost == ["[enrol-7-99]"]


def test_an_import_with_a_row_missing_is_half_done(store: Path, desk: Desk) -> None:
    mark = next(mark for mark in MARKS if "import" in mark)
    with desk.database.writing() as session, unwatched(session):
        session.execute(delete(Target).where(Target.name == f"企业{mark}之3"))
    desk.close()
    assert found(store, MARKS).half == [mark]


def test_rows_without_their_journal_entry_are_half_done(store: Path, desk: Desk) -> None:
    with desk.database.writing() as session, unwatched(session):
        session.execute(
            update(Target).where(Target.number == "SOAK-0").values(name="企业[enrol-8-1]")
        )
    desk.close()
    assert found(store, MARKS).half == ["[enrol-8-1]"]


def test_a_half_written_line_is_no_confirmation(tmp_path: Path) -> None:
    log = tmp_path / "confirmed.txt"
    log.write_bytes("甲\n乙\n丙".encode())
    assert killing.acknowledged(log) == ["甲", "乙"]
    assert killing.acknowledged(tmp_path / "none.txt") == []


def test_a_worker_is_killed_after_its_first_line(tmp_path: Path) -> None:
    log = tmp_path / "confirmed.txt"
    program = tmp_path / "worker.py"
    program.write_text(
        f"import sys, time; sys.path.insert(0, {str(Path(killing.__file__).parent)!r})\n"
        "from pathlib import Path\nfrom killing import acknowledge\n"
        f"acknowledge(Path({str(log)!r}), '1')\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    assert killing.run_and_kill([str(program)], log, 0.01)
    assert killing.acknowledged(log) == ["1"]


def test_a_worker_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        killing.run_and_kill(["-c", "1 / 0"], tmp_path / "none.txt", 5)

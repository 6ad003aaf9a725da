"""The soak of draws finds a second result, a missing task and a record that was changed."""

from collections.abc import Callable
from pathlib import Path

import pytest
import soak_draws
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from tampering import unwatched

from ssj_desktop.models.draws import Draw
from ssj_desktop.models.inspections import InspectionTask


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return soak_draws.template(tmp_path_factory.mktemp("soak"))


@pytest.fixture
def store(source: Path, tmp_path: Path) -> Path:
    """A copy of the store before its draw."""
    path = tmp_path / "store.ssj"
    soak_draws.lay_out(source, path)
    return path


def checked(store: Path, confirmed: list[str]) -> soak_draws.Tally:
    return soak_draws.check(store, confirmed)


def spoil(store: Path, harm: Callable[[Session], object]) -> None:
    """Change the store behind the program's back."""
    desk = soak_draws.opened(store)
    with desk.database.writing() as session, unwatched(session):
        harm(session)
    desk.close()


def held(store: Path) -> str:
    desk = soak_draws.opened(store)
    digest = soak_draws.hold(desk)
    desk.close()
    return digest


def test_a_draw_not_yet_begun_is_held_once(store: Path) -> None:
    tally = checked(store, [])
    assert (tally.undone, tally.faults) == (1, [])


def test_a_confirmed_draw_stays_what_it_was(store: Path) -> None:
    digest = held(store)
    tally = checked(store, [digest])
    assert (tally.drawn, tally.faults) == (1, [])


def test_another_result_than_the_confirmed_one_is_a_fault(store: Path) -> None:
    held(store)
    assert checked(store, ["0" * 64]).faults == ["结果在重启后变了"]


def test_a_missing_task_is_a_fault(store: Path) -> None:
    held(store)
    first = select(InspectionTask.id).limit(1).scalar_subquery()
    spoil(store, lambda s: s.execute(delete(InspectionTask).where(InspectionTask.id == first)))
    assert any("任务有" in fault for fault in checked(store, []).faults)


def test_a_changed_record_is_a_fault(store: Path) -> None:
    held(store)

    def change(session: Session) -> None:
        record = session.scalars(select(Draw.record)).one() or b""
        session.execute(update(Draw).values(record=record.replace(b"20260317", b"20260318")))

    spoil(store, change)
    assert "记录核对不符" in checked(store, []).faults

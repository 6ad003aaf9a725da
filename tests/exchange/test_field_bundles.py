"""外业包: tasks out with a laptop, results and a receipt back, the copy kept until acknowledged."""

from pathlib import Path

import pytest
from exchange.two_desks import approver_at, computers
from office import approved_line, enrol_inspectors, freezing

from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import ResultCode, TaskState
from ssj_desktop.formats.bundle import read_bundle
from ssj_desktop.formats.envelope import open_envelope
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.leases import list_double_entries, list_open_leases, why_not_erase
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.field_bundles import (
    bring_in,
    erase_field_copy,
    write_bundle_out,
    write_field_bundle,
)
from ssj_desktop.services.inspections import (
    EnterResult,
    ScheduleVisit,
    enter_result,
    schedule_visit,
)

FINE = (ResultCode.NO_PROBLEM_FOUND,)


class Trip:
    """An office with drawn tasks and a laptop on its way."""

    def __init__(self, folder: Path) -> None:
        self.office, self.laptop = computers(folder, "AF")
        enrol_inspectors(self.office)
        line = approved_line(self.office, approver_at(self.office))
        frozen = self.office.do(freeze_draw, freezing(self.office, line))
        self.office.do(draw, PerformDraw(frozen, ("314159", "271828", "161803")))
        self.device = self.laptop.ask(own_keys).device
        self.stick = folder / "stick"

    def tasks(self, desk: Desk) -> list[str]:
        return [task.id for task in desk.ask(list_tasks)]

    def set_out(self) -> list[str]:
        tasks = self.tasks(self.office)
        write_field_bundle(self.office, self.stick / "out.ssjb", self.device, tasks)
        bring_in(self.laptop, self.stick / "out.ssjb")
        return tasks

    def enter(self, desk: Desk, task_id: str) -> None:
        task = next(t for t in desk.ask(list_tasks) if t.id == task_id)
        desk.do(schedule_visit, ScheduleVisit(task_id, desk.today()))
        for item in task.items:
            desk.do(enter_result, EnterResult(task_id, Entry(item.item, FINE)))


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path)


def test_a_laptop_takes_its_tasks_out_and_brings_the_results_home(trip: Trip) -> None:
    tasks = trip.set_out()
    assert trip.tasks(trip.laptop) == tasks
    now = trip.office.surroundings.now()
    assert {lease.task_id for lease in trip.office.ask(list_open_leases, now)} == set(tasks)
    trip.enter(trip.laptop, tasks[0])
    write_bundle_out(trip.laptop, trip.stick / "home.ssjb", ())
    brought = bring_in(trip.office, trip.stick / "home.ssjb")
    assert brought.report.way == "外业包"
    assert trip.office.ask(list_tasks)[0].state is TaskState.ENTERING
    assert not trip.office.ask(list_tasks)[0].gaps
    assert trip.office.ask(list_open_leases, now) == ()


def test_the_copy_on_the_laptop_stays_until_the_receipt_has_come(trip: Trip) -> None:
    tasks = trip.set_out()
    trip.enter(trip.laptop, tasks[0])
    assert trip.laptop.ask(why_not_erase) == "还有没有导出的录入"
    write_bundle_out(trip.laptop, trip.stick / "home.ssjb", ())
    with pytest.raises(RuleViolation, match="回执"):
        erase_field_copy(trip.laptop)
    receipt = bring_in(trip.office, trip.stick / "home.ssjb").receipt
    assert receipt is not None
    facts = read_bundle(open_envelope(receipt.read_bytes()), trip.laptop.ask(own_keys)).facts
    assert facts["file"] == "home.ssjb"
    bring_in(trip.laptop, receipt)
    store = trip.laptop.database.path
    erase_field_copy(trip.laptop)
    assert not store.exists()


def test_an_office_computer_never_erases_its_store(trip: Trip) -> None:
    trip.set_out()
    write_bundle_out(trip.laptop, trip.stick / "home.ssjb", ())
    bring_in(trip.office, trip.stick / "home.ssjb")
    with pytest.raises(RuleViolation):
        erase_field_copy(trip.office)
    assert trip.office.database.path.exists()


def test_a_result_entered_twice_is_kept_twice_and_shown(trip: Trip) -> None:
    tasks = trip.set_out()
    trip.enter(trip.laptop, tasks[0])
    trip.enter(trip.office, tasks[0])
    write_bundle_out(trip.laptop, trip.stick / "home.ssjb", ())
    bring_in(trip.office, trip.stick / "home.ssjb")
    (double,) = trip.office.ask(list_double_entries)
    assert double.people == ("张敏", "张敏")


def test_a_long_lease_is_marked_and_only_open_tasks_go_out(trip: Trip) -> None:
    trip.set_out()
    trip.office.surroundings.pass_days(8)  # type: ignore[attr-defined]
    leases = trip.office.ask(list_open_leases, trip.office.surroundings.now())
    assert all(lease.is_overdue for lease in leases)
    assert "F 机" in leases[0].text
    with pytest.raises(InvalidInput):
        write_field_bundle(trip.office, trip.stick / "x.ssjb", trip.device, [])
    with pytest.raises(RuleViolation):
        write_field_bundle(trip.office, trip.stick / "x.ssjb", trip.device, ["none"])
    with pytest.raises(RuleViolation):
        write_field_bundle(trip.office, trip.stick / "x.ssjb", "0" * 32, ["none"])

"""Results wait for tasks the office lost; an administrator gives them back from the laptop's copy."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from exchange.deeds import Seat, contents
from exchange.test_attachments_on_the_way import bytes_of, drawn, photograph, photographed
from exchange.two_desks import computers
from office import Clock

from ssj_desktop.domain.errors import PermissionRefused, RuleViolation
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import ResultCode, Role
from ssj_desktop.models.database import Database
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.conflicts import list_conflicts
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.queries.leases import why_not_erase
from ssj_desktop.queries.lineage import GAP
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.queries.segments import list_segments
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.field_bundles import (
    bring_in,
    look_into,
    write_bundle_out,
    write_field_bundle,
)
from ssj_desktop.services.inspections import (
    EnterResult,
    ScheduleVisit,
    enter_result,
    schedule_visit,
)
from ssj_desktop.services.returned_excerpts import RestoreTasks, restore_tasks
from ssj_desktop.services.transports import exchange_folder, write_exchange_bundle


@dataclass
class Loss:
    """An office put back to a backup from before its draw, and a laptop that has the tasks."""

    office: Desk
    other: Desk
    laptop: Desk
    lost: Path
    stick: Path
    task: str

    @property
    def home(self) -> Path:
        return self.stick / "home.ssjb"

    def reopened(self, path: Path) -> Desk:
        return Desk(Database(path, self.office.database.key), self.office.actor, Clock())


@pytest.fixture
def loss(tmp_path: Path) -> Loss:
    office, other, laptop = computers(tmp_path, "ABF")
    stick, path = tmp_path / "stick", office.database.path
    stick.mkdir()
    office.seal()
    shutil.copy(path, stick / "backup.ssj")
    task = drawn(office)
    write_field_bundle(office, stick / "out.ssjb", laptop.ask(own_keys).device, [task])
    bring_in(laptop, stick / "out.ssjb")
    row = laptop.ask(list_tasks)[0]
    laptop.do(schedule_visit, ScheduleVisit(task, laptop.today()))
    for item in row.items:
        laptop.do(enter_result, EnterResult(task, Entry(item.item, (ResultCode.NO_PROBLEM_FOUND,))))
    photographed(laptop, task, photograph(7))
    write_bundle_out(laptop, stick / "home.ssjb", ())
    office.close()
    shutil.copytree(path.parent, tmp_path / "lost")
    shutil.copy(stick / "backup.ssj", path)
    found = Loss(office, other, laptop, tmp_path / "lost" / path.name, stick, task)
    found.office = found.reopened(path)
    return found


def rows_of(desk: Desk) -> dict[str, dict[str, str]]:
    return contents(Seat(desk, desk.surroundings))  # type: ignore[arg-type]


def test_the_report_says_whose_data_waits_and_what_to_do(loss: Loss) -> None:
    seen = look_into(loss.office, loss.home)
    assert seen.lost > 0
    report = bring_in(loss.office, loss.home).report
    assert report.count("waiting") == 1
    assert report.remarks[0].startswith("“F 机”的 1 段在等：缺它们依据的")
    assert "服务器交换" in report.remarks[0]
    assert loss.laptop.ask(why_not_erase) is not None


def test_an_administrator_gives_the_office_back_what_only_the_laptop_has(loss: Loss) -> None:
    brought = bring_in(loss.office, loss.home, restore=True)
    assert (brought.report.count("waiting"), brought.report.count("conflicts")) == (0, 0)
    (task,) = loss.office.ask(list_tasks)
    assert (task.id, list(task.gaps)) == (loss.task, [])
    assert bytes_of(loss.office) == bytes_of(loss.laptop)
    assert loss.office.ask(full_audit).is_intact
    assert "补回任务" in {entry.action for entry in loss.office.ask(list_entries)}
    assert brought.receipt is not None
    bring_in(loss.laptop, brought.receipt)
    assert loss.laptop.ask(why_not_erase) is None


def test_every_other_computer_of_the_office_gets_the_same_by_an_ordinary_exchange(
    loss: Loss,
) -> None:
    bring_in(loss.office, loss.home, restore=True)
    write_exchange_bundle(loss.office, loss.stick / "b.ssjb", [loss.other.ask(own_keys).device])
    report = bring_in(loss.other, loss.stick / "b.ssjb").report
    assert (report.count("waiting"), report.count("refused")) == (0, 0)
    assert rows_of(loss.other) == rows_of(loss.office)
    assert loss.other.ask(full_audit).is_intact


def test_the_laptop_goes_on_with_the_tasks_and_another_gets_them_whole(loss: Loss) -> None:
    bring_in(loss.office, loss.home, restore=True)
    device = loss.laptop.ask(own_keys).device
    write_field_bundle(loss.office, loss.stick / "again.ssjb", device, [loss.task])
    assert bring_in(loss.laptop, loss.stick / "again.ssjb").report.count("conflicts") == 0
    photographed(loss.laptop, loss.task, photograph(8))
    write_bundle_out(loss.laptop, loss.home, ())
    assert bring_in(loss.office, loss.home).report.count("waiting") == 0
    assert loss.office.ask(full_audit).is_intact
    assert loss.laptop.ask(full_audit).is_intact


def test_a_lost_segment_that_turns_up_later_takes_its_place_again(
    loss: Loss, tmp_path: Path
) -> None:
    bring_in(loss.office, loss.home, restore=True)
    assert loss.office.ask(list_segments, GAP)
    shared = tmp_path / "shared"
    shared.mkdir()
    found = loss.reopened(loss.lost)
    exchange_folder(found, shared)
    report = exchange_folder(loss.office, shared)
    assert report is not None
    assert (report.count("waiting"), report.count("refused")) == (0, 0)
    assert loss.office.ask(list_segments, GAP) == ()
    assert not [c for c in loss.office.ask(list_conflicts) if c.table == "inspection_tasks"]
    assert loss.office.ask(full_audit).is_intact
    exchange_folder(found, shared)
    assert rows_of(found) == rows_of(loss.office)


def test_it_is_an_act_of_an_administrator_and_only_where_something_waits(loss: Loss) -> None:
    clerk = loss.office.signed_in_as(Actor("张敏", (Role.CLERK,)))
    bring_in(clerk, loss.home)
    with pytest.raises(PermissionRefused):
        bring_in(clerk, loss.home, restore=True)
    with pytest.raises(RuleViolation, match="没有在等"):
        loss.other.do(restore_tasks, RestoreTasks((b"x",), {}, "F 机"))
    with pytest.raises(RuleViolation, match="局里"):
        loss.laptop.do(restore_tasks, RestoreTasks((), {}, "F 机"))
    bring_in(loss.office, loss.home, restore=True)
    with pytest.raises(RuleViolation, match="没有在等"):
        bring_in(loss.office, loss.home, restore=True)

"""What a field laptop holds: its tasks and what they name, and nothing else of the office."""

import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from exchange.deeds import Seat, contents
from exchange.test_field_bundles import Trip
from exchange.two_desks import approver_at, computers
from office import approved_line, enrol_inspectors, freezing
from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import FileRefused, InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.segment import read_segment_file, read_segment_head, segment_head_bytes
from ssj_desktop.formats.excerpts import MAGIC, read_excerpt, write_excerpt
from ssj_desktop.models.chain import OwnDevice
from ssj_desktop.models.database import Database
from ssj_desktop.models.exchange import ExcerptRow
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.queries.segments import list_segments, read_segment
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.exchange import TakeIn, take_in
from ssj_desktop.services.field_bundles import bring_in, write_bundle_out, write_field_bundle
from ssj_desktop.services.registries import Revise, revise
from ssj_desktop.services.transports import (
    exchange_folder,
    open_exchange_bundle,
    write_exchange_bundle,
)


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path)


def rows_of(desk: Desk) -> dict[str, dict[str, str]]:
    return contents(Seat(desk, desk.surroundings))  # type: ignore[arg-type]


def everything_readable(session: Session) -> str:
    """Every value of every table, and what is packed inside excerpts."""
    connection = session.connection()
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    found = [
        repr(connection.exec_driver_sql(f"SELECT * FROM {name}").all()) for (name,) in names.all()
    ]
    found += [read_excerpt(c).lines.decode() for c in session.scalars(select(ExcerptRow.content))]
    return "\n".join(found)


def set_out_with_one(trip: Trip) -> str:
    """The key of the only task the laptop takes."""
    task = trip.tasks(trip.office)[0]
    write_field_bundle(trip.office, trip.stick / "out.ssjb", trip.device, [task])
    bring_in(trip.laptop, trip.stick / "out.ssjb")
    return task


def test_the_laptop_gets_its_tasks_and_the_rows_they_name_and_nothing_else(trip: Trip) -> None:
    task = set_out_with_one(trip)
    (row,) = trip.laptop.ask(list_tasks)
    found, office = rows_of(trip.laptop), rows_of(trip.office)
    assert (row.id, set(found["targets"])) == (task, {row.target_id})
    assert len(found["inspectors"]) == len(row.people) < len(office["inspectors"])
    assert found["inspection_items"] == office["inspection_items"]
    withheld = {"draws", "plan_lines", "annual_plans", "selected_targets", "registry_changes"}
    assert not withheld & found.keys()
    assert withheld <= office.keys()
    for table, rows in found.items():
        shared = {key: digest for key, digest in rows.items() if "journal_key" not in key}
        assert shared.items() <= office[table].items()
    assert trip.laptop.ask(full_audit).is_intact


def test_a_store_of_a_laptop_contains_no_name_it_was_not_given(trip: Trip) -> None:
    set_out_with_one(trip)
    (row,) = trip.laptop.ask(list_tasks)
    others = {r.values["name"] for r in trip.office.ask(list_rows, "targets", RowFilter())}
    others -= {row.target_name}
    text = trip.laptop.ask(everything_readable)
    assert row.target_name in text
    assert not [name for name in others if str(name) in text]


def test_later_trips_bring_changes_and_other_tasks_and_an_unknown_edit_of_both_sides(
    trip: Trip,
) -> None:
    first = set_out_with_one(trip)
    trip.enter(trip.laptop, first)
    trip.enter(trip.office, first)
    (row,) = trip.laptop.ask(list_tasks)
    trip.office.do(revise, Revise("targets", row.target_id, {"contact": "王喆"}, "电话核实"))
    second = trip.tasks(trip.office)[1]
    write_field_bundle(trip.office, trip.stick / "two.ssjb", trip.device, [second])
    assert bring_in(trip.laptop, trip.stick / "two.ssjb").report.count("changed") > 0
    assert set(trip.tasks(trip.laptop)) == {first, second}
    (target,) = [
        r for r in trip.laptop.ask(list_rows, "targets", RowFilter()) if r.id == row.target_id
    ]
    assert target.values["contact"] == "王喆"
    assert trip.laptop.ask(full_audit).is_intact
    write_bundle_out(trip.laptop, trip.stick / "home.ssjb", ())
    report = bring_in(trip.office, trip.stick / "home.ssjb").report
    assert (report.count("waiting"), report.count("refused")) == (0, 0)
    assert trip.office.ask(full_audit).is_intact


def test_results_come_home_although_the_office_lost_what_it_did_after_the_draw(trip: Trip) -> None:
    """They stand on the segments their own rows come from, not on the newest of the office."""
    path, backup = trip.office.database.path, trip.stick / "backup.ssj"
    trip.stick.mkdir()
    trip.office.seal()
    shutil.copy(path, backup)
    row = trip.office.ask(list_rows, "targets", RowFilter())[-1]
    trip.office.do(revise, Revise("targets", row.id, {"contact": "王喆"}, "丢失的修改"))
    task = set_out_with_one(trip)
    trip.enter(trip.laptop, task)
    write_bundle_out(trip.laptop, trip.stick / "home.ssjb", ())
    trip.office.database.close()
    shutil.copy(backup, path)
    office = Desk(
        Database(path, trip.office.database.key), trip.office.actor, trip.office.surroundings
    )
    report = bring_in(office, trip.stick / "home.ssjb").report
    assert report.count("waiting") == 0
    assert not office.ask(list_tasks)[0].gaps


def test_an_excerpt_is_taken_by_a_field_laptop_only_and_only_from_its_office(trip: Trip) -> None:
    task = trip.tasks(trip.office)[0]
    path = trip.stick / "out.ssjb"
    write_field_bundle(trip.office, path, trip.device, [task])
    command = open_exchange_bundle(trip.laptop, path).command
    with pytest.raises(RuleViolation, match="外业机"):
        trip.office.do(take_in, command)
    (content,) = command.brought.excerpts
    excerpt = read_excerpt(content)
    laptop = DeviceKeys(trip.laptop.ask(lambda session: session.get_one(OwnDevice, 1).seed))
    for office, signer in ((excerpt.office, laptop), ("a" * 64, trip.office.ask(own_keys))):
        forged = write_excerpt(excerpt.blocks(), office, "", excerpt.schema, excerpt.clock, signer)
        brought = replace(command.brought, excerpts=(forged,))
        with pytest.raises(PermissionRefused):
            trip.laptop.do(take_in, TakeIn("外业包", "", {}, (), brought=brought))
    newer = write_excerpt((), excerpt.office, "", "9999", "", trip.office.ask(own_keys))
    brought = replace(command.brought, excerpts=(newer,))
    with pytest.raises(RuleViolation, match="升级"):
        trip.laptop.do(take_in, TakeIn("外业包", "", {}, (), brought=brought))
    assert trip.tasks(trip.laptop) == []


def test_a_header_that_is_not_what_its_name_says_is_refused(trip: Trip) -> None:
    path = trip.stick / "out.ssjb"
    write_field_bundle(trip.office, path, trip.device, trip.tasks(trip.office))
    command = open_exchange_bundle(trip.laptop, path).command
    heads = {"0" * 64: next(iter(command.brought.heads.values()))}
    brought = replace(command.brought, heads=heads)
    with pytest.raises(FileRefused):
        trip.laptop.do(take_in, TakeIn("外业包", "", {}, (), brought=brought))


def test_a_damaged_excerpt_is_refused(trip: Trip) -> None:
    keys = trip.office.ask(own_keys)
    whole = write_excerpt((), "a" * 64, "2026", "0016", "", keys)
    assert read_excerpt(whole).lines == b""
    assert list(read_excerpt(whole).blocks()) == []
    for broken in (b"", MAGIC.encode(), whole[:-1], whole + b"x", whole.replace(b"0016", b"0017")):
        with pytest.raises(FileRefused):
            read_excerpt(broken)


def test_a_bare_header_is_read_and_a_whole_segment_is_none(trip: Trip) -> None:
    info = trip.office.ask(list_segments)[0]
    content = trip.office.ask(read_segment, info.id)
    assert content is not None
    segment = read_segment_file(content)
    head = read_segment_head(segment_head_bytes(segment))
    assert (head.identity, head.signature, head.packed) == (info.id, segment.signature, b"")
    for broken in (content, segment_head_bytes(segment) + b"x", segment_head_bytes(segment)[:-2]):
        with pytest.raises(FileRefused):
            read_segment_head(broken)
    with pytest.raises(FileRefused):
        read_segment_file(segment_head_bytes(segment))


def test_a_laptop_goes_by_stick_alone_and_its_bundle_is_its_own(tmp_path: Path) -> None:
    a, b, laptop = computers(tmp_path, "ABF")
    (tmp_path / "shared").mkdir()
    with pytest.raises(RuleViolation, match="共享文件夹"):
        exchange_folder(laptop, tmp_path / "shared")
    devices = [desk.ask(own_keys).device for desk in (b, laptop)]
    with pytest.raises(InvalidInput, match="单独导出"):
        write_exchange_bundle(a, tmp_path / "x.ssjb", devices)


def test_an_office_computer_that_goes_along_gets_segments_as_always(tmp_path: Path) -> None:
    a, b = computers(tmp_path, "AB")
    enrol_inspectors(a)
    line = approved_line(a, approver_at(a))
    a.do(draw, PerformDraw(a.do(freeze_draw, freezing(a, line)), ("314159", "271828", "161803")))
    task = a.ask(list_tasks)[0].id
    path = tmp_path / "out.ssjb"
    write_field_bundle(a, path, b.ask(own_keys).device, [task])
    assert bring_in(b, path).report.way == "外业包"
    assert rows_of(b) == rows_of(a)


def test_the_audit_finds_an_excerpt_somebody_else_signed(trip: Trip) -> None:
    set_out_with_one(trip)
    stranger = DeviceKeys(sha256(b"stranger").digest())
    forged = write_excerpt((), "a" * 64, "2026", "0016", "", stranger)
    trip.laptop.database.close()
    from ssj_desktop.models.cipher import opened

    with opened(trip.laptop.database.path, trip.laptop.database.key) as connection:
        connection.execute(
            "INSERT INTO excerpts VALUES ('x', '2026-03-16T00:00:00.000000+00:00', x'', ?)",
            (forged,),
        )
        connection.commit()
    desk = Desk(
        Database(trip.laptop.database.path, trip.laptop.database.key),
        trip.laptop.actor, trip.laptop.surroundings,
    )  # fmt: skip
    assert "签名" in desk.ask(full_audit).what

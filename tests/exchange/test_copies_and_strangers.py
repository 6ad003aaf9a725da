"""A device of which there are two copies, and a member that writes for another office."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from exchange.two_desks import computers

from ssj_desktop.domain.segment import read_segment_file, segment_file_bytes
from ssj_desktop.formats.segments import seal, unpack
from ssj_desktop.models.chain import OwnDevice
from ssj_desktop.models.database import Database
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.exchange import TakeIn, segments_for, take_in
from ssj_desktop.services.field_bundles import bring_in, write_bundle_out
from ssj_desktop.services.registries import Revise, revise


@pytest.fixture
def ab(tmp_path: Path) -> tuple[Desk, Desk]:
    a, b = computers(tmp_path)
    return a, b


def change(desk: Desk, contact: str) -> None:
    row = desk.ask(list_rows, "targets", RowFilter())[0]
    desk.do(revise, Revise("targets", row.id, {"contact": contact}, "电话核实"))


def contact(desk: Desk) -> object:
    return desk.ask(list_rows, "targets", RowFilter())[0].values["contact"]


def test_a_member_that_names_another_office_in_its_segment_is_not_believed(
    ab: tuple[Desk, Desk],
) -> None:
    a, b = ab
    change(b, "王喆")
    everything = segments_for(b, ())
    segment = read_segment_file(list(everything.values())[-1])
    seed = b.ask(lambda session: session.get_one(OwnDevice, 1).seed)
    other = seal(replace(segment.header, office="x" * 8), unpack(segment), seed)
    forged = {other.identity: segment_file_bytes(other)}
    report = a.do(take_in, TakeIn("数据包", "B 机", forged))
    assert "别的单位" in report.remarks[0]
    assert contact(a) is None
    a.do(take_in, TakeIn("数据包", "B 机", everything))
    assert contact(a) == "王喆"


def test_a_copy_that_lacks_what_the_device_acknowledged_gets_it_with_the_next_bundle(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    path, backup = tmp_path / "stick" / "x.ssjb", tmp_path / "backup.ssj"
    shutil.copy(b.database.path, backup)
    change(a, "王喆")
    for sender, reader in ((a, b), (b, a)):
        write_bundle_out(sender, path, ())
        bring_in(reader, path)
    clone = Desk(Database(backup, b.database.key), b.actor, b.surroundings)
    change(a, "刘洋")
    write_bundle_out(a, path, ())
    assert bring_in(clone, path).report.count("waiting") > 0
    for sender in (clone, b):  # the one that has everything is heard last
        write_bundle_out(sender, path, ())
        bring_in(a, path)
    write_bundle_out(a, path, ())
    assert bring_in(clone, path).report.count("waiting") == 0
    assert (contact(clone), contact(a)) == ("刘洋", "刘洋")
    assert write_bundle_out(a, path, ())[1] == 1

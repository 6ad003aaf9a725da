"""Rows of attachments go out with an excerpt and come home from a laptop."""

from pathlib import Path

import pytest
from exchange.test_field_bundles import Trip

from ssj_desktop.domain.attachments import digest_of
from ssj_desktop.formats.attachment_files import attachments_folder, files_in
from ssj_desktop.queries.attachments import attachments_of, list_attachments, named_hashes
from ssj_desktop.services.attachments import Attach, VoidAttachment, attach, void_attachment
from ssj_desktop.services.field_bundles import (
    bring_in,
    erase_field_copy,
    write_bundle_out,
    write_field_bundle,
)

JPEG = b"\xff\xd8\xff\xe0 a photograph"
PDF = b"%PDF-1.7 a scan"


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path)


def test_a_laptop_learns_of_the_attachments_of_its_own_tasks_only(trip: Trip) -> None:
    own, other = trip.tasks(trip.office)[:2]
    key = trip.office.do(attach, Attach(own, "拍错的", JPEG))
    trip.office.do(void_attachment, VoidAttachment(key, "拍错了对象"))
    trip.office.do(attach, Attach(own, "委托书", PDF))
    trip.office.do(attach, Attach(other, "别家的", PDF + b"!"))
    write_field_bundle(trip.office, trip.stick / "out.ssjb", trip.device, [own])
    bring_in(trip.laptop, trip.stick / "out.ssjb")
    rows = trip.laptop.ask(list_attachments)
    assert {(row.title, row.void_reason) for row in rows} == {
        ("拍错的", "拍错了对象"),
        ("委托书", ""),
    }


def test_a_photograph_taken_on_the_way_is_named_at_home(trip: Trip) -> None:
    task = trip.set_out()[0]
    trip.laptop.do(attach, Attach(task, "配电箱", JPEG))
    write_bundle_out(trip.laptop, trip.stick / "home.ssjb", ())
    bring_in(trip.office, trip.stick / "home.ssjb")
    (row,) = trip.office.ask(attachments_of, task)
    assert (row.title, row.sha256) == ("配电箱", digest_of(JPEG))
    assert row.sha256 in trip.office.ask(named_hashes)


def test_erasing_the_copy_on_a_laptop_erases_its_photographs(trip: Trip) -> None:
    task = trip.set_out()[0]
    trip.laptop.do(attach, Attach(task, "配电箱", JPEG))
    write_bundle_out(trip.laptop, trip.stick / "home.ssjb", ())
    receipt = bring_in(trip.office, trip.stick / "home.ssjb").receipt
    assert receipt is not None
    bring_in(trip.laptop, receipt)
    folder = attachments_folder(trip.laptop.database.path)
    assert len(list(files_in(folder))) == 1
    erase_field_copy(trip.laptop)
    assert not folder.exists()

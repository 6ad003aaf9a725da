"""Photographs and scans go along with every way of exchange, by hash, and are asked for until they are there."""

import random
import tracemalloc
from pathlib import Path

import pytest
from exchange.test_field_bundles import Trip
from exchange.two_desks import approver_at, computers
from office import approved_line, enrol_inspectors, freezing

from ssj_desktop.domain.attachments import digest_of
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.exchange_report import ARRIVED, LACKING, LEFT, exchange_paper
from ssj_desktop.formats.attachment_files import AttachmentFiles, files_in
from ssj_desktop.formats.bundle_file import open_bundle_file
from ssj_desktop.queries.attachment_routes import lacking_elsewhere
from ssj_desktop.queries.attachments import named_hashes
from ssj_desktop.queries.exchanges import list_exchanges
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.leases import why_not_erase
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.services.attachments import Attach, attach
from ssj_desktop.services.carrying import missing_here
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.field_bundles import (
    bring_in,
    erase_field_copy,
    look_into,
    write_bundle_out,
    write_field_bundle,
)
from ssj_desktop.services.steps import Stopped
from ssj_desktop.services.transports import exchange_folder


def photograph(number: int, size: int = 3_000) -> bytes:
    return b"\xff\xd8\xff" + random.Random(number).randbytes(size)


def photographed(desk: Desk, task: str, *contents: bytes) -> list[str]:
    for content in contents:
        desk.do(attach, Attach(task, f"照片{digest_of(content)[:6]}", content))
    return [digest_of(content) for content in contents]


def bytes_of(desk: Desk) -> dict[str, bytes | None]:
    """Every attachment the rows name, with its bytes."""
    files = desk.attachments
    named = desk.ask(named_hashes)
    return {sha256: files.get(sha256) if files.has(sha256) else None for sha256 in named}


def drop(desk: Desk, *hashes: str) -> None:
    for sha256 in hashes:
        desk.attachments.path_of(sha256).unlink()


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Desk, Desk, str]:
    """Two computers of an office and a task drawn at the first."""
    a, b = computers(tmp_path, "AB")
    return a, b, drawn(a)


def drawn(desk: Desk) -> str:
    """The first task of a draw made here."""
    enrol_inspectors(desk)
    frozen = desk.do(freeze_draw, freezing(desk, approved_line(desk, approver_at(desk))))
    desk.do(draw, PerformDraw(frozen, ("314159", "271828", "161803")))
    return desk.ask(list_tasks)[0].id


def given(sender: Desk, reader: Desk, path: Path) -> dict[str, int]:
    write_bundle_out(sender, path, ())
    return dict(bring_in(reader, path).report.counts)


# --- bundles ------------------------------------------------------------------------------------


def test_a_bundle_brings_the_bytes_of_the_rows_in_it(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, b, task = pair
    photographed(a, task, photograph(1), photograph(2, 200_000))
    counts = given(a, b, tmp_path / "one.ssjb")
    assert (counts[ARRIVED], counts[LACKING]) == (2, 0)
    assert bytes_of(b) == bytes_of(a)
    assert None not in bytes_of(b).values()
    assert photograph(1)[:32] not in (tmp_path / "one.ssjb").read_bytes()
    assert given(b, a, tmp_path / "back.ssjb").get(ARRIVED, 0) == 0
    photographed(a, task, photograph(3))
    assert given(a, b, tmp_path / "two.ssjb")[ARRIVED] == 1
    assert len(open_bundle_file(tmp_path / "two.ssjb").contents(b.ask(own_keys))[1].hashes) == 1


def test_what_was_lost_is_asked_for_with_the_next_bundle_and_comes(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, b, task = pair
    first = photographed(a, task, photograph(1), photograph(2))[0]
    given(a, b, tmp_path / "one.ssjb")
    drop(b, first)
    given(b, a, tmp_path / "asks.ssjb")
    assert a.ask(lacking_elsewhere) == {b.ask(own_keys).device: 1}
    counts = given(a, b, tmp_path / "two.ssjb")
    assert (counts[ARRIVED], counts[LACKING]) == (1, 0)
    assert bytes_of(b) == bytes_of(a)
    given(b, a, tmp_path / "thanks.ssjb")
    assert a.ask(lacking_elsewhere) == {}


def test_a_report_says_how_many_are_missing_and_which_device_had_them(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, b, task = pair
    (sha256,) = photographed(a, task, photograph(1))
    drop(a, sha256)
    write_bundle_out(a, tmp_path / "one.ssjb", ())
    report = bring_in(b, tmp_path / "one.ssjb").report
    assert report.count(LACKING) == 1
    assert not report.is_whole
    assert report.remarks == ("缺 1 个附件的内容，来自“A 机”：请与它交换一次",)
    assert "附件还缺 1" in report.sentence
    assert report.remarks in [kept.remarks for kept in b.ask(list_exchanges)]
    rows = {row[0]: row[1] for row in exchange_paper(report, "局").rows}
    assert rows["附件还缺"] == "1"


def test_a_damaged_attachment_in_a_bundle_refuses_all_of_it(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, b, task = pair
    photographed(a, task, photograph(1, 150_000))
    path = tmp_path / "one.ssjb"
    write_bundle_out(a, path, ())
    whole, end = path.read_bytes(), open_bundle_file(path).end
    before = len(b.ask(list_exchanges)), b.ask(named_hashes)
    for place in (end, end + 65_536 + 3, len(whole) - 1):
        harmed = bytearray(whole)
        harmed[place] ^= 4
        path.write_bytes(harmed)
        with pytest.raises(FileRefused, match="附件已损坏"):
            bring_in(b, path)
    for cut in (end, end + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(FileRefused, match="不完整"):
            bring_in(b, path)
    path.write_bytes(whole + b"x")
    with pytest.raises(FileRefused, match="不完整"):
        bring_in(b, path)
    assert (len(b.ask(list_exchanges)), b.ask(named_hashes)) == before
    assert list(files_in(b.attachments.folder)) == []


def test_many_large_photographs_never_lie_in_memory_together(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, b, task = pair
    photographed(a, task, *(photograph(n, 4 << 20) for n in range(8)))
    given(b, a, tmp_path / "before.ssjb")
    tracemalloc.start()
    counts = given(a, b, tmp_path / "many.ssjb")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counts[ARRIVED] == 8
    assert most < 24 << 20


def test_stopped_between_two_attachments_the_rest_is_missing_and_comes_the_next_time(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, b, task = pair
    photographed(a, task, photograph(1), photograph(2), photograph(3))
    path = tmp_path / "one.ssjb"
    write_bundle_out(a, path, ())

    def stop(words: str, _done: int, _total: int) -> None:
        if words.startswith("附件第 2 个"):
            raise Stopped

    report = bring_in(b, path, stop).report
    assert (report.count(ARRIVED), report.count(LACKING)) == (1 + 1, 1)
    assert bring_in(b, path).report.count(ARRIVED) == 1
    assert bytes_of(b) == bytes_of(a)


@pytest.mark.parametrize("at", ["核对附件", "并入"])
def test_stopped_before_the_rows_are_in_nothing_has_happened(
    pair: tuple[Desk, Desk, str], tmp_path: Path, at: str
) -> None:
    a, b, task = pair
    photographed(a, task, photograph(1))
    path = tmp_path / "one.ssjb"
    write_bundle_out(a, path, ())

    def stop(words: str, _done: int, _total: int) -> None:
        if words.startswith(at):
            raise Stopped

    before = b.ask(list_exchanges)
    with pytest.raises(Stopped):
        bring_in(b, path, stop)
    assert (b.ask(list_exchanges), b.ask(named_hashes)) == (before, ())
    assert list(files_in(b.attachments.folder)) == []


def test_a_stopped_export_leaves_no_file_and_the_old_one_as_it_was(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, _, task = pair
    photographed(a, task, photograph(1))
    path = tmp_path / "out" / "one.ssjb"
    path.parent.mkdir()
    path.write_bytes(b"the old one")

    def stop(_words: str, _done: int, _total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        write_bundle_out(a, path, (), stop)
    assert [(each.name, each.read_bytes()) for each in path.parent.iterdir()] == [
        ("one.ssjb", b"the old one")
    ]


# --- field laptops --------------------------------------------------------------------------------


def test_a_laptop_takes_bytes_along_only_when_they_are_wanted(trip: Trip) -> None:
    task = trip.tasks(trip.office)[0]
    (sha256,) = photographed(trip.office, task, photograph(1))
    out = trip.stick / "out.ssjb"
    write_field_bundle(trip.office, out, trip.device, [task])
    report = bring_in(trip.laptop, out).report
    assert report.remarks == ("缺 1 个附件的内容，没有随外业包带出，局里有",)
    write_field_bundle(trip.office, out, trip.device, [task], with_attachments=True)
    assert look_into(trip.laptop, out).attachments == ((sha256, 3_003),)
    assert bring_in(trip.laptop, out).report.count(ARRIVED) == 1
    assert bytes_of(trip.laptop) == {sha256: photograph(1)}


def test_the_copy_on_the_laptop_stays_until_a_receipt_names_every_photograph(
    trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = trip.set_out()[0]
    one, two = photographed(trip.laptop, task, photograph(1), photograph(2))
    home, files = trip.stick / "home.ssjb", AttachmentFiles.is_whole
    with monkeypatch.context() as broken:
        broken.setattr(
            AttachmentFiles, "is_whole", lambda self, sha: sha != two and files(self, sha)
        )
        write_bundle_out(trip.laptop, home, ())
    brought = bring_in(trip.office, home)
    assert brought.report.remarks == ("缺 1 个附件的内容，来自“F 机”：请与它交换一次",)
    assert brought.receipt is not None
    bring_in(trip.laptop, brought.receipt)
    assert trip.laptop.ask(why_not_erase) == "局里还缺 1 个附件，请再交回一次并导入新的回执"
    write_bundle_out(trip.laptop, home, ())
    receipt = bring_in(trip.office, home).receipt
    assert receipt is not None
    opened = open_bundle_file(receipt).contents(trip.laptop.ask(own_keys))[0]
    assert opened.facts["attachments_held"] == sorted((one, two))
    bring_in(trip.laptop, receipt)
    assert trip.laptop.ask(why_not_erase) is None
    folder = trip.laptop.attachments.folder
    assert list(files_in(folder))
    erase_field_copy(trip.laptop)
    assert not folder.exists()


def test_a_receipt_for_results_alone_does_not_answer_for_photographs(trip: Trip) -> None:
    task = trip.set_out()[0]
    photographed(trip.laptop, task, photograph(1))
    home = trip.stick / "home.ssjb"
    write_bundle_out(trip.laptop, home, ())
    brought = bring_in(trip.office, home)
    assert brought.receipt is not None
    photographed(trip.laptop, task, photograph(2))
    write_bundle_out(trip.laptop, trip.stick / "later.ssjb", ())
    bring_in(trip.laptop, brought.receipt)
    assert trip.laptop.ask(why_not_erase) == "还没有收到局里电脑的回执"


# --- shared folder ----------------------------------------------------------------------------------


def test_a_shared_folder_brings_bytes_and_tells_nobody_what_they_are(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, b, task = pair
    shared = tmp_path / "shared"
    shared.mkdir()
    hashes = photographed(a, task, photograph(1), photograph(2))
    report = exchange_folder(a, shared)
    assert report is not None
    assert report.count(LEFT) == 2
    report = exchange_folder(b, shared)
    assert report is not None
    assert (report.count(ARRIVED), report.count(LACKING)) == (2, 0)
    assert bytes_of(b) == bytes_of(a)
    there = [path for path in shared.rglob("*") if path.is_file()]
    names = " ".join(str(path) for path in there)
    assert not [sha256 for sha256 in hashes if sha256[:16] in names]
    assert not [path for path in there if photograph(1)[:64] in path.read_bytes()]
    for desk in (a, b, a):
        exchange_folder(desk, shared)
    assert exchange_folder(b, shared) is None


def test_an_attachment_cut_off_in_the_folder_is_passed_over_and_written_again(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, b, task = pair
    shared = tmp_path / "shared"
    shared.mkdir()
    photographed(a, task, photograph(1))
    exchange_folder(a, shared)
    (file,) = shared.rglob("*.att")
    whole = file.read_bytes()
    for harmed in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(harmed)
        report = exchange_folder(b, shared)
        assert report is None or report.count(ARRIVED) == 0
    file.write_bytes(whole[:50])
    exchange_folder(a, shared)
    report = exchange_folder(b, shared)
    assert report is not None
    assert (report.count(ARRIVED), report.count(LACKING)) == (1, 0)


def test_missing_bytes_are_fetched_from_the_folder_although_the_rows_are_level(
    pair: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    a, b, task = pair
    shared = tmp_path / "shared"
    shared.mkdir()
    (sha256,) = photographed(a, task, photograph(1))
    for desk in (a, b, a):
        exchange_folder(desk, shared)
    drop(b, sha256)
    assert missing_here(b) == (sha256,)
    report = exchange_folder(b, shared)
    assert report is not None
    assert report.count(ARRIVED) == 1


def test_a_laptop_with_bytes_the_office_lost_gives_them_back(trip: Trip) -> None:
    task = trip.set_out()[0]
    (sha256,) = photographed(trip.laptop, task, photograph(1))
    home = trip.stick / "home.ssjb"
    write_bundle_out(trip.laptop, home, ())
    receipt = bring_in(trip.office, home).receipt
    assert receipt is not None
    bring_in(trip.laptop, receipt)
    drop(trip.office, sha256)
    write_field_bundle(trip.office, trip.stick / "asks.ssjb", trip.device, [task])
    bring_in(trip.laptop, trip.stick / "asks.ssjb")
    write_bundle_out(trip.laptop, home, ())
    assert bring_in(trip.office, home).report.count(ARRIVED) == 1

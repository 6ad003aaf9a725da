"""Attachments behind the envelope of a bundle: what went in comes out, and nothing else is believed."""

import random
from pathlib import Path

import pytest
from exchange import parcels
from exchange.parcels import PICTURES, READER, laden

from ssj_desktop.domain.attachments import digest_of
from ssj_desktop.domain.errors import FileRefused, SsjError
from ssj_desktop.formats.bundle_file import open_bundle_file
from ssj_desktop.formats.cargo import MOST_CARGO, Manifest, as_fits, is_listed, lock

GOLDEN = Path(__file__).parents[1] / "golden"


def pictures_in(path: Path) -> tuple[bytes, ...]:
    cargo = open_bundle_file(path).contents(READER)[1]
    cargo.check(lambda _done, _total: None)
    return tuple(content for _, content in cargo.fetch(cargo.hashes))


def pictures_read(path: Path, file: bytes) -> object:
    path.write_bytes(file)
    try:
        return pictures_in(path)
    except SsjError as refusal:
        return refusal


def test_the_golden_bundle_with_attachments_is_read_for_ever() -> None:
    assert pictures_in(GOLDEN / "bundle_2.ssjb") == PICTURES


def test_a_bundle_from_before_attachments_has_none() -> None:
    assert pictures_in(GOLDEN / "bundle_1.ssjb") == ()


def test_only_what_is_wanted_is_fetched(tmp_path: Path) -> None:
    path = tmp_path / "laden.ssjb"
    path.write_bytes(laden())
    cargo = open_bundle_file(path).contents(READER)[1]
    wanted = digest_of(PICTURES[1])
    assert list(cargo.fetch({wanted, "0" * 64})) == [(wanted, PICTURES[1])]
    assert list(cargo.fetch(set())) == []


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 65_537, 131_072])
def test_every_length_around_a_piece_comes_back(tmp_path: Path, size: int) -> None:
    some = (random.Random(size).randbytes(size),)
    assert pictures_read(tmp_path / "x.ssjb", laden(some)) == some


def test_a_hundred_damaged_ones_are_refused_in_chinese(tmp_path: Path) -> None:
    file, chance, path = laden(), random.Random(20261125), tmp_path / "x.ssjb"
    path.write_bytes(file)
    end = open_bundle_file(path).end
    for _ in range(120):
        harm = chance.choice((parcels.flip, parcels.cut, parcels.insert, parcels.overwrite))
        found = pictures_read(path, file[:end] + harm(file[end:], chance))
        assert isinstance(found, SsjError)
        assert found.message
        assert found.remedy


def test_two_attachments_cannot_change_places(tmp_path: Path) -> None:
    same = (b"a" * 500, b"b" * 500)
    file, size = laden(same), 516
    swapped = file[: -2 * size] + file[-size:] + file[-2 * size : -size]
    assert isinstance(pictures_read(tmp_path / "x.ssjb", swapped), FileRefused)


def test_a_length_that_does_not_fit_the_list_is_refused(tmp_path: Path) -> None:
    path, file = tmp_path / "x.ssjb", laden()
    length = Manifest(b"", tuple((digest_of(each), len(each)) for each in PICTURES)).length
    without = parcels.with_header(file, lambda header: header.update(cargo=0))[:-length]
    assert "目录" in str(pictures_read(path, without))
    for lie in (-1, "x", 2**70, None, True):
        lying = parcels.with_header(file, lambda header, lie=lie: header.update(cargo=lie))
        assert isinstance(pictures_read(path, lying), FileRefused)


def test_what_is_no_attachment_is_not_listed() -> None:
    sha256 = "a" * 64
    assert is_listed([sha256, 10 << 20])
    for item in ([sha256, 0], [sha256, True], [sha256, (10 << 20) + 1], [sha256], ["a", 1], None):
        assert not is_listed(item)


def test_more_than_a_stick_holds_goes_with_the_next_bundle() -> None:
    many = [(f"{n:064x}", 10 << 20) for n in range(400)]
    chosen = as_fits(many)
    assert chosen == tuple(many[: len(chosen)])
    assert 300 < len(chosen) < 400
    assert Manifest(b"", chosen).length <= MOST_CARGO


def test_an_attachment_that_changed_its_size_is_not_written() -> None:
    manifest = Manifest(bytes(32), (("a" * 64, 3),))
    with pytest.raises(FileRefused, match="大小"):
        list(lock(manifest, lambda _: b"four"))


def test_a_stick_pulled_out_after_the_bundle_was_opened_is_told(tmp_path: Path) -> None:
    path = tmp_path / "laden.ssjb"
    path.write_bytes(laden())
    file = open_bundle_file(path)
    cargo = file.contents(READER)[1]
    path.unlink()
    with pytest.raises(FileRefused, match="找不到文件"):
        file.digest()
    with pytest.raises(FileRefused):
        cargo.check(lambda _done, _total: None)

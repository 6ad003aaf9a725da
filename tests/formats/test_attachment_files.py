"""Attachment files: encrypted, named by content, proven at every reading."""

from pathlib import Path

import pytest

from ssj_desktop.domain.attachments import digest_of
from ssj_desktop.domain.errors import FileRefused, VerificationFailed
from ssj_desktop.formats.attachment_files import AttachmentFiles, attachments_folder, files_in

PHOTO = b"\xff\xd8\xff\xe0 MARKER-IN-A-PHOTO " + bytes(range(256)) * 40


@pytest.fixture
def files(tmp_path: Path) -> AttachmentFiles:
    return AttachmentFiles(attachments_folder(tmp_path / "office.ssj"), b"s" * 32)


def test_what_is_put_in_comes_out_by_its_hash(files: AttachmentFiles) -> None:
    sha256 = files.put(PHOTO)
    assert sha256 == digest_of(PHOTO)
    assert files.get(sha256) == PHOTO
    assert files.has(sha256)
    assert files.is_whole(sha256)


def test_neither_name_nor_content_of_the_file_tells_the_picture(files: AttachmentFiles) -> None:
    sha256 = files.put(PHOTO)
    (path,) = files_in(files.folder)
    assert b"MARKER" not in path.read_bytes()
    assert sha256[:16] not in str(path)
    assert path.parent.name == path.name[:2]


def test_putting_twice_leaves_one_unchanged_file(files: AttachmentFiles) -> None:
    path = files.path_of(files.put(PHOTO))
    before = path.stat().st_mtime_ns
    files.put(PHOTO)
    assert [path] == list(files_in(files.folder))
    assert path.stat().st_mtime_ns == before


def test_missing_bytes_are_named_and_refused(files: AttachmentFiles) -> None:
    here, away = files.put(PHOTO), digest_of(b"elsewhere")
    assert files.missing([here, away]) == (away,)
    assert not files.is_whole(away)
    with pytest.raises(FileRefused, match="尚未收到"):
        files.get(away)


@pytest.mark.parametrize("place", [0, 9, -1])
def test_a_flipped_byte_is_found_at_reading_and_mended_by_the_next_put(
    files: AttachmentFiles, place: int
) -> None:
    sha256 = files.put(PHOTO)
    content = bytearray(files.path_of(sha256).read_bytes())
    content[place] ^= 1
    files.path_of(sha256).write_bytes(content)
    with pytest.raises(VerificationFailed, match="已损坏"):
        files.get(sha256)
    files.put(PHOTO)
    assert files.get(sha256) == PHOTO


def test_a_cut_file_and_one_of_another_picture_are_found(files: AttachmentFiles) -> None:
    one, other = files.put(PHOTO), files.put(b"%PDF-1.7 scan")
    files.path_of(one).write_bytes(files.path_of(other).read_bytes())
    files.path_of(other).write_bytes(b"SSJATT1\n")
    assert not files.is_whole(one)
    assert not files.is_whole(other)


def test_another_store_cannot_read_the_folder(files: AttachmentFiles) -> None:
    sha256 = files.put(PHOTO)
    stranger = AttachmentFiles(files.folder, b"t" * 32)
    assert not stranger.has(sha256)
    stranger.path_of(sha256).parent.mkdir(exist_ok=True)
    stranger.path_of(sha256).write_bytes(files.path_of(sha256).read_bytes())
    with pytest.raises(VerificationFailed):
        stranger.get(sha256)


def test_a_folder_that_is_not_there_holds_nothing(files: AttachmentFiles) -> None:
    assert list(files_in(files.folder)) == []
    assert files.missing([]) == ()

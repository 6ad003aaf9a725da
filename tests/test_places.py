"""Drives, patient renames and locks."""

from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile

from ssj_desktop import places
from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.models.cipher import refuse_full_disk, refuse_unsafe_drive


def told(tmp_path: Path, mounts: str, removable: str = "") -> tuple[Path, Path]:
    """What Linux would tell about these mounts; ``removable`` names the disk with the flag."""
    file, devices = tmp_path / "mounts", tmp_path / "block"
    file.write_text(mounts, encoding="utf-8")
    for disk, part in (("sda", "sda1"), ("sdb", "sdb1")):
        (devices / disk / part).mkdir(parents=True)
        flag = "1" if disk == removable else "0"
        (devices / disk / "removable").write_text(f"{flag}\n", encoding="ascii")
        (devices / part).symlink_to(devices / disk / part)
    return file, devices


MOUNTS = (
    "/dev/sda1 / ext4 rw 0 0\n"
    "/dev/sdb1 /media/U\\040盘 vfat rw 0 0\n"
    "//server/share /mnt/share cifs rw 0 0\n"
    "server:/x /mnt/share/deep nfs4 rw 0 0\n"
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a/office.ssj", places.FIXED),
        ("/media/U 盘/office.ssj", places.REMOVABLE),
        ("/media/U 盘2/office.ssj", places.FIXED),
        ("/mnt/share/office.ssj", places.NETWORK),
        ("/mnt/share/deep/office.ssj", places.NETWORK),
    ],
)
def test_the_innermost_mount_decides_what_a_drive_is(tmp_path: Path, path: str, kind: str) -> None:
    mounts, devices = told(tmp_path, MOUNTS, "sdb")
    assert places.drive_kind(Path(path), mounts, devices) == kind


def test_what_cannot_be_told_counts_as_fixed(tmp_path: Path) -> None:
    assert places.drive_kind(tmp_path, tmp_path / "none", tmp_path) == places.FIXED


@pytest.mark.parametrize(
    ("kind", "word"), [(places.NETWORK, "网络盘"), (places.REMOVABLE, "移动盘")]
)
def test_a_live_store_is_refused_off_the_machine_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, word: str
) -> None:
    monkeypatch.setattr(places, "drive_kind", lambda _: kind)
    with pytest.raises(StoreRefused, match=word) as caught:
        refuse_unsafe_drive(tmp_path / "office.ssj")
    assert "复制到本机硬盘" in caught.value.remedy


def test_a_long_write_is_refused_before_it_begins_when_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "free_bytes", lambda _: 5 * 1024 * 1024)
    with pytest.raises(StoreRefused, match=r"需要 16 MB，剩余 5 MB"):
        refuse_full_disk(tmp_path / "office.ssj", tmp_path)


def test_room_is_asked_of_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    assert places.existing_folder(tmp_path / "a" / "b" / "c.ssj") == tmp_path
    assert places.free_bytes(tmp_path / "a" / "b") > 0


def test_a_rename_waits_for_a_program_that_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an antivirus does on Windows: the first tries are refused."""
    monkeypatch.setattr(places, "_REPLACE_PAUSE_SECONDS", 0.0)
    source, refusals = tmp_path / "new", [PermissionError(), PermissionError()]
    source.write_bytes(b"new")
    plain = Path.replace

    def held(path: Path, final: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return plain(path, final)

    monkeypatch.setattr(Path, "replace", held)
    places.replace(source, tmp_path / "old")
    assert (tmp_path / "old").read_bytes() == b"new"


def test_a_rename_gives_up_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_REPLACE_PAUSE_SECONDS", 0.0)

    def held(path: Path, final: Path) -> Path:
        raise PermissionError(13, "held")

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(PermissionError):
        places.replace(tmp_path / "new", tmp_path / "old")


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="No such"):
        places.copy(tmp_path / "none", tmp_path / "folder" / "copy")
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_window_that_runs_holds_its_lock(tmp_path: Path) -> None:
    file = tmp_path / "office.lock"
    assert not places.is_held(file)
    lock = QLockFile(str(file))
    assert lock.tryLock(0)
    assert places.is_held(file)
    lock.unlock()
    assert not places.is_held(file)


def test_a_new_folder_is_brought_to_the_disk_with_all_that_is_missing_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(places, "sync_folder", synced.append)
    places.make_folder(tmp_path / "a" / "b")
    assert synced == [tmp_path, tmp_path / "a"]
    places.make_folder(tmp_path / "a" / "b")
    assert synced == [tmp_path, tmp_path / "a"]
    assert (tmp_path / "a" / "b").is_dir()

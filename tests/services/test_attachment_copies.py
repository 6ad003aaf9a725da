"""Attachments go along with the backups and come back with them; markers stay unreadable (S3)."""

from collections.abc import Iterator
from pathlib import Path

import office
import pytest

from ssj_desktop import places
from ssj_desktop.domain.attachments import digest_of
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.formats.attachment_files import attachments_folder, files_in
from ssj_desktop.models.backups import backups_folder
from ssj_desktop.queries.attachments import list_attachments
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.attachment_copies import (
    Named,
    check_attachments,
    named_in,
    pool_of,
    thin_pool,
)
from ssj_desktop.services.attachments import Attach, attach
from ssj_desktop.services.backups import (
    ChooseSecondFolder,
    back_up,
    back_up_if_changed,
    choose_second_folder,
    drill,
    list_all_backups,
)
from ssj_desktop.services.data_keys import change_data_key
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import examine
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.repair import plan_repair, repair
from ssj_desktop.services.restoring import plan_restore, restore

ME = Credentials("张敏", office.PASSWORD)
MARKER = b"MARKER-7c1d-INSIDE-A-PHOTOGRAPH"
PHOTO = b"\xff\xd8\xff\xfe\x00\x21" + MARKER + bytes(range(256)) * 20
SCAN = b"%PDF-1.7 signed minutes"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clerk, approver = office.found(tmp_path, office.Clock())
    office.enrol_targets(clerk, 4)
    office.enrol_inspectors(clerk, 4)
    key = clerk.do(freeze_draw, office.freezing(clerk, office.approved_line(clerk, approver)))
    clerk.do(draw, PerformDraw(key, ("514263", "30927718", "-")))
    add(clerk, PHOTO)
    yield clerk
    clerk.close()


def add(desk: Desk, content: bytes) -> None:
    desk.do(attach, Attach(desk.ask(list_tasks)[0].id, "配电箱", content))


def pool(desk: Desk) -> Path:
    return pool_of(backups_folder(desk.database.path))


def doctor(desk: Desk) -> tuple[str, bool, bool]:
    (found,) = [each for each in examine(desk) if each.name == "附件"]
    return found.text, found.ok, found.broken


def test_each_picture_is_copied_beside_the_backups_once(desk: Desk, tmp_path: Path) -> None:
    second = tmp_path / "stick"
    second.mkdir()
    desk.do(choose_second_folder, ChooseSecondFolder(str(second)))
    assert back_up(desk, BackupReason.MANUAL).notice == ""
    (first,) = files_in(pool(desk))
    before = first.stat().st_mtime_ns
    add(desk, SCAN)
    back_up(desk, BackupReason.MANUAL)
    assert len(list(files_in(pool(desk)))) == len(list(files_in(pool_of(second)))) == 2
    assert first.stat().st_mtime_ns == before


def test_no_marker_of_a_picture_lies_in_clear_in_store_or_backups(desk: Desk) -> None:
    back_up(desk, BackupReason.MANUAL)
    files = [path for path in desk.database.path.parent.rglob("*") if path.is_file()]
    assert len(files) > 5
    sha256 = digest_of(PHOTO).encode()
    for path in files:
        content = path.read_bytes()
        assert MARKER not in content, path
        assert sha256 not in content, path
        assert sha256.decode()[:16] not in path.name


def test_a_restore_brings_the_pictures_back(desk: Desk) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    store, folder = desk.database.path, attachments_folder(desk.database.path)
    desk.close()
    for path in files_in(folder):
        path.unlink()
    restored = restore(plan_restore(store, done.backup.path, ME), ME, desk.surroundings)
    assert restored.attachments == 1
    again = sign_in(store, office.PASSWORD)
    assert again.attachments.get(digest_of(PHOTO)) == PHOTO
    again.close()


def test_a_repair_brings_back_what_the_disk_spoiled(desk: Desk) -> None:
    back_up(desk, BackupReason.MANUAL)
    store = desk.database.path
    spoiled = desk.attachments.path_of(digest_of(PHOTO))
    desk.close()
    spoiled.write_bytes(b"SSJATT1\n" + bytes(500))
    content = bytearray(store.read_bytes())
    content[2 * 4096 + 777] ^= 0x55
    store.write_bytes(content)
    done = repair(plan_repair(store, ME), ME, desk.surroundings)
    assert done.restored.attachments == 1
    again = sign_in(store, office.PASSWORD)
    assert again.attachments.get(digest_of(PHOTO)) == PHOTO
    again.close()


def test_a_drill_opens_every_picture_and_fails_for_a_damaged_copy(desk: Desk) -> None:
    back_up(desk, BackupReason.MANUAL)
    assert "，1 个附件完好；日志镜像完整" in drill(desk).result
    (copy,) = files_in(pool(desk))
    copy.write_bytes(copy.read_bytes()[:-1] + b"!")
    found = drill(desk)
    assert not found.passed
    assert found.result.split("；")[0] == "1 个附件已损坏"
    copy.unlink()
    found = drill(desk)
    assert found.passed
    assert "1 个附件的字节不在备份里" in found.result


def test_a_change_of_the_data_key_leaves_the_pictures_readable(desk: Desk) -> None:
    before = desk.attachments.path_of(digest_of(PHOTO)).read_bytes()
    change_data_key(desk, office.PASSWORD, "试换")
    assert desk.attachments.get(digest_of(PHOTO)) == PHOTO
    assert desk.attachments.path_of(digest_of(PHOTO)).read_bytes() == before


def test_thinning_deletes_only_what_no_backup_names(desk: Desk) -> None:
    back_up(desk, BackupReason.MANUAL)
    stray = pool(desk) / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"of a state that was given up")
    assert thin_pool(desk, backups_folder(desk.database.path)) == 1
    assert not stray.exists()
    assert len(list(files_in(pool(desk)))) == 1
    assert thin_pool(desk, backups_folder(desk.database.path)) == 0


def test_thinning_deletes_nothing_while_a_backup_does_not_open(desk: Desk) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    stray = pool(desk) / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"perhaps of that backup")
    done.backup.path.write_bytes(b"made under another key" * 400)
    assert thin_pool(desk, backups_folder(desk.database.path)) == 0
    assert stray.exists()


def test_a_full_disk_is_told_and_the_backup_of_the_store_is_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = places.free_bytes
    monkeypatch.setattr(
        places, "free_bytes", lambda path: 1 << 20 if "attachments" in str(path) else free(path)
    )
    done = back_up(desk, BackupReason.MANUAL)
    assert "磁盘空间不足：附件需要" in done.notice
    assert done.backup.path.is_file()
    assert list(files_in(pool(desk))) == []


def test_a_picture_damaged_before_its_first_backup_is_told(desk: Desk) -> None:
    desk.attachments.path_of(digest_of(PHOTO)).write_bytes(b"SSJATT1\n")
    done = back_up(desk, BackupReason.MANUAL)
    assert "1 个附件的文件已损坏" in done.notice
    assert done.backup.path.is_file()


def test_bytes_that_arrive_after_the_backup_are_copied_with_the_next_one(desk: Desk) -> None:
    files = desk.attachments
    files.path_of(digest_of(PHOTO)).unlink()
    assert back_up(desk, BackupReason.MANUAL).notice == ""
    files.put(PHOTO)
    assert back_up_if_changed(desk, BackupReason.TIMER) is None
    assert len(list(files_in(pool(desk)))) == 1


def test_the_doctor_names_the_task_and_mends_from_the_backups(desk: Desk) -> None:
    number = desk.ask(list_tasks)[0].number
    assert doctor(desk) == ("共 1 个，全部完好", True, False)
    path = desk.attachments.path_of(digest_of(PHOTO))
    path.unlink()
    assert doctor(desk) == (f"共 1 个，1 个的字节尚未收到（任务 {number}）", True, False)
    path.write_bytes(b"SSJATT1\n" + bytes(100))
    assert doctor(desk) == (
        f"共 1 个，1 个已损坏（任务 {number}）；下次交换时再要一份完好的", False, False
    )  # fmt: skip
    assert doctor(desk) == (f"共 1 个，1 个的字节尚未收到（任务 {number}）", True, False)
    desk.attachments.put(PHOTO)
    back_up(desk, BackupReason.MANUAL)
    path.unlink()
    assert doctor(desk) == ("共 1 个，全部完好；已从备份补回 1 个", True, False)
    assert check_attachments(desk).missing == ()


def test_a_store_from_before_attachments_has_none_to_bring_back(desk: Desk) -> None:
    desk.do(change_setting, ChangeSetting("contact", "1"))
    assert len(desk.ask(list_attachments)) == 1
    old = Path(__file__).parents[1] / "old_databases" / "0018.ssj"
    store = desk.database.path.with_name("old.ssj")
    for ending in ("", ".keys"):
        places.copy(old.with_name(old.name + ending), store.with_name(store.name + ending))
    again = sign_in(store, office.PASSWORD, "张敏")
    assert again.ask(list_attachments) == ()
    (backup,) = list_all_backups(again)
    assert named_in(backup.path, again.database.key) == Named()
    assert drill(again).passed
    again.close()

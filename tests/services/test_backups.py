"""Backups are proven before they count, restores name their loss, drills leave a note."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import office
import pytest

from ssj_desktop.domain.errors import (
    InvalidInput,
    PermissionRefused,
    RuleViolation,
    StoreDamaged,
    StoreRefused,
)
from ssj_desktop.domain.vocabulary import BackupReason, Role
from ssj_desktop.models import backups as backup_files
from ssj_desktop.models import copies, keyfile
from ssj_desktop.models.backups import backups_folder, list_backups, make_backup, thin_out
from ssj_desktop.models.copies import copy_store, facts_of, find_faults
from ssj_desktop.models.keyfile import keyfile_of
from ssj_desktop.queries.backups import find_last_drill
from ssj_desktop.queries.journal import audit, find_entries, list_entries
from ssj_desktop.queries.office import list_accounts
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.backups import (
    ChooseSecondFolder,
    back_up,
    back_up_if_changed,
    choose_second_folder,
    drill,
    drill_if_due,
    list_all_backups,
    protect,
)
from ssj_desktop.services.data_keys import remove_account
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.restoring import plan_restore, restore

ME = Credentials("张敏", office.PASSWORD)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clerk, _ = office.found(tmp_path, office.Clock())
    yield clerk
    clerk.close()


def change(desk: Desk, value: str = "1") -> None:
    desk.do(change_setting, ChangeSetting("contact", value))


def store_of(desk: Desk) -> Path:
    return desk.database.path


def test_a_backup_is_a_store_of_its_own_that_opens_with_todays_password(desk: Desk) -> None:
    office.enrol_targets(desk, 3)
    done = back_up(desk, BackupReason.MANUAL)
    again = sign_in(done.backup.path, office.PASSWORD)
    signed_in, *before = again.ask(list_entries)
    assert signed_in.action == "登录"
    assert tuple(before) == desk.ask(list_entries)
    again.close()


def test_an_unchanged_store_is_not_backed_up_twice(desk: Desk) -> None:
    first = back_up(desk, BackupReason.MANUAL)
    assert back_up_if_changed(desk, BackupReason.TIMER) is None
    assert back_up(desk, BackupReason.EXIT).backup == first.backup
    change(desk)
    assert back_up_if_changed(desk, BackupReason.TIMER) is not None
    assert len(list_all_backups(desk)) == 2


def test_a_backup_that_went_bad_on_disk_is_made_anew_when_asked_for(desk: Desk) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    damage(done.backup.path)
    assert find_faults(done.backup.path, desk.database.key)
    fresh = back_up(desk, BackupReason.MANUAL)
    assert find_faults(fresh.backup.path, desk.database.key) == ()


def damage(path: Path, place: float = 0.5) -> None:
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("place", [0.0001, 0.3, 0.99])
def test_a_damaged_store_gives_no_backup_and_loses_none(desk: Desk, place: float) -> None:
    """A flipped bit must not be carried into the backups (trust 2)."""
    good = back_up(desk, BackupReason.MANUAL)
    change(desk)
    desk.close()
    damage(store_of(desk), place)
    with pytest.raises(StoreDamaged):
        make_backup(store_of(desk), desk.database.key, BackupReason.EXIT)
    assert [each.path for each in list_backups(backups_folder(store_of(desk)))] == [
        good.backup.path
    ]
    assert not list(backups_folder(store_of(desk)).glob(".*"))


def test_a_copy_with_other_rows_than_the_store_is_thrown_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.enrol_targets(desk, 3)
    plain = copies.find_faults

    def lose_a_row(path: Path, key: bytes) -> tuple[str, ...]:
        with copies.opened(path, key) as connection:
            connection.execute("DELETE FROM alembic_version")
            connection.execute("DELETE FROM office")
        return plain(path, key)

    monkeypatch.setattr(copies, "find_faults", lose_a_row)
    with pytest.raises(StoreRefused, match="核对不符"):
        make_backup(store_of(desk), desk.database.key, BackupReason.MANUAL)
    assert list_all_backups(desk) == ()


def test_a_backup_made_while_somebody_writes_is_of_one_moment(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office.enrol_targets(desk, 40)
    monkeypatch.setattr(copies, "PAGES_OF_A_STEP", 16)
    plain, writes = copies._copy_pages, [1]

    def copy_and_write(*given: object) -> None:
        plain(*given)  # type: ignore[arg-type]
        if writes.pop():
            change(desk, "meanwhile")
            writes.append(0)

    monkeypatch.setattr(copies, "_copy_pages", copy_and_write)
    made = copy_store(store_of(desk), desk.database.key, tmp_path, lambda _: "copy.ssj")
    path, facts = made.path, made.facts
    assert facts == facts_of(path, desk.database.key) == facts_of(store_of(desk), desk.database.key)


def test_the_second_place_gets_a_proven_copy_and_its_absence_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    desk.do(choose_second_folder, ChooseSecondFolder(str(stick)))
    done = back_up(desk, BackupReason.MANUAL)
    assert done.second is not None
    assert facts_of(done.second.path, desk.database.key) == facts_of(
        done.backup.path, desk.database.key
    )
    assert keyfile_of(done.second.path).exists()
    shutil.rmtree(stick)
    stick.write_bytes(b"")
    change(desk)
    missing = back_up(desk, BackupReason.MANUAL)
    assert missing.second is None
    assert str(stick) in missing.second_fault


def test_a_second_place_must_be_a_folder_that_can_be_written(desk: Desk, tmp_path: Path) -> None:
    for folder in ("relative", str(tmp_path / "none")):
        with pytest.raises(InvalidInput, match="不是现有的文件夹"):
            desk.do(choose_second_folder, ChooseSecondFolder(folder))
    desk.do(choose_second_folder, ChooseSecondFolder(""))


def test_thinning_leaves_strange_files_and_takes_the_key_files_along(desk: Desk) -> None:
    made = back_up(desk, BackupReason.TIMER).backup
    folder = made.path.parent
    for days in range(60):
        name = replace(made.name, sequence=100 + days, at=made.name.at + timedelta(days=days))
        for of in (Path, keyfile_of):
            of(folder / name.file_name).write_bytes(b"x")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    gone = thin_out(folder)
    left = {path.name for path in folder.iterdir()}
    assert len(gone) > 30
    assert "notes.txt" in left
    assert {name + ".keys" for name in left if name.endswith(".ssj")} == {
        name for name in left if name.endswith(".keys")
    }


def test_an_import_and_a_draw_are_preceded_by_a_backup_and_other_acts_are_not(
    desk: Desk,
) -> None:
    guarded = protect(desk)
    change(guarded)
    assert list_all_backups(desk) == ()
    guarded.guard("import_rows")  # type: ignore[misc]
    change(guarded, "2")
    guarded.signed_in_as(Actor("张敏", (Role.CLERK,))).guard("draw")  # type: ignore[misc]
    assert [each.name.reason for each in list_all_backups(desk)] == [
        BackupReason.BEFORE_DRAW,
        BackupReason.BEFORE_IMPORT,
    ]


def test_a_drill_restores_a_copy_and_notes_the_result(desk: Desk) -> None:
    with pytest.raises(RuleViolation, match="还没有任何备份"):
        drill(desk)
    back_up(desk, BackupReason.MANUAL)
    before = list(backups_folder(store_of(desk)).iterdir())
    found = drill(desk)
    assert found.passed
    assert list(backups_folder(store_of(desk)).iterdir()) == before
    row = desk.ask(find_last_drill)
    assert row is not None
    assert (row.passed, row.result) == (True, found.result)


def test_a_drill_on_a_damaged_backup_fails_and_says_so_in_the_journal(desk: Desk) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    damage(done.backup.path)
    found = drill(desk)
    assert not found.passed
    assert re.search("第 [0-9]+ 页校验不符", found.result)
    row = desk.ask(find_last_drill)
    assert row is not None
    assert row.passed is False


def test_a_drill_looks_at_the_key_file_beside_the_backup(desk: Desk) -> None:
    """Without it the backup opens on no other computer."""
    path = keyfile_of(back_up(desk, BackupReason.MANUAL).backup.path)
    assert drill(desk).passed
    whole = path.read_text("utf-8")
    path.write_text(whole.replace('"lanes": 1', '"lanes": 2'), "utf-8")
    found = drill(desk)
    assert (found.passed, "密钥文件有 " in found.result) == (False, True)
    path.write_text(whole[:-9], "utf-8")
    assert "已损坏" in drill(desk).result
    path.unlink()
    assert "找不到密钥文件" in drill(desk).result
    desk.close()


def test_the_monthly_drill_runs_once_a_month(desk: Desk) -> None:
    assert drill_if_due(desk) is None
    back_up(desk, BackupReason.MANUAL)
    assert drill_if_due(desk) is not None
    assert drill_if_due(desk) is None
    office.Clock.pass_days(desk.surroundings, 31)  # type: ignore[arg-type]
    assert drill_if_due(desk) is not None


def restored(desk: Desk, backup: Path) -> Desk:
    desk.close()
    plan = plan_restore(store_of(desk), backup, ME)
    restore(plan, ME, desk.surroundings)
    return sign_in(store_of(desk), office.PASSWORD, surroundings=desk.surroundings)


def test_a_restore_names_what_is_lost_starts_an_epoch_and_keeps_the_replaced_file(
    desk: Desk,
) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    change(desk)
    office.enrol_targets(desk, 2)
    lost_head = desk.ask(list_entries)[0]
    desk.close()
    plan = plan_restore(store_of(desk), done.backup.path, ME)
    assert plan.lost is not None
    assert (plan.lost.count, plan.lost.acts[0][1]) == (3, 2)
    result = restore(plan, ME, desk.surroundings)
    again = sign_in(store_of(desk), office.PASSWORD)
    entry = again.ask(list_entries)[1]
    assert (entry.action, entry.epoch, entry.sequence) == ("从备份恢复", 2, lost_head.sequence - 2)
    assert lost_head.hash in entry.payload
    assert again.ask(audit).broken_at is None
    change(again)
    assert again.ask(list_entries)[0].epoch == 2
    again.close()
    assert result.kept is not None
    kept = sign_in(result.kept, office.PASSWORD)
    assert kept.ask(list_entries)[1] == lost_head
    kept.close()


def test_restoring_one_backup_twice_gives_two_different_epochs(desk: Desk) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    first = restored(desk, done.backup.path)
    back_up(first, BackupReason.MANUAL)
    second = restored(first, done.backup.path)
    assert second.ask(list_entries)[0].epoch == 3
    second.close()


def test_a_store_that_is_gone_with_its_keys_comes_back_from_the_backup_alone(desk: Desk) -> None:
    office.enrol_targets(desk, 3)
    done = back_up(desk, BackupReason.MANUAL)
    desk.close()
    store_of(desk).unlink()
    keyfile_of(store_of(desk)).unlink()
    plan = plan_restore(store_of(desk), done.backup.path, ME)
    assert plan.lost is None
    assert "无法列出" in plan.loss_text
    assert restore(plan, ME, desk.surroundings).kept is None
    again = sign_in(store_of(desk), office.PASSWORD)
    assert again.ask(audit).broken_at is None
    again.close()


def test_a_backup_under_an_older_data_key_is_restored_under_the_present_one(
    desk: Desk, tmp_path: Path
) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    desk.close()
    fresh = keyfile.new_data_key()
    with copies.opened(store_of(desk), desk.database.key) as connection:
        connection.execute(f"PRAGMA rekey = \"x'{fresh.hex()}'\"")
    slot = keyfile.wrap("张敏", office.PASSWORD, fresh, keyfile.LEAST_COST)
    keyfile.write_slots(keyfile_of(store_of(desk)), (slot,))
    again = restored(desk, done.backup.path)
    assert again.database.key == fresh
    assert again.ask(list_entries)[1].action == "从备份恢复"
    again.close()


def test_a_damaged_backup_is_refused_and_nothing_is_touched(desk: Desk) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    damage(done.backup.path)
    desk.close()
    before = store_of(desk).read_bytes()
    with pytest.raises(StoreDamaged, match="已损坏"):
        plan_restore(store_of(desk), done.backup.path, ME)
    assert store_of(desk).read_bytes() == before


def test_only_an_administrator_restores(desk: Desk) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    desk.close()
    approver = Credentials("高建国", office.PASSWORD)
    plan = plan_restore(store_of(desk), done.backup.path, approver)
    before = store_of(desk).read_bytes()
    with pytest.raises(PermissionRefused):
        restore(plan, approver, desk.surroundings)
    assert store_of(desk).read_bytes() == before
    assert not list(store_of(desk).parent.glob(".*"))


def test_an_unfinished_journal_of_the_replaced_file_is_not_played_into_the_new_one(
    desk: Desk,
) -> None:
    office.enrol_targets(desk, 5)
    done = back_up(desk, BackupReason.MANUAL)
    desk.close()
    journal = store_of(desk).with_name("office.ssj-journal")
    store_of(desk).write_bytes(b"\0" * 8192)
    plan = plan_restore(store_of(desk), done.backup.path, ME)
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\1" * 4096)
    result = restore(plan, ME, desk.surroundings)
    assert not journal.exists()
    assert result.kept is not None
    assert result.kept.with_name(result.kept.name + "-journal").exists()
    again = sign_in(store_of(desk), office.PASSWORD)
    assert again.ask(audit).broken_at is None
    again.close()


def test_two_damaged_files_are_kept_under_different_names(desk: Desk) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    desk.close()
    kept = []
    for _ in range(2):
        store_of(desk).write_bytes(b"x" * 5000)
        plan = plan_restore(store_of(desk), done.backup.path, ME)
        kept.append(restore(plan, ME, desk.surroundings).kept)
    assert len({*kept}) == 2


def test_a_full_disk_refuses_a_backup_by_name_and_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies.places, "free_bytes", lambda _: 1024)
    with pytest.raises(StoreRefused, match="磁盘空间不足"):
        back_up(desk, BackupReason.MANUAL)
    assert list_all_backups(desk) == ()


def test_rows_cannot_vanish_between_copies_unseen(desk: Desk) -> None:
    """The comparison counts every table, not only those with a model."""
    office.enrol_targets(desk, 2)
    before = facts_of(store_of(desk), desk.database.key)
    assert before.row_count == sum(count for _, count in before.rows)
    assert dict(before.rows)["targets"] == 2
    assert backup_files.name_for(before, BackupReason.EXIT).sequence == before.sequence


def test_who_was_removed_after_the_backup_stays_out_of_the_restored_store(desk: Desk) -> None:
    done = back_up(desk, BackupReason.MANUAL)
    remove_account(desk, "高建国", office.PASSWORD)
    desk.close()
    plan = plan_restore(store_of(desk), done.backup.path, ME)
    restore(plan, ME, desk.surroundings)
    again = sign_in(store_of(desk), office.PASSWORD)
    (row,) = [each for each in again.ask(list_accounts) if each.name == "高建国"]
    assert not row.active
    (entry,) = [e for e in again.ask(find_entries) if e.action == "从备份恢复"]
    assert "高建国" in entry.payload
    again.close()
    with pytest.raises(StoreRefused):
        sign_in(store_of(desk), office.PASSWORD, "高建国")

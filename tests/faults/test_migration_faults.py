"""Every old store upgrades whole; an upgrade that fails leaves it as it was (trust 2, R5)."""

import shutil
from pathlib import Path

import pytest
import soak_migrations
from make_old_database import PASSWORD

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models import cipher, schema
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.models.copies import facts_of, find_faults
from ssj_desktop.models.database import Database, open_database
from ssj_desktop.queries.journal import audit, list_entries
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.backups import drill

OLD = soak_migrations.old_stores()


def laid_out(source: Path, folder: Path) -> Path:
    return soak_migrations.lay_out(source, folder)


@pytest.mark.parametrize("source", OLD, ids=lambda path: path.stem)
def test_a_store_of_every_schema_opens_upgraded_and_works_on(source: Path, tmp_path: Path) -> None:
    store = laid_out(source, tmp_path)
    before = dict(facts_of(store, soak_migrations.key_of(store)).rows)
    desk = sign_in(store, PASSWORD)
    after = dict(facts_of(store, desk.database.key).rows)
    assert {table: after[table] for table in ("targets", "draws", "inspection_tasks")} == {
        table: before[table] for table in ("targets", "draws", "inspection_tasks")
    }
    assert before["draws"] == 1
    assert desk.ask(audit).broken_at is None
    desk.do(change_setting, ChangeSetting("contact", "1"))
    assert desk.ask(list_entries)[0].sequence > before["journal"]
    assert desk.ask(audit).broken_at is None
    desk.close()


def test_there_is_an_old_store_for_the_first_schema() -> None:
    assert OLD[0].stem == "0001"


def test_an_upgrade_is_preceded_by_a_proven_backup_of_the_old_schema(tmp_path: Path) -> None:
    store = laid_out(OLD[0], tmp_path)
    desk = sign_in(store, PASSWORD)
    (backup,) = list_backups(backups_folder(store))
    assert backup.name.reason is BackupReason.BEFORE_UPGRADE
    assert facts_of(backup.path, desk.database.key).schema == "0001"
    assert drill(desk, backup.path).passed
    desk.close()


def test_an_upgrade_without_room_for_its_backup_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = laid_out(OLD[0], tmp_path)
    content = store.read_bytes()
    monkeypatch.setattr(cipher.places, "free_bytes", lambda _: 0)
    with pytest.raises(StoreRefused, match="磁盘空间不足"):
        sign_in(store, PASSWORD)
    assert store.read_bytes() == content


def test_a_fault_at_a_statement_leaves_an_identical_store_that_upgrades_next_time(
    tmp_path: Path,
) -> None:
    tally = soak_migrations.stopped_upgrades(OLD[0], tmp_path, 60)
    assert tally.wrong == []
    assert tally.faults >= 3


def test_an_upgrade_that_is_killed_leaves_an_identical_store(tmp_path: Path) -> None:
    key = soak_migrations.key_of(OLD[0])
    assert soak_migrations.killed_upgrade(OLD[0], tmp_path, key, 100) == soak_migrations.KILLED
    assert soak_migrations.look_at_killed(OLD[0], tmp_path, 100, 0).wrong == []


def test_what_a_kill_would_leave_of_an_upgrade_is_an_identical_store(tmp_path: Path) -> None:
    tally = soak_migrations.looked_at_upgrade(OLD[0], tmp_path, 40)
    assert (tally.wrong, tally.left) == ([], 0)
    assert tally.stops >= 6


def test_a_store_left_in_the_middle_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it would be, if an upgrade were not one transaction."""
    copied, key = soak_migrations.copy_left, soak_migrations.key_of(OLD[0])

    def half(store: Path, left: Path) -> None:
        copied(store, left)
        with cipher.opened(left, key) as connection:
            connection.execute("CREATE TABLE halfway (id TEXT)")

    monkeypatch.setattr(soak_migrations, "copy_left", half)
    tally = soak_migrations.looked_at_upgrade(OLD[0], tmp_path, 200)
    assert len(tally.wrong) == tally.stops == 2


def test_files_equal_to_earlier_ones_hide_no_later_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied, looks, wanted = soak_migrations.copy_left, list[int](), 5

    def rotten(store: Path, left: Path) -> None:
        copied(store, left)
        looks.append(len(looks))
        if len(looks) == wanted:
            with left.open("r+b") as file:
                file.seek(6 * 4096 + 99)
                file.write(b"rot")

    monkeypatch.setattr(soak_migrations, "copy_left", rotten)
    tally = soak_migrations.looked_at_upgrade(OLD[0], tmp_path, 40)
    assert len(looks) > wanted
    assert len(tally.wrong) == 1


def test_the_drill_notices_a_changed_store(tmp_path: Path) -> None:
    store = laid_out(OLD[0], tmp_path)
    key = soak_migrations.key_of(store)
    with cipher.opened(store, key) as connection:
        connection.execute("UPDATE settings SET value = value || '1'")
        connection.execute("DELETE FROM inspection_tasks")
    tally = soak_migrations.Tally()
    soak_migrations.check(store, OLD[0], "x", tally)
    assert len(tally.wrong) == 1


def test_a_newer_schema_is_refused_and_stays_untouched(tmp_path: Path) -> None:
    store = laid_out(OLD[0], tmp_path)
    key = soak_migrations.key_of(store)
    with cipher.opened(store, key) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    content = store.read_bytes()
    with pytest.raises(StoreRefused, match="更新版本的程序"):
        open_database(store, key)
    assert store.read_bytes() == content
    assert list_backups(backups_folder(store)) == ()


def test_an_upgrade_that_breaks_a_reference_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = laid_out(OLD[0], tmp_path)
    key = soak_migrations.key_of(store)
    before = soak_migrations.digest(store, key)
    monkeypatch.setattr(schema, "is_current", lambda _: False)
    database = Database(store, key)
    with pytest.raises(StoreRefused, match="已全部撤回"):
        database.upgrade(backup=False)
    database.close()
    assert soak_migrations.digest(store, key) == before
    assert find_faults(store, key) == ()
    shutil.rmtree(tmp_path, ignore_errors=True)

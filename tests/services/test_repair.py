"""A damaged store comes back from its newest good backup, and what is lost is counted (R6)."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import office
import pytest

from ssj_desktop.domain.errors import RuleViolation, StoreRefused
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.copies import check_pages
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.journal import journal_head, list_entries
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import examine
from ssj_desktop.services.mirror import mirror_of
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.repair import Reader, plan_repair, repair

ME = Credentials("张敏", office.PASSWORD)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clerk, _ = office.found(tmp_path, office.Clock())
    office.enrol_targets(clerk, 4)
    yield clerk
    clerk.close()


def damage(path: Path, page: int) -> None:
    content = bytearray(path.read_bytes())
    content[page * 4096 + 777] ^= 0x55
    path.write_bytes(content)


@pytest.mark.parametrize("page", [0, -1])
def test_a_damaged_store_is_repaired_from_the_newest_good_backup(desk: Desk, page: int) -> None:
    store = desk.database.path
    back_up(desk, BackupReason.MANUAL)
    desk.close()
    damage(store, page % (store.stat().st_size // 4096))
    plan = plan_repair(store, ME)
    done = repair(plan, ME, desk.surroundings)
    again = sign_in(store, office.PASSWORD)
    assert "从备份修复" in {entry.action for entry in again.ask(list_entries)}
    again.close()
    assert done.restored.kept is not None
    assert done.restored.kept.exists()


def test_what_was_entered_after_the_backup_comes_back_from_the_mirror(desk: Desk) -> None:
    store = desk.database.path
    back_up(desk, BackupReason.MANUAL)
    office.enrol_inspectors(desk, 3)
    head = desk.ask(journal_head)
    desk.close()
    damage(store, 2)
    plan = plan_repair(store, ME)
    assert "行" in plan.loss_text
    done = repair(plan, ME, desk.surroundings)
    assert done.restored.replayed is not None
    assert done.restored.replayed.entries >= 3
    assert done.rows_lost == 0
    assert "没有发现丢失的行" in done.text
    again = sign_in(store, office.PASSWORD)
    assert len(again.ask(list_rows, "inspectors")) == 3
    assert head in {entry.hash for entry in again.ask(list_entries)}
    assert again.ask(full_audit).is_intact
    again.close()


@pytest.mark.parametrize("spoiled", [b"", b"no line of a mirror\n" * 3])
def test_without_a_mirror_that_fits_the_rows_entered_since_are_counted_as_lost(
    desk: Desk, spoiled: bytes
) -> None:
    store = desk.database.path
    back_up(desk, BackupReason.MANUAL)
    size = store.stat().st_size // 4096
    office.enrol_inspectors(desk, 3)
    desk.close()
    mirror_of(store).write_bytes(spoiled)
    damage(store, size - 1)
    plan = plan_repair(store, ME)
    (inspectors,) = [loss for loss in plan.losses if loss.table == "inspectors"]
    assert inspectors.missing == 3 or inspectors.unreadable
    done = repair(plan, ME, desk.surroundings)
    (after,) = [loss for loss in done.losses if loss.table == "inspectors"]
    assert after == inspectors
    again = sign_in(store, office.PASSWORD)
    assert again.ask(list_rows, "inspectors") == ()
    assert again.ask(full_audit).is_intact
    again.close()


def test_a_wrong_password_counts_once_however_many_backups_there_are(desk: Desk) -> None:
    store = desk.database.path
    for enrol_more in (lambda: None, partial(office.enrol_inspectors, desk, 2),
                       partial(office.enrol_experts, desk, 1)):  # fmt: skip
        enrol_more()
        back_up(desk, BackupReason.MANUAL)
    desk.close()
    damage(store, 2)
    for left in range(5):
        with pytest.raises(StoreRefused) as caught:
            plan_repair(store, Credentials("张敏", "Wrong-2026"), around=desk.surroundings)
        assert ("锁定" in caught.value.message) is (left == 4)
    with pytest.raises(StoreRefused, match="已锁定"):
        plan_repair(store, ME, around=desk.surroundings)


def test_a_bad_backup_is_passed_over_for_an_older_good_one(desk: Desk, tmp_path: Path) -> None:
    store = desk.database.path
    good = back_up(desk, BackupReason.MANUAL).backup
    office.enrol_inspectors(desk, 2)
    damage(back_up(desk, BackupReason.MANUAL).backup.path, 3)
    desk.close()
    damage(store, 3)
    plan = plan_repair(store, ME)
    assert plan.restore.backup == good.path
    assert plan.skipped == 1


def idle_page(store: Path, key: bytes) -> int:
    """Grow the file and empty it again: its last pages hold nothing."""
    with opened(store, key) as connection:
        connection.execute("CREATE TABLE filler (x)")
        connection.execute("INSERT INTO filler VALUES (zeroblob(400000))")
        connection.execute("DROP TABLE filler")
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    return int(pages) - 2


def test_a_half_written_page_that_holds_nothing_is_no_damage(desk: Desk) -> None:
    store, key = desk.database.path, desk.database.key
    desk.close()
    damage(store, idle_page(store, key))
    found = check_pages(store, key)
    assert found.faults == ()
    assert len(found.idle) == 1
    again = sign_in(store, office.PASSWORD)
    (pages,) = [f for f in examine(again) if f.name == "数据库"]
    assert pages.ok
    assert "1 个空闲页" in pages.text
    office.enrol_inspectors(again, 6)
    backup = back_up(again, BackupReason.MANUAL).backup.path
    assert check_pages(backup, key).faults == ()
    again.close()


def test_no_page_changes_its_bytes_unseen(desk: Desk) -> None:
    """A change of an unused page is told too, as one that loses nothing."""
    store, key = desk.database.path, desk.database.key
    desk.close()
    whole = store.read_bytes()
    for page in range(1, len(whole) // 4096, 7):
        damage(store, page)
        found = check_pages(store, key)
        assert len(found.faults + found.idle) == 1
        store.write_bytes(whole)


def test_a_sound_store_is_not_repaired(desk: Desk) -> None:
    back_up(desk, BackupReason.MANUAL)
    desk.close()
    with pytest.raises(RuleViolation, match="没有发现损坏"):
        plan_repair(desk.database.path, ME)


def test_without_a_good_backup_the_way_on_is_named(desk: Desk) -> None:
    desk.close()
    damage(desk.database.path, 2)
    with pytest.raises(StoreRefused, match="没有找到完好的备份") as caught:
        plan_repair(desk.database.path, ME)
    assert "第二备份位置" in caught.value.remedy


def test_a_store_repaired_once_is_repaired_again_from_the_same_old_backup(desk: Desk) -> None:
    """The mirror goes on over the entry of the repair, which was written beside it."""
    store = desk.database.path
    back_up(desk, BackupReason.MANUAL)
    office.enrol_inspectors(desk, 2)
    desk.close()
    for time in (1, 2):
        damage(store, 3)
        done = repair(plan_repair(store, ME), ME, desk.surroundings)
        assert done.rows_lost == 0
        again = sign_in(store, office.PASSWORD, surroundings=desk.surroundings)
        again.do(change_setting, ChangeSetting("contact", str(time)))
        assert len(again.ask(list_rows, "inspectors")) == 2
        assert again.ask(full_audit).is_intact
        head = again.ask(journal_head)
        again.close()
    damage(store, 3)
    done = repair(plan_repair(store, ME), ME, desk.surroundings)
    again = sign_in(store, office.PASSWORD, surroundings=desk.surroundings)
    assert head in {entry.hash for entry in again.ask(list_entries, 1000)}
    assert not list(store.parent.glob(".*"))
    again.close()


def test_tables_after_an_unreadable_one_are_read_all_the_same(desk: Desk) -> None:
    """SQLCipher answers with its first error for the life of a connection."""
    store, key = desk.database.path, desk.database.key
    desk.close()
    with closing(Reader(store, key)) as reader:
        journal, whole = reader.rows_of("journal")
        assert (len(reader.rows_of("targets")[0]), whole) == (4, True)
    with opened(store, key) as connection:
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'targets'"
        (page,) = connection.execute(root).fetchone()
    damage(store, page - 1)
    with closing(Reader(store, key)) as reader:
        assert reader.rows_of("targets") == ({}, False)
        assert reader.rows_of("journal") == (journal, True)

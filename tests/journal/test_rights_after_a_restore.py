"""A restore brings back data, never rights; and keys changed in between open what they should."""

import shutil
from pathlib import Path

import office
import pytest

from ssj_desktop.domain.errors import RuleViolation, StoreRefused
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models.keyfile import keyfile_of, read_slots
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.journal import find_entries, journal_head, list_entries
from ssj_desktop.queries.office import list_accounts
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.account_admin import GrantRoles, grant_roles, suspend_account
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.data_keys import change_data_key, remove_account
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.mirror import mirror_of
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.services.repair import plan_repair, repair
from ssj_desktop.services.restoring import RestorePlan, plan_restore, restore

ME = Credentials("张敏", office.PASSWORD)


def restored(desk: Desk, plan: RestorePlan) -> Desk:
    restore(plan, ME, desk.surroundings)
    return sign_in(desk.database.path, office.PASSWORD, "张敏", desk.surroundings)


def states(desk: Desk) -> dict[str, bool]:
    return {row.name: row.active for row in desk.ask(list_accounts)}


def test_accounts_shut_out_after_the_backup_stay_out_and_the_journal_says_so(desk: Desk) -> None:
    backup = back_up(desk, BackupReason.MANUAL).backup.path
    desk.do(suspend_account, "离岗者")
    remove_account(desk, "离职者", office.PASSWORD)
    desk.do(grant_roles, GrantRoles("高建国", ()))
    desk.close()
    plan = plan_restore(desk.database.path, backup, ME)
    assert "仍然算数：离岗者、离职者、高建国" in plan.loss_text
    again = restored(desk, plan)
    assert states(again) == {"张敏": True, "高建国": True, "离岗者": False, "离职者": False}
    assert next(r.roles for r in again.ask(list_accounts) if r.name == "高建国") == ()
    entry = next(e for e in again.ask(find_entries) if e.action == "从备份恢复")
    assert '"suspended":["离岗者"]' in entry.payload
    assert '"removed":["离职者"]' in entry.payload
    assert '"narrowed":["高建国"]' in entry.payload
    assert again.ask(full_audit).is_intact
    again.close()
    with pytest.raises(StoreRefused, match="已停用"):
        sign_in(desk.database.path, office.PASSWORD, "离岗者", desk.surroundings)


def test_nobody_comes_back_by_restoring_a_backup_of_better_days(desk: Desk) -> None:
    backup = back_up(desk, BackupReason.MANUAL).backup.path
    desk.do(suspend_account, "离岗者")
    desk.close()
    with pytest.raises(RuleViolation, match="已停用或移除"):
        plan_restore(desk.database.path, backup, Credentials("离岗者", office.PASSWORD))


def test_a_store_that_is_gone_leaves_the_mirror_to_say_who_was_shut_out(desk: Desk) -> None:
    backup = back_up(desk, BackupReason.MANUAL).backup.path
    desk.do(suspend_account, "离岗者")
    desk.close()
    desk.database.path.unlink()
    again = restored(desk, plan_restore(desk.database.path, backup, ME))
    assert states(again)["离岗者"] is False
    again.close()


def test_without_store_and_mirror_the_backup_is_all_that_is_known(desk: Desk) -> None:
    backup = back_up(desk, BackupReason.MANUAL).backup.path
    desk.do(suspend_account, "离岗者")
    desk.close()
    desk.database.path.unlink()
    mirror_of(desk.database.path).unlink()
    plan = plan_restore(desk.database.path, backup, ME)
    assert plan.withdrawn.names == ()
    assert "仍然算数" not in plan.loss_text
    again = restored(desk, plan)
    assert states(again)["离岗者"] is True
    again.close()


def test_acts_under_two_later_data_keys_come_back_from_one_mirror(desk: Desk) -> None:
    back_up(desk, BackupReason.MANUAL)
    officer = {"name": "新人", "certificate_number": "23992777", "department": "住建局"}
    desk.do(enrol, Enrol("inspectors", officer))
    change_data_key(desk, office.PASSWORD, "演练一")
    office.enrol_experts(desk, 2)
    change_data_key(desk, office.PASSWORD, "演练二")
    desk.do(enrol, Enrol("witnesses", {"name": "某见证", "unit": "县纪委"}))
    head = desk.ask(journal_head)
    desk.close()
    desk.database.path.unlink()
    done = repair(plan_repair(desk.database.path, ME), ME, desk.surroundings)
    assert done.restored.replayed is not None
    assert done.restored.replayed.unreadable == 0
    again = sign_in(desk.database.path, office.PASSWORD, "张敏", desk.surroundings)
    counts = [len(again.ask(list_rows, kind)) for kind in ("inspectors", "experts", "witnesses")]
    assert counts == [7, 2, 1]
    assert head in {entry.hash for entry in again.ask(list_entries)}
    assert again.ask(full_audit).is_intact
    again.close()


def test_a_former_key_opens_no_line_written_after_its_change(desk: Desk) -> None:
    former = desk.database.key
    change_data_key(desk, office.PASSWORD, "密钥可能外泄")
    length = len(mirror_of(desk.database.path).read_bytes())
    office.enrol_experts(desk, 1)
    from ssj_desktop.formats.mirror import lines_of, open_line

    added = mirror_of(desk.database.path).read_bytes()[length:].splitlines(keepends=True)
    lines = list(lines_of(added))
    assert lines
    assert [open_line(line, former) for line in lines] == [None] * len(lines)
    assert all(open_line(line, desk.database.key) for line in lines)


def test_a_backup_from_before_the_chain_comes_back_and_is_covered(tmp_path: Path) -> None:
    old = Path(__file__).parents[1] / "old_databases" / "0001.ssj"
    store, backup = tmp_path / "office.ssj", tmp_path / "backup.ssj"
    for source in (old, keyfile_of(old)):
        shutil.copy(source, tmp_path / source.name.replace("0001", "office"))
        shutil.copy(source, tmp_path / source.name.replace("0001", "backup"))
    who = Credentials(read_slots(keyfile_of(store))[0].account, office.PASSWORD)
    around = office.Clock()
    restore(plan_restore(store, backup, who), who, around)
    again = sign_in(store, office.PASSWORD, who.account, around)
    actions = [entry.action for entry in again.ask(list_entries)]
    assert actions[:3] == ["登录", "从备份恢复", "名录入链"]
    assert again.ask(full_audit).is_intact
    again.close()

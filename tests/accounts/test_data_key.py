"""A new data key: everybody who stays gets in, who leaves does not, a crash loses nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from office import PASSWORD, enrol_targets, found_anew
from people import FRESH, add, office

from ssj_desktop.domain.errors import PermissionRefused, RuleViolation, StoreRefused
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models import keyfile
from ssj_desktop.models.database import open_database
from ssj_desktop.models.keyfile import LEAST_COST, keyfile_of, read_keyfile, write_keyfile
from ssj_desktop.models.rekeying import copy_of
from ssj_desktop.queries.journal import audit
from ssj_desktop.queries.registries import count_rows
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.data_keys import change_data_key, remove_account
from ssj_desktop.services.passwords import recover, reset_password
from ssj_desktop.services.registries import Enrol, enrol


def test_a_new_key_reaches_everybody_without_their_passwords(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    enrol_targets(clerk, 5)
    store = clerk.database.path
    old = keyfile.unlock(keyfile.read_slots(keyfile_of(store)), "张敏", PASSWORD)
    assert change_data_key(clerk, PASSWORD, "怀疑泄露") == ()
    clerk.do(enrol, Enrol("targets", {"name": "换钥后新增"}))
    assert clerk.ask(audit).broken_at is None
    with pytest.raises(StoreRefused):
        open_database(store, old)
    approver = sign_in(store, PASSWORD, "高建国", machine)
    assert approver.ask(count_rows, "targets") == 6
    approver.close()
    clerk.close()
    assert not copy_of(store).exists()


def test_older_keys_stay_at_hand_for_older_backups(tmp_path: Path) -> None:
    clerk, _ = office(tmp_path)
    path, seen = keyfile_of(clerk.database.path), []
    for _ in range(3):
        seen.append(keyfile.unlock(keyfile.read_slots(path), "张敏", PASSWORD))
        change_data_key(clerk, PASSWORD, "演练")
    keys = read_keyfile(path)
    current = keyfile.unlock(keys.slots, "张敏", PASSWORD)
    assert keyfile.former_keys(keys, current) == tuple(reversed(seen))
    clerk.close()


def test_a_removed_account_cannot_open_the_file_even_with_its_old_slot(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    store = clerk.database.path
    kept = read_keyfile(keyfile_of(store))
    remove_account(clerk, "高建国", PASSWORD)
    with pytest.raises(StoreRefused, match="没有名为"):
        sign_in(store, PASSWORD, "高建国", machine)
    write_keyfile(keyfile_of(store), kept)
    with pytest.raises(StoreRefused, match="不是本程序的数据库"):
        sign_in(store, PASSWORD, "高建国", machine)
    clerk.close()


def test_nobody_takes_the_name_of_a_removed_account(tmp_path: Path) -> None:
    clerk, _ = office(tmp_path)
    remove_account(clerk, "高建国", PASSWORD)
    with pytest.raises(Exception, match="已经存在"):
        add(clerk, "高 建国", Role.CLERK)
    clerk.close()


def test_the_last_administrator_and_oneself_stay(tmp_path: Path) -> None:
    clerk, _ = office(tmp_path)
    with pytest.raises(PermissionRefused, match="不能停用自己"):
        remove_account(clerk, "张敏", PASSWORD)
    plain = add(clerk, "周宁", Role.CLERK)
    with pytest.raises(PermissionRefused):
        remove_account(plain, "高建国", PASSWORD)
    with pytest.raises(PermissionRefused):
        change_data_key(plain, PASSWORD, "x")
    plain.close()
    other = add(clerk, "系统", Role.SYSTEM_ADMIN)
    with pytest.raises(RuleViolation, match="唯一的安全管理员"):
        remove_account(other, "张敏", PASSWORD)
    other.close()
    clerk.close()


def test_a_slot_somebody_slipped_in_gets_no_new_key(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    store, path = clerk.database.path, keyfile_of(clerk.database.path)
    keys = read_keyfile(path)
    key = keyfile.unlock(keys.slots, "张敏", PASSWORD)
    write_keyfile(path, keys.with_slot(keyfile.wrap("高建国", "Thief-2026", key, LEAST_COST)))
    assert change_data_key(clerk, PASSWORD, "怀疑泄露") == ("高建国",)
    assert read_keyfile(path).slot("高建国") is None
    reset_password(clerk, "高建国", FRESH, PASSWORD, LEAST_COST)
    with pytest.raises(StoreRefused, match="由管理员设定"):
        sign_in(store, FRESH, "高建国", machine)
    clerk.close()


def test_another_open_program_cannot_write_into_the_old_file(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    second = sign_in(clerk.database.path, PASSWORD, "张敏", machine)
    change_data_key(clerk, PASSWORD, "怀疑泄露")
    with pytest.raises(StoreRefused, match="已被换成新文件"):
        second.do(enrol, Enrol("targets", {"name": "写进旧库"}))
    second.close()
    clerk.close()


def test_the_session_that_founded_the_store_cannot_either(tmp_path: Path) -> None:
    founder, _ = found_anew(tmp_path)
    second = sign_in(founder.database.path, PASSWORD, "张敏")
    change_data_key(second, PASSWORD, "怀疑泄露")
    with pytest.raises(StoreRefused, match="已被换成新文件"):
        founder.do(enrol, Enrol("targets", {"name": "写进旧库"}))
    second.close()
    founder.close()


CRASH = """
import os, sys
from pathlib import Path
from ssj_desktop.models import keyfile
from ssj_desktop.models.database import Database
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.data_keys import change_data_key
store, stage = Path(sys.argv[1]), sys.argv[2]
desk = sign_in(store, {password!r})
write, become = keyfile.write_keyfile, Database.become
def dying_write(path, keys):
    if stage == "before both": os._exit(9)
    write(path, keys)
    if stage == "after both": os._exit(9)
def dying_become(self, replacement, key):
    become(self, replacement, key)
    if stage == "after swap": os._exit(9)
keyfile.write_keyfile = dying_write
Database.become = dying_become
change_data_key(desk, {password!r}, "怀疑泄露")
"""


@pytest.mark.parametrize("stage", ["before both", "after both", "after swap"])
def test_a_crash_midway_loses_nothing(tmp_path: Path, stage: str) -> None:
    clerk, machine = office(tmp_path)
    enrol_targets(clerk, 3)
    store = clerk.database.path
    clerk.close()
    script = CRASH.format(password=PASSWORD)
    died = subprocess.run(
        [sys.executable, "-c", script, str(store), stage],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert died.returncode == 9
    for name in ("高建国", "张敏"):
        desk = sign_in(store, PASSWORD, name, machine)
        assert desk.ask(count_rows, "targets") == 3
        assert desk.ask(audit).broken_at is None
        desk.close()
    assert not copy_of(store).exists() or stage == "before both"
    assert not any(slot.following for slot in read_keyfile(keyfile_of(store)).slots)
    again = sign_in(store, PASSWORD, "张敏", machine)
    change_data_key(again, PASSWORD, "再换一次")
    again.close()
    sign_in(store, PASSWORD, "高建国", machine).close()


def test_the_recovery_sheet_still_works_after_a_new_key(tmp_path: Path) -> None:
    from people import STORE, Machine

    from ssj_desktop.services.accounts import FoundOffice, create_store

    machine = Machine()
    founding = FoundOffice("云岭县住建局", "239921", "张敏")
    clerk, code = create_store(tmp_path / STORE, founding, PASSWORD, machine, LEAST_COST)
    change_data_key(clerk, PASSWORD, "怀疑泄露")
    recover(clerk.database.path, "张敏", code, FRESH, machine, LEAST_COST).close()
    clerk.close()

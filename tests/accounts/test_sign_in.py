"""S1: lockout, expiry, history, recovery; at the real door of a real store."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from office import PASSWORD
from people import FRESH, STORE, Machine, add, office

from ssj_desktop.domain.errors import (
    InvalidInput,
    PasswordExpired,
    PermissionRefused,
    RuleViolation,
    StoreRefused,
)
from ssj_desktop.domain.lockout import Moment
from ssj_desktop.domain.passwords import AccessPolicy
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.keyfile import LEAST_COST, keyfile_of, read_keyfile
from ssj_desktop.models.tries import read_attempts, tries_of
from ssj_desktop.queries.accounts import list_account_details
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.services.account_admin import (
    change_policy,
    resume_account,
    suspend_account,
    unlock_account,
)
from ssj_desktop.services.accounts import (
    AddAccount,
    FoundOffice,
    create_account,
    create_store,
    sign_in,
)
from ssj_desktop.services.passwords import (
    change_password,
    check_recovery_code,
    recover,
    renew_password,
    renew_recovery,
    reset_password,
)


def fail(store: Path, machine: Machine, times: int, name: str = "张敏") -> str:
    said = ""
    for _ in range(times):
        with pytest.raises(StoreRefused) as refusal:
            sign_in(store, "Wrong-2026", name, machine)
        said = str(refusal.value)
    return said


def test_five_wrong_passwords_lock_and_the_right_one_does_not_help(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    assert "连续错 4 次" in fail(clerk.database.path, machine, 4)
    assert "还剩 15 分钟" in fail(clerk.database.path, machine, 1)
    with pytest.raises(StoreRefused, match="还剩 15 分钟"):
        sign_in(clerk.database.path, PASSWORD, "张敏", machine)
    machine.run(15 * 60)
    sign_in(clerk.database.path, PASSWORD, "张敏", machine).close()
    clerk.close()


def test_the_lock_grows_and_a_success_forgets_it(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    store = clerk.database.path
    for minutes in (15, 30, 60, 60):
        assert f"还剩 {minutes} 分钟" in fail(store, machine, 5)
        machine.run(minutes * 60)
    sign_in(store, PASSWORD, "张敏", machine).close()
    assert "还剩 15 分钟" in fail(store, machine, 5)
    clerk.close()


def test_a_lock_survives_a_restart_and_a_clock_set_forward_or_back(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    store = clerk.database.path
    fail(store, machine, 5)
    machine.turn(10 * 86_400)
    assert "还剩 15 分钟" in fail(store, machine, 1)
    machine.turn(-20 * 86_400)
    assert "还剩 15 分钟" in fail(store, machine, 1)
    machine.restart(off=3600)
    assert "还剩 15 分钟" in fail(store, machine, 1)
    machine.run(5 * 60)
    assert "还剩 10 分钟" in fail(store, machine, 1)
    clerk.close()


def test_one_account_locked_leaves_the_others_alone(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    fail(clerk.database.path, machine, 5)
    sign_in(clerk.database.path, PASSWORD, "高建国", machine).close()
    clerk.close()


def test_an_administrator_unlocks_somebody_else(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    fail(clerk.database.path, machine, 5, "高建国")
    unlock_account(clerk, "高建国")
    approver = sign_in(clerk.database.path, PASSWORD, "高建国", machine)
    with pytest.raises(PermissionRefused):
        unlock_account(approver, "张敏")
    assert any(entry.action == "解除锁定" for entry in clerk.ask(list_entries))
    approver.close()
    clerk.close()


def test_a_file_of_attempts_changed_by_hand_locks_everybody(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    fail(clerk.database.path, machine, 5)
    path = tries_of(clerk.database.path)
    content = json.loads(path.read_text("utf-8"))
    content["accounts"]["张敏"]["wait"] = 0
    path.write_text(json.dumps(content), encoding="utf-8")
    for name in ("张敏", "高建国"):
        with pytest.raises(StoreRefused, match="锁定"):
            sign_in(clerk.database.path, PASSWORD, name, machine)
    machine.run(15 * 60)
    sign_in(clerk.database.path, PASSWORD, "高建国", machine).close()
    clerk.close()


def test_every_changed_byte_of_the_file_of_attempts_locks_everybody(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    fail(clerk.database.path, machine, 2)
    path, now = tries_of(clerk.database.path), Moment(0, 0)
    whole, believed = path.read_bytes(), []
    for place in range(len(whole)):
        for bit in (1, 16, 128):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            if not all(read_attempts(path, now).of(name).wait for name in ("张敏", "高建国")):
                believed.append((place, bit))
    assert believed == []
    clerk.close()


@pytest.mark.parametrize("way", ["deleted", "put back"])
def test_attempts_that_vanished_are_found_at_the_next_sign_in(tmp_path: Path, way: str) -> None:
    clerk, machine = office(tmp_path)
    store, path = clerk.database.path, tries_of(clerk.database.path)
    sign_in(store, PASSWORD, "张敏", machine).close()
    early = path.read_bytes()
    fail(store, machine, 3)
    sign_in(store, PASSWORD, "张敏", machine).close()
    fail(store, machine, 4)
    if way == "deleted":
        path.unlink()
    else:
        path.write_bytes(early)
    again = sign_in(store, PASSWORD, "张敏", machine)
    assert "失败记录被删除或改回" in again.ask(list_entries)[0].action
    again.close()
    clerk.close()


def test_a_sign_in_is_journalled_with_the_failures_before_it(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    fail(clerk.database.path, machine, 2)
    again = sign_in(clerk.database.path, PASSWORD, "张敏", machine)
    newest = again.ask(list_entries)[0]
    assert (newest.action, json.loads(newest.payload)["failures"]) == ("登录", 2)
    again.close()
    clerk.close()


def test_a_password_runs_out_after_ninety_days_and_is_changed_at_the_door(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    change_policy(clerk, AccessPolicy())
    store = clerk.database.path
    machine.pass_days(89)
    sign_in(store, PASSWORD, "张敏", machine).close()
    machine.pass_days(1)
    with pytest.raises(PasswordExpired, match="到期"):
        sign_in(store, PASSWORD, "张敏", machine)
    machine.pass_days(-80)
    with pytest.raises(PasswordExpired, match="到期"):
        sign_in(store, PASSWORD, "张敏", machine)
    machine.pass_days(80)
    renew_password(store, "张敏", PASSWORD, FRESH, machine, LEAST_COST).close()
    sign_in(store, FRESH, "张敏", machine).close()
    clerk.close()


def test_the_last_five_passwords_are_refused_and_the_sixth_back_is_not(tmp_path: Path) -> None:
    clerk, _ = office(tmp_path)
    passwords = [PASSWORD, *(f"Sesame-{n}-x" for n in range(1001, 1006))]
    for old, fresh in pairwise(passwords):
        change_password(clerk, old, fresh, LEAST_COST)
    for used in passwords[1:]:
        with pytest.raises(RuleViolation, match="最近 5 次"):
            change_password(clerk, passwords[-1], used, LEAST_COST)
    change_password(clerk, passwords[-1], PASSWORD, LEAST_COST)
    clerk.close()


def test_a_change_of_password_rewraps_one_slot_and_needs_the_old_one(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    path = keyfile_of(clerk.database.path)
    before = read_keyfile(path)
    with pytest.raises(StoreRefused, match="密码不对"):
        change_password(clerk, "Wrong-2026", FRESH, LEAST_COST)
    with pytest.raises(InvalidInput, match="密码太简单"):
        change_password(clerk, PASSWORD, "short", LEAST_COST)
    assert read_keyfile(path) == before
    change_password(clerk, PASSWORD, FRESH, LEAST_COST)
    after = read_keyfile(path)
    changed = [a.account for a, b in zip(after.slots, before.slots, strict=True) if a != b]
    assert changed == ["张敏"]
    assert not path.with_name(path.name + ".bak").exists()
    with pytest.raises(StoreRefused, match="密码不对"):
        sign_in(clerk.database.path, PASSWORD, "张敏", machine)
    clerk.close()


def test_a_password_set_by_somebody_else_must_be_changed_first(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    store = clerk.database.path
    reset_password(clerk, "高建国", FRESH, PASSWORD, LEAST_COST)
    with pytest.raises(PasswordExpired, match="由管理员设定"):
        sign_in(store, FRESH, "高建国", machine)
    assert {row.name: row.state for row in clerk.ask(list_account_details, machine.now())}[
        "高建国"
    ] == "待改密码"
    renew_password(store, "高建国", FRESH, "My-own-2026", machine, LEAST_COST).close()
    sign_in(store, "My-own-2026", "高建国", machine).close()
    command = AddAccount("周宁", (Role.CLERK,), must_change=True)
    create_account(clerk, command, FRESH, PASSWORD, LEAST_COST)
    with pytest.raises(PasswordExpired):
        sign_in(store, FRESH, "周宁", machine)
    clerk.close()


def test_only_the_security_administrator_sets_anothers_password(tmp_path: Path) -> None:
    clerk, _ = office(tmp_path)
    plain = add(clerk, "周宁", Role.CLERK)
    for act in (
        lambda: reset_password(plain, "高建国", FRESH, PASSWORD, LEAST_COST),
        lambda: reset_password(clerk, "张敏", FRESH, PASSWORD, LEAST_COST),
        lambda: renew_recovery(plain, PASSWORD, LEAST_COST),
    ):
        with pytest.raises(PermissionRefused):
            act()
    plain.close()
    clerk.close()


def test_the_recovery_sheet_gives_one_account_a_new_password(tmp_path: Path) -> None:
    machine = Machine()
    founding = FoundOffice("云岭县住建局", "239921", "张敏")
    clerk, code = create_store(tmp_path / STORE, founding, PASSWORD, machine, LEAST_COST)
    store = clerk.database.path
    assert check_recovery_code(store, code.lower().replace("-", " "))
    assert not check_recovery_code(store, "A" * 32)
    desk = recover(store, "张敏", code.replace("O", "0"), FRESH, machine, LEAST_COST)
    assert [entry.action for entry in desk.ask(list_entries)[:2]] == ["设置密码", "用恢复单登录"]
    desk.close()
    sign_in(store, FRESH, "张敏", machine).close()
    fresh_code = renew_recovery(clerk.signed_in_as(clerk.actor), FRESH, LEAST_COST)
    with pytest.raises(StoreRefused, match="恢复码不对"):
        recover(store, "张敏", code, "Third-2026-x", machine, LEAST_COST)
    recover(store, "张敏", fresh_code, "Third-2026-x", machine, LEAST_COST).close()
    clerk.close()


def test_wrong_recovery_codes_lock_the_sheet_too(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    for _ in range(5):
        with pytest.raises(StoreRefused):
            recover(clerk.database.path, "张敏", "AAAA", FRESH, machine, LEAST_COST)
    with pytest.raises(StoreRefused, match="恢复单已锁定"):
        recover(clerk.database.path, "张敏", "AAAA", FRESH, machine, LEAST_COST)
    sign_in(clerk.database.path, PASSWORD, "张敏", machine).close()
    clerk.close()


def test_a_suspended_account_stays_out_until_it_is_resumed(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    clerk.do(suspend_account, "高建国")
    with pytest.raises(StoreRefused, match="已停用"):
        sign_in(clerk.database.path, PASSWORD, "高建国", machine)
    clerk.do(resume_account, "高建国")
    with pytest.raises(RuleViolation):
        clerk.do(resume_account, "高建国")
    sign_in(clerk.database.path, PASSWORD, "高建国", machine).close()
    clerk.close()


def test_the_office_sets_how_many_failures_lock(tmp_path: Path) -> None:
    clerk, machine = office(tmp_path)
    change_policy(clerk, AccessPolicy(failures=3))
    assert "还剩 15 分钟" in fail(clerk.database.path, machine, 3, "高建国")
    with pytest.raises(InvalidInput):
        change_policy(clerk, AccessPolicy(failures=100))
    clerk.close()

"""A key file changed by a bad disk or by hand: refused, or named and mended as far as can be."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from office import PASSWORD
from people import FRESH, Machine, office
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from ssj_desktop import app
from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.domain.passwords import AccessPolicy
from ssj_desktop.models import keyfile
from ssj_desktop.models.keyfile import LEAST_COST, RECOVERY, Cost, keyfile_of, read_keyfile
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.services.account_admin import change_policy
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.data_keys import change_data_key
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import examine
from ssj_desktop.services.key_checks import key_file_faults
from ssj_desktop.services.passwords import renew_recovery, reset_password
from ssj_desktop.ui.main_window import MainWindow

Office = tuple[Desk, Machine]


@pytest.fixture
def clerk(tmp_path: Path) -> Office:
    return office(tmp_path)


def keys_of(desk: Desk) -> Path:
    return keyfile_of(desk.database.path)


def spoil(path: Path, account: str, **values: object) -> None:
    """Another text in the slot of this account, as a bad disk leaves it; "" is what is no slot's."""
    content = json.loads(path.read_text("utf-8"))
    slots = {slot["account"]: slot for slot in content["slots"]}
    (slots[account] if account else content).update(values)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


def other_text(text: str) -> str:
    return ("B" if text[0] == "A" else "A") + text[1:]


def changes_in_journal(desk: Desk) -> list[tuple[str, list[str]]]:
    entries = [e for e in desk.ask(list_entries) if e.action == "密钥文件有改动"]
    return [(entry.subject, json.loads(entry.payload)["mended"]) for entry in entries]


def test_every_changed_byte_of_the_key_file_is_refused_or_named(clerk: Office) -> None:
    path = keys_of(clerk[0])
    whole, believed = path.read_bytes(), []
    for place in range(len(whole)):
        for bit in (1, 4, 16):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            try:
                keys = read_keyfile(path)
            except StoreRefused:
                continue
            if not keys.unsound:
                believed.append((place, bit))
    assert believed == []


def test_a_whole_key_file_is_sound_before_and_after_every_change_the_program_makes(
    clerk: Office,
) -> None:
    desk, machine = clerk
    path = keys_of(desk)
    assert read_keyfile(path).unsound == ()
    change_policy(desk, replace(AccessPolicy(days=0), failures=3))
    reset_password(desk, "高建国", FRESH, PASSWORD, LEAST_COST)
    change_data_key(desk, PASSWORD, "怀疑泄露")
    keys = read_keyfile(path)
    assert (keys.unsound, keys.failures, len(keys.former)) == ((), 3, 1)
    sign_in(desk.database.path, PASSWORD, "张敏", machine).close()
    assert changes_in_journal(desk) == []
    assert key_file_faults(desk) == ()
    desk.close()


def test_the_own_slot_is_made_anew_when_the_password_still_opens_it(clerk: Office) -> None:
    desk, machine = clerk
    path = keys_of(desk)
    own = read_keyfile(path).slot("张敏")
    assert own is not None
    spoil(path, "张敏", public=other_text(own.public))
    sign_in(desk.database.path, PASSWORD, "张敏", machine).close()
    after = read_keyfile(path)
    assert after.unsound == ()
    assert [slot.public for slot in after.slots if slot.account == "张敏"] == [own.public]
    ((subject, mended),) = changes_in_journal(desk)
    assert mended == [subject]
    assert "张敏" not in subject  # people stand in the journal as codes
    sign_in(desk.database.path, PASSWORD, "张敏", machine).close()
    assert len(changes_in_journal(desk)) == 1
    desk.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [("wrapped", None), ("salt", "x"), ("nonce", ""), ("sealed", "AAAA"), ("memory_kib", 4),
     ("memory_kib", 10**9), ("passes", 10**6), ("lanes", 0)],
)  # fmt: skip
def test_a_slot_that_opens_no_more_says_so_and_not_that_the_password_is_wrong(
    clerk: Office, name: str, value: object
) -> None:
    desk, machine = clerk
    slot = read_keyfile(keys_of(desk)).slots[0]
    spoil(keys_of(desk), "张敏", **{name: other_text(slot.wrapped) if value is None else value})
    with pytest.raises(StoreRefused, match="密钥文件被改动过，密码无法核对"):
        sign_in(desk.database.path, PASSWORD, "张敏", machine)
    desk.close()


def test_a_changed_recovery_slot_is_named_until_there_is_a_new_sheet(
    clerk: Office, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, machine = clerk
    path = keys_of(desk)
    slot = read_keyfile(path).slot(RECOVERY)
    assert slot is not None
    spoil(path, RECOVERY, wrapped=other_text(slot.wrapped))
    again = sign_in(desk.database.path, PASSWORD, "张敏", machine)
    assert changes_in_journal(desk) == [("恢复单", [])]
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda _window, _title, text: said.append(text))
    window = MainWindow(again)
    qtbot.addWidget(window)
    app.warn_of_keys(window, again)
    assert "恢复单可能打不开数据库" in said[0]
    finding = next(each for each in examine(again) if each.name == "密钥文件")
    assert (finding.ok, "1 处被改动过" in finding.text) == (False, True)
    renew_recovery(again, PASSWORD, LEAST_COST)
    app.warn_of_keys(window, again)
    assert len(said) == 1
    window.end_session()
    again.close()
    desk.close()


def test_the_slot_of_somebody_else_is_named_and_left_for_a_new_password(clerk: Office) -> None:
    desk, machine = clerk
    path = keys_of(desk)
    slot = read_keyfile(path).slot("高建国")
    assert slot is not None
    spoil(path, "高建国", sealed=other_text(slot.sealed))
    sign_in(desk.database.path, PASSWORD, "张敏", machine).close()
    assert key_file_faults(desk) == ("账号“高建国”的部分被改动过：请由安全管理员为其重设密码。",)
    reset_password(desk, "高建国", FRESH, PASSWORD, LEAST_COST)
    assert key_file_faults(desk) == ()
    desk.close()


def test_the_number_of_failures_comes_back_from_the_store(clerk: Office) -> None:
    """Changed by a bad disk: named. By somebody who knows the format, or on another computer: set right."""
    desk, machine = clerk
    path = keys_of(desk)
    spoil(path, "", failures=9999)
    sign_in(desk.database.path, PASSWORD, "张敏", machine).close()
    assert (read_keyfile(path).failures, read_keyfile(path).unsound) == (5, ())
    named = [("登录限制和以前的密钥", ["登录限制和以前的密钥"])]
    assert changes_in_journal(desk) == named
    keyfile.write_keyfile(path, read_keyfile(path).changed(failures=9999))
    sign_in(desk.database.path, PASSWORD, "张敏", machine).close()
    assert read_keyfile(path).failures == 5
    assert changes_in_journal(desk) == named
    desk.close()


def test_former_keys_that_open_nothing_are_named_at_every_sign_in(clerk: Office) -> None:
    desk, machine = clerk
    change_data_key(desk, PASSWORD, "怀疑泄露")
    path = keys_of(desk)
    spoil(path, "", former=[other_text(read_keyfile(path).former[0])])
    for times in (1, 2):
        sign_in(desk.database.path, PASSWORD, "张敏", machine).close()
        assert len(changes_in_journal(desk)) == times
    assert "换密钥以前的备份可能打不开" in key_file_faults(desk)[0]
    desk.close()


def test_a_key_file_of_an_older_program_is_read_and_gets_its_checks_when_it_is_written(
    clerk: Office,
) -> None:
    path = keys_of(clerk[0])
    keys = read_keyfile(path)
    slots = [{n: v for n, v in asdict(slot).items() if n != "check"} for slot in keys.slots]
    path.write_text(json.dumps({"format": "ssj-keys-2", "slots": slots}), "utf-8")
    old = read_keyfile(path)
    assert (old.unsound, old.failures) == ((), 5)
    keyfile.write_keyfile(path, old)
    assert read_keyfile(path) == keys


def test_a_file_without_accounts_or_with_a_wrong_kind_of_value_is_no_key_file(
    clerk: Office,
) -> None:
    path = keys_of(clerk[0])
    whole = path.read_text("utf-8")
    for account, values in (("", {"slots": []}), ("张敏", {"passes": "2"}), ("", {"extra": 1})):
        path.write_text(whole, "utf-8")
        spoil(path, account, **values)
        with pytest.raises(StoreRefused, match="已损坏"):
            read_keyfile(path)


def test_a_cost_nobody_would_choose_is_refused() -> None:
    for wrong in ((1, 19456, 1), (2, 19455, 1), (21, 19456, 1), (2, 256 * 1024 + 1, 1)):
        with pytest.raises(ValueError, match="Argon2id"):
            Cost(*wrong)

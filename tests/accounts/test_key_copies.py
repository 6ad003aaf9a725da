"""A key file that opens nothing is taken back from beside a backup, and that is journalled."""

from pathlib import Path

import pytest
from office import PASSWORD
from people import FRESH, office
from pytestqt.qtbot import QtBot
from questions import answer

from ssj_desktop import app
from ssj_desktop.domain.errors import KeysDamaged, StoreRefused
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models.keyfile import LEAST_COST, damaged_of, keyfile_of, read_keyfile
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.data_keys import remove_account
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.key_copies import find_key_copy, take_keys_back
from ssj_desktop.services.passwords import change_password
from ssj_desktop.ui import key_rescue
from ssj_desktop.ui.missing_store import Opening
from ssj_desktop.ui.start import SignIn


class Closed:
    """An office nobody is signed in to, with one backup."""

    def __init__(self, folder: Path) -> None:
        desk, self.machine = office(folder)
        self.backup = back_up(desk, BackupReason.MANUAL).backup.path
        self.store: Path = desk.database.path
        self.keys = keyfile_of(self.store)
        self.whole = self.keys.read_text("utf-8")
        desk.close()

    def spoil(self, account: str) -> None:
        """The slot of this account opens no more."""
        slot = read_keyfile(self.keys).slot(account)
        assert slot is not None
        self.keys.write_text(self.whole.replace(slot.wrapped, slot.wrapped[::-1]), "utf-8")

    def signed_in(self, password: str = PASSWORD, name: str = "张敏") -> Desk:
        return sign_in(self.store, password, name, self.machine)


@pytest.fixture
def closed(tmp_path: Path) -> Closed:
    return Closed(tmp_path)


def actions(desk: Desk) -> list[str]:
    return [entry.action for entry in desk.ask(list_entries)]


@pytest.mark.parametrize("harm", ["cut off", "gone"])
def test_the_whole_file_comes_back_and_the_journal_says_so_once(closed: Closed, harm: str) -> None:
    closed.keys.write_text(closed.whole[:-30], "utf-8")
    if harm == "gone":
        closed.keys.unlink()
    with pytest.raises(KeysDamaged):
        closed.signed_in()
    copy = find_key_copy(closed.store)
    assert copy is not None
    assert copy.path == keyfile_of(closed.backup)
    take_keys_back(closed.store, copy)
    kept = damaged_of(closed.keys)
    assert kept.read_text("utf-8") == ("" if harm == "gone" else closed.whole[:-30])
    desk = closed.signed_in()
    assert actions(desk)[:2] == ["取回密钥文件", "登录"]
    assert not kept.exists()
    assert [each.name[:-16] for each in kept.parent.glob("*.damaged-*")] == [f"{kept.name}-"]
    desk.close()
    again = closed.signed_in()
    assert actions(again).count("取回密钥文件") == 1
    again.close()


def test_one_slot_comes_back_and_the_newer_ones_of_others_stay(closed: Closed) -> None:
    desk = closed.signed_in(name="高建国")
    change_password(desk, PASSWORD, FRESH, LEAST_COST)
    desk.close()
    closed.whole = closed.keys.read_text("utf-8")
    closed.spoil("张敏")
    copy = find_key_copy(closed.store, "张敏")
    assert copy is not None
    take_keys_back(closed.store, copy, "张敏")
    assert read_keyfile(closed.keys).unsound == ()
    closed.signed_in().close()
    closed.signed_in(FRESH, "高建国").close()
    with pytest.raises(StoreRefused, match="密码不对"):
        closed.signed_in(PASSWORD, "高建国")


def test_after_a_change_of_the_data_key_the_copy_opens_the_store_as_it_is(closed: Closed) -> None:
    desk = closed.signed_in()
    remove_account(desk, "高建国", PASSWORD)
    desk.close()
    closed.keys.unlink()
    copy = find_key_copy(closed.store)
    assert copy is not None
    assert copy.path != keyfile_of(closed.backup)
    assert copy.keys.slot("高建国") is None
    take_keys_back(closed.store, copy)
    closed.signed_in().close()


def test_a_copy_that_was_changed_itself_or_has_no_such_slot_is_passed_over(closed: Closed) -> None:
    assert find_key_copy(closed.store, "无此人") is None
    beside = keyfile_of(closed.backup)
    beside.write_text(closed.whole.replace('"lanes": 1', '"lanes": 2', 1), "utf-8")
    assert find_key_copy(closed.store) is None
    beside.unlink()
    assert find_key_copy(closed.store) is None


def test_the_first_damaged_file_is_kept_until_a_sign_in(closed: Closed) -> None:
    copy = find_key_copy(closed.store)
    assert copy is not None
    for text in ("first", "second"):
        closed.keys.write_text(text, "utf-8")
        take_keys_back(closed.store, copy)
    assert damaged_of(closed.keys).read_text("utf-8") == "first"


def test_the_program_offers_the_copy_before_anybody_can_sign_in(
    closed: Closed, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed.keys.write_text("{}", "utf-8")
    shown: list[str] = []
    monkeypatch.setattr(SignIn, "exec", lambda dialog: shown.append(dialog.account.currentText()))
    said = answer(key_rescue.LEAVE)
    assert app.ask_who(Opening(closed.store)) is None
    assert "已损坏" in said[0]
    assert "另存一份" in said[0]
    assert shown == []
    answer(key_rescue.TAKE)
    assert app.ask_who(Opening(closed.store)) is None  # the dialog was left
    assert shown == ["张敏"]
    closed.signed_in().close()


def test_the_sign_in_window_takes_back_the_slot_of_who_cannot_get_in(
    closed: Closed, qtbot: QtBot
) -> None:
    closed.spoil("张敏")
    dialog = SignIn(closed.store)
    qtbot.addWidget(dialog)
    dialog.password.setText(PASSWORD)
    said = answer(key_rescue.TAKE)
    dialog.submit()
    assert "账号“张敏”的部分" in said[0]
    assert dialog.fault.text() == "已取回密钥文件，请再登录。"
    dialog.submit()
    assert dialog.desk is not None
    assert actions(dialog.desk)[0] == "取回密钥文件"
    dialog.desk.close()


def test_without_a_copy_the_refusal_stays_in_the_sign_in_window(
    closed: Closed, qtbot: QtBot
) -> None:
    keyfile_of(closed.backup).unlink()
    closed.spoil("张敏")
    dialog = SignIn(closed.store)
    qtbot.addWidget(dialog)
    dialog.password.setText(PASSWORD)
    dialog.submit()
    assert "密钥文件被改动过" in dialog.fault.text()
    assert dialog.desk is None

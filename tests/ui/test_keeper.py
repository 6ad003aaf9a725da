"""The window backs up when something changed and tells the clerk only what is wrong."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import office
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from ssj_desktop import app as application
from ssj_desktop.domain.errors import RuleViolation, StoreDamaged, StoreRefused
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.queries.backups import find_last_drill
from ssj_desktop.queries.health import ClockRow, check_clock
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.backups import (
    ChooseSecondFolder,
    back_up,
    choose_second_folder,
    list_all_backups,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.looking import look_in
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.registries import enrol
from ssj_desktop.ui.keeper import Keeper
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.repairing import LOOK
from ssj_desktop.ui.start import SignIn


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clerk, _ = office.found(tmp_path, office.Clock())
    yield clerk
    clerk.close()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def keeper(qtbot: QtBot, desk: Desk, told: list[str]) -> Iterator[Keeper]:
    parent = QObject()
    made = Keeper(desk, told.append, parent)
    yield made
    made.stop()
    made.wait()


def test_the_timer_backs_up_once_for_one_state(
    keeper: Keeper, desk: Desk, told: list[str], qtbot: QtBot
) -> None:
    keeper.back_up()
    keeper.back_up()
    keeper.stop()
    keeper.wait()
    qtbot.wait(1)
    assert [each.name.reason for each in list_all_backups(desk)] == [BackupReason.TIMER]
    assert told == []


def test_a_missing_second_place_is_told(
    keeper: Keeper, desk: Desk, told: list[str], qtbot: QtBot, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    desk.do(choose_second_folder, ChooseSecondFolder(str(stick)))
    stick.rmdir()
    stick.write_bytes(b"")
    keeper.back_up()
    qtbot.waitUntil(lambda: len(told) == 1, timeout=8000)
    assert "第二位置" in told[0]


def test_the_monthly_drill_is_noted_and_a_failure_is_told(
    keeper: Keeper, desk: Desk, told: list[str], qtbot: QtBot
) -> None:
    backup = back_up(desk, BackupReason.MANUAL).backup.path
    backup.write_bytes(backup.read_bytes()[:-4096] + b"\0" * 4096)
    keeper.drill()
    qtbot.waitUntil(lambda: len(told) == 1, timeout=8000)
    assert "没有通过" in told[0]
    row = desk.ask(find_last_drill)
    assert row is not None
    assert not row.passed


def test_closing_the_window_backs_up_what_changed_before_it_goes(
    desk: Desk, keeper: Keeper, qtbot: QtBot
) -> None:
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    window.leave = partial(application.back_up_on_exit, window, keeper, desk)
    desk.do(change_setting, ChangeSetting("contact", "1"))
    window.close()
    assert not window.isVisible()
    window.end_session()
    assert [each.name.reason for each in list_all_backups(desk)] == [BackupReason.EXIT]


def test_a_clock_set_back_is_told_and_a_long_pause_only_noted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = desk.surroundings.now()
    desk.do(change_setting, ChangeSetting("contact", "1"))
    assert desk.ask(check_clock, now) == ClockRow()
    pause = desk.ask(check_clock, now + timedelta(days=3))
    assert (pause.severe, "3 天前" in pause.text) == (False, True)
    back = desk.ask(check_clock, now - timedelta(minutes=6))
    assert (back.severe, "更早" in back.text or "还早" in back.text) == (True, True)


def test_a_damaged_store_is_repaired_from_the_sign_in(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.enrol_targets(desk, 1)
    back_up(desk, BackupReason.MANUAL)
    desk.close()
    store = desk.database.path
    store.write_bytes(b"x" * store.stat().st_size)

    def press(box: QMessageBox) -> None:
        next(each for each in box.buttons() if each.text() == "用备份修复").click()

    monkeypatch.setattr(QMessageBox, "exec", press)
    monkeypatch.setattr(QMessageBox, "information", lambda *_: None)
    dialog = SignIn(store)
    qtbot.addWidget(dialog)
    dialog.password.setText(office.PASSWORD)
    dialog.submit()
    assert dialog.desk is not None, dialog.fault.text()
    assert "从备份修复" in {entry.action for entry in dialog.desk.ask(list_entries)}
    dialog.desk.close()


def unreadable_journal(store: Path) -> None:
    """Spoil a page that signing in needs and the accounts do not."""
    whole = store.read_bytes()
    for page in range(len(whole) // 4096 - 1, 0, -1):
        spoilt = bytearray(whole)
        spoilt[page * 4096 + 99] ^= 0xFF
        store.write_bytes(spoilt)
        with suppress(StoreRefused):
            look_in(store, Credentials("张敏", office.PASSWORD)).close()
            try:
                sign_in(store, office.PASSWORD).close()
            except StoreDamaged:
                return
        store.write_bytes(whole)
    raise AssertionError("no such page")


def test_a_damaged_store_without_backup_can_be_looked_into_and_nothing_is_written(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.enrol_targets(desk, 3)
    desk.close()
    store = desk.database.path
    unreadable_journal(store)
    told: list[str] = []
    asked: list[bytes] = []

    def press(box: QMessageBox) -> None:
        told.append(box.informativeText())
        asked.append(store.read_bytes())
        next(each for each in box.buttons() if each.text() == LOOK).click()

    monkeypatch.setattr(QMessageBox, "exec", press)
    dialog = SignIn(store)
    qtbot.addWidget(dialog)
    dialog.password.setText(office.PASSWORD)
    dialog.submit()
    assert "没有找到完好的备份" in told[0]
    found = dialog.desk
    assert found is not None, dialog.fault.text()
    assert len(found.ask(list_rows, "targets")) == 3
    assert "只能查看" in (found.why_not(enrol) or "")
    with pytest.raises(RuleViolation, match="只能查看和导出"):
        office.enrol_experts(found, 1)
    window = MainWindow(found)
    qtbot.addWidget(window)
    window.open_page("targets")
    assert any("只能查看和导出" in each.text() for each in window.findChildren(QLabel))
    window.end_session()
    found.close()
    assert [store.read_bytes()] == asked
    assert not backups_folder(store).exists() or not list_backups(backups_folder(store))


def test_a_store_pulled_away_while_the_password_is_asked_for_is_told_in_the_dialog(
    desk: Desk, qtbot: QtBot
) -> None:
    store = desk.database.path
    desk.close()
    dialog = SignIn(store)
    qtbot.addWidget(dialog)
    store.with_name(f"{store.name}.keys").unlink()
    dialog.show_lock()
    assert "找不到密钥文件" in dialog.fault.text()


def test_the_window_of_a_session_is_gone_when_the_next_user_signs_in(
    desk: Desk, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QApplication, "exec", lambda *_: 0)
    assert application.work(qapp, desk) == (0, False)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]

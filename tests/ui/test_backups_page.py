"""The page of backups: make one, rehearse it, restore it after the loss was read."""

from collections.abc import Iterator
from pathlib import Path

import office
import pytest
from PySide6.QtWidgets import QApplication, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.pages.backups_page import BackupsPage

WAIT = 60_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clerk, _ = office.found(tmp_path, office.Clock())
    yield clerk
    clerk.close()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> BackupsPage:
    made = BackupsPage(desk)
    qtbot.addWidget(made)
    made.refresh()
    return made


def test_a_backup_made_on_the_page_is_listed_and_can_be_rehearsed(
    page: BackupsPage, qtbot: QtBot
) -> None:
    assert "没有设置" in page.second.text()
    page.back_up()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=WAIT)
    page.drill()
    qtbot.waitUntil(lambda: page.state.text() == "恢复演练通过", timeout=WAIT)
    assert "可以恢复" in page.last.text()


def test_a_chosen_backup_is_restored_after_password_and_warning(
    page: BackupsPage, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.back_up()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=WAIT)
    desk.do(change_setting, ChangeSetting("contact", "1"))
    warnings: list[str] = []
    ended: list[bool] = []

    def confirm(box: QMessageBox) -> None:
        warnings.append(box.text())
        next(each for each in box.buttons() if each.text() == "恢复").click()

    monkeypatch.setattr(QMessageBox, "exec", confirm)
    monkeypatch.setattr(QMessageBox, "information", lambda *_: None)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (office.PASSWORD, True))
    monkeypatch.setattr(QApplication, "quit", lambda: ended.append(True))
    page.table.selectRow(0)
    page.restore_chosen()
    qtbot.waitUntil(lambda: bool(ended), timeout=WAIT)
    assert "备份之后的 1 条操作" in warnings[0]
    with pytest.raises(StoreRefused, match="已被换成新文件"):
        desk.ask(list_entries)
    again = sign_in(desk.database.path, office.PASSWORD, surroundings=desk.surroundings)
    assert "从备份恢复" in [entry.action for entry in again.ask(list_entries)][:2]
    again.close()

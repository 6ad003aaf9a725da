"""Conflict cards without a mouse: Tab, space, Enter and nothing else."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy  # noqa: F401 - before Qt
from exchange.test_conflict_cards import Office
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QInputDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ssj_desktop.domain.exchange_report import exchange_paper
from ssj_desktop.formats.office_papers import render_pdf
from ssj_desktop.queries.exchanges import find_last_report
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages.sync_page import SyncPage
from ssj_desktop.ui.theme import apply_theme


class Keyboard:
    """A window and a person who has no mouse."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self._qtbot = window, qtbot
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)

    @property
    def focus(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def press(self, key: Qt.Key) -> None:
        self._qtbot.keyClick(self.focus, key)

    def name(self) -> str:
        widget = self.focus
        text = widget.text() if isinstance(widget, QPushButton) else ""
        return widget.accessibleName() or text

    def tab_to(self, name: str) -> list[str]:
        """Press Tab until something with this name has the focus; what was passed."""
        passed: list[str] = []
        for _ in range(40):
            self.press(Qt.Key.Key_Tab)
            if self.name() == name:
                return passed
            passed.append(self.name())
        raise AssertionError(f"{name} 按 Tab 到不了：{passed}")


@pytest.fixture
def disputed(tmp_path: Path, qtbot: QtBot, qapp):  # type: ignore[no-untyped-def]
    apply_theme(qapp)
    office = Office(tmp_path)
    key = office.dispute(credit_class=("C", "D"), contact=("王喆", "刘洋"))
    window = MainWindow(office.a)
    qtbot.addWidget(window)
    page = window.open_page("sync")
    assert isinstance(page, SyncPage)
    yield office, key, page, Keyboard(window, qtbot)
    window.end_session()


def test_a_card_is_settled_from_the_list_to_the_last_button_by_tab_space_and_enter(
    disputed,  # type: ignore[no-untyped-def]
) -> None:
    office, key, page, keys = disputed
    page.list.setFocus()
    assert keys.tab_to("采用 刘洋") == ["全部采用一台设备…", "采用 王喆"]
    keys.press(Qt.Key.Key_Space)
    assert keys.tab_to("采用 C") == []
    keys.press(Qt.Key.Key_Space)
    assert keys.tab_to("理由") == ["采用 D", "全部采用本机", "全部采用对方", "另填…"]
    for sign in "phone":
        keys.press(getattr(Qt.Key, f"Key_{sign.upper()}"))
    keys.tab_to("确认并到下一条")
    keys.press(Qt.Key.Key_Space)
    assert page.cards == ()
    values = office.values(office.a, key)
    assert (values["credit_class"].value, values["contact"]) == ("C", "刘洋")


def test_the_last_value_typed_anew_needs_no_mouse_either(
    disputed,  # type: ignore[no-untyped-def]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office, key, page, keys = disputed
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_: ("联系人", True))
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("赵云", True))
    page.list.setFocus()
    keys.tab_to("全部采用本机")
    keys.press(Qt.Key.Key_Space)
    keys.tab_to("另填…")
    keys.press(Qt.Key.Key_Space)
    keys.tab_to("理由")
    keys.press(Qt.Key.Key_X)
    keys.press(Qt.Key.Key_Return)
    assert page.cards == ()
    assert office.values(office.a, key)["contact"] == "赵云"


def test_a_reprinted_exchange_record_says_the_time_of_the_office_and_fits_one_page(
    disputed,  # type: ignore[no-untyped-def]
) -> None:
    import pypdfium2

    office = disputed[0]
    stored = office.a.ask(find_last_report, lambda instant: instant)
    shown = office.a.ask(find_last_report, lambda instant: instant + timedelta(hours=8))
    assert stored is not None
    assert shown is not None
    assert stored.at[11:13] != shown.at[11:13]
    pdf = pypdfium2.PdfDocument(render_pdf(exchange_paper(shown, "云岭县住房和城乡建设局"),
                                           office.a.surroundings.now()))  # fmt: skip
    text = pdf[0].get_textpage().get_text_range()
    assert len(pdf) == 1
    assert all(word in text for word in ("数据交换记录", shown.at, "拒收", "核对人签字"))

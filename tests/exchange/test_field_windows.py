"""A trip with a laptop through windows: choose, take out, enter, bring home, receipt, erase."""

from pathlib import Path

import pypdfium2
import pytest
import sqlalchemy  # noqa: F401 - before Qt
from exchange.test_field_bundles import Trip
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from ssj_desktop.app import erase
from ssj_desktop.queries.leases import list_open_leases
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.field_bundles import bring_in, write_bundle_out
from ssj_desktop.ui.leaving import ERASE_WANTED
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages.bring_in_dialog import BringInDialog
from ssj_desktop.ui.pages.field_out_dialog import FieldOutDialog
from ssj_desktop.ui.pages.sync_page import SyncPage
from ssj_desktop.ui.preview import Preview


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    (tmp_path / "stick").mkdir()
    return Trip(tmp_path)


def page_of(desk: Desk, qtbot: QtBot) -> SyncPage:
    page = SyncPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    return page


def save_to(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def test_the_dialog_waits_for_tasks_and_says_what_goes_along(trip: Trip, qtbot: QtBot) -> None:
    dialog = FieldOutDialog(None, trip.office)
    qtbot.addWidget(dialog)
    assert dialog.chosen_name == "F 机"
    assert dialog.missing.text() == "还差：要带出的任务"
    assert not dialog.go.isEnabled()
    assert "检查对象 0 家" in dialog.luggage.text()
    assert "只有该机能打开" in dialog.luggage.text()
    dialog.search.setText(dialog.choices[0].number)
    dialog.tick_all()
    assert dialog.chosen_tasks() == (dialog.choices[0].id,)
    assert "检查对象 1 家" in dialog.luggage.text()
    dialog.search.setText("")
    assert dialog.count.text() == "已选 1 项，共 3 项"
    assert dialog.go.isEnabled()
    dialog.untick_all()
    assert not dialog.go.isEnabled()


def test_chosen_tasks_go_out_with_the_photos_wanted_and_are_marked_as_out(
    trip: Trip, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = trip.stick / "out.ssjb"

    def choose(dialog: FieldOutDialog) -> bool:
        dialog.model.tick([0, 1], ticked=True)
        dialog.photos[0].setChecked(True)
        return True

    monkeypatch.setattr(FieldOutDialog, "exec", choose)
    save_to(monkeypatch, out)
    page = page_of(trip.office, qtbot)
    page.take_out()
    assert page.safe.text() == "可以拔出 U 盘"
    assert page.bar.text.text().startswith("2 项任务交给“F 机”。已写出")
    assert len(trip.office.ask(list_open_leases, trip.office.surroundings.now())) == 2
    again = FieldOutDialog(page, trip.office)
    assert [row.holder for row in again.choices] == ["F 机", "F 机", ""]

    seen: list[BringInDialog] = []
    sheets: list[bytes] = []
    monkeypatch.setattr(BringInDialog, "exec", lambda dialog: seen.append(dialog) or True)
    monkeypatch.setattr(Preview, "exec", lambda preview: sheets.append(preview.pdf))
    laptop = page_of(trip.laptop, qtbot)
    laptop.bring_in(out)
    assert seen[0].incoming.kind == "外业包（带出）"
    assert "2 项任务，需拍照片：门头" in seen[0]._remarks()
    assert seen[0].incoming.sheet is not None
    seen[0].show_sheet(seen[0].incoming.sheet)
    text = pypdfium2.PdfDocument(sheets[0])[0].get_textpage().get_text_range()
    assert "需拍照片：门头" in text
    assert laptop.strip.isVisible()
    assert laptop.strip.text.text().startswith("本机带出 2 项任务")
    assert not laptop.strip.erase_button.isEnabled()


def test_a_laptop_is_not_offered_folder_server_or_field_bundles(trip: Trip, qtbot: QtBot) -> None:
    laptop, office = page_of(trip.laptop, qtbot), page_of(trip.office, qtbot)
    for button in ("server_button", "folder_button"):
        assert getattr(office, button).isVisibleTo(office)
        assert not getattr(laptop, button).isVisibleTo(laptop)
    assert office.field_action.isEnabled()
    assert not laptop.field_action.isEnabled()


def test_a_bundle_that_is_not_taken_in_changes_nothing(
    trip: Trip, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = trip.tasks(trip.laptop)
    tasks = trip.tasks(trip.office)
    monkeypatch.setattr(BringInDialog, "exec", lambda _: False)
    save_to(monkeypatch, trip.stick / "out.ssjb")
    monkeypatch.setattr(FieldOutDialog, "exec", lambda dialog: dialog.tick_all() or True)
    page_of(trip.office, qtbot).take_out()
    page_of(trip.laptop, qtbot).bring_in(trip.stick / "out.ssjb")
    assert trip.tasks(trip.laptop) == before != tasks


def test_results_come_home_and_the_copy_is_erased_only_after_the_receipt(
    trip: Trip, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = trip.set_out()
    trip.enter(trip.laptop, tasks[0])
    laptop = page_of(trip.laptop, qtbot)
    save_to(monkeypatch, trip.stick / "home.ssjb")
    laptop.hand_out()
    laptop.refresh()
    assert "还没有收到局里电脑的回执" in laptop.strip.text.text()
    kinds: list[str] = []
    monkeypatch.setattr(
        BringInDialog, "exec", lambda dialog: kinds.append(dialog.incoming.kind) or True
    )
    office = page_of(trip.office, qtbot)
    assert not office.strip.isVisible()
    office.bring_in(trip.stick / "home.ssjb")
    assert "回执“回执_home.ssjb”请带回外业机导入" in office.bar.text.text()
    laptop.bring_in(trip.stick / "回执_home.ssjb")
    assert kinds == ["外业包（交回）", "回执"]
    assert laptop.strip.text.text() == "本机没有带出的任务，局里已收到全部录入，副本可以清除。"
    assert laptop.strip.erase_button.isEnabled()


def test_erasing_closes_the_window_and_then_deletes_store_and_backups(
    trip: Trip, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = trip.set_out()
    trip.enter(trip.laptop, tasks[0])
    laptop = page_of(trip.laptop, qtbot)
    save_to(monkeypatch, trip.stick / "home.ssjb")
    laptop.hand_out()
    receipt = bring_in(trip.office, trip.stick / "home.ssjb").receipt
    assert receipt is not None
    bring_in(trip.laptop, receipt)
    window = MainWindow(trip.laptop)
    qtbot.addWidget(window)
    window.show()
    page = window.open_page("sync")
    assert isinstance(page, SyncPage)

    def press(text: str) -> None:
        monkeypatch.setattr(
            QMessageBox,
            "exec",
            lambda box: next(b for b in box.buttons() if b.text() == text).click(),
        )
        page.strip.erase()

    press("取消")
    assert window.isVisible()
    press("清除并退出")
    assert not window.isVisible()
    assert window.property(ERASE_WANTED)
    window.end_session()
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "information", lambda _p, _t, text: told.append(text))
    store = trip.laptop.database.path
    backups = store.with_name(f"{store.stem}-backups")
    backups.mkdir(exist_ok=True)
    (backups / "one").write_bytes(b"old")
    assert erase(trip.laptop) == 0
    assert "外业副本已清除" in told[0]
    assert [path.name for path in store.parent.iterdir() if path.name.startswith("office")] == []


def test_a_copy_that_is_still_needed_is_not_erased_by_a_stray_request(
    trip: Trip, monkeypatch: pytest.MonkeyPatch, qapp
) -> None:  # type: ignore[no-untyped-def]
    trip.set_out()
    trip.enter(trip.laptop, trip.tasks(trip.laptop)[0])
    refused: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: refused.append(box.text()))
    store = trip.laptop.database.path
    assert erase(trip.laptop) == 1
    assert "不能清除外业副本" in refused[0]
    assert store.exists()


def test_what_was_entered_on_two_computers_is_listed_for_a_person_to_look_at(
    trip: Trip, qtbot: QtBot
) -> None:
    tasks = trip.set_out()
    trip.enter(trip.laptop, tasks[0])
    trip.enter(trip.office, tasks[0])
    page = page_of(trip.office, qtbot)
    assert not page.doubles.isVisible()
    write_bundle_out(trip.laptop, trip.stick / "home.ssjb", ())
    bring_in(trip.office, trip.stick / "home.ssjb")
    page.refresh()
    assert page.doubles.text().startswith("两处录入：239921-A-2026-0001-001　ZJ-07-07　张敏、张敏")

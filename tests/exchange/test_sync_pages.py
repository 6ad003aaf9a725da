"""The pages of the exchange in a real window."""

from pathlib import Path

import sqlalchemy  # noqa: F401 - before Qt
from exchange.test_conflict_cards import Office
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from ssj_desktop.domain.membership import make_request, request_line
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.services.conflicts import SettleAll, settle_all
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages.admit_dialog import AdmitDialog
from ssj_desktop.ui.pages.sync_page import SyncPage
from ssj_desktop.ui.qr_view import QrView
from ssj_desktop.ui.tasks import wait_for_workers
from ssj_desktop.ui.theme import apply_theme


def test_a_conflict_is_settled_with_the_keyboard_and_the_pill_follows(
    tmp_path: Path,
    qtbot,
    qapp,  # type: ignore[no-untyped-def]
) -> None:
    apply_theme(qapp)
    office = Office(tmp_path)
    key = office.dispute(credit_class=("C", "D"), contact=("王喆", "刘洋"))
    window = MainWindow(office.a)
    qtbot.addWidget(window)
    page = window.open_page("sync")
    assert isinstance(page, SyncPage)
    assert "1 项冲突" in window.sync.text()
    editor = page.editor
    assert not editor.go.isEnabled()
    assert "理由" in editor.missing.text()
    for name, letter in (("credit_class", "A"), ("contact", "B")):
        place = next(f for f in editor.card.fields if f.name == name)  # type: ignore[union-attr]
        side = next(s for s in place.sides if s.device == letter)
        take = editor._cells[name, side.operation].take
        assert isinstance(take, QPushButton)
        qtbot.keyClick(take, Qt.Key.Key_Space)
    qtbot.keyClicks(editor.reason, "phone")
    assert editor.go.isEnabled()
    qtbot.keyClick(editor.reason, Qt.Key.Key_Return)
    assert page.cards == ()
    assert office.values(office.a, key)["contact"] == "刘洋"
    qtbot.waitUntil(lambda: "冲突" not in window.sync.text())
    window.end_session()


def test_typing_something_new_replaces_a_choice_and_all_of_one_device_is_one_act(
    tmp_path: Path,
    qtbot,
    qapp,  # type: ignore[no-untyped-def]
) -> None:
    office = Office(tmp_path)
    office.dispute(contact=("王喆", "刘洋"))
    page = SyncPage(office.a)
    qtbot.addWidget(page)
    page.refresh()
    page.editor.choose_all(True)
    page.editor.set_typed("contact", "赵云")
    assert page.editor.chosen == {}
    assert "另填" in page.editor.missing.text()
    office.a.do(settle_all, SettleAll("B", "现场"))
    page.refresh()
    assert page.editor.card is None


def test_a_device_is_admitted_only_after_the_digits_were_compared(
    tmp_path: Path,
    qtbot,
    qapp,  # type: ignore[no-untyped-def]
) -> None:
    office = Office(tmp_path)
    dialog = AdmitDialog(None, "C")
    qtbot.addWidget(dialog)
    dialog.read("nonsense")
    assert not dialog.go.isEnabled()
    dialog.scanned.setText(request_line(make_request("三科", office.a.ask(own_keys))))
    assert dialog.name.text() == "三科"
    dialog.same.setChecked(True)
    assert not dialog.go.isEnabled()  # the digits are still being computed
    dialog.same.setChecked(False)
    wait_for_workers()
    assert not dialog.go.isEnabled()
    dialog.same.setChecked(True)
    assert dialog.go.isEnabled()
    assert dialog.command().code == dialog.code.text()


def test_the_qr_code_on_the_screen_has_both_colours(qtbot, qapp) -> None:  # type: ignore[no-untyped-def]
    view = QrView()
    qtbot.addWidget(view)
    view.show_text("SSJJ:abc")
    image = view.grab().toImage()
    seen = {image.pixelColor(x, x).name() for x in range(10, 250)}
    assert seen >= {"#000000", "#ffffff"}

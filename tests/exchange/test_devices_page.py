"""设备管理 in a window: the root key onto paper and back, laptops that are late, revoking."""

import io
from pathlib import Path

import pypdfium2
import pytest
import sqlalchemy  # noqa: F401 - before Qt
from exchange.test_field_bundles import Trip
from exchange.two_desks import computers
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ssj_desktop.domain.errors import PermissionRefused, RuleViolation
from ssj_desktop.domain.membership import root_gap
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.formats.pdf.recovery import render_recovery
from ssj_desktop.queries.journal import find_entries
from ssj_desktop.queries.leases import list_late_laptops
from ssj_desktop.queries.membership import is_admin_device, list_devices
from ssj_desktop.queries.recovery import holds_root_key, root_paper
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.field_bundles import bring_in
from ssj_desktop.services.membership import show_root_key
from ssj_desktop.services.transports import write_exchange_bundle
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages.devices_page import DevicesPage
from ssj_desktop.ui.pages.home_page import HomePage
from ssj_desktop.ui.pages.late_laptops import LateLaptops
from ssj_desktop.ui.pages.revoke_dialog import RevokeDialog
from ssj_desktop.ui.pages.root_key_dialogs import RestoreAdministrator, TakeRootKey


@pytest.fixture
def ab(tmp_path: Path) -> tuple[Desk, Desk]:
    a, b = computers(tmp_path)
    return a, b


def shown(desk: Desk, qtbot: QtBot) -> DevicesPage:
    page = DevicesPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    return page


def test_the_root_key_leaves_the_computer_only_after_it_was_typed_back(
    ab: tuple[Desk, Desk], qtbot: QtBot
) -> None:
    dialog = TakeRootKey(None, ab[0])
    qtbot.addWidget(dialog)
    assert dialog.missing.text() == root_gap("") == "已输入 0 组，共 17 组"
    dialog.typed.setText("0000" * 17)
    dialog.submit()
    assert "抄写有误" in dialog.fault.text()
    assert ab[0].ask(holds_root_key)
    dialog.typed.setText(dialog.code.upper().replace("-", " "))
    assert dialog.go.isEnabled()
    dialog.submit()
    assert dialog.result() == 1
    assert not ab[0].ask(holds_root_key)
    with pytest.raises(RuleViolation, match="已经抄到恢复单上"):
        ab[0].do(show_root_key, None)


def test_only_the_security_administrator_sees_the_root_key(ab: tuple[Desk, Desk]) -> None:
    system = ab[0].signed_in_as(Actor("李明", (Role.SYSTEM_ADMIN,)))
    with pytest.raises(PermissionRefused):
        system.do(show_root_key, None)
    ab[0].do(show_root_key, None)
    assert ab[0].ask(find_entries, "查看单位根密钥", 1)[0].actor == "张敏"


def test_the_sheet_of_the_root_key_is_one_page_with_every_group(ab: tuple[Desk, Desk]) -> None:
    code = ab[0].do(show_root_key, None)
    paper = ab[0].ask(root_paper, code, ab[0].today())
    pdf = pypdfium2.PdfDocument(io.BytesIO(render_recovery(paper, ab[0].surroundings.now())))
    assert len(pdf) == 1
    text = pdf[0].get_textpage().get_text_range()
    assert all(" ".join(group) in text for group in paper.code.split("-"))
    assert "单位根密钥恢复单" in text


def test_with_the_sheet_another_computer_becomes_the_administrators(
    ab: tuple[Desk, Desk], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = ab
    key, page = a.do(show_root_key, None), shown(b, qtbot)
    assert page.restore_button.isVisible()
    assert not page.admit_button.isEnabled()
    assert "不是管理机" in page.admit_button.toolTip()

    def type_it(dialog: RestoreAdministrator) -> None:
        dialog.typed.setText(key[:-1] + ("0" if key[-1] != "0" else "1"))
        dialog.submit()
        assert "抄写有误" in dialog.fault.text()
        dialog.typed.setText(key)
        dialog.submit()

    monkeypatch.setattr(RestoreAdministrator, "exec", type_it)
    page.restore_admin()
    assert b.ask(is_admin_device)
    page.refresh()
    assert page.admit_button.isEnabled()
    assert not page.restore_button.isVisible()


def test_a_device_is_revoked_with_a_reason_and_its_row_says_so(
    ab: tuple[Desk, Desk], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(ab[0], qtbot)
    assert not page.revoke_button.isEnabled()
    page.table.selectRow(1)
    assert page.revoke_button.isEnabled()
    faults: list[str] = []

    def give_reason(dialog: RevokeDialog) -> None:
        dialog.submit()
        faults.append(dialog.fault.text())
        dialog.reason.setCurrentText("笔记本丢失")
        dialog.submit()

    monkeypatch.setattr(RevokeDialog, "exec", give_reason)
    page.revoke()
    assert "没有写明撤销原因" in faults[0]
    page.refresh()
    assert page.model.rows[1].state == "已撤销"


def buttons(widget: LateLaptops) -> list[str]:
    return [each.text() for each in widget.findChildren(QPushButton) if each.isVisibleTo(widget)]


def test_a_lost_laptop_is_named_on_the_first_page_with_the_way_to_revoke_it(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip = Trip(tmp_path)
    trip.set_out()
    now = trip.office.surroundings.now()
    assert trip.office.ask(list_late_laptops, now) == ()
    trip.office.surroundings.pass_days(8)  # type: ignore[attr-defined]
    window = MainWindow(trip.office)
    qtbot.addWidget(window)
    window.show()
    home = window.open_page("home")
    assert isinstance(home, HomePage)
    (row,) = home.late.rows
    assert row.text.startswith("“F 机”带出 3 项任务已 8 天，从未与本机往来。")
    assert buttons(home.late) == ["撤销设备…"]
    monkeypatch.setattr(
        RevokeDialog,
        "exec",
        lambda dialog: (dialog.reason.setCurrentText("笔记本丢失"), dialog.submit()),
    )
    home.late.revoke(row)
    home.refresh()
    assert home.late.rows == ()
    assert not home.late.isVisible()
    window.end_session()


def test_a_late_laptop_that_was_heard_from_is_only_asked_for(tmp_path: Path, qtbot: QtBot) -> None:
    trip = Trip(tmp_path)
    trip.set_out()
    trip.office.surroundings.pass_days(8)  # type: ignore[attr-defined]
    write_exchange_bundle(trip.laptop, trip.stick / "news.ssjb")
    bring_in(trip.office, trip.stick / "news.ssjb")
    page = shown(trip.office, qtbot)
    (row,) = page.late.rows
    assert row.text == "“F 机”带出 3 项任务已 8 天，请催交。"
    assert buttons(page.late) == []
    trip.office.surroundings.pass_days(7)  # type: ignore[attr-defined]
    page.refresh()
    assert "7 天没有往来" in page.late.rows[0].text
    qtbot.waitUntil(lambda: buttons(page.late) == ["撤销设备…"])


def test_a_device_admitted_minutes_ago_is_not_called_silent(
    ab: tuple[Desk, Desk], qtbot: QtBot
) -> None:
    ab[0].surroundings.pass_days(13)  # type: ignore[attr-defined]
    page = shown(ab[0], qtbot)
    assert (page.silent.text(), page.silent.isVisible()) == (
        "久未往来：。抽取前请先与它们交换。",
        False,
    )


def test_devices_not_heard_from_are_named(ab: tuple[Desk, Desk], qtbot: QtBot) -> None:
    ab[0].surroundings.pass_days(14)  # type: ignore[attr-defined]
    page = shown(ab[0], qtbot)
    assert page.silent.text() == "久未往来：“B 机”（尚无往来）。抽取前请先与它们交换。"
    assert [row.name for row in ab[0].ask(list_devices, ab[0].surroundings.now())][1] == "B 机"

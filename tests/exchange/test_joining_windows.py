"""A new computer joins through windows alone: request, digits both ways, answer, sign-in."""

from pathlib import Path

import pytest
import sqlalchemy  # noqa: F401 - before Qt
import zxingcpp
from exchange.two_desks import computers
from office import PASSWORD
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from ssj_desktop.domain.errors import StillJoining
from ssj_desktop.domain.membership import read_request, request_line
from ssj_desktop.domain.vocabulary import DeviceRole, Role
from ssj_desktop.queries.membership import list_devices
from ssj_desktop.queries.registries import count_rows
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.passwords import check_recovery_code
from ssj_desktop.ui.first_run import FirstRun
from ssj_desktop.ui.join_office import JoinOffice
from ssj_desktop.ui.join_waiting import JoinWaiting
from ssj_desktop.ui.pages.admit_dialog import AdmitDialog
from ssj_desktop.ui.pages.admitted_dialog import AdmittedDialog
from ssj_desktop.ui.pages.devices_page import DevicesPage
from ssj_desktop.ui.qr_view import QrView
from ssj_desktop.ui.recovery_dialog import RecoveryDialog
from ssj_desktop.ui.start import SignIn
from ssj_desktop.ui.tasks import wait_for_workers

WAIT = 60_000


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """The file dialogs answer with this path."""
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_, chosen=path: (str(chosen), ""))


@pytest.fixture
def admin(tmp_path: Path) -> Desk:
    return computers(tmp_path)[0]


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Recovery sheets are typed back as they stand; their codes."""
    shown: list[str] = []

    def type_back(dialog: RecoveryDialog) -> int:
        dialog.typed.setText(dialog.code)
        dialog.submit()
        shown.append(dialog.code)
        return dialog.result()

    monkeypatch.setattr(RecoveryDialog, "exec", type_back)
    return shown


def newcomer(store: Path, qtbot: QtBot, account: str = "张敏") -> JoinOffice:
    dialog = JoinOffice(None, store)
    qtbot.addWidget(dialog)
    dialog.name.setText("乡镇笔记本")
    dialog.account.setText(account)
    dialog.password.setText(PASSWORD)
    dialog.repeat.setText(PASSWORD)
    return dialog


def admit(admin: Desk, request: Path, answer: Path, qtbot: QtBot, monkeypatch) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    """The administrator's screen: the digits it showed for the device, and for the office."""
    page = DevicesPage(admin)
    qtbot.addWidget(page)
    page.refresh()
    seen: list[str] = []

    def confirm(dialog: AdmitDialog) -> bool:
        dialog.load(request)
        wait_for_workers()
        seen.append(dialog.code.text())
        dialog.same.setChecked(True)
        dialog.role.setCurrentIndex(dialog.role.findData(DeviceRole.FIELD.value))
        assert dialog.go.isEnabled()
        return True

    monkeypatch.setattr(AdmitDialog, "exec", confirm)
    monkeypatch.setattr(AdmittedDialog, "exec", lambda dialog: seen.append(dialog.code.text()) or 1)
    choose(monkeypatch, answer)
    page.admit()
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=WAIT)
    return seen[0], seen[1]


def read_code(shown: QrView) -> str:
    """What a hand scanner types that looks at the screen."""
    seen = shown.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    size, content = (seen.width(), seen.height()), bytes(seen.constBits())
    image = Image.frombuffer("L", size, content, "raw", "L", seen.bytesPerLine(), 1)
    (found,) = zxingcpp.read_barcodes(image)
    return str(found.text)


def test_a_new_computer_joins_from_the_first_start_to_the_signed_in_account(
    admin: Desk, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, sheets: list[str]
) -> None:
    store, request, answer = (tmp_path / name for name in ("new.ssj", "a.ssjj", "b.ssjb"))

    def wait(dialog: JoinWaiting) -> None:
        typed = read_code(dialog.qr)
        assert typed == request_line(dialog.request)
        assert read_request(typed) == dialog.request
        choose(monkeypatch, request)
        dialog.export()
        assert not dialog.go.isEnabled()
        of_device, of_office = admit(admin, request, answer, qtbot, monkeypatch)
        wait_for_workers()
        assert of_device == dialog.code.text()
        choose(monkeypatch, answer)
        dialog.choose()
        assert dialog.office.text() == of_office
        assert "核对" in dialog.missing.text()
        dialog.same.setChecked(True)
        dialog.join()

    monkeypatch.setattr(JoinWaiting, "exec", wait)
    monkeypatch.setattr(JoinOffice, "exec", lambda dialog: dialog.submit() or dialog.result())
    fill = JoinOffice.__init__

    def filled(dialog: JoinOffice, parent: object, at: Path) -> None:
        fill(dialog, parent, at)  # type: ignore[arg-type]
        dialog.name.setText("乡镇笔记本")
        dialog.account.setText("张敏")
        dialog.password.setText(PASSWORD)
        dialog.repeat.setText(PASSWORD)

    monkeypatch.setattr(JoinOffice, "__init__", filled)
    start = FirstRun(store)
    qtbot.addWidget(start)
    start.join_office()
    desk = start.desk
    assert desk is not None
    assert Role.CLERK in desk.actor.roles
    assert desk.ask(count_rows, "targets") == 0  # a field laptop gets objects with its tasks
    own = desk.ask(list_devices, desk.surroundings.now())[0]
    assert (own.name, own.role) == ("乡镇笔记本", DeviceRole.FIELD.label)
    assert check_recovery_code(store, sheets[0])
    desk.close()


def test_a_computer_that_was_switched_off_meanwhile_goes_on_with_the_same_digits(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[str] = []

    def look(dialog: JoinWaiting) -> None:
        wait_for_workers()
        codes.append(dialog.code.text())
        dialog.reject()

    monkeypatch.setattr(JoinWaiting, "exec", look)
    store = tmp_path / "new.ssj"
    newcomer(store, qtbot).submit()
    with pytest.raises(StillJoining, match="还在等待加入单位"):
        sign_in(store, PASSWORD)
    for _ in range(5):  # the right password is never counted as a failure
        start = SignIn(store)
        qtbot.addWidget(start)
        start.password.setText(PASSWORD)
        start.submit()
        assert start.desk is None
    assert codes == [codes[0]] * 6


def test_an_account_the_office_does_not_know_is_told_so_and_the_store_still_waits(
    admin: Desk, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, request, answer = (tmp_path / name for name in ("new.ssj", "a.ssjj", "b.ssjb"))
    told: list[str] = []

    def wait(dialog: JoinWaiting) -> None:
        request.write_text(dialog.text, encoding="utf-8")
        admit(admin, request, answer, qtbot, monkeypatch)
        dialog.load(answer)
        dialog.same.setChecked(True)
        dialog.join()
        told.append(dialog.fault.text())
        dialog.load(request)
        told.append(dialog.fault.text())
        dialog.reject()

    monkeypatch.setattr(JoinWaiting, "exec", wait)
    newcomer(store, qtbot, account="无名氏").submit()
    assert "没有名为“无名氏”的账号" in told[0]
    assert told[1]
    with pytest.raises(StillJoining):
        sign_in(store, PASSWORD)


def test_an_unusable_name_makes_no_store(tmp_path: Path, qtbot: QtBot) -> None:
    dialog = newcomer(tmp_path / "new.ssj", qtbot)
    dialog.name.setText("名" * 61)
    dialog.submit()
    assert "设备名称" in dialog.fault.text()
    assert not (tmp_path / "new.ssj").exists()

"""Signing in, locking, the first start and the page of accounts, as a person meets them."""

from pathlib import Path

import pytest
import sqlalchemy  # noqa: F401 - before Qt
from office import PASSWORD
from people import FRESH, office
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from ssj_desktop import places
from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.passwords import AccessPolicy
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.queries.accounts import access_policy, list_account_details
from ssj_desktop.queries.registries import count_rows
from ssj_desktop.services.account_admin import change_policy
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.data_place import remembered_store
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.passwords import renew_recovery, reset_password
from ssj_desktop.services.trial import open_trial
from ssj_desktop.ui.first_run import FirstRun
from ssj_desktop.ui.form import RowForm
from ssj_desktop.ui.locking import Cover
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages.account_dialogs import NewAccount, OwnPassword, ResetPassword, RoleDialog
from ssj_desktop.ui.recovery_dialog import RecoveryDialog
from ssj_desktop.ui.start import Forgotten, NewPassword, SignIn
from ssj_desktop.ui.user_menu import ChangePassword


@pytest.fixture
def opened(tmp_path: Path, qapp):  # type: ignore[no-untyped-def]
    clerk, machine = office(tmp_path)
    yield clerk, machine
    clerk.close()


@pytest.fixture
def window(opened, qtbot):  # type: ignore[no-untyped-def]
    made = MainWindow(opened[0])
    qtbot.addWidget(made)
    made.show()
    yield made
    made.end_session()


def covers() -> list[Cover]:
    return [
        cover
        for top in QApplication.topLevelWidgets()
        for cover in top.findChildren(Cover)
        if cover.isVisible()
    ]


def test_ten_minutes_without_input_lock_and_one_key_starts_them_anew(window, opened) -> None:  # type: ignore[no-untyped-def]
    machine = opened[1]
    machine.run(9 * 60 + 50)
    window.window_lock.look()
    assert window.window_lock.dialog is None
    window.activateWindow()
    window.window_lock._watch(window.windowHandle())
    QApplication.sendEvent(
        window.windowHandle(),
        QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier),
    )
    machine.run(9 * 60 + 50)
    window.window_lock.look()
    assert window.window_lock.dialog is None
    machine.run(20)
    window.window_lock.look()
    assert window.window_lock.dialog is not None
    assert covers()


def test_the_office_sets_the_minutes_and_the_wall_clock_has_no_say(window, opened) -> None:  # type: ignore[no-untyped-def]
    clerk, machine = opened
    change_policy(clerk, AccessPolicy(days=0, idle_minutes=2))
    machine.turn(86_400)
    window.window_lock.look()
    assert window.window_lock.dialog is None
    machine.run(121)
    window.window_lock.look()
    assert window.window_lock.dialog is not None


def test_a_lock_covers_every_window_and_keeps_what_was_typed(window, qtbot) -> None:  # type: ignore[no-untyped-def]
    form = RowForm(window, TARGETS, None)
    qtbot.addWidget(form)
    form.open()
    form.editors[0].input.setText("打了一半的名称")
    window.window_lock.lock()
    dialog = window.window_lock.dialog
    assert {cover.parent() for cover in covers()} == {window, form}
    assert all(cover.geometry() == cover.parent().rect() for cover in covers())
    window.resize(900, 600)
    assert all(cover.geometry() == cover.parent().rect() for cover in covers())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.close()
    assert dialog.isVisible()
    dialog.password.setText("Wrong-2026")
    dialog.submit()
    assert "密码不对" in dialog.fault.text()
    assert covers()
    dialog.password.setText(PASSWORD)
    dialog.submit()
    assert covers() == []
    assert form.isVisible()
    assert form.texts()["name"] == "打了一半的名称"


def test_a_window_that_opens_while_locked_is_covered_too(window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window.window_lock.lock()
    late = QDialog(window)
    qtbot.addWidget(late)
    late.show()
    window.window_lock._watch(late.windowHandle())
    assert late in {cover.parent() for cover in covers()}
    late.close()
    late.deleteLater()


def test_wrong_passwords_at_the_lock_screen_lock_the_account(window, opened) -> None:  # type: ignore[no-untyped-def]
    window.window_lock.lock()
    dialog = window.window_lock.dialog
    for _ in range(5):
        dialog.password.setText("Wrong-2026")
        dialog.submit()
    assert "还剩 15 分钟" in dialog.fault.text()
    dialog.password.setText(PASSWORD)
    dialog.submit()
    assert "已锁定" in dialog.fault.text()


def test_another_user_may_take_over_a_locked_window(window, qtbot) -> None:  # type: ignore[no-untyped-def]
    form = RowForm(window, TARGETS, None)
    qtbot.addWidget(form)
    form.open()
    window.window_lock.lock()
    window.window_lock._leave()
    assert window.switch_wanted
    assert not window.isVisible()
    assert not form.isVisible()


def test_the_system_lock_locks_the_window(window) -> None:  # type: ignore[no-untyped-def]
    window.session.saver_changed(False)
    assert window.window_lock.dialog is None
    window.session.saver_changed(True)
    assert window.window_lock.dialog is not None


def test_the_header_names_the_person_and_offers_three_acts(window) -> None:  # type: ignore[no-untyped-def]
    assert window.user.text() == "张敏"
    assert [a.text() for a in window.user.menu().actions() if a.text()] == [
        "修改密码…", "立即锁定", "切换用户",
    ]  # fmt: skip
    window.user.lock.trigger()
    assert window.window_lock.dialog is not None


def test_the_own_password_is_changed_from_the_menu(window, opened) -> None:  # type: ignore[no-untyped-def]
    dialog = ChangePassword(opened[0], window)
    dialog.old.setText(PASSWORD)
    dialog.password.setText(FRESH)
    dialog.repeat.setText("other")
    dialog.submit()
    assert "不一致" in dialog.fault.text()
    dialog.repeat.setText(FRESH)
    dialog.submit()
    assert dialog.result() == QDialog.DialogCode.Accepted
    sign_in(opened[0].database.path, FRESH, "张敏").close()


def signing_in(desk: Desk, qtbot) -> SignIn:  # type: ignore[no-untyped-def]
    dialog = SignIn(desk.database.path)
    qtbot.addWidget(dialog)
    return dialog


def test_a_locked_account_says_how_long_and_the_button_waits(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    dialog = signing_in(opened[0], qtbot)
    for _ in range(5):
        dialog.password.setText("wrong")
        dialog.submit()
    assert "还剩 15 分钟" in dialog.fault.text()
    assert not dialog.go.isEnabled()
    dialog.account.setCurrentText("高建国")
    assert dialog.go.isEnabled()
    assert dialog.fault.text() == ""


def test_forgetting_leads_over_the_recovery_sheet(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    clerk = opened[0]
    code = renew_recovery(clerk, PASSWORD)
    dialog = Forgotten(clerk.database.path, "高建国")
    qtbot.addWidget(dialog)
    for field in (dialog.password, dialog.repeat):
        field.setText(FRESH)
    dialog.code.setText("AAAA")
    dialog.submit()
    assert "恢复码不对" in dialog.fault.text()
    dialog.code.setText(code.lower())
    dialog.submit()
    assert dialog.desk is not None
    assert dialog.desk.actor.name == "高建国"
    dialog.desk.close()


def test_a_password_set_by_the_administrator_is_changed_at_the_door(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    clerk = opened[0]
    reset_password(clerk, "高建国", FRESH, PASSWORD)
    dialog = NewPassword(clerk.database.path, "高建国", FRESH, "请改")
    qtbot.addWidget(dialog)
    for text in (FRESH, "Mine-2026-x"):
        dialog.password.setText(text)
        dialog.repeat.setText(text)
        dialog.submit()
        assert bool(dialog.desk) is (text != FRESH)
    dialog.desk.close()


def test_the_recovery_sheet_must_be_typed_back(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    clerk = opened[0]
    code = renew_recovery(clerk, PASSWORD)
    dialog = RecoveryDialog(None, clerk, code)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.go.isEnabled()
    dialog.reject()
    assert dialog.isVisible()
    dialog.typed.setText("A" * 32)
    dialog.submit()
    assert "不一致" in dialog.fault.text()
    dialog.typed.setText(code.replace("-", "").lower())
    dialog.submit()
    assert dialog.result() == QDialog.DialogCode.Accepted


def first_run(folder: Path, qtbot) -> FirstRun:  # type: ignore[no-untyped-def]
    dialog = FirstRun(folder / "office.ssj")
    qtbot.addWidget(dialog)
    dialog.unit.setText("云岭县住建局")
    dialog.division.setText("239921")
    dialog.admin.setText("张敏")
    dialog.password.setText(PASSWORD)
    dialog.repeat.setText(PASSWORD)
    return dialog


@pytest.fixture
def user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "user_folder", lambda: tmp_path / "user")
    (tmp_path / "user").mkdir()
    cost = Path(__import__("os").environ["XDG_DATA_HOME"], "ssj", "key_cost.json").read_bytes()
    (tmp_path / "user" / "key_cost.json").write_bytes(cost)
    return tmp_path / "user"


def test_a_chosen_data_folder_is_found_again(tmp_path, qtbot, user_folder) -> None:  # type: ignore[no-untyped-def]
    dialog = first_run(user_folder, qtbot)
    dialog.folder.setText(str(tmp_path / "共用"))
    dialog.samples.setChecked(True)
    dialog.submit()
    assert dialog.desk is not None, dialog.fault.text()
    assert dialog.desk.office.trial
    assert dialog.desk.ask(count_rows, "targets") > 1000
    assert remembered_store() == tmp_path / "共用" / "office.ssj"
    dialog.desk.close()


def test_a_first_look_needs_no_account_and_leaves_the_real_store_unfounded(
    tmp_path, qtbot, user_folder
) -> None:  # type: ignore[no-untyped-def]
    dialog = FirstRun(user_folder / "office.ssj")
    qtbot.addWidget(dialog)
    dialog.look_around()
    assert dialog.desk is not None
    assert dialog.desk.office.trial
    assert not (user_folder / "office.ssj").exists()
    dialog.desk.close()
    again = open_trial(user_folder / "trial" / "trial.ssj")
    assert again.ask(count_rows, "targets") > 1000
    again.close()
    sign = SignIn(user_folder / "trial" / "trial.ssj")
    qtbot.addWidget(sign)
    sign.account.setCurrentText("试用审批")
    sign.submit()
    assert sign.desk is not None
    sign.desk.close()


def test_an_account_is_made_changed_and_removed_on_the_page(window, opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    clerk, machine = opened
    page = window.open_page("accounts")
    form = NewAccount(page, clerk)
    form.name.setText("周宁")
    for field in (form.password, form.repeat):
        field.setText(FRESH)
    form.own.setText(PASSWORD)
    form.submit()
    assert "还没有勾选角色" in form.fault.text()
    form.roles.boxes[Role.INSPECTOR].setChecked(True)
    form.submit()
    assert form.result() == QDialog.DialogCode.Accepted
    row = next(row for row in page.model.rows if row.name == "周宁")
    assert (row.state, row.role_text) == ("待改密码", "检查人员")
    roles = RoleDialog(page, clerk, row)
    roles.roles.boxes[Role.CLERK].setChecked(True)
    roles.roles.boxes[Role.APPROVER].setChecked(True)
    roles.submit()
    assert "不能是同一个账号" in roles.fault.text()
    roles.roles.boxes[Role.APPROVER].setChecked(False)
    roles.submit()
    page.table.selectRow([row.name for row in page.model.rows].index("周宁"))
    page.suspend()
    assert page.current().state == "已停用"
    assert page.suspend_button.text() == "恢复"
    page.suspend()
    reset = ResetPassword(page, clerk, page.current())
    for field in (reset.password, reset.repeat):
        field.setText("Reset-2026-x")
    reset.own.setText(PASSWORD)
    reset.submit()
    assert reset.result() == QDialog.DialogCode.Accepted
    asked = OwnPassword(page, "移除账号", "", lambda own: removed(clerk, own))
    asked.own.setText("wrong")
    asked.submit()
    assert "密码不对" in asked.fault.text()
    asked.own.setText(PASSWORD)
    asked.submit()
    page.refresh()
    states = {r.name: r.state for r in clerk.ask(list_account_details, machine.now())}
    assert states["周宁"] == "已移除"


def removed(desk: Desk, own: str) -> object:
    from ssj_desktop.services.data_keys import remove_account

    return remove_account(desk, "周宁", own)


def test_a_witness_is_added_with_a_pin(window, opened) -> None:  # type: ignore[no-untyped-def]
    page = window.open_page("accounts")
    form = NewAccount(page, opened[0])
    form.name.setText("刘昕")
    form.roles.boxes[Role.WITNESS].setChecked(True)
    for field in (form.password, form.repeat):
        field.setText("514263")
    form.submit()
    assert next(row for row in page.model.rows if row.name == "刘昕").password_text == "PIN"


def test_rules_are_saved_and_shown(window, opened) -> None:  # type: ignore[no-untyped-def]
    page = window.open_page("accounts")
    page.policy_fields["idle_minutes"].setValue(5)
    page.save_policy()
    assert opened[0].ask(access_policy).idle_minutes == 5
    assert "张敏" in page.mode.text()


def test_a_plain_clerk_sees_why_the_buttons_do_not_work(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    from people import add

    plain = add(opened[0], "周宁", Role.CLERK)
    from ssj_desktop.ui.pages.accounts_page import AccountsPage

    page = AccountsPage(plain)
    qtbot.addWidget(page)
    page.refresh()
    assert not page.add_button.isEnabled()
    assert "系统管理员" in page.add_button.toolTip()
    plain.close()


def test_a_session_bus_tells_of_the_lock_where_there_is_one(qapp, qtbot, opened) -> None:  # type: ignore[no-untyped-def]
    """Without any bus the watch stays silent and the window locks after idle time alone."""
    from PySide6.QtWidgets import QWidget

    from ssj_desktop.ui.session_watch import SessionWatch

    host, locked = QWidget(), []
    qtbot.addWidget(host)
    watch = SessionWatch(host, lambda: locked.append(1))
    watch.saver_changed(True)
    watch.stop()
    assert locked == [1]


def test_numbers_are_masked_on_the_page_until_a_reason_is_given(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    from ssj_desktop.queries.journal import list_entries
    from ssj_desktop.queries.registries import list_rows
    from ssj_desktop.services.registries import Enrol, Revise, enrol, revise
    from ssj_desktop.services.unmasking import Unmask  # noqa: F401 - the entry looked for below
    from ssj_desktop.ui.pages.registry_page import RegistryPage

    clerk, phone = opened[0], "13845678901"
    made = clerk.do(enrol, Enrol("targets", {"name": "云岭县公司", "phone": "0456-6721188"}))
    clerk.do(revise, Revise("targets", made, {"phone": phone}))
    page = RegistryPage(clerk, TARGETS)
    qtbot.addWidget(page)
    page.refresh()
    qtbot.waitUntil(lambda: page.current() is not None, timeout=5000)

    def on_screen() -> str:
        from PySide6.QtWidgets import QLabel

        return "\n".join(made.text() for made in page.findChildren(QLabel))

    assert phone not in on_screen()
    assert "0456-6721188" not in on_screen()
    assert "138******01" in on_screen()
    row = page.current()
    assert page.detail.texts_of(row)["phone"] == "138******01"
    form = RowForm(page, TARGETS, page.detail.texts_of(row))
    qtbot.addWidget(form)
    assert form.changed_texts() == {}
    from ssj_desktop.domain.errors import InvalidInput

    with pytest.raises(InvalidInput, match="星号"):
        page._revise(Revise("targets", row.id, {"phone": "138******02"}))
    page._revise(Revise("targets", row.id, {"name": "云岭县新公司"}))
    assert clerk.ask(list_rows, "targets")[0].values["phone"] == phone
    page.detail.reveal("电话通知检查")
    assert phone in on_screen()
    assert clerk.ask(list_entries)[0].action == "查看完整号码"
    page.detail.show_row(None)
    assert phone not in on_screen()

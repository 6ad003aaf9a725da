"""Every page opens with data and empty; the wizard goes its whole way; forms say what is wrong."""

import sys
from pathlib import Path

import pytest
import sqlalchemy  # noqa: F401 - before Qt
from office import approved_line, enrol_inspectors, enrol_targets, found
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ssj_desktop import places
from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.queries.office import find_setting
from ssj_desktop.queries.registries import count_rows
from ssj_desktop.services.registries import Enrol, enrol, read_sheet
from ssj_desktop.services.trial import load_samples
from ssj_desktop.ui.first_run import FirstRun
from ssj_desktop.ui.form import RowForm
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages import PAGES, load_page_modules
from ssj_desktop.ui.pages.draws_page import DrawsPage
from ssj_desktop.ui.pages.import_dialog import ImportDialog
from ssj_desktop.ui.pages.inspections_page import InspectionsPage
from ssj_desktop.ui.pages.line_dialog import LineDialog
from ssj_desktop.ui.pages.registry_detail import HISTORY
from ssj_desktop.ui.pages.registry_page import RegistryPage
from ssj_desktop.ui.start import SignIn
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel
from ssj_desktop.ui.tasks import run_task
from ssj_desktop.ui.theme import TEXT_SIZES, apply_theme


@pytest.fixture
def desks(tmp_path: Path, qapp):  # type: ignore[no-untyped-def]
    apply_theme(qapp)
    clerk, approver = found(tmp_path)
    yield clerk, approver
    clerk.close()


@pytest.fixture
def filled(desks):  # type: ignore[no-untyped-def]
    clerk, approver = desks
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    for name in ("刘昕", "马骉"):
        clerk.do(enrol, Enrol("witnesses", {"name": name, "unit": "县纪委"}))
    approved_line(clerk, approver)
    return clerk, approver


def test_the_table_model_passes_qts_own_tester(qtmodeltester) -> None:  # type: ignore[no-untyped-def]
    model = RowsModel([ColumnSpec("甲", str), ColumnSpec("乙", str, tone=lambda _row: "ok")])
    model.show(["一", "二"])
    qtmodeltester.check(model)


@pytest.mark.parametrize("size", TEXT_SIZES)
def test_every_page_opens_empty_at_every_text_size(desks, qtbot, qapp, size) -> None:  # type: ignore[no-untyped-def]
    apply_theme(qapp, size)
    window = MainWindow(desks[0])
    qtbot.addWidget(window)
    window.show()
    for page in PAGES:
        window.open_page(page.key)
    assert window.minimumSizeHint().height() <= 728
    apply_theme(qapp)


def test_every_page_opens_with_data_and_shows_plain_text_only(filled, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = MainWindow(filled[0])
    qtbot.addWidget(window)
    for page in PAGES:
        opened = window.open_page(page.key)
        texts = [
            made
            for made in opened.findChildren(QLabel)
            if made.textFormat() != Qt.TextFormat.PlainText
        ]
        assert [made.text() for made in texts if made.text()] == []


def test_pages_are_built_in_idle_turns_while_the_first_one_is_in_view(filled, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = MainWindow(filled[0])
    qtbot.addWidget(window)
    window.show()
    window.open_ahead(load_page_modules())
    qtbot.waitUntil(lambda: len(window.pages) == len(window.allowed_pages()), timeout=20_000)
    assert window.stack.currentWidget() is window.pages["home"]
    targets = window.open_page("targets")
    assert isinstance(targets, RegistryPage)
    assert targets.model.rowCount() == filled[0].ask(count_rows, "targets")
    window.end_session()


def test_the_card_beside_a_registry_follows_the_row_and_then_shows_its_history(  # type: ignore[no-untyped-def]
    filled, qtbot
) -> None:
    window = MainWindow(filled[0])
    qtbot.addWidget(window)
    window.show()
    page = window.open_page("targets")
    assert isinstance(page, RegistryPage)
    page.table.selectRow(3)
    row = page.current()
    assert row is not None
    shown = {title: value.text() for title, value in page.detail.facts}
    assert (shown["名称"], shown["抽取编码"]) == (row.name, row.code)
    history = page.detail.tabs.widget(HISTORY)
    qtbot.waitUntil(lambda: "入库" in [made.text() for made in history.findChildren(QLabel)])


def test_a_change_shows_on_the_open_page_at_once(filled, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = MainWindow(filled[0])
    qtbot.addWidget(window)
    page = window.open_page("targets")
    assert isinstance(page, RegistryPage)
    before = page.model.rowCount()
    filled[0].do(enrol, Enrol("targets", {"name": "新企业"}))
    assert page.model.rowCount() == before + 1
    page.search.setText("xqy")
    assert page.model.rowCount() == 1
    page.search.setText("没有这样的")
    assert page.body.currentWidget() is page.no_match


def test_the_import_preview_adds_up_and_writes_the_good_rows(desks, qtbot) -> None:  # type: ignore[no-untyped-def]
    file = read_sheet("targets", places.resource("samples", "检查对象名录.xlsx"))
    dialog = ImportDialog(None, desks[0], file)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert dialog.go.text() == "导入无误的 1202 行"
    assert dialog.model.rows[0].standing == "有误"
    dialog.show_standing("有误")
    assert dialog.model.rowCount() == 6
    dialog.write()
    assert dialog.result() == 1


def test_the_wizard_from_freeze_to_result(filled, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = MainWindow(filled[0])
    qtbot.addWidget(window)
    page = window.open_page("draws")
    assert isinstance(page, DrawsPage)
    page.start()
    scheme = page.wizard.stack.widget(0)
    assert not scheme.freeze_button.isEnabled()
    scheme.place.setText("会议室")
    assert "还差 2 位见证人" in scheme.reason.text()
    for row in range(2):
        scheme.panel.item(row).setCheckState(Qt.CheckState.Checked)
    scheme.freeze()
    slips = page.wizard.stack.widget(0)
    assert slips.draw_button.text() == "纸条已同时亮出"
    slips.proceed()
    slips = page.wizard.stack.widget(0)
    assert "还没有填写" in slips.reason.text()
    for field, digits in zip(slips.digits, ("514263", "662135"), strict=True):
        field.setText(digits)
    assert "两次输入不一致" in slips.reason.text()
    for field, digits in zip(slips.repeats, ("514263", "662135"), strict=True):
        field.setText(digits)
    assert slips.draw_button.text() == "录入第 1 位"
    slips.proceed()
    assert slips.digits[0].isReadOnly()
    assert slips.digits[1].text() == "662135"
    assert slips.draw_button.text() == "录入并抽取"
    slips.proceed()
    result = page.wizard.stack.widget(0)
    result.verify()
    assert result.pill.text() == "重新计算全部一致"
    assert "record.pdf" in result.files()
    tasks = window.open_page("inspections")
    assert isinstance(tasks, InspectionsPage)
    gap = tasks.points(tasks.current())[0]
    assert "未录入" in gap.text
    tasks.go_to(gap)
    tasks.items[0].answer("clean")
    first = tasks.current().id
    tasks.submit()
    assert tasks.current().id != first
    assert {row.id: row.state.label for row in tasks.model.rows}[first] == "待复核"


def test_a_form_refuses_with_a_sentence_and_warns_softly(desks, qtbot) -> None:  # type: ignore[no-untyped-def]
    form = RowForm(None, TARGETS, None)  # type: ignore[arg-type]
    qtbot.addWidget(form)
    form.submit()
    editors = {editor.field.name: editor for editor in form.editors}
    assert "名称不能为空" in editors["name"].hint.text()
    editors["number"].input.setText("91239921MA1AAAAAA0")
    assert editors["number"].check()
    assert editors["number"].hint.objectName() == "soft"
    editors["name"].input.setText("云岭县公司")
    form.submit()
    assert form.result() == 1


def test_a_plan_line_shows_counts_and_refuses_nonsense(filled, qtbot) -> None:  # type: ignore[no-untyped-def]
    dialog = LineDialog(None, filled[0], None)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert "A 10 家" in dialog.counts.text()
    dialog.quotas.setText("A=很多")
    assert dialog.draft() is None
    assert "看不明白" in dialog.fault.text()


def test_sign_in_says_what_is_wrong(desks, qtbot) -> None:  # type: ignore[no-untyped-def]
    dialog = SignIn(desks[0].database.path)
    qtbot.addWidget(dialog)
    dialog.password.setText("wrong")
    dialog.submit()
    assert "密码不对" in dialog.fault.text()


def test_first_run_refuses_a_weak_password(tmp_path: Path, qtbot) -> None:  # type: ignore[no-untyped-def]
    dialog = FirstRun(tmp_path / "x.ssj")
    qtbot.addWidget(dialog)
    dialog.unit.setText("局")
    dialog.division.setText("239921")
    dialog.admin.setText("张敏")
    dialog.password.setText("123")
    dialog.repeat.setText("123")
    dialog.submit()
    assert "密码太简单" in dialog.fault.text()
    assert not (tmp_path / "x.ssj").exists()


def test_slow_work_comes_back_on_the_main_thread(qtbot) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QWidget

    parent, found_values = QWidget(), []
    qtbot.addWidget(parent)
    task = run_task(parent, "读取", lambda: 42, found_values.append)
    qtbot.waitUntil(lambda: found_values == [42], timeout=5000)
    assert not task.cancelled


def test_qt_calls_leave_the_reference_count_of_none_alone(qapp) -> None:  # type: ignore[no-untyped-def]
    made = QLabel()
    before = sys.getrefcount(None)
    for _ in range(500):
        made.setText("字")
    assert abs(sys.getrefcount(None) - before) < 100


def test_settings_are_kept_and_the_text_size_shows_at_once(desks, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = MainWindow(desks[0])
    qtbot.addWidget(window)
    page = window.open_page("settings")
    page.text_size.setCurrentText("大")
    page.ceiling.setText("3")
    page.save()
    assert desks[0].ask(find_setting, "text_size") == "大"
    assert desks[0].ask(find_setting, "yearly_ceiling") == "3"


def test_a_trial_comes_with_sample_data(desks) -> None:  # type: ignore[no-untyped-def]
    load_samples(desks[0])
    assert desks[0].ask(count_rows, "targets") == 1202

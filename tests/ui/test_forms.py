"""Forms: the keyboard walks them in reading order, and what was typed outlives a crash."""

import threading
import time

import pytest
import sqlalchemy  # noqa: F401 - before Qt
from office import approved_line
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from ssj_desktop.domain.fields import REGISTRIES, TARGETS
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.queries.drafts import find_draft
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.queries.registry_pages import rows_by_ids
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.ui.drafts import DraftKeeper
from ssj_desktop.ui.draw_wizard.scheme_step import SchemeStep
from ssj_desktop.ui.form import RowForm
from ssj_desktop.ui.form_draft import put, read
from ssj_desktop.ui.pages.line_dialog import LineDialog
from ssj_desktop.ui.pages.registry_page import RegistryPage

Desks = tuple[Desk, Desk]


@pytest.mark.parametrize("kind", list(REGISTRIES))
def test_tab_and_enter_walk_the_fields_in_reading_order(
    kind: str, office: Desks, qtbot: QtBot
) -> None:
    form = RowForm(None, REGISTRIES[kind], None)  # type: ignore[arg-type]
    qtbot.addWidget(form)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    form.editors[0].input.setFocus()
    for place, editor in enumerate(form.editors):
        assert QApplication.focusWidget() is editor.input, editor.field.label
        key = Qt.Key.Key_Tab if place % 2 else Qt.Key.Key_Return
        qtbot.keyClick(editor.input, key)
    labelled = [editor.input.accessibleName() for editor in form.editors]
    assert labelled == [field.label for field in REGISTRIES[kind].fields]


def test_what_was_typed_into_a_new_row_comes_back_after_a_crash(
    office: Desks, qtbot: QtBot
) -> None:
    clerk, _ = office
    lost = RowForm(None, TARGETS, None)  # type: ignore[arg-type]
    qtbot.addWidget(lost)
    lost.keep_drafts(clerk)
    put(lost.editors[0].input, "云岭县宏远建筑工程有限公司")
    assert lost.draft is not None
    lost.draft.keeper.keep()
    assert "草稿已自动保存" in lost.kept.text()
    found = RowForm(None, TARGETS, None)  # type: ignore[arg-type]
    qtbot.addWidget(found)
    found.keep_drafts(clerk)
    assert found.texts()["name"] == "云岭县宏远建筑工程有限公司"
    assert "已恢复" in found.kept.text()
    assert found.changed_texts() == {"name": "云岭县宏远建筑工程有限公司"}
    found.reject()
    assert clerk.ask(find_draft, clerk.actor.name, "row.targets", "") is None


def test_a_stored_row_leaves_no_draft_and_the_draft_of_one_row_is_not_offered_to_another(
    filled_office: Desks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, _ = filled_office
    page = RegistryPage(clerk, TARGETS)
    qtbot.addWidget(page)
    page.refresh()
    page.table.selectRow(0)
    first, second = clerk.ask(list_rows, "targets", RowFilter())[:2]
    left = RowForm(page, TARGETS, page.detail.texts_of(first))
    left.keep_drafts(clerk, first.id)
    put(next(e for e in left.editors if e.field.name == "contact").input, "王喆")
    assert left.draft is not None
    left.draft.keeper.keep()
    other = RowForm(page, TARGETS, page.detail.texts_of(second))
    other.keep_drafts(clerk, second.id)
    assert other.changed_texts() == {}
    seen: list[dict[str, str]] = []

    def save(form: RowForm) -> QDialog.DialogCode:
        seen.append(form.changed_texts())
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(RowForm, "exec", save)
    page.edit()
    assert seen == [{"contact": "王喆"}]
    assert clerk.ask(list_rows, "targets", RowFilter())[0].values["contact"] == "王喆"
    assert clerk.ask(find_draft, clerk.actor.name, "row.targets", first.id) is None


def test_who_may_not_keep_drafts_gets_a_form_without_them(office: Desks, qtbot: QtBot) -> None:
    auditor = office[0].signed_in_as(Actor("周正", (Role.AUDITOR,)))
    form = RowForm(None, TARGETS, None)  # type: ignore[arg-type]
    qtbot.addWidget(form)
    form.keep_drafts(auditor)
    put(form.editors[0].input, "云岭县宏远建筑工程有限公司")
    form.drop_draft()
    assert form.kept.text() == ""


def test_the_line_of_a_plan_comes_back_as_it_was_typed(filled_office: Desks, qtbot: QtBot) -> None:
    clerk, _ = filled_office
    lost = LineDialog(None, clerk, None)  # type: ignore[arg-type]
    qtbot.addWidget(lost)
    lost.kept_draft.begin("plan")
    for widget, value in (
        (lost.name, "物业抽查"), (lost.team, 3), (lost.quotas, "A=2"),
        (lost.method, "网络检查"), (lost.industries, ["物业服务企业"]),
    ):  # fmt: skip
        put(widget, value)
    lost.kept_draft.keeper.keep()
    found = LineDialog(None, clerk, None)  # type: ignore[arg-type]
    qtbot.addWidget(found)
    found.kept_draft.begin("plan")
    assert found.kept_draft.changes() == lost.kept_draft.changes()
    assert (found.name.text(), found.quotas.text(), found.team.value()) == ("物业抽查", "A=2", 3)
    found.reject()
    other = LineDialog(None, clerk, None)  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.kept_draft.begin("plan")
    assert other.kept_draft.changes() == {}


def test_the_first_step_of_a_draw_comes_back_until_the_pool_is_frozen(
    filled_office: Desks, qtbot: QtBot
) -> None:
    clerk, approver = filled_office
    for name, unit in (("刘昕", "县纪委"), ("马骉", "县政协")):
        clerk.do(enrol, Enrol("witnesses", {"name": name, "unit": unit}))
    approved_line(clerk, approver, "A=3,B=2")
    lost = SchemeStep(clerk, lambda _key: None)
    qtbot.addWidget(lost)
    visit = lost.visit.date().addDays(5).toString("yyyy-MM-dd")
    for widget, value in (
        (lost.place, "会议室"), (lost.supervisor, "高建国"), (lost.sealed, True),
        (lost.visit, visit), (lost.panel, ["刘昕　县纪委", "马骉　县政协"]),
    ):  # fmt: skip
        put(widget, value)
    lost.draft.keeper.keep()
    frozen: list[str] = []
    found = SchemeStep(clerk, frozen.append)
    qtbot.addWidget(found)
    assert found.place.text() == "会议室"
    assert read(found.visit) == visit
    assert found.sealed.isChecked()
    assert "已恢复" in found.kept.text()
    found.freeze()
    assert len(frozen) == 1
    fresh = SchemeStep(clerk, frozen.append)
    qtbot.addWidget(fresh)
    assert fresh.place.text() == ""


def test_a_changed_row_is_stored_beside_the_window_and_so_is_its_undoing(
    filled_office: Desks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _ = filled_office
    page = RegistryPage(desk, TARGETS)
    qtbot.addWidget(page)
    page.refresh()
    row = page.current()
    assert row is not None
    on_main: list[bool] = []
    desk.guard = lambda _name: on_main.append(threading.current_thread() is threading.main_thread())

    def fill_in(form: RowForm) -> QDialog.DialogCode:
        (editor,) = [each for each in form.editors if each.field.name == "area"]
        editor.input.setText("和平街道")  # type: ignore[union-attr]
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(RowForm, "exec", fill_in)
    page.edit()
    assert desk.ask(rows_by_ids, "targets", [row.id])[0].values["area"] == "和平街道"
    page.undo.undo.click()
    assert desk.ask(rows_by_ids, "targets", [row.id])[0].values["area"] == "兴华街道"
    assert on_main == [False, False]


def test_a_draft_waits_for_a_long_act_of_a_worker_and_the_window_does_not(
    office: Desks, qtbot: QtBot
) -> None:
    desk, _ = office
    owner = QObject()
    keeper = DraftKeeper(owner, desk, "form", lambda: {"name": "甲"})
    keeper._timer.setInterval(10)
    begun, proceed = threading.Event(), threading.Event()

    def write_long() -> None:
        with desk.alone():
            begun.set()
            proceed.wait(10)

    worker = threading.Thread(target=write_long)
    worker.start()
    assert begun.wait(10)
    keeper.touch()
    before = time.monotonic()
    qtbot.wait(60)
    assert time.monotonic() - before < 5
    proceed.set()
    worker.join()
    qtbot.waitUntil(lambda: keeper.find() is not None)


def test_another_form_takes_the_place_at_once_and_what_was_typed_waits_for_the_store(
    office: Desks, qtbot: QtBot
) -> None:
    desk, _ = office
    owner, typed = QObject(), {"name": "甲"}
    keeper = DraftKeeper(owner, desk, "form", lambda: dict(typed))
    keeper._timer.setInterval(10)
    begun, proceed = threading.Event(), threading.Event()

    def read_long(_: object) -> None:
        begun.set()
        proceed.wait(10)

    worker = threading.Thread(target=desk.ask, args=(read_long,))
    worker.start()
    assert begun.wait(10)
    keeper.subject = "first"
    keeper.touch()
    keeper.settle()
    typed["name"], keeper.subject = "乙", "second"
    assert worker.is_alive()
    assert keeper.find() is None
    keeper.subject = "first"
    assert drafted(keeper) == {"name": "甲"}
    proceed.set()
    worker.join()
    qtbot.waitUntil(lambda: stored(desk, "first") == {"name": "甲"})
    assert stored(desk, "second") is None


def drafted(keeper: DraftKeeper) -> object:
    found = keeper.find()
    return found and found.content


def stored(desk: Desk, subject: str) -> object:
    found = desk.ask(find_draft, desk.actor.name, "form", subject)
    return found and found.content

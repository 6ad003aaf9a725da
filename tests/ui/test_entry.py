"""现场检查录入: keys, gaps, exclusions, drafts that survive, submit and next."""

import pytest
from PySide6.QtCore import QDate, Qt

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.vocabulary import FollowUp, ResultCode, TaskState
from ssj_desktop.queries.drafts import find_draft
from ssj_desktop.queries.inspections import find_task
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages.inspections_page import InspectionsPage


@pytest.fixture
def page(drawn_office, qtbot) -> InspectionsPage:  # type: ignore[no-untyped-def]
    made = InspectionsPage(drawn_office[0])
    qtbot.addWidget(made)
    made.resize(1100, 640)
    made.show()
    made.refresh()
    return made


def test_single_keys_act_only_while_the_row_itself_has_the_focus(page, qtbot) -> None:  # type: ignore[no-untyped-def]
    card = page.items[0]
    qtbot.keyClick(card, Qt.Key.Key_2)
    assert card.codes() == ()
    page.activateWindow()
    card.setFocus()
    qtbot.waitUntil(card.hasFocus)
    qtbot.keyClick(card, Qt.Key.Key_2)
    assert card.codes() == (ResultCode.PROBLEM_PENDING,)
    assert card.finding_card.isVisible()
    qtbot.keyClick(card.finding_card.corrected, Qt.Key.Key_1)
    qtbot.keyClicks(card.finding_card.finding, "12 3")
    assert card.codes() == (ResultCode.PROBLEM_PENDING,)
    assert card.finding_card.finding.text() == "12 3"


def test_the_gaps_are_the_reason_why_submitting_is_disabled_and_follow_the_screen(page) -> None:  # type: ignore[no-untyped-def]
    assert not page.submit_button.isEnabled()
    assert page.side_title.text() == "还缺 1 项"
    assert page.reason.text() == "补齐 1 项后可提交"
    page.items[0].answer("problem")
    assert "没有写明问题" in page.missing.itemAt(0).widget().text()
    page.items[0].finding_card.finding.setText("公共收益未公布")
    assert page.submit_button.isEnabled()
    assert page.reason.text() == ""


def test_results_that_contradict_each_other_cannot_stand_together(page) -> None:  # type: ignore[no-untyped-def]
    card = page.items[0]
    card.answer("clean")
    card.answer("problem")
    assert card.codes() == (ResultCode.PROBLEM_PENDING,)
    card.answer("other")
    card.others_card.boxes[ResultCode.UNREACHABLE].click()
    card.others_card.boxes[ResultCode.MOVED_OUT].click()
    assert set(card.codes()) == {
        ResultCode.PROBLEM_PENDING, ResultCode.UNREACHABLE, ResultCode.MOVED_OUT,
    }  # fmt: skip
    card.others_card.boxes[ResultCode.NO_SUCH_ACTIVITY].click()
    assert card.codes() == (ResultCode.NO_SUCH_ACTIVITY,)
    card.answer("clean")
    assert card.codes() == (ResultCode.NO_PROBLEM_FOUND,)


def test_the_due_date_is_proposed_by_the_calendar_and_follows_the_visit(page) -> None:  # type: ignore[no-untyped-def]
    card = page.items[0]
    page.visit.setDate(QDate(2026, 9, 14))
    # 2026-09-20 is a working Sunday, 25–27 a holiday
    assert card.finding_card.due.date() == QDate(2026, 9, 28)
    assert card.finding_card.advice.text() == "10 个工作日"
    card.answer("problem")
    card.finding_card.finding.setText("问题")
    assert card.entry().follow_up is FollowUp.ORDER_TO_CORRECT


def test_a_draft_survives_another_window_and_goes_when_it_is_stored(
    page, drawn_office, qtbot
) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = drawn_office
    task = page.current()
    page.items[0].answer("problem")
    page.items[0].finding_card.finding.setText("未公示收支")
    page.drafts.keep()
    assert "草稿已自动保存" in page.kept.text()
    again = InspectionsPage(clerk)
    qtbot.addWidget(again)
    again.refresh()
    assert "已恢复" in again.kept.text()
    assert again.items[0].finding_card.finding.text() == "未公示收支"
    assert again.save()
    assert find_draft_of(clerk, task.id) is None
    assert clerk.ask(find_task, task.id).items[0].entry.finding == "未公示收支"


def test_what_was_typed_just_before_the_window_was_closed_is_there_again(
    drawn_office, qtbot
) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = drawn_office
    window = MainWindow(clerk)
    qtbot.addWidget(window)
    page = window.open_page("inspections")
    page.items[0].answer("problem")
    page.items[0].finding_card.finding.setText("刚写的问题")
    task = page.current()
    window.close()
    kept = find_draft_of(clerk, task.id)
    assert kept.content[page.items[0].item.item]["finding"] == "刚写的问题"
    window.end_session()


def find_draft_of(desk, subject):  # type: ignore[no-untyped-def]
    return desk.ask(find_draft, desk.actor.name, "inspection", subject)


def test_what_was_typed_stays_when_the_page_is_refreshed(page) -> None:  # type: ignore[no-untyped-def]
    page.items[0].answer("problem")
    page.items[0].finding_card.finding.setText("半句话")
    page.refresh()
    assert page.items[0].finding_card.finding.text() == "半句话"


def test_submitting_stores_and_goes_on_to_the_next_object(page, drawn_office) -> None:  # type: ignore[no-untyped-def]
    first = page.current().id
    page.items[0].answer("clean")
    page.submit()
    assert drawn_office[0].ask(find_task, first).state is TaskState.SUBMITTED
    assert page.current().id != first
    assert page.current().is_editable


def test_the_tab_key_goes_through_the_parts_of_a_row_that_opened_later(page) -> None:  # type: ignore[no-untyped-def]
    card = page.items[0]
    card.answer("problem")
    card.others_card.boxes[ResultCode.UNREACHABLE].click()
    found = card.finding_card
    wanted = [found.finding, found.follow, found.due, found.corrected]
    wanted += card.others_card.boxes.values()
    chain, widget = [], card.nextInFocusChain()
    while widget is not card and len(chain) < len(wanted):
        if widget in wanted:
            chain.append(widget)
        widget = widget.nextInFocusChain()
    assert chain == wanted
    assert card.nextInFocusChain() is found.finding


def test_what_belongs_together_is_told_once_and_also_after_a_refusal(drawn_office) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = drawn_office
    told: list[frozenset[str]] = []
    clerk.subscribe(told.append)

    def act() -> None:
        with clerk.together():
            clerk.do(enrol, Enrol("witnesses", {"name": "周正", "unit": "县人大"}))
            with clerk.together():
                clerk.do(enrol, Enrol("targets", {"name": "云岭物业", "number": "N-1"}))
            assert told == []
            clerk.do(enrol, Enrol("targets", {"name": ""}))

    with pytest.raises(InvalidInput):
        act()
    (areas,) = told
    assert {"targets", "witnesses"} <= areas
    with clerk.together():
        pass
    assert len(told) == 1


def test_a_submitted_visit_is_shown_once_more_and_not_row_by_row(page, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    shown: list[int] = []
    show = page.model.show
    monkeypatch.setattr(page.model, "show", lambda rows: (shown.append(len(rows)), show(rows)))
    page.items[0].answer("clean")
    page.submit()
    assert len(shown) == 1

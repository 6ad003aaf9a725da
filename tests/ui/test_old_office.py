"""An office with many draws, tasks and entries: what grows with the years comes from the worker."""

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ssj_desktop.domain.vocabulary import InspectionMethod
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.inspections import ScheduleVisit, schedule_visit
from ssj_desktop.ui import asking
from ssj_desktop.ui.pages.disclosures_page import DisclosuresPage
from ssj_desktop.ui.pages.draws_page import DrawsPage
from ssj_desktop.ui.pages.inspections_page import InspectionsPage
from ssj_desktop.ui.pages.journal_page import JournalPage
from ssj_desktop.ui.pages.registry_detail import _paragraphs
from ssj_desktop.ui.tasks import wait_for_workers
from ssj_desktop.ui.widgets import Page

Desks = tuple[Desk, Desk]


@pytest.fixture
def old_office(drawn_office: Desks, monkeypatch: pytest.MonkeyPatch) -> Desks:
    """One draw and its tasks are many from here on."""
    monkeypatch.setattr(asking, "_AT_ONCE", dict.fromkeys(asking._AT_ONCE, 0))
    return drawn_office


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (DrawsPage, lambda page: page.model.rows),
        (DisclosuresPage, lambda page: page.subjects.rows),
        (JournalPage, lambda page: page.model.rows),
        (InspectionsPage, lambda page: page.model.rows),
    ],
)
def test_a_page_shows_what_the_worker_read_and_the_window_did_not_wait(
    old_office: Desks, qtbot: QtBot, kind: type[Page], shown: Callable[[Any], Any]
) -> None:
    page = kind(old_office[0])  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.refresh()
    assert not shown(page)
    wait_for_workers()
    assert shown(page)


@pytest.fixture
def entry(old_office: Desks, qtbot: QtBot) -> InspectionsPage:
    page = InspectionsPage(old_office[0])
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    wait_for_workers()
    return page


def test_after_submitting_the_next_object_comes_up_when_its_row_has_come(
    entry: InspectionsPage, qtbot: QtBot
) -> None:
    first = entry.current()
    assert first is not None
    entry.items[0].answer("clean")
    entry.submit()
    qtbot.waitUntil(lambda: (entry.current() or first).id != first.id)
    assert entry.model.rows[0].state.label == "待复核"
    assert not entry.items[0].codes()


def test_what_is_being_filled_in_stays_when_the_rows_of_others_change(
    entry: InspectionsPage, old_office: Desks
) -> None:
    desk, _ = old_office
    card, other = entry.items[0], desk.ask(list_tasks)[-1]
    card.answer("problem")
    card.finding_card.finding.setText("公共收益未公布")
    desk.do(schedule_visit, ScheduleVisit(other.id, desk.today(), InspectionMethod.ON_SITE))
    entry.refresh()
    wait_for_workers()
    assert entry.model.rows[-1].visit_on == desk.today()
    assert entry.items[0] is card
    assert card.finding_card.finding.text() == "公共收益未公布"


def test_a_refused_submission_stays_at_its_object(
    entry: InspectionsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ssj_desktop.ui.errors.show_refusal", lambda *_: None)
    first = entry.current()
    assert first is not None
    entry.desk.read_only = True
    entry.items[0].answer("clean")
    entry.submit()
    wait_for_workers()
    assert (entry.current() or first).id == first.id
    entry.desk.read_only = False


def test_of_hundreds_of_visits_the_newest_are_shown_and_the_others_counted() -> None:
    box = _paragraphs([(f"第 {n} 次", "") for n in range(150)])
    texts = [item.widget().text() for n in range(box.count()) if (item := box.itemAt(n)).widget()]
    assert texts[0] == "第 0 次"
    assert texts[-1] == "另有 120 条更早的记录。"
    assert len(texts) == 31

"""The page of the auditor: filter, verify against chain, rows and paper, export."""

from pathlib import Path

import pytest
from office import PASSWORD, enrol_targets, found
from pytestqt.qtbot import QtBot
from tampering import key_of, side_connection

from ssj_desktop.queries.journal import journal_head
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.pages.journal_page import JournalPage


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    clerk, _ = found(tmp_path)
    enrol_targets(clerk, 2)
    return clerk


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> JournalPage:
    made = JournalPage(desk)
    qtbot.addWidget(made)
    made.refresh()
    return made


def test_every_word_of_the_search_must_stand_in_an_entry(page: JournalPage) -> None:
    page.search.setText("张敏 入库 第1物业")
    assert [row.subject for row in page.model.rows] == ["检查对象 云岭县第1物业公司"]
    page.search.setText("没有这个人")
    assert page.head.subtitle.text() == "没有符合条件的记录"


def test_an_intact_journal_and_its_paper_head_agree(
    page: JournalPage, desk: Desk, qtbot: QtBot
) -> None:
    page.paper.setText(desk.ask(journal_head)[:20])
    page.verify()
    qtbot.waitUntil(lambda: page.state.text() == "完好", timeout=20_000)
    assert page.fault.isHidden()


def test_a_foreign_paper_head_is_a_fork(page: JournalPage, qtbot: QtBot) -> None:
    page.paper.setText("0123456789abcdef0123")
    page.verify()
    qtbot.waitUntil(lambda: page.state.text() == "不一致", timeout=20_000)
    assert "与纸面记录" in page.fault.text()


def test_a_row_changed_by_another_tool_is_named(
    page: JournalPage, desk: Desk, qtbot: QtBot
) -> None:
    store = desk.database.path
    with side_connection(store, key_of(store, PASSWORD)) as connection:
        connection.execute("DROP TRIGGER chain_targets_update")
        connection.execute("UPDATE targets SET area = '他处'")
    page.verify()
    qtbot.waitUntil(lambda: page.state.text() == "不一致", timeout=20_000)
    assert "条起断裂" in page.fault.text()


def test_the_journal_is_written_as_text_for_other_tools(
    page: JournalPage, tmp_path: Path, qtbot: QtBot
) -> None:
    page.export(tmp_path / "日志")
    qtbot.waitUntil(lambda: "已导出" in page.head.subtitle.text(), timeout=20_000)
    assert list((tmp_path / "日志").iterdir())

"""历史均衡性 on screen: every dimension, the years since drawn, and what it cannot prove."""

from pathlib import Path

import pytest
from office import Clock, approved_line, enrol_inspectors, enrol_targets, found, freezing
from PySide6.QtWidgets import QLabel

from ssj_desktop.queries.fairness import DIMENSIONS, OFFICER, PAIR, TARGET
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.ui import papers
from ssj_desktop.ui.pages.draws_page import DrawsPage
from ssj_desktop.ui.tasks import wait_for_workers


@pytest.fixture
def page(tmp_path: Path, qtbot):  # type: ignore[no-untyped-def]
    clerk, approver = found(tmp_path, Clock())
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    key = clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver)))
    clerk.do(draw, PerformDraw(key, ("314159", "271828", "161803")))
    made = DrawsPage(clerk)
    qtbot.addWidget(made)
    made.refresh()
    made.show_fairness()
    wait_for_workers()
    yield made
    clerk.close()


def test_every_dimension_shows_counts_against_expectation(page: DrawsPage) -> None:
    view = page.fairness
    assert page.stack.currentWidget() is view
    sums = {}
    for dimension in DIMENSIONS:
        view.dimension.setCurrentText(dimension)
        rows = view.model.rows
        assert rows, dimension
        sums[dimension] = (round(sum(r.expected for r in rows), 6), sum(r.observed for r in rows))
    assert sums[TARGET] == (3.0, 3)
    assert sums["名单位置"] == sums["所在区域"] == sums["行业类别"] == sums[TARGET]
    assert sums[OFFICER] == (6.0, 6)


def test_searching_keeps_the_rows_with_the_word(page: DrawsPage) -> None:
    view = page.fairness
    view.dimension.setCurrentText(TARGET)
    view.search.setText("第7物业")
    assert [row.group for row in view.model.rows] == ["云岭县第7物业公司"]
    assert "1 行" in view.summary.text()


def test_bars_are_drawn_for_groups_and_never_for_single_objects(page: DrawsPage) -> None:
    view = page.fairness
    assert [name for name, _, _ in view.chart.bars] == ["第 1 段", "第 2 段", "第 3 段"]
    for dimension in (PAIR, TARGET):
        view.dimension.setCurrentText(dimension)
        assert view.chart.bars == ()


def test_years_since_drawn_and_the_limits_of_the_figures_stand_beside_the_table(
    page: DrawsPage,
) -> None:
    view = page.fairness
    assert view.years.text() == "本年抽中　3 家\n尚未抽中过　17 家"
    words = "".join(label.text() for label in view.findChildren(QLabel))
    assert "不能证明没有人为干预" in words
    view.dimension.setCurrentText(OFFICER)
    assert view.teams.isVisibleTo(view)


def test_a_new_draw_refreshes_the_view_and_the_way_back_is_the_ledger(page: DrawsPage) -> None:
    page.fairness.model.show(())
    page.refresh()
    wait_for_workers()
    assert page.fairness.model.rows
    assert page.back_button.isVisibleTo(page)
    page.show_ledger()
    assert not page.back_button.isVisibleTo(page)


def test_the_paper_is_short_and_the_workbook_whole(page: DrawsPage, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    shown: list[tuple[str, int]] = []

    class Spy:
        def __init__(self, _parent: object, title: str, pdf: bytes, workbook) -> None:  # type: ignore[no-untyped-def]
            shown.append((title, len(workbook())))
            assert pdf.startswith(b"%PDF")

        def exec(self) -> None:
            shown.append(("closed", 0))

    monkeypatch.setattr(papers, "Preview", Spy)
    page.fairness.show_paper()
    assert shown[0][0] == "抽取历史均衡性分析表"
    assert shown[0][1] > 4000
    assert shown[1] == ("closed", 0)

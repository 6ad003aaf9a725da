"""年度总览: what is due, what is late, what is missing."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from ssj_desktop.queries.overview import DueRow, Overview, Question, year_overview
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.asking import ask_all
from ssj_desktop.ui.charts import PLANNED, MonthChart, RingChart, YearSteps, slice_colour
from ssj_desktop.ui.empty import EmptyState, TableOrEmpty
from ssj_desktop.ui.pages.late_laptops import LateLaptops
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.theme import COLOURS
from ssj_desktop.ui.widgets import Card, Dot, Page, Pill, clear_layout, label

_WEEK = "一二三四五六日"


def build(desk: Desk) -> "HomePage":
    return HomePage(desk)


class QuestionCard(Card):
    """A figure and a pill with words."""

    def __init__(self) -> None:
        super().__init__()
        top = QHBoxLayout()
        self.title, self.pill = label("", "hint"), Pill()
        top.addWidget(self.title, 1)
        top.addWidget(self.pill)
        bottom = QHBoxLayout()
        self.figure, self.detail = label("", "figure"), label("", "hint")
        bottom.addWidget(self.figure)
        bottom.addWidget(self.detail)
        bottom.addStretch(1)
        self.box.addLayout(top)
        self.box.addLayout(bottom)

    def show_question(self, question: Question) -> None:
        self.title.setText(question.title)
        self.figure.setText(question.figure)
        self.detail.setText(question.detail)
        self.pill.show_state(question.state, question.tone)


class HomePage(Page):
    """The year at a glance."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("年度总览")
        self.desk = desk
        self.steps = YearSteps()
        self.box.addWidget(self.steps)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.questions = [QuestionCard() for _ in range(4)]
        for card in self.questions:
            row.addWidget(card)
        self.box.addLayout(row)
        self.late = LateLaptops(desk)
        self.box.addWidget(self.late)
        grid = QGridLayout()
        grid.setSpacing(12)
        panels = ((self._due_card(), 9), (self._month_card(), 7), (self._result_card(), 4))
        for place, (panel, share) in enumerate(panels):
            grid.addWidget(panel, 0, place)
            grid.setColumnStretch(place, share)
        self.box.addLayout(grid, 1)

    def _due_card(self) -> Card:
        columns: list[ColumnSpec[DueRow]] = [
            ColumnSpec("事项", lambda d: d.what, 12, stretch=True),
            ColumnSpec("期限", lambda d: d.day, 6),
            ColumnSpec("还有", lambda d: d.left, 8, tone=lambda d: d.tone),
        ]
        self.due = RowsModel(columns, self)
        card = Card("最近期限")
        table = make_table(self.due, "最近期限")
        self.due_body = TableOrEmpty(table, EmptyState("没有临近的期限。"))
        card.box.addWidget(self.due_body, 1)
        return card

    def _month_card(self) -> Card:
        card = Card()
        head = QHBoxLayout()
        head.addWidget(label("每月检查", "section"))
        head.addStretch(1)
        self.planned, self.done = label("", "hint"), label("", "hint")
        for dot, words in ((PLANNED, self.planned), (COLOURS["accent"], self.done)):
            head.addWidget(Dot(dot))
            head.addWidget(words)
        card.box.addLayout(head)
        self.chart = MonthChart()
        card.box.addWidget(self.chart, 1)
        return card

    def _result_card(self) -> Card:
        card = Card("检查结果")
        self.ring = RingChart()
        card.box.addWidget(self.ring, 1)
        self.legend = QGridLayout()
        self.legend.setColumnStretch(1, 1)
        card.box.addLayout(self.legend)
        return card

    def refresh(self) -> None:
        today = self.desk.today()
        self.head.subtitle.setText(f"今天 {today.isoformat()} 星期{_WEEK[today.weekday()]}")
        self.late.refresh()
        ask = partial(self.desk.ask, year_overview, today)
        ask_all(self, self.desk, ("targets", "draws", "tasks"), ask, self._show_overview)

    def _show_overview(self, overview: Overview) -> None:
        self.steps.show_steps(overview.steps, overview.step)
        for card, question in zip(self.questions, overview.questions, strict=True):
            card.show_question(question)
        self.due.show(overview.due)
        self.due_body.show_rows(len(overview.due))
        self.chart.show_bars(overview.months)
        self.planned.setText(f"计划 {sum(planned for _, planned, _ in overview.months)} 家")
        self.done.setText(f"完成 {sum(done for _, _, done in overview.months)} 家")
        self._show_results(overview.results)

    def _show_results(self, results: tuple[tuple[str, int], ...]) -> None:
        self.ring.show_parts([count for _, count in results])
        clear_layout(self.legend)
        for place, (text, count) in enumerate(results):
            self.legend.addWidget(Dot(slice_colour(place)), place, 0)
            self.legend.addWidget(label(text, "hint", wrap=True), place, 1)
            self.legend.addWidget(label(str(count)), place, 2, Qt.AlignmentFlag.AlignRight)
        if not results:
            self.legend.addWidget(label("还没有复核过的结果。", "hint", wrap=True), 0, 1)

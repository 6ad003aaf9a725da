"""年度总览: what is due, what is late, what is missing."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from ssj_desktop.queries.overview import STEPS, DueRow, Question, year_overview
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.widgets import BarChart, Card, Page, Pill, Stepper, label


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
        self.steps = Stepper(STEPS)
        self.box.addWidget(self.steps)
        row = QHBoxLayout()
        self.questions = [QuestionCard() for _ in range(4)]
        for card in self.questions:
            row.addWidget(card)
        self.box.addLayout(row)
        grid = QGridLayout()
        columns: list[ColumnSpec[DueRow]] = [
            ColumnSpec("事项", lambda d: d.what, 20, stretch=True),
            ColumnSpec("期限", lambda d: d.day, 6),
            ColumnSpec("", lambda d: d.left, 12, tone=lambda d: d.tone),
        ]
        self.due = RowsModel(columns, self)
        due = Card("最近期限")
        due.box.addWidget(make_table(self.due, "最近期限"))
        self.due_empty = label("没有临近的期限。", "hint")
        due.box.addWidget(self.due_empty)
        months = Card("每月检查（浅色为计划任务，深色为已检查家数）")
        self.chart = BarChart()
        months.box.addWidget(self.chart, 1)
        self.results = Card("检查结果")
        self.result_lines = label("", wrap=True)
        self.results.box.addWidget(self.result_lines)
        self.results.box.addStretch(1)
        for place, (panel, share) in enumerate(((due, 5), (months, 4), (self.results, 2))):
            grid.addWidget(panel, 0, place)
            grid.setColumnStretch(place, share)
        self.box.addLayout(grid, 1)

    def refresh(self) -> None:
        overview = self.desk.ask(year_overview, self.desk.today())
        self.head.subtitle.setText(f"今天 {self.desk.today().isoformat()}")
        self.steps.go(overview.step)
        for card, question in zip(self.questions, overview.questions, strict=True):
            card.show_question(question)
        self.due.show(overview.due)
        self.due_empty.setVisible(not overview.due)
        self.chart.show_bars(overview.months)
        lines = [f"{text}　{count}" for text, count in overview.results]
        self.result_lines.setText("\n".join(lines) or "还没有复核过的结果。")

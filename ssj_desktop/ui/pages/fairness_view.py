"""历史均衡性: the office's own draws against expectation, one dimension at a time."""

from functools import partial

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ssj_desktop.domain.fairness import PROVES, PROVES_NOT
from ssj_desktop.queries.fairness import (
    DIMENSIONS,
    OFFICER,
    PAIR,
    TARGET,
    Fairness,
    FairnessRow,
    fairness,
    fairness_paper,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import run_quietly
from ssj_desktop.ui.widgets import BarChart, Card, Pill, button, label

_MOST_BARS = 6
_TEAMS = (
    "人员和搭档的期望按在册人员机会相同估算；席位条件、区域、个人上限和回避会使实际数偏离它，"
    "所以不给出偏差。排位规则见抽取记录表。"
)


class FairnessView(QWidget):
    """A table of counts, the largest groups as bars, and what the figures can and cannot prove."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.found = Fairness(0, (), ())
        columns: list[ColumnSpec[FairnessRow]] = [
            ColumnSpec("分组", lambda r: r.group, 14, stretch=True),
            ColumnSpec("参加次数", lambda r: str(r.chances), 5),
            ColumnSpec("期望", lambda r: f"{r.expected:.2f}", 5),
            ColumnSpec("实际", lambda r: str(r.observed), 3),
            ColumnSpec("偏差（σ）", lambda r: r.deviation, 5, tone=_tone),
            ColumnSpec("说明", lambda r: r.note, 9),
        ]
        self.model = RowsModel(columns, self)
        self.dimension = QComboBox()
        self.dimension.setAccessibleName("按什么统计")
        self.dimension.addItems(DIMENSIONS)
        self.search = QLineEdit()
        self.search.setAccessibleName("查找分组")
        self.search.setPlaceholderText("查找名称")
        self.search.setClearButtonEnabled(True)
        self.pill, self.summary = Pill(), label("", "hint")
        self.chart, self.years = BarChart(), label("", "", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._table_card(), 2)
        row.addLayout(self._side(), 1)
        self.dimension.currentTextChanged.connect(self.show_dimension)
        self.search.textChanged.connect(self.show_dimension)

    def _table_card(self) -> Card:
        card = Card("期望与实际")
        bar = QHBoxLayout()
        bar.addWidget(self.dimension)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.pill)
        card.box.addLayout(bar)
        card.box.addWidget(make_table(self.model, "抽取历史均衡性"), 1)
        foot = QHBoxLayout()
        foot.addWidget(self.summary, 1)
        foot.addWidget(button("预览、打印与导出", self.show_paper, "primary"))
        card.box.addLayout(foot)
        return card

    def _side(self) -> QVBoxLayout:
        self.bars = Card("期望（浅）与实际（深）")
        self.bars.box.addWidget(self.chart, 1)
        years = Card("距上次抽中")
        years.box.addWidget(self.years)
        words = Card("这张表能说明什么")
        words.box.addWidget(label(PROVES, "hint", wrap=True))
        words.box.addWidget(label(PROVES_NOT, "notice", wrap=True))
        self.teams = label(_TEAMS, "hint", wrap=True)
        words.box.addWidget(self.teams)
        side = QVBoxLayout()
        side.addWidget(self.bars, 1)
        side.addWidget(years)
        side.addWidget(words)
        side.addStretch(0)
        return side

    def refresh(self) -> None:
        """Every draw is read whole: away from the window's thread."""
        self.summary.setText("正在统计……")
        run_quietly(self, partial(self.desk.ask, fairness, self.desk.today().year), self._show)

    def _show(self, found: Fairness) -> None:
        self.found = found
        notable = self.found.notable
        text = f"{notable} 处偏差较大" if notable else "没有需要核对的"
        self.pill.show_state(
            text if self.found.draws else "还没有抽取", "warn" if notable else "ok"
        )
        self.years.setText(
            "\n".join(f"{note}　{count} 家" for note, count in self.found.since) or "—"
        )
        self.show_dimension()

    def show_dimension(self, *_: object) -> None:
        """The rows of the chosen dimension whose group has the searched word."""
        dimension, word = self.dimension.currentText(), self.search.text().strip()
        rows = self.found.of(dimension)
        shown = [row for row in rows if word in row.group]
        self.model.show(shown)
        self.summary.setText(f"共 {self.found.draws} 次抽取；{len(shown)} 行")
        largest = sorted(rows, key=lambda row: -row.chances)[:_MOST_BARS]
        bars = [] if dimension in (PAIR, TARGET) else largest
        self.chart.show_bars([(row.short, row.expected, row.observed) for row in bars])
        self.bars.setVisible(bool(bars))
        self.teams.setVisible(dimension in (OFFICER, PAIR))

    def show_paper(self) -> None:
        year = self.desk.today().year
        ask = partial(self.desk.ask, fairness_paper, year)
        show_paper(
            self, self.desk, ask, whole=partial(self.desk.ask, fairness_paper, year, whole=True)
        )


def _tone(row: FairnessRow) -> str:
    return "bad" if row.is_notable else ""

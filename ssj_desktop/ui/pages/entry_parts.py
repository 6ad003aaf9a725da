"""The two parts of an item that open on demand: what was found, and what else was the case."""

from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QWidget,
)

from ssj_desktop.domain.result_rules import PROBLEMS
from ssj_desktop.domain.vocabulary import FollowUp, ResultCode
from ssj_desktop.queries.calendar import DueAdvice
from ssj_desktop.ui.widgets import Card, label

CLEAN = ResultCode.NO_PROBLEM_FOUND
OTHERS = tuple(code for code in ResultCode if code not in PROBLEMS and code is not CLEAN)


def to_qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


class FindingCard(Card):
    """What is wrong, what follows, and until when."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("finding")
        self.finding = QLineEdit()
        self.finding.setPlaceholderText("写明时间、地点、违反的要求")
        self.finding.setAccessibleName("发现的问题")
        self.corrected = QCheckBox("当场已改正")
        self.follow = QComboBox()
        self.follow.setAccessibleName("后续处理")
        self.follow.addItems([term.label for term in FollowUp])
        self.follow.setCurrentText(FollowUp.ORDER_TO_CORRECT.label)
        self.due = QDateEdit()
        self.due.setAccessibleName("改正期限")
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.due.setCalendarPopup(True)
        self.advice = label("", "hint")
        self._lay_out()
        for signal in (
            self.finding.textChanged, self.follow.currentIndexChanged,
            self.due.dateChanged, self.corrected.toggled,
        ):  # fmt: skip
            signal.connect(lambda *_: self.changed.emit())

    def _lay_out(self) -> None:
        grid, below = QGridLayout(), QHBoxLayout()
        for widget in (self.follow, label("改正期限", "hint"), self.due, self.advice):
            below.addWidget(widget)
        below.addStretch(1)
        below.addWidget(self.corrected)
        grid.addWidget(label("问题", "hint"), 0, 0)
        grid.addWidget(self.finding, 0, 1)
        grid.addWidget(label("处理", "hint"), 1, 0)
        grid.addLayout(below, 1, 1)
        self.box.addLayout(grid)

    def advise(self, due: DueAdvice, *, is_chosen: bool) -> None:
        """The usual due date after the visit; one that was chosen already stays."""
        if not is_chosen:
            with QSignalBlocker(self.due):
                self.due.setDate(to_qdate(due.day))
        self.advice.setText(due.words)

    def due_day(self) -> date:
        day = self.due.date()
        return date(day.year(), day.month(), day.day())


class OthersCard(QWidget):
    """无法联系, 不再经营, 注销, 迁出 …: several may be ticked."""

    ticked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(self.fontMetrics().height() * 2, 0, 0, 4)
        self.boxes = {code: QCheckBox(code.label) for code in OTHERS}
        for place, (code, box) in enumerate(self.boxes.items()):
            box.clicked.connect(lambda _checked, code=code: self.ticked.emit(code))
            grid.addWidget(box, place // 2, place % 2)

    def chosen(self) -> list[ResultCode]:
        return [code for code, box in self.boxes.items() if box.isChecked()]

    def choose(self, codes: set[ResultCode]) -> None:
        for code, box in self.boxes.items():
            box.setChecked(code in codes)

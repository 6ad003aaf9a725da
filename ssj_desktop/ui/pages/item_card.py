"""One item of a visit: three keys for the usual answers, a finding card where something is wrong."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from ssj_desktop.domain.result_rules import PROBLEMS, Entry
from ssj_desktop.domain.vocabulary import FollowUp, ResultCode
from ssj_desktop.queries.inspections import ItemEntry
from ssj_desktop.ui.widgets import Card, label

CLEAN = ResultCode.NO_PROBLEM_FOUND
OTHERS = tuple(code for code in ResultCode if code not in PROBLEMS and code is not CLEAN)
KEYS = {Qt.Key.Key_1: "clean", Qt.Key.Key_2: "problem", Qt.Key.Key_3: "other"}


def _choice(text: str, tone: str, act: Callable[[], object]) -> QPushButton:
    made = QPushButton(text)
    made.setCheckable(True)
    made.setProperty("answer", tone)
    made.clicked.connect(lambda _checked: act())
    return made


class ItemCard(Card):
    """Keys 1, 2, 3 act only while the card itself has the focus."""

    def __init__(self, item: ItemEntry, due: date, *, editable: bool) -> None:
        super().__init__()
        self.item = item
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{item.item} 检查结果")
        self.clean = _choice("未发现问题", "ok", self._on_clean)
        self.problem = _choice("发现问题", "bad", self._on_problem)
        self.other = _choice("其他情形", "neutral", self._on_other)
        row = QHBoxLayout()
        row.addWidget(label(f"{item.name}（{item.item}）", wrap=True), 1)
        for choice in (self.clean, self.problem, self.other):
            row.addWidget(choice)
        self.box.addLayout(row)
        self.box.addWidget(self._finding_card(due))
        self.box.addWidget(self._others_card())
        self._fill(item.entry)
        self.setEnabled(editable)
        self._show()

    def _finding_card(self, due: date) -> QWidget:
        self.finding = QLineEdit()
        self.finding.setPlaceholderText("写明时间、地点、违反的要求")
        self.corrected = QCheckBox("当场责令已改正")
        self.follow = QComboBox()
        self.follow.addItems([term.label for term in FollowUp])
        self.follow.setCurrentText(FollowUp.ORDER_TO_CORRECT.label)
        self.due = QDateEdit(QDate(due.year, due.month, due.day))
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.finding_card = Card()
        self.finding_card.setProperty("tone", "bad")
        top, below = QHBoxLayout(), QHBoxLayout()
        top.addWidget(label("问题", "hint"))
        top.addWidget(self.finding, 1)
        for widget in (
            label("处理", "hint"),
            self.follow,
            label("改正期限", "hint"),
            self.due,
            self.corrected,
        ):
            below.addWidget(widget)
        below.addStretch(1)
        self.finding_card.box.addLayout(top)
        self.finding_card.box.addLayout(below)
        return self.finding_card

    def _others_card(self) -> QWidget:
        self.others_card = Card()
        grid = QGridLayout()
        self.others = {code: QCheckBox(code.label) for code in OTHERS}
        for place, (code, box) in enumerate(self.others.items()):
            box.toggled.connect(self._on_ticked)
            wide = len(code.label) > 14
            grid.addWidget(box, place // 2, place % 2, 1, 2 if wide and place % 2 == 0 else 1)
        self.others_card.box.addLayout(grid)
        return self.others_card

    def _fill(self, entry: Entry | None) -> None:
        if entry is None:
            return
        codes = set(entry.codes)
        self.clean.setChecked(CLEAN in codes)
        self.problem.setChecked(bool(codes & PROBLEMS))
        self.other.setChecked(bool(codes & set(OTHERS)))
        self.corrected.setChecked(ResultCode.PROBLEM_CORRECTED in codes)
        for code, box in self.others.items():
            box.setChecked(code in codes)
        self.finding.setText(entry.finding)
        self.follow.setCurrentText(entry.follow_up.label)
        if entry.rectify_by:
            day = entry.rectify_by
            self.due.setDate(QDate(day.year, day.month, day.day))

    def _on_clean(self) -> None:
        if self.clean.isChecked():
            self.problem.setChecked(False)
            self.other.setChecked(False)
        self._show()

    def _on_problem(self) -> None:
        if self.problem.isChecked():
            self.clean.setChecked(False)
        self._show()
        self.finding.setFocus()

    def _on_other(self) -> None:
        if self.other.isChecked():
            self.clean.setChecked(False)
        self._show()

    def _on_ticked(self, ticked: bool) -> None:
        if ticked:
            self.other.setChecked(True)
            self.clean.setChecked(False)

    def _show(self) -> None:
        self.finding_card.setVisible(self.problem.isChecked())
        self.others_card.setVisible(self.other.isChecked())

    def answer(self, name: str) -> None:
        """Press one of the three: clean, problem, other."""
        {"clean": self.clean, "problem": self.problem, "other": self.other}[name].click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEYS:
            self.answer(KEYS[key])
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(key is Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def codes(self) -> tuple[ResultCode, ...]:
        """Everything chosen; empty when nothing is."""
        chosen = [CLEAN] if self.clean.isChecked() else []
        if self.problem.isChecked():
            done = self.corrected.isChecked()
            chosen.append(ResultCode.PROBLEM_CORRECTED if done else ResultCode.PROBLEM_PENDING)
        if self.other.isChecked():
            chosen += [code for code, box in self.others.items() if box.isChecked()]
        return tuple(chosen)

    def entry(self) -> Entry | None:
        """What was entered, None when nothing was chosen."""
        codes = self.codes()
        if not codes or not self.problem.isChecked():
            return Entry(self.item.item, codes) if codes else None
        follow = FollowUp.of(self.follow.currentText())
        due = self.due.date()
        is_ordered = follow is FollowUp.ORDER_TO_CORRECT
        rectify = date(due.year(), due.month(), due.day()) if is_ordered else None
        return Entry(self.item.item, codes, self.finding.text(), follow, rectify)

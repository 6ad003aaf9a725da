"""One item of a visit: three keys for the usual answers, a finding card where something is wrong."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.result_rules import PROBLEMS, Entry, excludes
from ssj_desktop.domain.vocabulary import FollowUp, ResultCode
from ssj_desktop.queries.calendar import DueAdvice
from ssj_desktop.queries.inspections import ItemEntry
from ssj_desktop.ui.widgets import Card, label, plain_tip

CLEAN = ResultCode.NO_PROBLEM_FOUND
OTHERS = tuple(code for code in ResultCode if code not in PROBLEMS and code is not CLEAN)
KEYS = {Qt.Key.Key_1: "clean", Qt.Key.Key_2: "problem", Qt.Key.Key_3: "other"}


def _choice(text: str, tone: str, act: Callable[[], object]) -> QPushButton:
    made = QPushButton(text)
    made.setCheckable(True)
    made.setProperty("answer", tone)
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    made.clicked.connect(lambda _checked: act())
    return made


def to_qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


class ItemCard(QFrame):
    """Keys 1, 2, 3 act only while the row itself has the focus."""

    changed = Signal()
    left = Signal(int)
    """The neighbour to go to: 1 the next row, -1 the one before."""

    def __init__(self, place: int, item: ItemEntry, due: DueAdvice, *, editable: bool) -> None:
        super().__init__()
        self.item = item
        self.setObjectName("item")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{item.item} 检查结果")
        self.clean = _choice("未发现问题", "ok", self._on_clean)
        self.problem = _choice("发现问题", "bad", self._on_problem)
        self.other = _choice("其他", "neutral", self._on_other)
        self.other.setToolTip("无法联系、不再经营、注销、迁出等其他情形，可多选")
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(12, 6, 12, 6)
        row = QHBoxLayout()
        number = label(str(place), "hint")
        number.setMinimumWidth(self.fontMetrics().height())
        row.addWidget(number)
        row.addWidget(label(item.name, wrap=True), 1)
        self.setToolTip(plain_tip(item.item))
        for choice in (self.clean, self.problem, self.other):
            row.addWidget(choice)
        self.box.addLayout(row)
        self.box.addWidget(self._finding_card())
        self.box.addWidget(self._others_card())
        self.advise(due)
        self._fill(item.entry)
        self.setEnabled(editable)
        self._show()

    def _finding_card(self) -> QWidget:
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
        self.finding_card = Card()
        self.finding_card.setObjectName("finding")
        grid = QGridLayout()
        below = QHBoxLayout()
        for widget in (self.follow, label("改正期限", "hint"), self.due, self.advice):
            below.addWidget(widget)
        below.addStretch(1)
        below.addWidget(self.corrected)
        grid.addWidget(label("问题", "hint"), 0, 0)
        grid.addWidget(self.finding, 0, 1)
        grid.addWidget(label("处理", "hint"), 1, 0)
        grid.addLayout(below, 1, 1)
        self.finding_card.box.addLayout(grid)
        self.finding.textChanged.connect(self._tell)
        self.follow.currentIndexChanged.connect(self._tell)
        self.due.dateChanged.connect(self._tell)
        self.corrected.toggled.connect(self._tell)
        return self.finding_card

    def _others_card(self) -> QWidget:
        self.others_card = QWidget()
        grid = QGridLayout(self.others_card)
        grid.setContentsMargins(self.fontMetrics().height() * 2, 0, 0, 4)
        self.others = {code: QCheckBox(code.label) for code in OTHERS}
        for place, (code, box) in enumerate(self.others.items()):
            box.clicked.connect(lambda _checked, code=code: self._on_ticked(code))
            grid.addWidget(box, place // 2, place % 2)
        return self.others_card

    def advise(self, due: DueAdvice) -> None:
        """The usual due date after the visit; one that was chosen already stays."""
        if self.item.entry is None or self.item.entry.rectify_by is None:
            self.due.blockSignals(True)
            self.due.setDate(to_qdate(due.day))
            self.due.blockSignals(False)
        self.advice.setText(due.words)

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
            self.due.setDate(to_qdate(entry.rectify_by))

    def _on_clean(self) -> None:
        if self.clean.isChecked():
            self.problem.setChecked(False)
            self._clear_others()
        self._answered()

    def _on_problem(self) -> None:
        if self.problem.isChecked():
            self.clean.setChecked(False)
            for code in OTHERS:
                if excludes(code, ResultCode.PROBLEM_PENDING):
                    self.others[code].setChecked(False)
        self._answered()
        if self.problem.isChecked():
            self.finding.setFocus()

    def _on_other(self) -> None:
        if self.other.isChecked():
            self.clean.setChecked(False)
        else:
            self._clear_others()
        self._answered()

    def _clear_others(self) -> None:
        self.other.setChecked(False)
        for box in self.others.values():
            box.setChecked(False)

    def _on_ticked(self, code: ResultCode) -> None:
        """What cannot stand beside it goes."""
        if self.others[code].isChecked():
            for other, box in self.others.items():
                if excludes(code, other):
                    box.setChecked(False)
            if excludes(code, ResultCode.PROBLEM_PENDING):
                self.problem.setChecked(False)
            self.other.setChecked(True)
            self.clean.setChecked(False)
        self._answered()

    def _answered(self) -> None:
        self._show()
        self._tell()

    def _tell(self, *_: object) -> None:
        self.changed.emit()

    def _show(self) -> None:
        self.finding_card.setVisible(self.problem.isChecked())
        self.others_card.setVisible(self.other.isChecked())

    def answer(self, name: str) -> None:
        """Press one of the three: clean, problem, other."""
        {"clean": self.clean, "problem": self.problem, "other": self.other}[name].click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self.hasFocus():
            super().keyPressEvent(event)
        elif key in KEYS:
            self.answer(KEYS[key])
            if key is Qt.Key.Key_1:
                self.left.emit(1)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.left.emit(1 if key is Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark(current=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark(current=False)

    def _mark(self, *, current: bool) -> None:
        self.setProperty("current", current)
        self.style().unpolish(self)
        self.style().polish(self)

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

    def draft(self) -> dict[str, Any]:
        """What is on the screen, finished or not."""
        entry = self.entry()
        day = entry.rectify_by if entry else None
        return {
            "codes": [code.value for code in self.codes()],
            "finding": self.finding.text(),
            "follow_up": self.follow.currentText(),
            "rectify_by": day.isoformat() if day else "",
        }

    def restore(self, draft: Mapping[str, Any]) -> None:
        """Put a kept draft back on the screen."""
        codes = tuple(ResultCode.of(code) for code in draft["codes"])
        day = date.fromisoformat(draft["rectify_by"]) if draft["rectify_by"] else None
        follow = FollowUp.of(draft["follow_up"])
        self._fill(Entry(self.item.item, codes, draft["finding"], follow, day))
        self._show()

"""One item of a visit: three keys for the usual answers, a finding card where something is wrong."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ssj_desktop.domain.result_rules import PROBLEMS, Entry, excludes
from ssj_desktop.domain.vocabulary import FollowUp, ResultCode
from ssj_desktop.queries.calendar import DueAdvice
from ssj_desktop.queries.inspections import ItemEntry
from ssj_desktop.ui.pages.entry_parts import CLEAN, OTHERS, FindingCard, OthersCard, to_qdate
from ssj_desktop.ui.widgets import label, plain_tip

KEYS = {Qt.Key.Key_1: "clean", Qt.Key.Key_2: "problem", Qt.Key.Key_3: "other"}


def _choice(text: str, tone: str, act: Callable[[], object]) -> QPushButton:
    made = QPushButton(text)
    made.setCheckable(True)
    made.setProperty("answer", tone)
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    made.clicked.connect(lambda _checked: act())
    return made


def _tab_through(*widgets: QWidget) -> None:
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)


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
        self._due = due
        self._fill(item.entry)
        self.setEnabled(editable)
        self._show()

    @cached_property
    def finding_card(self) -> FindingCard:
        """Made when first needed, as most items are clean and a visit has many."""
        made = FindingCard()
        made.advise(self._due, is_chosen=False)
        made.changed.connect(self._tell)
        self.box.insertWidget(1, made)
        _tab_through(self, made.finding, made.follow, made.due, made.corrected)
        return made

    @cached_property
    def others_card(self) -> OthersCard:
        made = OthersCard()
        made.ticked.connect(self._on_ticked)
        self.box.addWidget(made)
        before = self.finding_card.corrected if self._has("finding_card") else self
        _tab_through(before, *made.boxes.values())
        return made

    def _has(self, part: str) -> bool:
        return part in self.__dict__

    def advise(self, due: DueAdvice) -> None:
        self._due = due
        if self._has("finding_card"):
            entry = self.item.entry
            is_chosen = entry is not None and entry.rectify_by is not None
            self.finding_card.advise(due, is_chosen=is_chosen)

    def _fill(self, entry: Entry | None) -> None:
        if entry is None:
            return
        codes = set(entry.codes)
        self.clean.setChecked(CLEAN in codes)
        self.problem.setChecked(bool(codes & PROBLEMS))
        self.other.setChecked(bool(codes & set(OTHERS)))
        if codes & set(OTHERS) or self._has("others_card"):
            self.others_card.choose(codes)
        if entry.finding or codes & PROBLEMS or self._has("finding_card"):
            self._fill_finding(entry)

    def _fill_finding(self, entry: Entry) -> None:
        card = self.finding_card
        card.corrected.setChecked(ResultCode.PROBLEM_CORRECTED in entry.codes)
        card.finding.setText(entry.finding)
        card.follow.setCurrentText(entry.follow_up.label)
        if entry.rectify_by:
            card.due.setDate(to_qdate(entry.rectify_by))

    def _on_clean(self) -> None:
        if self.clean.isChecked():
            self.problem.setChecked(False)
            self._clear_others()
        self._answered()

    def _on_problem(self) -> None:
        if self.problem.isChecked():
            self.clean.setChecked(False)
            self._untick(lambda code: excludes(code, ResultCode.PROBLEM_PENDING))
        self._answered()
        if self.problem.isChecked():
            self.finding_card.finding.setFocus()

    def _on_other(self) -> None:
        if self.other.isChecked():
            self.clean.setChecked(False)
        else:
            self._clear_others()
        self._answered()

    def _clear_others(self) -> None:
        self.other.setChecked(False)
        self._untick(lambda _code: True)

    def _untick(self, goes: Callable[[ResultCode], bool]) -> None:
        if self._has("others_card"):
            self.others_card.choose({c for c in self.others_card.chosen() if not goes(c)})

    def _on_ticked(self, code: ResultCode) -> None:
        """What cannot stand beside it goes."""
        if code in self.others_card.chosen():
            self._untick(lambda other: excludes(code, other))
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
        """A part is made when it is wanted, and hidden when it no longer is."""
        for part, choice in (("finding_card", self.problem), ("others_card", self.other)):
            if choice.isChecked() or self._has(part):
                getattr(self, part).setVisible(choice.isChecked())

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
            done = self.finding_card.corrected.isChecked()
            chosen.append(ResultCode.PROBLEM_CORRECTED if done else ResultCode.PROBLEM_PENDING)
        if self.other.isChecked():
            chosen += self.others_card.chosen()
        return tuple(chosen)

    def entry(self) -> Entry | None:
        """What was entered, None when nothing was chosen."""
        codes = self.codes()
        if not codes or not self.problem.isChecked():
            return Entry(self.item.item, codes) if codes else None
        card = self.finding_card
        follow = FollowUp.of(card.follow.currentText())
        rectify = card.due_day() if follow is FollowUp.ORDER_TO_CORRECT else None
        return Entry(self.item.item, codes, card.finding.text(), follow, rectify)

    def draft(self) -> dict[str, Any]:
        """What is on the screen, finished or not."""
        entry = self.entry()
        day = entry.rectify_by if entry else None
        card = self.finding_card if self._has("finding_card") else None
        follow = card.follow.currentText() if card else FollowUp.ORDER_TO_CORRECT.label
        return {
            "codes": [code.value for code in self.codes()],
            "finding": card.finding.text() if card else "",
            "follow_up": follow,
            "rectify_by": day.isoformat() if day else "",
        }

    def restore(self, draft: Mapping[str, Any]) -> None:
        """Put a kept draft back on the screen."""
        codes = tuple(ResultCode.of(code) for code in draft["codes"])
        day = date.fromisoformat(draft["rectify_by"]) if draft["rectify_by"] else None
        follow = FollowUp.of(draft["follow_up"])
        self._fill(Entry(self.item.item, codes, draft["finding"], follow, day))
        self._show()

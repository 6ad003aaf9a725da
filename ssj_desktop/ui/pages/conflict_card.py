"""One conflict: base, here, there; take this, take that, type new; reason (look/sync_conflicts)."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.queries.conflicts import ConflictCard, DisputedField, Side
from ssj_desktop.services.conflicts import SettleConflict
from ssj_desktop.ui.widgets import Card, button, label


class ValueCell(QFrame):
    """A value with who entered it; chosen cells say 已采用."""

    def __init__(self, text: str, who: str, take: Callable[[], object] | None) -> None:
        super().__init__()
        self.setObjectName("value")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 10, 6)
        words = QVBoxLayout()
        words.setSpacing(0)
        value = label(text, "value_text", wrap=True)
        words.addWidget(value)
        words.addWidget(label(who, "hint"))
        row.addLayout(words, 1)
        self.take: QPushButton | None = None
        if take is not None:
            self.take = button("采用", take)
            self.take.setAccessibleName(f"采用 {text}")
            row.addWidget(self.take)
        else:
            self.setProperty("base", True)

    def show_chosen(self, is_chosen: bool) -> None:
        self.setProperty("chosen", is_chosen)
        if self.take is not None:
            self.take.setText("已采用" if is_chosen else "采用")
        self.style().unpolish(self)
        self.style().polish(self)


class ConflictEditor(Card):
    """Collects a decision; the primary button waits for every field and the reason."""

    def __init__(
        self, settle: Callable[[SettleConflict], object], step: Callable[[int], object]
    ) -> None:
        super().__init__()
        self._settle, self._step = settle, step
        self.card: ConflictCard | None = None
        self.tab_after: QWidget | None = None
        """Where Tab comes from, on the page around the editor."""
        self.chosen: dict[str, str] = {}
        self.typed: dict[str, str] = {}
        self._cells: dict[tuple[str, str], ValueCell] = {}
        self.title = label("", "section")
        self.place = label("", "hint")
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.place)
        self.box.addLayout(head)
        self.grid = QGridLayout()
        self.grid.setColumnStretch(1, 1)
        self.grid.setColumnStretch(2, 1)
        self.grid.setColumnStretch(3, 1)
        inner = QWidget()
        inner.setLayout(self.grid)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self.box.addWidget(area, 1)
        self.box.addLayout(self._batch())
        self.box.addLayout(self._reason())
        self.box.addLayout(self._foot())

    def _batch(self) -> QHBoxLayout:
        self.agreed = label("", "hint")
        self.own_button = button("全部采用本机", partial(self.choose_all, True))
        self.other_button = button("全部采用对方", partial(self.choose_all, False))
        self.new_button = button("另填…", self.type_new)
        row = QHBoxLayout()
        row.addWidget(self.agreed, 1)
        for widget in (self.own_button, self.other_button, self.new_button):
            row.addWidget(widget)
        return row

    def _reason(self) -> QVBoxLayout:
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("例如：以 9 月 12 日现场核实为准")
        self.reason.setAccessibleName("理由")
        self.reason.textChanged.connect(self._check)
        self.reason.returnPressed.connect(self.confirm)
        row = QHBoxLayout()
        word = label("理由(&R)")
        word.setBuddy(self.reason)
        word.setText("理由")
        row.addWidget(word)
        row.addWidget(self.reason, 1)
        box = QVBoxLayout()
        box.addLayout(row)
        box.addWidget(label("理由写入变更历史，各台电脑都能看到", "hint"))
        return box

    def _foot(self) -> QHBoxLayout:
        self.missing = label("", "hint")
        self.go = button("确认并到下一条", self.confirm, "primary")
        row = QHBoxLayout()
        self._steps = (
            button("上一条", partial(self._step, -1)),
            button("稍后处理", partial(self._step, 1)),
        )
        for each in self._steps:
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(self.missing)
        row.addWidget(self.go)
        return row

    def show_card(self, card: ConflictCard | None, place: str = "") -> None:
        """Another conflict: nothing of the last one stays."""
        self.card, self.chosen, self.typed, self._cells = card, {}, {}, {}
        self.reason.clear()
        self._empty_grid()
        self.title.setText(card.title if card else "没有待处理的冲突")
        self.place.setText(place)
        if card is not None:
            self._show_heads(card)
            for row, field in enumerate(card.fields, start=1):
                self._show_field(row, field)
            self.grid.setRowStretch(len(card.fields) + 1, 1)
            self.agreed.setText(f"{card.about}　其他 {card.agreed} 项两边一致")
            self._order_tabs()
        for widget in (self.own_button, self.other_button, self.new_button, self.reason):
            widget.setEnabled(card is not None)
        if card is None:
            self.agreed.setText("两台电脑改了同一处，才会出现在这里。")
        self._check()

    def _order_tabs(self) -> None:
        """Values come before the batch buttons although they were made after them."""
        takes = [cell.take for cell in self._cells.values() if cell.take is not None]
        front = [self.tab_after] if self.tab_after is not None else []
        buttons = (self.own_button, self.other_button, self.new_button, self.reason, *self._steps)
        chain: list[QWidget] = [*front, *takes, *buttons, self.go]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _empty_grid(self) -> None:
        while self.grid.count():
            item = self.grid.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row in range(self.grid.rowCount()):
            self.grid.setRowStretch(row, 0)

    def _show_heads(self, card: ConflictCard) -> None:
        self.grid.addWidget(label("原值", "column_head"), 0, 1)
        for column, side in enumerate(card.fields[0].sides, start=2):
            whose = "本机" if side.is_own else "对方"
            self.grid.addWidget(label(f"{whose}（{side.device_name}）", "column_head"), 0, column)
            self.grid.setColumnStretch(column, 1)

    def _show_field(self, row: int, field: DisputedField) -> None:
        name = label(field.label)
        if field.affects_draw:
            name.setText(f"{field.label}\n影响抽取")
            name.setObjectName("soft")
        self.grid.addWidget(name, row, 0)
        self.grid.addWidget(ValueCell(field.base, "上次同步", None), row, 1)
        for column, side in enumerate(field.sides, start=2):
            take = None if field.is_alarm else partial(self.choose, field.name, side)
            cell = ValueCell(side.text, side.who, take)
            self._cells[field.name, side.operation] = cell
            self.grid.addWidget(cell, row, column)

    def choose(self, name: str, side: Side) -> None:
        self.typed.pop(name, None)
        self.chosen[name] = side.operation
        self._mark()

    def choose_all(self, own: bool) -> None:
        for field in self.card.fields if self.card else ():
            for side in field.sides:
                if side.is_own is own and not field.is_alarm:
                    self.typed.pop(field.name, None)
                    self.chosen[field.name] = side.operation
        self._mark()

    def type_new(self) -> None:
        """Another value for one field, judged like in the form."""
        fields = [f for f in self.card.fields if not f.is_deletion] if self.card else []
        if not fields:
            return
        labels, chosen = [field.label for field in fields], fields[0].label
        if len(fields) > 1:
            chosen, ok = QInputDialog.getItem(self, "另填", "哪一项", labels, 0, False)
            if not ok:
                return
        text, ok = QInputDialog.getText(self, "另填", chosen)
        if ok:
            self.set_typed(fields[labels.index(chosen)].name, text)

    def set_typed(self, name: str, text: str) -> None:
        self.chosen.pop(name, None)
        self.typed[name] = text
        self._mark()

    def _mark(self) -> None:
        for (name, operation), cell in self._cells.items():
            cell.show_chosen(self.chosen.get(name) == operation)
        self._check()

    def _check(self) -> None:
        fields = self.card.fields if self.card else ()
        missing = [
            f.label for f in fields if f.name not in self.chosen and f.name not in self.typed
        ]
        if not self.reason.text().strip():
            missing.append("理由")
        typed = "、".join(
            f"{f.label}另填“{self.typed[f.name]}”" for f in fields if f.name in self.typed
        )
        gaps = f"还差{'和'.join(missing)}" if missing and self.card else ""
        self.missing.setText("　".join(part for part in (typed, gaps) if part))
        self.go.setEnabled(self.card is not None and not missing)

    def confirm(self) -> None:
        if self.card is not None and self.go.isEnabled():
            self._settle(
                SettleConflict(
                    self.card.table, self.card.key, self.reason.text(), dict(self.chosen),
                    dict(self.typed),
                )
            )  # fmt: skip

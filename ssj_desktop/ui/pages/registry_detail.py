"""The card beside a registry: what is known of one row, its inspections, its history."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.fields import Field, Registry
from ssj_desktop.domain.masking import masked
from ssj_desktop.queries.inspections import TaskRow, list_visits
from ssj_desktop.queries.registries import list_changes, shown
from ssj_desktop.queries.registry_pages import ListedRow
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.unmasking import Unmask, unmask
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.pages.reason_dialog import ReasonDialog
from ssj_desktop.ui.pages.registry_columns import PILLS, pill_tone
from ssj_desktop.ui.widgets import Card, Pill, button, label

FACTS, VISITS, HISTORY = range(3)
_REST_MS = 30
_MOST_SHOWN = 30
"""Changes or visits of one row; an officer collects hundreds of visits over the years."""


class DetailCard(Card):
    """Masked where a field is private; nothing here can be typed."""

    def __init__(
        self, desk: Desk, registry: Registry, edit: Callable[[], object], retire: Callable[[], object]
    ) -> None:  # fmt: skip
        super().__init__()
        self.desk, self.registry = desk, registry
        self.row: ListedRow | None = None
        self.title = label("", "section", wrap=True)
        self.pills = {name: Pill() for name in sorted(PILLS, reverse=True)}
        row = QHBoxLayout()
        for pill in self.pills.values():
            row.addWidget(pill)
        row.addStretch(1)
        self.box.addWidget(self.title)
        self.box.addLayout(row)
        self.tabs = QTabWidget()
        self.box.addWidget(self.tabs, 1)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._fill_rest)
        for text in ("基本信息", "抽查记录", "变更历史"):
            area = QScrollArea()
            area.setWidgetResizable(True)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.tabs.addTab(area, text)
        self.has_visits = registry.kind in ("targets", "inspectors")
        self.tabs.setTabVisible(VISITS, self.has_visits)
        self.facts = [(text, label(wrap=True)) for text in self._titles()]
        self._fill(FACTS, _pairs(self.facts))
        self.edit_button = button("编辑 (F2)", edit)
        self.retire_button = button("移出名录库…", retire, "danger")
        self.retire_button.setVisible(any(field.name == "status" for field in registry.fields))
        self.revealed: dict[str, Mapping[str, str]] = {}
        self.reveal_button = button("显示完整号码…", self.ask_reason, "link")
        self.box.addWidget(self.reveal_button)
        foot = QHBoxLayout()
        foot.addWidget(self.retire_button)
        foot.addStretch(1)
        foot.addWidget(self.edit_button)
        self.box.addLayout(foot)

    def texts_of(self, row: ListedRow) -> Mapping[str, str]:
        """What may be shown of a row: masked, or whole after a reason was given."""
        known = self.revealed.get(row.id)
        return known or masked(self.registry, shown(self.registry, row.values))

    def ask_reason(self) -> None:
        intro = "查看联系电话、证件号码要写明理由，记入操作日志。"
        dialog = ReasonDialog(self, self.desk, "显示完整号码", intro)
        if dialog.exec():
            self.reveal(dialog.text())

    def reveal(self, reason: str) -> None:
        """The numbers of the current row, until another row or page is looked at."""
        row = self.row
        if row is not None:
            command = Unmask(self.registry.kind, row.id, reason)
            attempt(self, lambda: self.revealed.update({row.id: self.desk.do(unmask, command)}))
            self.show_row(row)

    def show_row(self, row: ListedRow | None) -> None:
        if row is None or row.id not in self.revealed:
            self.revealed.clear()
        self.row = row
        hidden = row is not None and self.texts_of(row) != shown(self.registry, row.values)
        self.reveal_button.setVisible(hidden and self.desk.why_not(unmask) is None)
        self.title.setText(row.name if row else f"没有选中{self.registry.noun}")
        for name, pill in self.pills.items():
            fields = [field for field in self.registry.fields if field.name == name]
            text = fields[0].show(row.values[name]) if row and fields else ""
            pill.show_state(
                _pill_text(fields[0], text) if text else "", pill_tone(text) or "neutral"
            )
        for made in (self.edit_button, self.retire_button):
            made.setEnabled(row is not None)
        for (_, place), text in zip(self.facts, self._facts(row), strict=True):
            place.setText(text)
        self._rest.start()

    def _fill_rest(self) -> None:
        """What has to be looked up: after the row is in view, and once when rows are run through."""
        row = self.row
        self._fill(HISTORY, _paragraphs(self._history(row)) if row else QVBoxLayout())
        if self.has_visits:
            visits = self.desk.ask(list_visits, self.registry.kind, row) if row else ()
            self.tabs.setTabText(VISITS, f"抽查记录 {len(visits)}")
            self._fill(VISITS, _paragraphs([_visit_text(visit) for visit in visits]))

    def _fill(self, tab: int, layout: QLayout) -> None:
        area = self.tabs.widget(tab)
        if isinstance(area, QScrollArea):
            body = QWidget()
            body.setLayout(layout)
            area.setWidget(body)

    def _titles(self) -> list[str]:
        checked = ["最近抽查"] if self.registry.kind == "targets" else []
        return [*(field.label for field in self.registry.fields), *checked, "抽取编码"]

    def _facts(self, row: ListedRow | None) -> list[str]:
        if row is None:
            return ["—"] * len(self.facts)
        texts = self.texts_of(row)
        facts = [texts[field.name] or "—" for field in self.registry.fields]
        if self.registry.kind == "targets":
            facts.append(row.checked_on.isoformat() if row.checked_on else "—")
        return [*facts, row.code]

    def _history(self, row: ListedRow) -> list[tuple[str, str]]:
        changes = self.desk.ask(list_changes, self.registry.kind, row.id)
        local = self.desk.surroundings.local
        return [
            (
                f"{local(change.at):%Y-%m-%d %H:%M}　{change.actor}　{change.reason}",
                "\n".join(change.lines),
            )
            for change in changes
        ]


def _pill_text(field: Field, text: str) -> str:
    return text if field.name == "status" else f"{field.label} {text}"


def _visit_text(task: TaskRow) -> tuple[str, str]:
    day = task.visit_on.isoformat() if task.visit_on else "还没有检查"
    return f"{day}　{task.title}", f"{task.number}　{task.state.label}\n{task.result_text}"


def _pairs(pairs: list[tuple[str, QLabel]]) -> QGridLayout:
    """Muted labels, dark values; a long value wraps and is never clipped."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 8, 4, 8)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(8)
    for place, (title, value) in enumerate(pairs):
        grid.addWidget(label(title, "hint"), place, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value, place, 1, Qt.AlignmentFlag.AlignTop)
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(len(pairs), 1)
    return grid


def _paragraphs(parts: list[tuple[str, str]]) -> QVBoxLayout:
    box = QVBoxLayout()
    box.setContentsMargins(0, 8, 4, 8)
    left = len(parts) - _MOST_SHOWN
    shown_parts = parts[:_MOST_SHOWN] + ([(f"另有 {left} 条更早的记录。", "")] if left > 0 else [])
    for head, text in shown_parts or [("还没有记录。", "")]:
        box.addWidget(label(head, "hint", wrap=True))
        if text:
            box.addWidget(label(text, wrap=True))
        box.addSpacing(6)
    box.addStretch(1)
    return box

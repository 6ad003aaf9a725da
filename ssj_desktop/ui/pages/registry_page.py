"""One page for every registry: search, filter, table, detail, add, edit, import, export."""

from functools import partial
from pathlib import Path

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QWidget,
)

from ssj_desktop.domain.fields import REGISTRIES, Field, FieldKind, Registry, Value
from ssj_desktop.formats.excel.registry import render_registry, render_template
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.queries.registries import (
    RegistryRow,
    RowFilter,
    count_rows,
    list_changes,
    list_rows,
    shown,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import Enrol, Revise, enrol, read_sheet, revise
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.form import RowForm
from ssj_desktop.ui.pages.import_dialog import ImportDialog
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import run_task
from ssj_desktop.ui.widgets import Card, Page, Pill, UndoBar, button, label

PAGE_ROWS = 100
COLUMNS = {
    "targets": ("name", "number", "industry", "credit_class", "status"),
    "inspectors": (
        "name",
        "certificate_number",
        "department",
        "specialties",
        "certificate_expiry",
        "status",
    ),
    "items": ("number", "name", "category", "item_class", "status"),
    "witnesses": ("name", "unit", "capacity", "outside"),
    "experts": ("name", "number", "unit", "specialties", "status"),
}
TONES = {
    "正常": "ok", "在岗": "ok", "已认领": "ok", "A": "ok", "B": "neutral", "C": "warn", "D": "bad",
    "重点": "warn", "停业": "warn", "暂停": "warn", "失联": "bad", "吊销": "bad",
}  # fmt: skip
PILLS = frozenset({"status", "credit_class", "item_class"})


def build(desk: Desk, kind: str) -> "RegistryPage":
    return RegistryPage(desk, REGISTRIES[kind])


def _em(field: Field) -> int:
    """Width in Chinese characters; codes and dates are set in narrow digits."""
    narrow = field.kind in (FieldKind.CODE, FieldKind.DATE)
    return max(5, field.width * 3 // 5 if narrow else min(field.width, 8))


def _column(field: Field) -> ColumnSpec[RegistryRow]:
    def text(row: RegistryRow) -> str:
        return field.show(row.values[field.name]) or "—"

    def tone(row: RegistryRow) -> str:
        return TONES.get(
            field.show(row.values[field.name]), "neutral" if row.values[field.name] else ""
        )

    return ColumnSpec(
        field.label, text, _em(field), stretch=field.name == "name",
        tone=tone if field.name in PILLS else None,
    )  # fmt: skip


class RegistryPage(Page):
    """名录库."""

    def __init__(self, desk: Desk, registry: Registry) -> None:
        super().__init__(registry.label)
        self.desk, self.registry, self.offset = desk, registry, 0
        self.areas = frozenset({registry.kind})
        self.head.add(
            button("导入", self.choose_file), button("模板", self.save_template),
            button("导出", self.export), button(f"新增{registry.noun}", self.add, "primary"),
        )  # fmt: skip
        self.box.addWidget(self._filter_card())
        self.undo = UndoBar()
        self.box.addWidget(self.undo)
        fields = [registry.field(name) for name in COLUMNS[registry.kind]]
        self.model = RowsModel([_column(field) for field in fields], self)
        self.table = make_table(self.model, registry.label)
        self.table.selectionModel().currentRowChanged.connect(self._show_detail)
        self.table.doubleClicked.connect(self.edit)
        self.box.addWidget(self._splitter(), 1)
        QShortcut(QKeySequence("F2"), self, self.edit)
        QShortcut(QKeySequence("Ins"), self, self.add)

    def _filter_card(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText("名称、编号或拼音首字母，如 hdjz")
        self.search.setAccessibleName("搜索")
        self.search.textChanged.connect(self._on_filter)
        row.addWidget(self.search, 1)
        self.filters: dict[str, QComboBox] = {}
        for field in self.registry.fields:
            if field.vocabulary and field.name in ("status", "credit_class", "item_class"):
                combo = QComboBox()
                combo.addItems(["全部", *field.choices])
                combo.setAccessibleName(field.label)
                combo.currentIndexChanged.connect(self._on_filter)
                self.filters[field.name] = combo
                row.addWidget(label(field.label))
                row.addWidget(combo)
        row.addWidget(button("重置", self._reset, "link"))
        card.box.addLayout(row)
        return card

    def _splitter(self) -> QSplitter:
        card = Card()
        card.box.setContentsMargins(1, 1, 1, 8)
        card.box.addWidget(self.table, 1)
        self.empty = label("", "hint", wrap=True)
        self.empty.setContentsMargins(16, 8, 16, 8)
        card.box.addWidget(self.empty)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        self.count = label("", "hint")
        foot.addWidget(self.count, 1)
        self.back, self.forth = button("上一页", self._back), button("下一页", self._forth)
        foot.addWidget(self.back)
        foot.addWidget(self.forth)
        card.box.addLayout(foot)
        splitter = QSplitter()
        splitter.addWidget(card)
        splitter.addWidget(self._detail_card())
        splitter.setSizes([760, 340])
        return splitter

    def _detail_card(self) -> Card:
        card = Card()
        self.detail_title = label("", "section", wrap=True)
        self.detail_pill = Pill()
        card.box.addWidget(self.detail_title)
        card.box.addWidget(self.detail_pill)
        self.tabs = QTabWidget()
        for title in ("基本信息", "变更历史"):
            area = QScrollArea()
            area.setWidgetResizable(True)
            self.tabs.addTab(area, title)
        card.box.addWidget(self.tabs, 1)
        self.edit_button = button("编辑 (F2)", self.edit)
        card.box.addWidget(self.edit_button)
        return card

    def _wanted(self) -> RowFilter:
        equals: dict[str, Value] = {}
        for name, combo in self.filters.items():
            if combo.currentIndex() > 0:
                equals[name] = self.registry.field(name).parse(combo.currentText())
        return RowFilter(self.search.text(), equals)

    def _on_filter(self) -> None:
        self.offset = 0
        self.refresh()

    def _reset(self) -> None:
        self.search.clear()
        for combo in self.filters.values():
            combo.setCurrentIndex(0)

    def refresh(self) -> None:
        kind, wanted = self.registry.kind, self._wanted()
        total = self.desk.ask(count_rows, kind, wanted)
        whole = self.desk.ask(count_rows, kind)
        rows = self.desk.ask(list_rows, kind, wanted, self.offset, PAGE_ROWS)
        self.model.show(rows)
        self.head.subtitle.setText(f"共 {whole} {self.registry.counter}")
        last = self.offset + len(rows)
        self.count.setText(f"第 {self.offset + 1}–{last} 条，共 {total} 条" if rows else "")
        self.back.setEnabled(self.offset > 0)
        self.forth.setEnabled(last < total)
        self._show_empty(total, whole)
        if rows:
            self.table.selectRow(0)
        self._show_detail()

    def _show_empty(self, total: int, whole: int) -> None:
        noun = self.registry.noun
        text = "" if total else f"没有符合条件的{noun}。可点“重置”清除筛选。"
        if not whole:
            text = f"还没有{noun}。可从 Excel 导入，或逐个新增。"
        self.empty.setText(text)
        self.empty.setVisible(bool(text))

    def _back(self) -> None:
        self.offset = max(0, self.offset - PAGE_ROWS)
        self.refresh()

    def _forth(self) -> None:
        self.offset += PAGE_ROWS
        self.refresh()

    def current(self) -> RegistryRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _show_detail(self, *_: object) -> None:
        row = self.current()
        self.edit_button.setEnabled(row is not None)
        self.detail_title.setText(row.name if row else "")
        status = shown(self.registry, row.values).get("status", "") if row else ""
        self.detail_pill.show_state(status, TONES.get(status, "neutral"))
        self._fill_tab(0, self._facts(row) if row else [])
        self._fill_tab(1, self._history(row) if row else [])

    def _facts(self, row: RegistryRow) -> list[tuple[str, str]]:
        found = []
        for field in self.registry.fields:
            text = field.show(row.values[field.name])
            if field.name == "phone" and len(text) > 4:
                text = text[:-4] + "****"
            found.append((field.label, text or "—"))
        return [*found, ("抽取编码", row.code)]

    def _history(self, row: RegistryRow) -> list[tuple[str, str]]:
        changes = self.desk.ask(list_changes, self.registry.kind, row.id)
        return [
            (
                f"{change.at.astimezone():%Y-%m-%d %H:%M}",
                f"{change.actor}　{change.reason}\n" + "\n".join(change.lines),
            )
            for change in changes
        ]

    def _fill_tab(self, tab: int, pairs: list[tuple[str, str]]) -> None:
        body = QWidget()
        form = QFormLayout(body)
        for title, text in pairs:
            form.addRow(label(title, "hint"), label(text, wrap=True))
        area = self.tabs.widget(tab)
        if isinstance(area, QScrollArea):
            area.setWidget(body)

    def add(self) -> None:
        form = RowForm(self, self.registry, None)
        while form.exec() == QDialog.DialogCode.Accepted:
            done = attempt(
                self, partial(self.desk.do, enrol, Enrol(self.registry.kind, form.texts()))
            )
            if done and not form.again:
                return
            form = RowForm(self, self.registry, None) if done else form

    def edit(self) -> None:
        row = self.current()
        if row is None:
            return
        before = shown(self.registry, row.values)
        form = RowForm(self, self.registry, before)
        while form.exec() == QDialog.DialogCode.Accepted:
            change = Revise(self.registry.kind, row.id, form.texts())
            if attempt(self, partial(self.desk.do, revise, change)):
                back = Revise(self.registry.kind, row.id, before, "撤销")
                self.undo.offer(f"已保存“{row.name}”。", partial(self.desk.do, revise, back))
                return

    def choose_file(self) -> None:
        kinds = "表格 (*.xlsx *.xls *.et *.csv);;所有文件 (*)"
        name, _ = QFileDialog.getOpenFileName(self, f"导入{self.registry.noun}", "", kinds)
        if name:
            self.import_file(Path(name))

    def import_file(self, path: Path) -> None:
        """Read in the background, then preview."""
        kind = self.registry.kind
        run_task(self, f"正在读取 {path.name} …", lambda: read_sheet(kind, path),
                 lambda file: ImportDialog(self, self.desk, file).exec())  # fmt: skip

    def save_template(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "保存模板", f"{self.registry.label}导入模板.xlsx", "*.xlsx"
        )
        if name:
            attempt(self, lambda: write_atomically(Path(name), render_template(self.registry)))

    def export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "导出", f"{self.registry.label}.xlsx", "*.xlsx")
        if name:
            rows = [
                row.values for row in self.desk.ask(list_rows, self.registry.kind, self._wanted())
            ]
            unit, day = self.desk.office.unit, str(self.desk.today())
            attempt(
                self,
                lambda: write_atomically(
                    Path(name), render_registry(self.registry, rows, unit, day)
                ),
            )

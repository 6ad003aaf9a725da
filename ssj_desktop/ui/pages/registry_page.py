"""One page for every registry: search, filter, table, detail, add, edit, import, print, export."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSplitter,
)

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import REGISTRIES, Registry, Value
from ssj_desktop.queries.registries import RowFilter, list_values, shown
from ssj_desktop.queries.registry_pages import (
    ListedRow,
    Listing,
    RowOrder,
    count_visits,
    list_registry,
    rows_by_ids,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import Enrol, Revise, enrol, revise
from ssj_desktop.services.registry_status import ChangeStatus, change_status
from ssj_desktop.ui.asking import LARGE, ask_all, is_large
from ssj_desktop.ui.bulk_bar import BulkBar
from ssj_desktop.ui.empty import EmptyState, TableOrEmpty
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.form import RowForm
from ssj_desktop.ui.paged_rows import PagedRows
from ssj_desktop.ui.pages.reason_dialog import ReasonDialog
from ssj_desktop.ui.pages.registry_columns import columns_of
from ssj_desktop.ui.pages.registry_detail import DetailCard
from ssj_desktop.ui.pages.registry_files import RegistryFiles
from ssj_desktop.ui.pages.status_dialog import StatusDialog
from ssj_desktop.ui.table_model import RowsModel, make_table
from ssj_desktop.ui.tasks import attempt_slowly
from ssj_desktop.ui.widgets import Card, Page, UndoBar, button, label

_PAUSE_MS = 150
_FILTERED = ("industry", "credit_class", "item_class", "status")
_SAVING = "正在保存……"
_NOTHING, _NO_MATCH = range(2)


def build(desk: Desk, kind: str) -> "RegistryPage":
    return RegistryPage(desk, REGISTRIES[kind])


class RegistryPage(Page):
    """名录库."""

    def __init__(self, desk: Desk, registry: Registry) -> None:
        super().__init__(registry.label)
        self.desk, self.registry = desk, registry
        self.areas = frozenset({registry.kind, "inspections"})
        self.order, self.total = RowOrder(), 0
        self._asked, self._wanted_id = 0, ""
        self.files = RegistryFiles(self, desk, registry)
        self._fill_head()
        self._add_filters()
        self.undo = UndoBar()
        self.box.addWidget(self.undo)
        self.model = RowsModel(columns_of(registry), self)
        self.model.reorder = self._reorder
        self.model.tick_key = lambda row: row.id
        self.table = make_table(self.model, registry.label)
        self.table.selectionModel().currentRowChanged.connect(self._show_detail)
        self.table.doubleClicked.connect(self.edit)
        self.table.verticalScrollBar().valueChanged.connect(self._show_place)
        self._add_splitter()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._load)
        self._shortcuts()

    def _fill_head(self) -> None:
        self.import_button = button("导入", self.files.choose_file)
        menu = QMenu(self)
        menu.addAction("选择文件导入…", self.files.choose_file)
        menu.addAction("下载导入模板…", self.files.save_template)
        menu.addAction("撤销一次导入…", self.files.take_back)
        if self.registry.kind == "inspectors":
            menu.addAction("与人员花名册核对…", self.files.choose_roster)
        if self.registry.kind == "items":
            menu.addAction("清单版本…", self.files.show_editions)
        self.import_button.setMenu(menu)
        self.export_button = button("导出", self.export)
        if any(field.private for field in self.registry.fields):
            choices = QMenu(self)
            choices.addAction("导出（不含联系电话）…", self.export)
            choices.addAction("连同联系电话导出…", self.export_private)
            self.export_button.setMenu(choices)
        self.head.add(
            self.import_button, self.export_button, button("打印", self.show_paper),
            button(f"新增{self.registry.noun}", self.add, "primary"),
        )  # fmt: skip

    def _shortcuts(self) -> None:
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("F2"), self, self.edit, context=inside)
        QShortcut(QKeySequence("Ins"), self, self.add, context=inside)
        QShortcut(QKeySequence("Del"), self.table, self.retire, context=inside)

    def _add_filters(self) -> None:
        card = Card()
        self.box.addWidget(card)
        row = QHBoxLayout()
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText("名称、编号或拼音首字母，如 hdjz")
        self.search.setAccessibleName("搜索")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_typed)
        row.addWidget(self.search, 1)
        self.filters: dict[str, QComboBox] = {}
        for field in self.registry.fields:
            if field.name in _FILTERED:
                self._add_filter(row, field.name, field.label)
        self.reset_button = button("重置", self._reset, "link")
        row.addWidget(self.reset_button)
        card.box.addLayout(row)

    def _add_filter(self, row: QHBoxLayout, name: str, text: str) -> None:
        combo = QComboBox()
        combo.setAccessibleName(text)
        combo.addItems(["全部", *self.registry.field(name).choices])
        combo.setMaximumWidth(self.fontMetrics().height() * 8)
        combo.currentIndexChanged.connect(self._on_filter)
        title = label(text, "hint")
        title.setBuddy(combo)
        self.filters[name] = combo
        row.addWidget(title)
        row.addWidget(combo)

    def _add_splitter(self) -> None:
        """From the outside in: what is moved into its place whole is dressed anew each time."""
        splitter, card = QSplitter(), Card()
        splitter.setChildrenCollapsible(False)
        self.box.addWidget(splitter, 1)
        splitter.addWidget(card)
        self._fill_list(card)
        self.detail = DetailCard(self.desk, self.registry, self.edit, self.retire)
        splitter.addWidget(self.detail)
        splitter.setStretchFactor(0, 7)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([770, 330])

    def _fill_list(self, card: Card) -> None:
        registry = self.registry
        card.box.setContentsMargins(1, 1, 1, 8)
        card.box.setSpacing(0)
        self.status_button = button("调整状态…", partial(self.change_status, out=False), "link")
        self.out_button = button("移出名录库…", self.retire, "link")
        for made in (self.status_button, self.out_button):
            made.setVisible(any(field.name == "status" for field in registry.fields))
        export = button("导出所选…", self.export_ticked, "link")
        self.bulk = BulkBar(
            self.model, registry.counter, self.status_button, self.out_button, export
        )
        card.box.addWidget(self.bulk)
        self.empty = EmptyState(
            f"还没有{registry.noun}。可从 Excel 导入，或逐个新增。",
            button("导入", self.files.choose_file), button("新增", self.add, "primary"),
        )  # fmt: skip
        self.no_match = EmptyState(
            f"没有符合条件的{registry.noun}。", button("清除筛选", self._reset)
        )
        self.body = TableOrEmpty(self.table, self.empty, self.no_match)
        card.box.addWidget(self.body, 1)
        card.box.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 12, 0)
        foot.setSpacing(8)
        self.count = label("", "hint")
        foot.addWidget(self.count, 1)
        self.back = button("上一页", partial(self._turn, -1))
        self.forth = button("下一页", partial(self._turn, 1))
        foot.addWidget(self.back)
        foot.addWidget(self.forth)
        return foot

    def wanted(self) -> RowFilter:
        """What the filter card asks for."""
        equals: dict[str, Value] = {}
        for name, combo in self.filters.items():
            if combo.currentIndex() > 0:
                equals[name] = self.registry.field(name).parse(combo.currentText())
        return RowFilter(self.search.text(), equals)

    def _on_typed(self) -> None:
        self.model.untick()
        if self.total > LARGE or is_large(self.desk, self.registry.kind):
            self._pause.start()
        else:
            self._load()

    def _on_filter(self) -> None:
        self.model.untick()
        self._load()

    def _reset(self) -> None:
        self.search.clear()
        for combo in self.filters.values():
            combo.setCurrentIndex(0)

    def _reorder(self, key: str, descending: bool) -> None:
        self.order = RowOrder(key or "name", descending)
        self._load()

    def refresh(self) -> None:
        self._refresh_industries()
        self._load()

    def _refresh_industries(self) -> None:
        combo = self.filters.get("industry")
        if combo is None:
            return
        kind = self.registry.kind
        ask = partial(self.desk.ask, list_values, kind, "industry")
        ask_all(self, self.desk, kind, ask, partial(_offer, combo))

    def _load(self) -> None:
        """Ask anew: at once for a small registry, by the worker for a large one."""
        self._asked += 1
        kind = self.registry.kind
        wanted, order = self.wanted(), self.order

        def ask() -> Listing:
            return self.desk.ask(list_registry, kind, wanted, order)

        done = partial(self._show_listing, self._asked)
        if is_large(self.desk, kind):
            self.count.setText("正在查找 …")
        ask_all(self, self.desk, kind, ask, done)

    def _show_listing(self, number: int, listing: Listing) -> None:
        """Show the answer unless a later question was asked meanwhile."""
        if number != self._asked:
            return
        before = self._wanted_id or getattr(self.current(), "id", "")
        place = self.table.currentIndex().row()
        self._wanted_id, self.total = "", len(listing.ids)
        with QSignalBlocker(self.table.selectionModel()):
            self.model.show(PagedRows(listing.ids, self.files.fetch))
        self.body.show_rows(self.total, _NO_MATCH if listing.whole else _NOTHING)
        self._show_counts(listing)
        if self.total:
            self.table.selectRow(_place_of(listing.ids, before, place))
        else:
            self._show_detail()
        self._show_place()

    def _show_counts(self, listing: Listing) -> None:
        counter = self.registry.counter
        in_use = ""
        if listing.in_use is not None:
            first = self.registry.field("status").choices[0]
            in_use = f"，其中{first} {listing.in_use} {counter}"
        self.head.subtitle.setText(f"共 {listing.whole} {counter}{in_use}")

    def _show_place(self) -> None:
        """第 a–b 条，共 n 条: the rows in view."""
        first = max(0, self.table.rowAt(1))
        last = self.table.rowAt(self.table.viewport().height() - 2)
        last = self.total if last < 0 else last + 1
        self.count.setText(f"第 {first + 1}–{last} 条，共 {self.total} 条" if self.total else "")
        self.back.setEnabled(first > 0)
        self.forth.setEnabled(last < self.total)

    def _turn(self, pages: int) -> None:
        bar = self.table.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def current(self) -> ListedRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _show_detail(self, *_: object) -> None:
        self.detail.show_row(self.current())

    def add(self) -> None:
        form = self._new_form()
        while form.exec() == QDialog.DialogCode.Accepted:
            command = Enrol(self.registry.kind, form.texts())
            if attempt_slowly(self, _SAVING, partial(self._enrol, command)):
                self._load()
                form.drop_draft()
                if not form.again:
                    return
                form = self._new_form()

    def _new_form(self) -> RowForm:
        form = RowForm(self, self.registry, None)
        form.keep_drafts(self.desk)
        return form

    def _enrol(self, command: Enrol) -> None:
        self._wanted_id = self.desk.do(enrol, command)

    def edit(self) -> None:
        row = self.current()
        if row is None:
            return
        form = RowForm(self, self.registry, self.detail.texts_of(row))
        form.keep_drafts(self.desk, row.id)
        whole = shown(self.registry, row.values)
        while form.exec() == QDialog.DialogCode.Accepted:
            texts = form.changed_texts()
            change = Revise(self.registry.kind, row.id, texts)
            if attempt_slowly(self, _SAVING, partial(self._revise, change)):
                form.drop_draft()
                back = Revise(self.registry.kind, row.id, {n: whole[n] for n in texts}, "撤销")
                undo = partial(attempt_slowly, self, _SAVING, partial(self.desk.do, revise, back))
                self.undo.offer(f"已保存“{row.name}”。", undo)
                return

    def _revise(self, change: Revise) -> None:
        """Stars stand for digits the form was not given; they are never stored over them."""
        if any("**" in text for text in change.texts.values()):
            raise InvalidInput(
                "带星号的号码不能保存。", "请先点右侧“显示完整号码”，写明理由后再编辑。"
            )
        if change.texts:
            self.desk.do(revise, change)

    def chosen(self) -> tuple[str, ...]:
        """The ticked rows, or the current one."""
        if self.model.ticked:
            return tuple(sorted(self.model.ticked))
        row = self.current()
        return (row.id,) if row else ()

    def retire(self) -> None:
        """移出名录库: the rows and their records stay."""
        self.change_status(out=True)

    def change_status(self, *, out: bool) -> None:
        ids = self.chosen()
        if not ids or not any(field.name == "status" for field in self.registry.fields):
            return
        visits = self.desk.ask(count_visits, self.registry.kind, ids)
        dialog = StatusDialog(self, self.registry, ids, visits, out=out)
        rows = self.desk.ask(rows_by_ids, self.registry.kind, ids)
        if dialog.exec() and self._store_status("正在调整状态……", [dialog.command()]):
            self.model.untick()
            counter = self.registry.counter
            self.undo.offer(
                f"已调整 {len(ids)} {counter}的状态。", partial(self._undo_status, rows)
            )

    def _undo_status(self, rows: Sequence[ListedRow]) -> None:
        """Each row as it was: one act per former status."""
        former: dict[str, list[str]] = {}
        for row in rows:
            former.setdefault(shown(self.registry, row.values)["status"], []).append(row.id)
        kind = self.registry.kind
        commands = [ChangeStatus(kind, ids, was, "撤销") for was, ids in former.items()]
        self._store_status("正在恢复原状态……", commands)

    def _store_status(self, text: str, commands: Sequence[ChangeStatus]) -> bool:
        """A thousand rows with their journal entries take seconds; told once, when all are done."""

        def act() -> None:
            with self.desk.together():
                for command in commands:
                    self.desk.do(change_status, command)

        return attempt_slowly(self, text, act)

    def export(self) -> None:
        """The rows of the current filter, in the current order."""
        self.files.export(self.listed())

    def show_paper(self) -> None:
        """The ticked rows, or those of the current filter, as a printed list."""
        self.files.show_paper(self.chosen() if self.model.ticked else self.listed())

    def listed(self) -> Sequence[str]:
        """The keys of the list as it stands."""
        rows = self.model.rows
        return rows.ids if isinstance(rows, PagedRows) else ()

    def export_private(self) -> None:
        """With telephone numbers, after a reason."""
        intro = "联系电话等不公开的栏目要写明理由才能导出，记入操作日志。"
        dialog = ReasonDialog(self, self.desk, "连同联系电话导出", intro)
        if dialog.exec():
            attempt(self, partial(self.files.export, self.listed(), dialog.text()))

    def export_ticked(self) -> None:
        self.files.export(self.chosen())


def _offer(combo: QComboBox, values: Sequence[str]) -> None:
    """Another list of values; what was chosen stays chosen."""
    kept = combo.currentText()
    combo.blockSignals(True)
    combo.clear()
    combo.addItems(["全部", *values])
    combo.setCurrentText(kept or "全部")
    combo.blockSignals(False)


def _place_of(ids: Sequence[str], wanted: str, place: int) -> int:
    """Where the row that was current is now; a large list keeps the place instead."""
    if len(ids) <= LARGE and wanted:
        for number, key in enumerate(ids):
            if key == wanted:
                return number
    return min(max(place, 0), len(ids) - 1)

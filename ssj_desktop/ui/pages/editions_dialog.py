"""清单版本: the item lists as issued, beside the list of this office."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDate
from PySide6.QtWidgets import (
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.item_lists import ItemChange
from ssj_desktop.domain.papers import TablePaper
from ssj_desktop.queries.import_preview import list_learned_titles
from ssj_desktop.queries.item_lists import (
    EditionRow,
    changes_paper,
    compare_with_own,
    compare_with_previous,
    list_editions,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.item_lists import (
    LoadEdition,
    NotePublication,
    adopt_edition,
    load_edition,
    note_publication,
)
from ssj_desktop.services.registries import SheetFile, read_sheet
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import Progress, attempt_slowly, run_counted_task
from ssj_desktop.ui.widgets import GrowingDialog, button, label

_TABLES = "表格 (*.xlsx *.xls *.et *.csv);;所有文件 (*)"


class EditionDialog(QDialog):
    """What stands on the cover of a list: its name, who issued it, from when."""

    def __init__(self, parent: QWidget, today: date) -> None:
        super().__init__(parent)
        self.setWindowTitle("载入清单版本")
        self.name, self.organ = QLineEdit("抽查事项清单（第一版）"), QLineEdit("省住建厅")
        self.first = QDateEdit(QDate(today.year, today.month, today.day))
        self.first.setCalendarPopup(True)
        self.first.setDisplayFormat("yyyy-MM-dd")
        form = QFormLayout(self)
        form.addRow("清单名称", self.name)
        form.addRow("印发机关", self.organ)
        form.addRow("施行日期", self.first)
        keys = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(keys.Ok | keys.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def command(self, file: SheetFile) -> LoadEdition:
        day = self.first.date()
        first = date(day.year(), day.month(), day.day())
        return LoadEdition(file, self.name.text(), self.organ.text(), first)


class EditionsDialog(GrowingDialog):
    """One row per edition; the buttons act on the selected one."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setWindowTitle("清单版本")
        self.resize(1120, 420)
        columns: list[ColumnSpec[EditionRow]] = [
            ColumnSpec("状态", lambda r: r.state.label, 6),
            ColumnSpec("清单", lambda r: r.name, 24, stretch=True),
            ColumnSpec("印发机关", lambda r: r.organ, 12),
            ColumnSpec("施行日期", lambda r: r.in_force_from.isoformat(), 8),
            ColumnSpec("事项", lambda r: str(r.items), 5),
            ColumnSpec("公示", lambda r: r.published or "未公示", 16),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "清单版本")
        self.why = label(wrap=True)
        self.adopt_button = button("按此版更新本单位清单", self.adopt, "primary")
        self.own_button = button("与本单位清单比较", self.compare_own)
        self.previous_button = button("与上一版比较", self.compare_previous)
        self.publish_button = button("登记公示…", self.publish)
        row = QHBoxLayout()
        row.addWidget(button("载入清单版本…", self.choose_file))
        row.addStretch(1)
        for each in (
            self.previous_button, self.own_button, self.publish_button, self.adopt_button,
        ):  # fmt: skip
            row.addWidget(each)
        box = QVBoxLayout(self)
        box.addWidget(self.table, 1)
        box.addWidget(self.why)
        box.addLayout(row)
        self.table.selectionModel().currentRowChanged.connect(self._on_select)
        self.refresh()

    def refresh(self) -> None:
        rows = self.desk.ask(list_editions, self.desk.today())
        self.model.show(rows)
        if rows:
            in_force = (place for place, row in enumerate(rows) if row.why_not_adopt is None)
            self.table.selectRow(next(in_force, 0))
        self._on_select()

    def current(self) -> EditionRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _on_select(self, *_: object) -> None:
        row = self.current()
        for each in (self.own_button, self.previous_button, self.publish_button):
            each.setEnabled(row is not None)
        self.adopt_button.setEnabled(row is not None and row.why_not_adopt is None)
        none = "还没有载入清单版本。请选择省厅印发的清单工作簿。"
        self.why.setText((row.why_not_adopt or "") if row else none)

    def choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "载入清单版本", "", _TABLES)
        if name:
            self.load_file(Path(name))

    def load_file(self, path: Path) -> None:
        learned = self.desk.ask(list_learned_titles, "items")

        def read(_: Progress) -> SheetFile:
            return read_sheet("items", path, None, learned)

        run_counted_task(self, f"正在读取 {path.name} …", read, self._load)

    def _load(self, file: SheetFile) -> None:
        asked = EditionDialog(self, self.desk.today())
        if asked.exec() == QDialog.DialogCode.Accepted:
            self._do("正在载入清单……", partial(self.desk.do, load_edition, asked.command(file)))

    def _do(self, text: str, act: partial[object]) -> None:
        if attempt_slowly(self, text, act):
            self.refresh()

    def adopt(self) -> None:
        row = self.current()
        if row:
            self._do("正在更新本单位清单……", partial(self.desk.do, adopt_edition, row.id))

    def compare_own(self) -> None:
        row = self.current()
        if row:
            self._show(row, "本单位清单", partial(self.desk.ask, compare_with_own, row.id))

    def compare_previous(self) -> None:
        row = self.current()
        if row:
            self._show(row, "上一版", partial(self.desk.ask, compare_with_previous, row))

    def _show(
        self, row: EditionRow, beside: str, compare: Callable[[], tuple[ItemChange, ...]]
    ) -> None:
        def ask() -> TablePaper:
            return self.desk.ask(changes_paper, row, beside, compare())

        attempt(self, partial(show_paper, self, self.desk, ask))

    def publish(self) -> None:
        row = self.current()
        where, ok = QInputDialog.getText(self, "登记公示", "公示的网址或地方（日期为今天）")
        if row and ok:
            command = NotePublication(row.id, self.desk.today(), where)
            self._do("正在登记……", partial(self.desk.do, note_publication, command))

"""Preview of an import: 读取 = 新增 + 更新 + 未变 + 有误, every fault with its cell."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.headings import HEADER_SEARCH_ROWS, Choice, best_table
from ssj_desktop.formats.excel.registry import render_faults
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.queries.import_preview import (
    CHANGED,
    FAULTY,
    NEW,
    UNCHANGED,
    list_learned_titles,
    preview_import,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import (
    ImportRows,
    OpenedFile,
    SheetFile,
    import_rows,
    parse_file,
)
from ssj_desktop.ui.errors import show_refusal
from ssj_desktop.ui.pages.mapping_dialog import MappingDialog
from ssj_desktop.ui.pages.preview_table import PreviewModel, make_preview_table
from ssj_desktop.ui.tasks import attempt_slowly, wait_for
from ssj_desktop.ui.widgets import Card, GrowingDialog, button, label

_ORDER = {FAULTY: 0, CHANGED: 1, NEW: 2, UNCHANGED: 3}


def open_import(parent: QWidget, desk: Desk, opened: OpenedFile) -> None:
    """Show the preview; where the table is not understood, ask for the columns first."""
    choice = Choice(learned=desk.ask(list_learned_titles, opened.kind))
    while True:
        try:
            file = wait_for(parent, "正在读取……", partial(parse_file, opened, choice))
        except InvalidInput as refusal:
            columns = _ask_for_columns(parent, opened, choice)
            if columns is None:
                show_refusal(parent, refusal)
                return
            choice = replace(choice, columns=columns)
        else:
            ImportDialog(parent, desk, file, opened, choice).exec()
            return


def _ask_for_columns(
    parent: QWidget, opened: OpenedFile, choice: Choice
) -> Mapping[str, int | None] | None:
    """The columns chosen by hand; None when there is no head at all or the clerk gives up."""
    registry = REGISTRIES[opened.kind]
    mapping = best_table(opened.workbook, registry, choice)
    if mapping is None:
        return None
    dialog = MappingDialog(parent, registry, mapping)
    return dialog.columns() if dialog.exec() == QDialog.DialogCode.Accepted else None


class ImportDialog(GrowingDialog):
    """Nothing is written before the button is pressed."""

    def __init__(
        self,
        parent: QWidget | None,
        desk: Desk,
        file: SheetFile,
        opened: OpenedFile | None = None,
        choice: Choice | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk, self.file, self.opened = desk, file, opened
        self.choice = choice or Choice()
        self.registry = REGISTRIES[file.kind]
        self.setWindowTitle(f"导入{self.registry.noun}")
        self.resize(1180, 660)
        self.setObjectName("page")
        self.box = QVBoxLayout(self)
        self._fill()

    def _fill(self) -> None:
        """Everything that depends on the file and on how it was understood."""
        compare = partial(self.desk.ask, preview_import, self.file.kind, self.file.parsed)
        self.preview = wait_for(self, "正在与名录比对……", compare)
        self.body = QWidget()
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(self._head())
        inside.addLayout(self._equation())
        self.model = PreviewModel(self.registry, self.file.parsed.mapping, self.preview, self)
        self.table = make_preview_table(self.model, ())
        card = Card()
        card.box.setContentsMargins(1, 1, 1, 1)
        card.box.addWidget(self.table)
        inside.addWidget(card, 1)
        inside.addLayout(self._buttons())
        self.box.addWidget(self.body)
        self.show_standing(None)

    def _head(self) -> Card:
        card = Card()
        mapping = self.file.parsed.mapping
        row = QHBoxLayout()
        row.addWidget(label(self.file.file_name, "section"))
        row.addSpacing(12)
        self.sheets, self.heads = QComboBox(), QComboBox()
        self.sheets.setAccessibleName("工作表")
        self.heads.setAccessibleName("表头")
        sheets = self.opened.workbook.sheets if self.opened else (mapping.sheet,)
        self.sheets.addItems([sheet.name for sheet in sheets if sheet.rows])
        self.sheets.setCurrentText(mapping.sheet.name)
        for place in mapping.sheet.rows[:HEADER_SEARCH_ROWS]:
            self.heads.addItem(f"第 {place.number} 行", place.number)
        self.heads.setCurrentIndex(self.heads.findData(mapping.header_row))
        self.sheets.activated.connect(self._choose_sheet)
        self.heads.activated.connect(self._choose_head)
        for title, combo in (("工作表", self.sheets), ("表头", self.heads)):
            row.addWidget(label(title, "hint"))
            row.addWidget(combo)
        row.addStretch(1)
        row.addWidget(label(self._mapped_text(), "hint"))
        change = button("修改对应关系", self.change_mapping, "link")
        for widget in (self.sheets, self.heads, change):
            widget.setEnabled(self.opened is not None)
        row.addWidget(change)
        card.box.addLayout(row)
        if self.file.notices:
            shown = "；".join(self.file.notices[:3])
            more = len(self.file.notices) - 3
            shown += f"（另有 {more} 条说明）" if more > 0 else ""
            card.box.addWidget(label(shown, "soft", wrap=True))
        return card

    def _mapped_text(self) -> str:
        mapping = self.file.parsed.mapping
        rest = len(mapping.titles) - len(mapping.columns)
        return f"{len(mapping.columns)} 列已对应" + (f"，{rest} 列不导入" if rest > 0 else "")

    def _choose_sheet(self) -> None:
        self._understand(
            replace(self.choice, sheet=self.sheets.currentText(), header_row=None, columns={})
        )

    def _choose_head(self) -> None:
        sheet, row = self.sheets.currentText(), self.heads.currentData()
        self._understand(replace(self.choice, sheet=sheet, header_row=row, columns={}))

    def change_mapping(self) -> None:
        dialog = MappingDialog(self, self.registry, self.file.parsed.mapping)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            mapping = self.file.parsed.mapping
            self._understand(
                replace(
                    self.choice,
                    sheet=mapping.sheet.name,
                    header_row=mapping.header_row,
                    columns=dialog.columns(),
                )
            )

    def _understand(self, choice: Choice) -> None:
        """Read the same file in another way; a refusal leaves what was shown."""
        opened = self.opened
        if opened is None:
            return
        found: list[SheetFile] = []
        read = partial(parse_file, opened, choice)
        if attempt_slowly(self, "正在读取……", lambda: found.append(read())):
            self.choice, self.file = choice, found[0]
        self.box.removeWidget(self.body)
        self.body.deleteLater()
        self._fill()

    def _equation(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.tiles: dict[str | None, QPushButton] = {}
        counts = [
            (None, len(self.preview.rows)),
            *((s, self.preview.count(s)) for s in (NEW, CHANGED, UNCHANGED, FAULTY)),
        ]
        for place, (standing, count) in enumerate(counts):
            if place:
                row.addWidget(label("=" if place == 1 else "+", "section"))
            tile = button(
                f"{standing or '读取'}　{count} 行", partial(self.show_standing, standing), "tile"
            )
            tile.setProperty("bad", standing == FAULTY and count > 0)
            tile.setCheckable(True)
            self.tiles[standing] = tile
            row.addWidget(tile, 1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        faulty = self.preview.count(FAULTY)
        if faulty:
            row.addWidget(button("下载错误表", self.save_faults))
        row.addStretch(1)
        if faulty:
            row.addWidget(label(f"有误 {faulty} 行不写入，改好后可再次导入", "hint"))
        row.addWidget(button("取消", self.reject))
        self.go = button(f"导入无误的 {self.preview.importable} 行", self.write, "primary")
        self.go.setEnabled(self.preview.importable > 0)
        row.addWidget(self.go)
        return row

    def show_standing(self, standing: str | None) -> None:
        """Filter the table by a tile; faulty rows come first."""
        rows = [row for row in self.preview.rows if standing in (None, row.standing)]
        self.model.show(sorted(rows, key=lambda row: (_ORDER[row.standing], row.row)))
        for key, tile in self.tiles.items():
            tile.setChecked(key == standing)

    def save_faults(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "下载错误表", f"错误清单_{Path(self.file.file_name).stem}.xlsx", "*.xlsx"
        )
        if name:
            attempt_slowly(self, "正在写错误表……", partial(self._write_faults, Path(name)))

    def _write_faults(self, path: Path) -> None:
        content = render_faults(self.file.file_name, self.file.parsed, self.preview.faults)
        write_atomically(path, content)

    def write(self) -> None:
        act = partial(self.desk.do, import_rows, ImportRows(self.file))
        if attempt_slowly(self, "正在备份并导入……", act):
            self.accept()

"""Preview of an import: 读取 = 新增 + 更新 + 未变 + 有误, every fault with its cell."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.headings import column_note
from ssj_desktop.formats.excel.registry import render_faults
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.queries.import_preview import (
    CHANGED,
    FAULTY,
    NEW,
    UNCHANGED,
    PreviewRow,
    preview_import,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import ImportRows, SheetFile, import_rows
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.widgets import Card, button, label

_TONES = {NEW: "ok", CHANGED: "neutral", UNCHANGED: "neutral", FAULTY: "bad"}
_ORDER = {FAULTY: 0, CHANGED: 1, NEW: 2, UNCHANGED: 3}


def _say(row: PreviewRow) -> str:
    """The fault, the change, or the soft warning of a row."""
    if row.faults:
        return "；".join(f"{fault.place}：{fault.reason}" for fault in row.faults)
    if row.changes:
        return "；".join(f"{old or '（空）'} → {new}" for old, new in row.changes.values())
    return "；".join(f"{warning.place}：{warning.reason}" for warning in row.warnings)


class ImportDialog(QDialog):
    """Nothing is written before the button is pressed."""

    def __init__(self, parent: QWidget, desk: Desk, file: SheetFile) -> None:
        super().__init__(parent)
        self.desk, self.file = desk, file
        self.registry = REGISTRIES[file.kind]
        self.preview = desk.ask(preview_import, file.kind, file.parsed)
        self.setWindowTitle(f"导入{self.registry.noun}")
        self.resize(1180, 640)
        self.setObjectName("page")
        box = QVBoxLayout(self)
        box.addWidget(self._head())
        box.addLayout(self._equation())
        self.model = RowsModel(self._columns(), self)
        self.table = make_table(self.model, "导入预览")
        card = Card()
        card.box.setContentsMargins(1, 1, 1, 1)
        card.box.addWidget(self.table)
        box.addWidget(card, 1)
        box.addLayout(self._buttons())
        self.show_standing(None)

    def _head(self) -> Card:
        card = Card()
        mapping = self.file.parsed.mapping
        found = "、".join(column_note(mapping, name) for name in mapping.columns)
        card.box.addWidget(
            label(
                f"{self.file.file_name}　工作表 {mapping.sheet.name}　表头第 {mapping.header_row} 行",
                "section",
            )
        )
        card.box.addWidget(label(f"{len(mapping.columns)} 列已对应：{found}", "hint", wrap=True))
        if self.file.notices:
            card.box.addWidget(label("；".join(self.file.notices[:4]), "soft", wrap=True))
        return card

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
                f"{standing or '读取'}　{count} 行", partial(self.show_standing, standing)
            )
            tile.setCheckable(True)
            self.tiles[standing] = tile
            row.addWidget(tile, 1)
        return row

    def _columns(self) -> list[ColumnSpec[PreviewRow]]:
        key = self.registry.key
        return [
            ColumnSpec("行", lambda row: str(row.row), 4),
            ColumnSpec("处理", lambda row: row.standing, 6, tone=lambda row: _TONES[row.standing]),
            ColumnSpec("名称", lambda row: row.text("name") or "未填", 20),
            ColumnSpec(self.registry.field(key).label, lambda row: row.text(key), 16),
            ColumnSpec("问题或变化", _say, 30, stretch=True),
        ]

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
            self, "下载错误表", f"错误清单_{self.file.file_name}", "*.xlsx"
        )
        if name:
            attempt(
                self,
                lambda: write_atomically(
                    Path(name), render_faults(self.file.file_name, self.file.parsed)
                ),
            )

    def write(self) -> None:
        if attempt(self, lambda: self.desk.do(import_rows, ImportRows(self.file))):
            self.accept()

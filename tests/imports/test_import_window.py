"""The import preview: tiles filter, faults are boxed, the mapping is asked for where it must be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import workbooks as w
from office import found
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog, QInputDialog, QLabel, QMessageBox, QWidget

from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.headings import Choice, best_table
from ssj_desktop.formats.excel.reader import read_workbook
from ssj_desktop.queries.import_preview import FAULTY
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import (
    ImportRows,
    Revise,
    import_rows,
    open_file,
    parse_file,
    revise,
)
from ssj_desktop.ui.pages import import_dialog
from ssj_desktop.ui.pages.import_dialog import ImportDialog, open_import
from ssj_desktop.ui.pages.mapping_dialog import MappingDialog
from ssj_desktop.ui.pages.preview_table import _CHANGE_ROLE, _FAULT_ROLE
from ssj_desktop.ui.pages.registry_page import RegistryPage
from ssj_desktop.ui.tasks import Task
from ssj_desktop.ui.widgets import plain_tip

HEAD = ["企业名称", "信用代码", "信用等级", "联系电话"]
OLD = [HEAD, ["甲", "A1", "A"], ["乙", "A2", "A"]]
NEW = [["名录"], HEAD, ["甲", "A1", "B"], ["乙", "A2", "A"], ["丙", "A3", "E"], ["丁", "A4", "C"]]


@pytest.fixture
def parent(qtbot: Any) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clerk, _ = found(tmp_path)
    opened = open_file("targets", w.write_rows(tmp_path / "旧.xlsx", OLD))
    clerk.do(import_rows, ImportRows(parse_file(opened)))
    yield clerk
    clerk.close()


def test_tiles_add_up_and_filter_the_table(qtbot, desk, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    opened = open_file("targets", w.write_rows(tmp_path / "新.xlsx", NEW))
    dialog = ImportDialog(None, desk, parse_file(opened), opened)
    qtbot.addWidget(dialog)
    dialog.show()
    shown = {key: tile.text() for key, tile in dialog.tiles.items()}
    assert list(shown.values()) == [
        "读取　4 行",
        "新增　1 行",
        "更新　1 行",
        "未变　1 行",
        "有误　1 行",
    ]
    assert [row.row for row in dialog.model.rows] == [5, 3, 6, 4]
    qtbot.mouseClick(dialog.tiles[FAULTY], Qt.MouseButton.LeftButton)
    assert [row.row for row in dialog.model.rows] == [5]
    faulty = [
        c for c in range(dialog.model.columnCount()) if dialog.model.index(0, c).data(_FAULT_ROLE)
    ]
    titles = [dialog.model.columns[c].title for c in faulty]
    assert titles == ["信用风险等级\nC 列 信用等级", "问题"]
    dialog.show_standing(None)
    changes = [
        dialog.model.index(1, c).data(_CHANGE_ROLE) for c in range(dialog.model.columnCount())
    ]
    assert [change for change in changes if change] == [("A", "B")]
    dialog.grab()
    dialog._write_faults(tmp_path / "错误.xlsx")
    assert read_workbook(tmp_path / "错误.xlsx").sheets[0].name == "错误清单"
    dialog.write()
    assert {row.code for row in desk.ask(list_rows, "targets")} == {"A1", "A2", "A4"}


def test_sheet_head_and_columns_can_be_chosen_anew(
    qtbot, desk, tmp_path: Path, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    opened = open_file("targets", w.write_rows(tmp_path / "新.xlsx", NEW))
    dialog = ImportDialog(None, desk, parse_file(opened), opened)
    qtbot.addWidget(dialog)
    assert dialog.heads.currentText() == "第 2 行"
    dialog._choose_sheet()
    assert dialog.file.parsed.mapping.header_row == 2
    told: list[object] = []
    monkeypatch.setattr(
        "ssj_desktop.ui.errors.show_refusal", lambda _, refusal: told.append(refusal)
    )
    dialog.heads.setCurrentIndex(0)
    dialog._choose_head()
    assert len(told) == 1
    assert dialog.heads.currentText() == "第 2 行"

    class Chosen(MappingDialog):
        def exec(self) -> int:
            self.combos["phone"].setCurrentIndex(0)
            return QDialog.DialogCode.Accepted

    monkeypatch.setattr(import_dialog, "MappingDialog", Chosen)
    dialog.change_mapping()
    assert "phone" not in dialog.file.parsed.mapping.columns


def test_the_mapping_dialog_says_what_is_missing_or_used_twice(qtbot, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    book = read_workbook(
        w.write_rows(tmp_path / "外.xlsx", [["企业名称", "税号", "备注"], ["甲", "A1"]])
    )
    mapping = best_table(book, TARGETS, Choice())
    assert mapping is not None
    dialog = MappingDialog(None, TARGETS, mapping)
    qtbot.addWidget(dialog)
    assert dialog.fault.text() == "还没有对应：统一社会信用代码。"
    assert not dialog.go.isEnabled()
    dialog.combos["number"].setCurrentIndex(dialog.combos["number"].findData(0))
    assert dialog.fault.text() == "有一列被用了两次。"
    dialog.combos["number"].setCurrentIndex(dialog.combos["number"].findData(1))
    assert dialog.go.isEnabled()
    assert dialog.columns()["number"] == 1


def test_a_table_that_is_not_understood_asks_for_its_columns(
    parent: QWidget, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_file(
        "targets", w.write_rows(tmp_path / "外.xlsx", [["企业名称", "税号", "备注"], ["戊", "A5"]])
    )
    seen: list[str] = []

    class Chosen(MappingDialog):
        def exec(self) -> int:
            self.combos["number"].setCurrentIndex(self.combos["number"].findData(1))
            return QDialog.DialogCode.Accepted

    class Shown(ImportDialog):
        def exec(self) -> int:
            seen.append(self.go.text())
            if self.go.isEnabled():
                self.write()
            return QDialog.DialogCode.Accepted

    monkeypatch.setattr(import_dialog, "MappingDialog", Chosen)
    monkeypatch.setattr(import_dialog, "ImportDialog", Shown)
    open_import(parent, desk, opened)
    monkeypatch.setattr(import_dialog, "MappingDialog", None)  # learned: nobody is asked again
    open_import(parent, desk, opened)
    assert seen == ["导入无误的 1 行", "导入无误的 0 行"]
    assert "A5" in {row.code for row in desk.ask(list_rows, "targets")}


def test_a_table_of_something_else_is_refused(
    parent: QWidget, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[str] = []
    monkeypatch.setattr(
        import_dialog, "show_refusal", lambda _, refusal: refused.append(refusal.message)
    )
    alien = open_file("targets", w.write_rows(tmp_path / "别.xlsx", [["你好"]]))
    open_import(parent, desk, alien)
    assert "没有找到" in refused[0]


def test_numbers_are_masked_and_the_marked_copy_is_saved(
    qtbot: Any, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = ["企业名称", "信用代码", "信用等级", "联系电话"]
    rows = [head, ["甲", "A1", "A", "13800138000"], ["乙", "A9", "E", "13900139000"]]
    opened = open_file("targets", w.write_rows(tmp_path / "电话.xlsx", rows))
    dialog = ImportDialog(None, desk, parse_file(opened), opened)
    qtbot.addWidget(dialog)
    places = [(r, c) for r in range(2) for c in range(dialog.model.columnCount())]
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, _CHANGE_ROLE)
    shown = str([dialog.model.index(*place).data(role) for place in places for role in roles])
    assert "138******00" in shown
    assert "13800138000" not in shown
    assert "13900139000" not in shown
    target = tmp_path / "错误.xlsx"
    monkeypatch.setattr(
        import_dialog.QFileDialog, "getSaveFileName", lambda *_: (str(target), "*.xlsx")
    )
    dialog.save_faults()
    marked = load_workbook(target)["原表标注"]
    assert marked["B3"].value == "A9"
    widths = {column: marked.column_dimensions[column].width for column in "ABCDE"}
    assert widths == {"A": 10, "B": 10, "C": 10, "D": 13, "E": 60}
    assert marked["C3"].fill.fgColor.rgb == "FFFDECEA"
    assert "信用风险等级" in marked["E3"].value
    assert marked.print_area == "'原表标注'!$A$1:$E$3"
    assert marked.page_setup.fitToWidth == 1
    assert marked.sheet_properties.pageSetUpPr.fitToPage


def test_an_import_is_taken_back_whole_from_the_window(
    qtbot: Any, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = RegistryPage(desk, TARGETS)
    qtbot.addWidget(page)
    desk.do(
        import_rows,
        ImportRows(parse_file(open_file("targets", w.write_rows(tmp_path / "新.xlsx", NEW)))),
    )
    assert {row.code for row in desk.ask(list_rows, "targets")} == {"A1", "A2", "A4"}
    offered: list[list[str]] = []

    def choose(
        _: QWidget, __: str, ___: str, texts: list[str], *____: Any, **_____: Any
    ) -> tuple[str, bool]:
        offered.append(texts)
        return texts[0], True

    monkeypatch.setattr(QInputDialog, "getItem", choose)
    page.files.take_back()
    assert [text.split("　")[1] for text in offered[0]] == ["新.xlsx", "旧.xlsx"]
    rows = {row.code: row.values["credit_class"] for row in desk.ask(list_rows, "targets")}
    assert {code: term.value for code, term in rows.items()} == {"A1": "A", "A2": "A"}
    row = desk.ask(list_rows, "targets")[0]
    desk.do(revise, Revise("targets", row.id, {"area": "城关镇"}))
    refused: list[str] = []
    monkeypatch.setattr(
        "ssj_desktop.ui.errors.show_refusal", lambda _, refusal: refused.append(refusal.message)
    )
    page.files.take_back()
    assert [text.split("　")[1] for text in offered[1]] == ["旧.xlsx"]
    assert refused == [f"“{row.name}”导入之后改过，不能整批撤销。"]
    before = str(row.values["area"] or "")
    desk.do(revise, Revise("targets", row.id, {"area": before}))
    page.files.take_back()
    assert desk.ask(list_rows, "targets") == ()


def test_without_an_import_nothing_can_be_taken_back(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, _ = found(tmp_path)
    page = RegistryPage(clerk, TARGETS)
    qtbot.addWidget(page)
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "information", lambda *words: told.append(words[2]))
    page.files.take_back()
    assert told == ["没有可以撤销的导入。"]
    clerk.close()


def test_message_boxes_and_progress_show_names_as_plain_text(qtbot: Any) -> None:
    odd = "<b>甲</b>\n&lt;<img src=x>"
    box = QMessageBox(QMessageBox.Icon.Warning, "问", plain_tip(odd))
    qtbot.addWidget(box)
    made = QTextDocument()
    made.setHtml(box.text())
    assert made.toPlainText() == odd
    window = QWidget()
    qtbot.addWidget(window)
    dialog = Task(window, odd, lambda _: None, lambda _: None)._make_dialog()
    words = [label.text() for label in dialog.findChildren(QLabel)]
    formats = {label.textFormat() for label in dialog.findChildren(QLabel)}
    assert words == [odd]
    assert formats == {Qt.TextFormat.PlainText}

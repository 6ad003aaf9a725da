"""Trust 6: each channel has one safe helper, and nothing in the package goes around it."""

import ast
from collections.abc import Callable

import pytest
from house_reading import called_name, calls, name_of, python_files, tree_of

PACKAGE = python_files("ssj_desktop")
CELLS = {
    "ssj_desktop/formats/excel/cells.py",
}
CSV = {"ssj_desktop/formats/csv_text.py"}
RICH_TEXT = {"RichText", "AutoText", "MarkdownText"}
MARKUP_WIDGETS = {"setHtml", "insertHtml", "appendHtml", "setMarkdown", "insertMarkdown"}
MANUAL_ONLY = {"setMarkdown", "setHtml"}


def where(holds: Callable[[ast.AST], bool], *folders: str) -> set[str]:
    files = python_files(*folders) if folders else PACKAGE
    return {name_of(path) for path in files if any(holds(node) for node in ast.walk(tree_of(path)))}


def writes_a_cell(node: ast.AST) -> bool:
    """``cell.value = x``, ``sheet["A1"] = x``, ``append(row)`` on a sheet, ``cell(1, 2, value=x)``."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(
            isinstance(t, ast.Attribute)
            and t.attr == "value"
            and isinstance(t.value, ast.Name)
            and t.value.id in ("cell", "target")
            for t in targets
        )
    if isinstance(node, ast.Call) and called_name(node) == "cell":
        return any(word.arg == "value" for word in node.keywords) or len(node.args) > 2
    return isinstance(node, ast.Call) and called_name(node) == "WriteOnlyCell"


def writes_csv(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) in ("csv.writer", "csv.DictWriter")


def draws_markup(node: ast.AST) -> bool:
    """reportlab's Paragraph runs markup and embeds local pictures."""
    return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).split(".")[-1] in (
        "Paragraph",
        "XPreformatted",
    )


def shows_rich_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in RICH_TEXT


def builds_html(node: ast.AST) -> bool:
    """An f-string with an element and a bare value beside it."""
    if not isinstance(node, ast.JoinedStr):
        return False
    written = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    values = [part for part in node.values if isinstance(part, ast.FormattedValue)]
    return bool(values) and any(
        sign in written for sign in ("<td", "<p>", "<a ", "<h1", "<div", "<span")
    )


def likes_unescaped(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = called_name(node)
    if name in ("like", "ilike"):
        return True
    if name not in ("contains", "startswith", "endswith", "icontains") or not node.args:
        return False
    is_column = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).startswith(
        ("table.", "column")
    )
    return is_column and not any(word.arg == "autoescape" for word in node.keywords)


def test_cells_of_a_workbook_are_written_in_one_place() -> None:
    assert where(writes_a_cell) <= CELLS


def test_csv_is_written_in_one_place() -> None:
    assert where(writes_csv) <= CSV


def test_no_markup_of_reportlab_is_used() -> None:
    assert where(draws_markup) == set()


def test_labels_show_plain_text() -> None:
    assert where(shows_rich_text, "ssj_desktop/ui") == set()


def test_html_is_built_only_where_everything_is_escaped() -> None:
    places = {
        name for name in where(builds_html) if not name.startswith("ssj_desktop/formats/html/")
    }
    assert places <= {"ssj_desktop/formats/clipboard.py"}  # escapes each cell


def test_searching_escapes_the_wild_cards_of_like() -> None:
    assert (
        where(likes_unescaped, "ssj_desktop/queries", "ssj_desktop/services", "ssj_desktop/models")
        == set()
    )


def test_message_boxes_and_labels_are_made_plain_by_the_application() -> None:
    """Every QLabel of the package is made by ``label`` or sets its format itself."""
    bare = [
        f"{name_of(path)}:{call.lineno}"
        for path in python_files("ssj_desktop/ui")
        for call in calls(path)
        if called_name(call) == "QLabel" and "setTextFormat" not in path.read_text("utf-8")
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("search", "source", "found"),
    [
        (writes_a_cell, "cell.value = x", True),
        (writes_a_cell, "sheet.cell(1, 2, x)", True),
        (writes_a_cell, "sheet.cell(1, 2)", False),
        (writes_csv, "import csv\ncsv.writer(f)", True),
        (draws_markup, "Paragraph(x)", True),
        (shows_rich_text, "Qt.TextFormat.RichText", True),
        (builds_html, "f'<td>{x}</td>'", True),
        (builds_html, "f'{x}'", False),
        (likes_unescaped, "table.name.contains(x)", True),
        (likes_unescaped, "table.name.contains(x, autoescape=True)", False),
        (likes_unescaped, "column.like(x)", True),
    ],
)
def test_the_searches_find_what_they_look_for(
    search: Callable[[ast.AST], bool], source: str, found: bool
) -> None:
    assert any(search(node) for node in ast.walk(ast.parse(source))) is found


BOXES = ("question", "information", "warning", "critical", "about")


def says_foreign_text(call: ast.Call) -> bool:
    """A message box or a tip whose text is neither written in the program nor made plain."""
    name = ast.unparse(call.func)
    if called_name(call) in ("setInformativeText", "setToolTip"):  # a label that guesses
        text: ast.expr | None = call.args[0]
    elif name == "QMessageBox" or name in {f"QMessageBox.{box}" for box in BOXES}:
        text = call.args[2] if len(call.args) > 2 else None
    else:
        return False
    is_plain = isinstance(text, ast.Call) and called_name(text) == "plain_tip"
    return text is not None and not isinstance(text, ast.Constant) and not is_plain


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("QMessageBox.question(self, '问', name)", True),
        ("QMessageBox(icon, '问', f'{name}')", True),
        ("QMessageBox.question(self, '问', plain_tip(name))", False),
        ("QMessageBox.question(self, '问', '要放弃吗？')", False),
        ("box.setInformativeText(f'{name}')", True),
        ("box.setInformativeText(plain_tip(name))", False),
        ("box.setInformativeText('不会删除。')", False),
        ("self.setToolTip(row.name)", True),
        ("self.setToolTip(plain_tip(row.name))", False),
    ],
)
def test_foreign_text_in_a_message_box_is_found(source: str, found: bool) -> None:
    assert (
        any(
            says_foreign_text(node)
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call)
        )
        is found
    )


def test_message_boxes_show_foreign_text_as_it_is() -> None:
    plain_by_itself = "ssj_desktop/ui/errors.py"  # sets the format of every label of its box
    said = [
        f"{name_of(path)}:{call.lineno}"
        for path in PACKAGE
        for call in calls(path)
        if name_of(path) != plain_by_itself and says_foreign_text(call)
    ]
    assert said == []

"""Chinese input methods: what is being composed filters nothing, what is committed does; rare names stay whole."""

from pathlib import Path

from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.ui.form import RowForm
from ssj_desktop.ui.pages.registry_page import build

UI = Path(__file__).resolve().parents[2] / "ssj_desktop" / "ui"


def compose(field: QLineEdit, text: str, *, commit: bool) -> None:
    event = QInputMethodEvent("" if commit else text, [])
    if commit:
        event.setCommitString(text)
    QApplication.sendEvent(field, event)


def test_a_search_waits_until_the_composition_is_committed(filled_office, qtbot) -> None:  # type: ignore[no-untyped-def]
    page = build(filled_office[0], "targets")
    qtbot.addWidget(page)
    page.refresh()
    compose(page.search, "di yi", commit=False)
    assert page.model.rowCount() == 20
    compose(page.search, "第1物业", commit=True)
    assert [row.name for row in page.model.rows] == ["云岭县第1物业公司"]


def test_a_name_field_takes_rare_characters_and_any_length(qtbot) -> None:  # type: ignore[no-untyped-def]
    form = RowForm(None, TARGETS, None)  # type: ignore[arg-type]
    qtbot.addWidget(form)
    name = next(editor for editor in form.editors if editor.field.name == "name")
    compose(name.input, "王𬭎", commit=True)
    compose(name.input, "有限公司" * 60, commit=True)
    assert name.text() == "王𬭎" + "有限公司" * 60
    assert name.input.accessibleName() == "名称"


def test_no_field_of_the_window_cuts_what_is_typed() -> None:
    """maxLength counts UTF-16 units: two of them would cut 王𬭎 to 王."""
    limited = [path.name for path in UI.rglob("*.py") if "setMaxLength" in path.read_text("utf-8")]
    assert limited == []

"""At the largest text and on the smallest screen every page and dialog shows all its words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy  # noqa: F401 - before Qt
from looking import cut_off, overflows
from office import approved_line, freezing
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.vocabulary import AmendmentKind
from ssj_desktop.queries.draws import list_draws
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import freeze_draw, open_slips
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.ui.draw_wizard.confirm_dialog import ConfirmDialog
from ssj_desktop.ui.draw_wizard.exclusion_dialog import ExclusionDialog
from ssj_desktop.ui.draw_wizard.scheme_step import SchemeStep
from ssj_desktop.ui.first_run import FirstRun
from ssj_desktop.ui.form import RowForm
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages import PAGES
from ssj_desktop.ui.pages.account_dialogs import NewAccount
from ssj_desktop.ui.pages.admit_dialog import AdmitDialog
from ssj_desktop.ui.pages.admitted_dialog import AdmittedDialog
from ssj_desktop.ui.pages.amendment_dialog import AmendmentDialog
from ssj_desktop.ui.pages.draws_page import DrawsPage
from ssj_desktop.ui.pages.field_out_dialog import FieldOutDialog
from ssj_desktop.ui.pages.line_dialog import LineDialog
from ssj_desktop.ui.pages.revoke_dialog import RevokeDialog
from ssj_desktop.ui.pages.root_key_dialogs import RestoreAdministrator, TakeRootKey
from ssj_desktop.ui.pages.server_dialog import ServerDialog
from ssj_desktop.ui.recovery_dialog import RecoveryDialog
from ssj_desktop.ui.start import Forgotten, SignIn
from ssj_desktop.ui.theme import TEXT_SIZES, apply_theme

SCREEN = (1366, 728)
CODE = "FQOW-LNOY-H4OX-LM54-7UXP-4BBR-JTAJ-FGM6"


@pytest.fixture
def largest(drawn_office: tuple[Desk, Desk], qapp) -> Iterator[tuple[Desk, Desk]]:  # type: ignore[no-untyped-def]
    """The office with its window in the largest text; smaller again afterwards."""
    apply_theme(qapp, list(TEXT_SIZES)[-1])
    yield drawn_office
    apply_theme(qapp)


def test_every_page_fits_the_smallest_screen_and_cuts_no_word(
    largest: tuple[Desk, Desk], qtbot: QtBot
) -> None:
    window = MainWindow(largest[0])
    qtbot.addWidget(window)
    window.resize(*SCREEN)
    window.show()
    wrong = {}
    for page in PAGES:
        window.open_page(page.key)
        wrong[page.key] = [*cut_off(window), *filter(None, [overflows(window, *SCREEN)])]
    draws = window.open_page("draws")
    assert isinstance(draws, DrawsPage)
    draws.start()
    wrong["scheme"] = [*cut_off(window), *filter(None, [overflows(window, *SCREEN)])]
    window.end_session()
    assert {name: said for name, said in wrong.items() if said} == {}


def test_every_dialog_fits_and_cuts_no_word(largest: tuple[Desk, Desk], qtbot: QtBot) -> None:
    clerk, _ = largest
    window = MainWindow(clerk)
    qtbot.addWidget(window)
    task, store = clerk.ask(list_tasks)[0], clerk.database.path
    dialogs = [
        *(RowForm(window, registry, None) for registry in REGISTRIES.values()),
        *(AmendmentDialog(window, task, kind) for kind in AmendmentKind),
        ExclusionDialog(window, [("a", "云岭县第一物业公司")], {"a": "其他：停业整顿"}),
        ConfirmDialog(window, clerk, clerk.ask(list_draws)[0].id),
        LineDialog(window, clerk, None),
        NewAccount(window, clerk), RecoveryDialog(window, clerk, CODE),
        SignIn(store), Forgotten(store, "张敏", window),
        AdmitDialog(window, "B"), AdmittedDialog(window, "业务二科笔记本", "加入回复_业务二科笔记本.ssjb", "12345 67890"),
        RevokeDialog(window, clerk, "x", "业务二科笔记本"),
        TakeRootKey(window, clerk), RestoreAdministrator(window, clerk),
        ServerDialog(window, clerk), FieldOutDialog(window, clerk),
    ]  # fmt: skip
    wrong = {}
    for dialog in dialogs:
        dialog.show()
        said = cut_off(dialog)
        said += [f"{dialog.width()}×{dialog.height()}"] if dialog.height() > SCREEN[1] else []
        wrong[type(dialog).__name__] = said
        dialog.hide()
    window.end_session()
    assert {name: said for name, said in wrong.items() if said} == {}


def test_the_checker_finds_a_word_that_is_cut(qtbot: QtBot, qapp) -> None:  # type: ignore[no-untyped-def]
    apply_theme(qapp)
    dialog = AdmittedDialog(None, "业务二科笔记本", "回复.ssjb", "12345 67890")  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    assert cut_off(dialog) == []
    dialog.code.setFixedWidth(30)
    assert cut_off(dialog) == ["title: 12345 67890"]


def test_slips_on_the_table_fit_at_the_largest_text(
    filled_office: tuple[Desk, Desk],
    qtbot: QtBot,
    qapp,  # type: ignore[no-untyped-def]
) -> None:
    clerk, approver = filled_office
    for name, unit in (("刘昕", "县纪委"), ("马骉", "县政协")):
        clerk.do(enrol, Enrol("witnesses", {"name": name, "unit": unit}))
    key = clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver, "A=3,B=2")))
    clerk.do(open_slips, key)
    apply_theme(qapp, list(TEXT_SIZES)[-1])
    window = MainWindow(clerk)
    qtbot.addWidget(window)
    window.resize(*SCREEN)
    window.show()
    page = window.open_page("draws")
    assert isinstance(page, DrawsPage)
    page.start()
    assert page.wizard is not None
    page.wizard.resume(key)
    said = [*cut_off(window), overflows(window, *SCREEN)]
    window.end_session()
    apply_theme(qapp)
    assert said == [""]


@pytest.mark.parametrize(("width", "height"), [(1366, 696), (911, 464), (683, 336)])
def test_no_dialog_is_larger_than_the_screen_and_its_buttons_can_be_reached(
    width: int, height: int, largest: tuple[Desk, Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    """1366×768 with a task bar, as it is and at 150 % and 200 %."""
    clerk, _ = largest
    window = MainWindow(clerk)
    qtbot.addWidget(window)
    wrong = {}
    for dialog in (
        FirstRun(tmp_path / "office.ssj"), NewAccount(window, clerk), ServerDialog(window, clerk),
        FieldOutDialog(window, clerk), RowForm(window, REGISTRIES["targets"], None),
        LineDialog(window, clerk, None), RecoveryDialog(window, clerk, CODE),
    ):  # fmt: skip
        dialog.show()
        dialog.fit(QSize(width, height))
        QApplication.processEvents()
        hidden = [b.text() for b in dialog.findChildren(QPushButton) if _is_lost(dialog, b)]
        if dialog.width() > width or dialog.height() > height or hidden:
            wrong[type(dialog).__name__] = (dialog.size().toTuple(), hidden)
        dialog.hide()
    window.end_session()
    assert wrong == {}


def _is_lost(dialog: QWidget, made: QPushButton) -> bool:
    """Outside of the dialog, and no scroll area brings it in."""
    inside = dialog.rect().contains(made.mapTo(dialog, made.rect().center()))
    areas = (area for area in dialog.findChildren(QScrollArea) if area.isAncestorOf(made))
    return made.isVisible() and not inside and next(areas, None) is None


def test_the_window_gets_as_small_as_a_magnified_screen(
    largest: tuple[Desk, Desk], qtbot: QtBot
) -> None:
    window = MainWindow(largest[0])
    qtbot.addWidget(window)
    window.show()
    for page in window.allowed_pages():
        window.open_page(page.key)
        window.resize(911, 464)
        QApplication.processEvents()
        assert window.height() == 464, page.key
        assert window.width() <= 911 or window.width() == window.minimumSizeHint().width()
    window.end_session()


def test_the_draw_is_held_on_a_small_screen_without_scrolling_to_its_buttons(
    drawn_office: tuple[Desk, Desk], qtbot: QtBot
) -> None:
    window = MainWindow(drawn_office[0])
    qtbot.addWidget(window)
    window.resize(*SCREEN)
    window.show()
    page = window.open_page("draws")
    assert isinstance(page, DrawsPage)
    page.start()
    assert page.wizard is not None
    qtbot.waitUntil(page.wizard.isVisible)
    step = page.wizard.stack.currentWidget()
    assert isinstance(step, SchemeStep)
    QApplication.processEvents()
    button = step.freeze_button
    assert button.visibleRegion().boundingRect() == button.rect()
    window.end_session()

"""Parts of the window: of several pages only the one in view counts."""

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ssj_desktop.ui.widgets import InView


class Form(QWidget):
    """Two fields on a page of this height."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self.setMinimumHeight(height)
        self.first, self.second = QLineEdit(), QLineEdit()
        box = QVBoxLayout(self)
        box.addWidget(self.first)
        box.addWidget(self.second)


@pytest.fixture
def pages(qtbot: QtBot) -> tuple[InView, Form, Form]:
    view, small, large = InView(), Form(100), Form(900)
    qtbot.addWidget(view)
    view.addWidget(small)
    view.addWidget(large)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    return view, small, large


def test_only_the_page_in_view_says_how_much_room_is_needed(
    pages: tuple[InView, Form, Form],
) -> None:
    view, small, large = pages
    assert view.currentWidget() is small
    assert view.minimumSizeHint().height() == 100
    view.setCurrentWidget(large)
    assert view.minimumSizeHint().height() == 900
    assert (small.isVisible(), large.isVisible()) == (False, True)


def test_the_focus_goes_along_and_is_back_where_it_was(pages: tuple[InView, Form, Form]) -> None:
    view, small, large = pages
    small.second.setFocus()
    view.setCurrentWidget(large)
    assert QApplication.focusWidget() is large.first
    view.setCurrentWidget(small)
    assert QApplication.focusWidget() is small.second


def test_the_first_page_takes_the_place_of_one_that_is_taken_away(
    pages: tuple[InView, Form, Form],
) -> None:
    view, small, large = pages
    view.setCurrentWidget(large)
    view.removeWidget(large)
    large.deleteLater()
    assert view.currentWidget() is small
    assert small.isVisible()

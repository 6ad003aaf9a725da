"""Work that must not be stopped halfway: off the main thread, its result or refusal comes back."""

import threading
from functools import partial

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QProgressDialog, QPushButton, QWidget

from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.ui.tasks import wait_for


@pytest.fixture
def parent(qtbot) -> QWidget:  # type: ignore[no-untyped-def]
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_it_runs_elsewhere_while_the_window_lives_and_gives_its_result(parent: QWidget) -> None:
    ticks, proceed = [], threading.Event()
    timer = QTimer(parent)
    timer.timeout.connect(lambda: ticks.append(1) or (len(ticks) > 3 and proceed.set()))
    timer.start(5)

    def work() -> threading.Thread:
        assert proceed.wait(10)
        return threading.current_thread()

    assert wait_for(parent, "正在修复……", work) is not threading.main_thread()
    assert len(ticks) > 3


def test_its_dialog_has_no_way_to_stop_it(parent: QWidget) -> None:
    seen: list[list[QPushButton]] = []
    proceed = threading.Event()

    def look() -> None:
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QProgressDialog)]
        (dialog,) = [each for each in dialogs if each.isVisible()]
        seen.append(dialog.findChildren(QPushButton))
        proceed.set()

    QTimer.singleShot(50, look)
    assert wait_for(parent, "正在重新加密……", partial(proceed.wait, 10))
    assert seen == [[]]


def test_a_refusal_comes_back_as_it_was(parent: QWidget) -> None:
    def work() -> None:
        raise RuleViolation("不行。", "换一个。")

    with pytest.raises(RuleViolation, match="不行"):
        wait_for(parent, "正在修复……", work)

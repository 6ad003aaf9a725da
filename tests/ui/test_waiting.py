"""Work that must not be stopped halfway: off the main thread, its result or refusal comes back."""

import threading
from functools import partial

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QProgressDialog, QPushButton, QWidget

from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.services.steps import Steps
from ssj_desktop.ui.news import News
from ssj_desktop.ui.start import StartDialog
from ssj_desktop.ui.tasks import wait_for, wait_in, wait_in_steps


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

    QTimer.singleShot(700, look)
    assert wait_for(parent, "正在重新加密……", partial(proceed.wait, 10))
    assert seen == [[]]


def test_a_refusal_comes_back_as_it_was(parent: QWidget) -> None:
    def work() -> None:
        raise RuleViolation("不行。", "换一个。")

    with pytest.raises(RuleViolation, match="不行"):
        wait_for(parent, "正在修复……", work)


def test_a_password_is_proven_while_the_greyed_dialog_takes_no_input_and_stays(qtbot) -> None:  # type: ignore[no-untyped-def]
    dialog = StartDialog("登录", "", "登录")
    field = QLineEdit()
    dialog.add_row("密码", field)
    qtbot.addWidget(dialog)
    dialog.show()
    field.setFocus()
    proceed = threading.Event()

    def look() -> None:
        assert not dialog.isEnabled()
        dialog.close()
        assert dialog.isVisible()
        proceed.set()

    QTimer.singleShot(20, look)
    assert wait_in(dialog, partial(proceed.wait, 10))
    assert dialog.isEnabled()
    assert dialog.focusWidget() is field


def test_a_password_does_not_wait_behind_work_on_files(parent: QWidget) -> None:
    proceed = threading.Event()

    def prove() -> None:
        wait_in(parent, proceed.set)

    QTimer.singleShot(0, prove)
    assert wait_for(parent, "正在写出……", partial(proceed.wait, 10))


def test_news_of_a_use_case_run_elsewhere_reaches_the_window_on_its_own_thread(
    office, parent: QWidget
) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = office
    heard: list[tuple[threading.Thread, frozenset[str]]] = []
    News(parent, clerk, lambda areas: heard.append((threading.current_thread(), areas)))
    command = Enrol("targets", {"name": "云岭物业", "number": "N-1"})
    wait_for(parent, "正在写入……", partial(clerk.do, enrol, command))
    ((thread, areas),) = heard
    assert thread is threading.main_thread()
    assert "targets" in areas


def test_an_exchange_shows_its_steps_and_stops_between_two_of_them(parent: QWidget) -> None:
    shown, past = [], []

    def press() -> None:
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QProgressDialog)]
        (dialog,) = [each for each in dialogs if each.isVisible()]
        shown.append(dialog.labelText())
        (stop,) = dialog.findChildren(QPushButton)
        stop.click()

    def work(steps: Steps) -> str:
        for number in range(1, 10_000):
            steps(f"并入第 {number} 段，共 9999 段", number, 9999)
            past.append(number)
            threading.Event().wait(0.005)
        return "to the end"

    QTimer.singleShot(900, press)
    assert wait_in_steps(parent, "正在导入……", work) is None
    assert "段，共 9999 段" in shown[0]
    assert 0 < len(past) < 9_999


def test_an_exchange_nobody_stops_gives_its_result_and_its_refusal(parent: QWidget) -> None:
    assert wait_in_steps(parent, "正在导入……", lambda steps: steps("第 1 段", 1, 1) or 7) == 7

    def refuse(_: Steps) -> None:
        raise RuleViolation("不行。", "换一个。")

    with pytest.raises(RuleViolation, match="不行"):
        wait_in_steps(parent, "正在导入……", refuse)

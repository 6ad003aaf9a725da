"""锁定名录 on screen: naming the draw that is repeated, leaving out by hand."""

from pathlib import Path

import pytest
from office import Clock, approved_line, enrol_inspectors, enrol_targets, found, freezing

from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.ui.draw_wizard import scheme_step
from ssj_desktop.ui.draw_wizard.exclusion_dialog import ExclusionDialog
from ssj_desktop.ui.draw_wizard.scheme_step import SchemeStep
from ssj_desktop.ui.tasks import wait_for_workers

CODE = "91239921X000000003"


@pytest.fixture
def desks(tmp_path: Path):  # type: ignore[no-untyped-def]
    clerk, approver = found(tmp_path, Clock())
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    yield clerk, approver
    clerk.close()


def test_a_redraw_is_named_from_the_draws_of_the_same_task(desks, qtbot) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = desks
    line = approved_line(clerk, approver)
    first = SchemeStep(clerk, lambda _key: None)
    qtbot.addWidget(first)
    assert first.command().replaces == ""
    assert not first.replaces.isVisibleTo(first)
    key = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(key, ("314159", "271828", "161803")))
    step = SchemeStep(clerk, lambda _key: None)
    qtbot.addWidget(step)
    assert step.replaces.isVisibleTo(step)
    step.replaces.setCurrentIndex(1)
    assert step.command().replaces == "239921-A-2026-0001"


def test_an_object_is_left_out_with_its_reason_and_taken_back(desks, qtbot, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = desks
    approved_line(clerk, approver)
    step = SchemeStep(clerk, lambda _key: None)
    qtbot.addWidget(step)
    dialog = ExclusionDialog(step, [(CODE, "云岭县第3物业公司")], {})
    qtbot.addWidget(dialog)
    dialog.add()
    assert dialog.chosen == {}
    dialog.object.setCurrentIndex(0)
    dialog.reason.setCurrentText("并入其他检查")
    dialog.add()
    assert dialog.chosen == {CODE: "并入其他检查"}
    assert "云岭县第3物业公司" in dialog.list.item(0).text()
    dialog.reason.setCurrentText("其他（附说明）")
    dialog.add()
    assert "没有写说明" in dialog.hint.text()
    assert dialog.chosen == {CODE: "并入其他检查"}
    dialog.note.setText("汛期道路中断")
    dialog.add()
    assert dialog.chosen == {CODE: "其他（附说明）：汛期道路中断"}
    assert dialog.hint.isHidden()

    class Done(ExclusionDialog):
        def exec(self) -> int:
            self.object.setCurrentIndex(self.object.codes.index(CODE))
            self.reason.setCurrentText("并入其他检查")
            self.add()
            return 1

    monkeypatch.setattr(scheme_step, "ExclusionDialog", Done)
    step.choose_exclusions()
    assert step.command().exclusions == {CODE: "并入其他检查"}
    assert "已选 1 家" in step.exclude_button.text()
    dialog.list.setCurrentRow(0)
    dialog.remove()
    assert dialog.chosen == {}


def test_the_counts_before_a_freeze_come_from_the_worker_and_only_the_last_answer_shows(  # type: ignore[no-untyped-def]
    desks, qtbot
) -> None:
    clerk, approver = desks
    approved_line(clerk, approver)
    step = SchemeStep(clerk, lambda _key: None)
    qtbot.addWidget(step)
    assert step.facts.text() == "正在核对……"
    step.visit.setDate(step.visit.date().addDays(1))
    qtbot.waitUntil(lambda: "名录库基数：20 家" in step.facts.text())
    step.line.setCurrentIndex(-1)
    wait_for_workers()
    assert "没有可以抽取的任务" in step.facts.text()

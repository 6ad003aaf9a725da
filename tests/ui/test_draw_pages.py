"""The ceremony on screen beyond its plain path: projection, sealing, amendments, rehearsal."""

from pathlib import Path

import pytest
from office import (
    Clock,
    approved_line,
    enrol_experts,
    enrol_inspectors,
    enrol_targets,
    found,
    freezing,
)
from PySide6.QtWidgets import QLabel

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.vocabulary import AmendmentKind, AmendmentState, TaskState
from ssj_desktop.queries.draw_ledger import list_amendments
from ssj_desktop.queries.draws import find_draw, list_draws
from ssj_desktop.queries.plans import list_plans
from ssj_desktop.services.draws import (
    EnterSlip,
    PerformDraw,
    draw,
    enter_slip,
    freeze_draw,
    open_slips,
)
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.services.rehearsals import open_rehearsal
from ssj_desktop.ui import papers
from ssj_desktop.ui.draw_wizard.projection import Projection
from ssj_desktop.ui.draw_wizard.result_step import ResultStep
from ssj_desktop.ui.draw_wizard.scheme_step import SchemeStep
from ssj_desktop.ui.draw_wizard.slips_step import SlipsStep
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages import plans_page
from ssj_desktop.ui.pages.amendment_dialog import AmendmentDialog
from ssj_desktop.ui.pages.draws_page import DrawsPage, RehearsalDialog
from ssj_desktop.ui.pages.inspections_page import InspectionsPage
from ssj_desktop.ui.pages.line_dialog import LineDialog
from ssj_desktop.ui.pages.void_dialog import VoidDialog

DIGITS = ("314159", "271828", "161803")


@pytest.fixture
def desks(tmp_path: Path):  # type: ignore[no-untyped-def]
    clerk, approver = found(tmp_path, Clock())
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    enrol_experts(clerk)
    for name, unit in (("刘昕", "县纪委"), ("马骉", "县政协")):
        clerk.do(enrol, Enrol("witnesses", {"name": name, "unit": unit}))
    yield clerk, approver
    clerk.close()


def frozen(desks, **changes: object) -> str:  # type: ignore[no-untyped-def]
    clerk, approver = desks
    return str(clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver), **changes)))


def test_the_projection_hides_digits_until_all_are_in_and_then_shows_the_stored_result(
    desks, qtbot
) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = desks
    key = frozen(desks)
    screen = Projection(clerk, key)
    qtbot.addWidget(screen)
    clerk.do(open_slips, key)
    clerk.do(enter_slip, EnterSlip(key, 1, "314159"))
    assert screen._digits(1) == "●●●"
    assert screen._digits(2) == "待录入"
    assert screen.seed == ""
    clerk.do(draw, PerformDraw(key, DIGITS))
    assert screen._digits(1) == "314 159"
    assert screen.timer.isActive()
    screen.show_all()
    detail = clerk.ask(find_draw, key)
    wanted = sorted((s for s in detail.selected if s.standing == "drawn"), key=lambda s: s.ticket)
    assert [row.code for row in screen.drawn] == [row.code for row in wanted]
    screen.grab()


def test_slips_resume_where_they_were_kept(desks, qtbot) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = desks
    key = frozen(desks, public_source="当日福彩3D开奖号码")
    clerk.do(open_slips, key)
    clerk.do(enter_slip, EnterSlip(key, 1, "314159"))
    changed: list[str] = []
    step = SlipsStep(clerk, clerk.ask(find_draw, key), changed.append)
    qtbot.addWidget(step)
    assert step.digits[0].isReadOnly()
    assert step.pills[0].text() == "已录入"
    for place, digits in ((1, "271828"), (2, "161803")):
        step.digits[place].setText(digits)
        step.repeats[place].setText(digits)
    step.proceed()
    assert step.reason.text() == "还没有填写公开数"
    step.public.setText("385")
    step.proceed()
    assert changed == [key]
    assert clerk.ask(list_draws)[0].state is DrawState.DRAWN


def test_a_sealed_result_hides_names_until_it_is_opened(desks, qtbot, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = desks
    visit = clerk.today().replace(day=30)
    key = frozen(desks, visit_date=visit, sealed=True)
    clerk.do(draw, PerformDraw(key, DIGITS))
    step = ResultStep(approver, approver.ask(find_draw, key))
    qtbot.addWidget(step)
    name = step.model.index(0, 2)
    assert step.model.data(name) == "（封存）"
    monkeypatch.setattr(
        "ssj_desktop.ui.draw_wizard.result_step.QInputDialog.getText", lambda *_: ("提前送达", True)
    )
    step.unseal()
    assert "物业公司" in step.model.data(name)


def test_the_first_step_asks_for_the_filing_object_only_where_one_is_drawn(desks, qtbot) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = desks
    approved_line(clerk, approver, "ALL=概率50%", stratify_by="")
    chosen: list[str] = []
    step = SchemeStep(clerk, chosen.append)
    qtbot.addWidget(step)
    step.place.setText("消防窗口")
    assert step.reason.text() == "还没有选择备案对象"
    step.object.setCurrentIndex(3)
    assert "还差 1 位见证人" in step.reason.text()
    step.panel.item(0).setCheckState(step.panel.item(0).checkState().Checked)
    step.freeze()
    assert clerk.ask(find_draw, chosen[0]).base == 1


def test_a_replacement_is_applied_for_and_decided_on_screen(desks, qtbot, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = desks
    key = frozen(desks)
    clerk.do(draw, PerformDraw(key, DIGITS))
    window = MainWindow(clerk)
    qtbot.addWidget(window)
    tasks = window.open_page("inspections")
    assert isinstance(tasks, InspectionsPage)

    def accept(dialog: AmendmentDialog) -> int:
        assert not dialog.go.isEnabled()
        dialog.evidence.setPlainText("注销通知书，卷内第 3 页")
        assert dialog.go.isEnabled()
        return 1

    monkeypatch.setattr(AmendmentDialog, "exec", accept)
    tasks.apply(AmendmentKind.REPLACEMENT)
    page = DrawsPage(approver)
    qtbot.addWidget(page)
    page.refresh()
    assert page.amendments.model.rowCount() == 1
    page.amendments.decide(True)
    assert approver.ask(list_amendments)[0].state is AmendmentState.APPROVED
    tasks.refresh()
    assert TaskState.REPLACED in {row.state for row in tasks.model.rows}
    shown: list[str] = []
    monkeypatch.setattr(
        papers,
        "Preview",
        lambda _p, title, *_: type("P", (), {"exec": lambda _s: shown.append(title)})(),
    )
    page.amendments.refresh()
    page.amendments.show_paper()
    assert shown == ["随机抽取替补审批表"]


def test_the_ledger_page_previews_its_papers(desks, qtbot, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = desks
    key = frozen(desks)
    clerk.do(draw, PerformDraw(key, DIGITS))
    page = DrawsPage(clerk)
    qtbot.addWidget(page)
    page.refresh()
    shown: list[str] = []
    monkeypatch.setattr(
        papers,
        "Preview",
        lambda _p, title, *_: type("P", (), {"exec": lambda _s: shown.append(title)})(),
    )
    page.show_ledger_paper()
    assert shown == ["2026年度随机抽取台账"]
    page.table.selectRow(0)
    page.open_selected()
    screen = page.project()
    assert screen is not None
    qtbot.addWidget(screen)


def test_the_rehearsal_window_cannot_be_mistaken(desks, qtbot, tmp_path) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = desks
    approved_line(clerk, approver)
    rehearsal = open_rehearsal(clerk, tmp_path / "copy")
    page = DrawsPage(rehearsal)
    dialog = RehearsalDialog(None, page)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert dialog.windowTitle() == "演练"
    assert page.rehearse_button.isHidden()
    rehearsal.close()


def test_an_ad_hoc_plan_is_drafted_with_its_reason(desks, qtbot, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = desks
    page = plans_page.PlansPage(clerk)
    qtbot.addWidget(page)
    clerk.subscribe(lambda _areas: page.refresh())
    page.refresh()
    answers = iter((("燃气专项", True), ("县安委会〔2026〕3号", True)))
    monkeypatch.setattr(plans_page.QInputDialog, "getText", lambda *_: next(answers))
    page.draft_ad_hoc()
    assert "临时　燃气专项" in page.choice.currentText()
    assert clerk.ask(list_plans)[0].ad_hoc


def test_a_line_keeps_total_batches_and_experts(desks, qtbot) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = desks
    dialog = LineDialog(None, clerk, None)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.quotas.setText("A=分摊,B=分摊+1")
    dialog.total.setText("五")
    assert dialog.draft() is None
    assert "不是整数" in dialog.fault.text()
    dialog.total.setText("5")
    dialog.experts.setText("消防、燃气")
    dialog.method.setCurrentText("书面检查")
    dialog.targeting.setCurrentText("定向抽查")
    draft = dialog.draft()
    assert draft is not None
    assert (draft.total, draft.expert_seats) == (5, ("消防", "燃气"))
    again = LineDialog(None, clerk, draft)  # type: ignore[arg-type]
    qtbot.addWidget(again)
    assert again.draft() == draft


def test_a_site_check_in_winter_is_asked_about_while_the_line_is_written(desks, qtbot) -> None:  # type: ignore[no-untyped-def]
    dialog = LineDialog(None, desks[0], None)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert dialog.season.isHidden()
    dialog.last.setValue(11)
    assert "冬季停工期" in dialog.season.text()
    dialog.method.setCurrentText("书面检查")
    assert dialog.season.isHidden()


def test_a_draw_is_voided_only_with_a_reason_and_the_dialog_says_what_becomes_of_it(
    desks, qtbot, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = desks
    key = frozen(desks)
    page = DrawsPage(approver)
    qtbot.addWidget(page)
    page.refresh()
    page.table.selectRow(0)
    shown: list[str] = []

    def give_reason(dialog: VoidDialog) -> None:
        shown.extend(text.text() for text in dialog.findChildren(QLabel))
        assert not dialog.go.isEnabled()
        dialog.reason.setText("监督人未能到场")
        dialog.submit()

    monkeypatch.setattr(VoidDialog, "exec", give_reason)
    page.void()
    assert any("作废以后不能恢复" in text for text in shown)
    row = clerk.ask(find_draw, key).row
    assert (row.state, row.void_reason) == (DrawState.VOID, "监督人未能到场")

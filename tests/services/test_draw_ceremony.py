"""The ceremony beyond its plain path: modes, kept slips, sealing, ad-hoc tasks, experts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from office import (
    Clock,
    approved_line,
    approved_line_of,
    enrol_experts,
    enrol_inspectors,
    enrol_targets,
    found,
    freezing,
)

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.record import verify_record
from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.vocabulary import Targeting
from ssj_desktop.queries.draw_words import LedgerPlace, standings
from ssj_desktop.queries.draws import draw_record, find_draw, list_draws
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.predraw_papers import predraw_paper
from ssj_desktop.queries.record_papers import record_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import (
    EnterSlip,
    Panelist,
    PerformDraw,
    UnsealDraw,
    VoidDraw,
    draw,
    enter_slip,
    freeze_draw,
    open_slips,
    unseal_draw,
    void_draw,
)
from ssj_desktop.services.plans import DraftPlan, draft_plan

DIGITS = ("314159", "271828", "-")


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    clerk, approver = found(tmp_path, Clock())
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    yield clerk, approver
    clerk.close()


def test_kept_slips_survive_and_only_the_same_digits_continue(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    frozen = clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver)))
    clerk.do(open_slips, frozen)
    clerk.do(enter_slip, EnterSlip(frozen, 1, "314159"))
    assert clerk.ask(find_draw, frozen).slips == {1: "314159"}
    assert clerk.ask(find_draw, frozen).row.state is DrawState.OPENED
    with pytest.raises(RuleViolation, match="已经录入"):
        clerk.do(draw, PerformDraw(frozen, ("999999", "271828", "-")))
    with pytest.raises(RuleViolation, match="已经录入"):
        clerk.do(enter_slip, EnterSlip(frozen, 1, "999999"))
    clerk.do(enter_slip, EnterSlip(frozen, 2, "271828"))
    with pytest.raises(RuleViolation, match="与抽取一起录入"):
        clerk.do(enter_slip, EnterSlip(frozen, 3, "-"))
    clerk.do(draw, PerformDraw(frozen, DIGITS))
    assert clerk.ask(draw_record, frozen)["witnesses"] == list(DIGITS)


@pytest.mark.parametrize(
    ("slip", "fault"), [((4, "123456"), "没有第 4 位"), ((1, "12345"), "还差 1 位")]
)
def test_a_slip_of_nobody_or_with_few_digits_is_refused(
    desks: tuple[Desk, Desk], slip: tuple[int, str], fault: str
) -> None:
    clerk, approver = desks
    frozen = clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver)))
    with pytest.raises(InvalidInput, match=fault):
        clerk.do(enter_slip, EnterSlip(frozen, *slip))
    assert clerk.ask(find_draw, frozen).row.state is DrawState.FROZEN


def test_once_slips_are_open_the_draw_can_only_be_continued(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver)
    frozen = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(open_slips, frozen)
    with pytest.raises(RuleViolation, match="现在不能作废"):
        approver.do(void_draw, VoidDraw(frozen, "不满意"))
    with pytest.raises(RuleViolation, match="中冻结"):
        clerk.do(freeze_draw, freezing(clerk, line, "r2"))


def test_a_drawn_or_void_draw_takes_no_slips(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    frozen = clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver)))
    approver.do(void_draw, VoidDraw(frozen, "名录有误"))
    with pytest.raises(RuleViolation, match="已作废"):
        clerk.do(open_slips, frozen)
    with pytest.raises(InvalidInput, match="找不到"):
        clerk.do(open_slips, "nowhere")


def test_a_promised_public_number_must_come_and_an_unpromised_one_must_not(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver)
    source = "2026年3月16日福彩3D开奖号码"
    frozen = clerk.do(freeze_draw, freezing(clerk, line, public_source=source))
    assert ("公开数来源", source) in clerk.ask(predraw_paper, frozen).facts
    with pytest.raises(InvalidInput, match="还没有填写"):
        clerk.do(draw, PerformDraw(frozen, DIGITS))
    clerk.do(draw, PerformDraw(frozen, DIGITS, "385"))
    assert ("公开数 X", "385") in clerk.ask(record_paper, frozen).facts


def test_a_public_number_nobody_promised_is_refused(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    frozen = clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver)))
    with pytest.raises(InvalidInput, match="没有事先约定"):
        clerk.do(draw, PerformDraw(frozen, DIGITS, "385"))


def test_one_total_is_shared_over_the_strata(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver, "A=分摊,B=分摊+1", total=5)
    frozen = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(frozen, DIGITS))
    record = clerk.ask(draw_record, frozen)
    assert [stratum["k"] for stratum in record["strata"]] == [3, 2]


def test_a_key_item_visits_everybody_in_batches_of_ticket_order(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver, "A=100%,B=100%", batches=4)
    frozen = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(frozen, DIGITS))
    record = clerk.ask(draw_record, frozen)
    assert [len(batch) for batch in record["batches"]] == [5, 5, 5, 5]
    by_code = {task.target_code: task.batch for task in clerk.ask(list_tasks, frozen)}
    assert all(by_code[code] == 2 for code in record["batches"][1])
    assert any("第 4 批" in row[4] for row in clerk.ask(record_paper, frozen).drawn)


def test_a_single_filing_needs_the_applicant_only_and_is_drawn_once(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver, "ALL=概率50%", stratify_by="")
    panel = (Panelist("申请人王某", "云岭县第0物业公司"),)
    with pytest.raises(InvalidInput, match="没有选择备案对象"):
        clerk.do(freeze_draw, freezing(clerk, line, panel=panel))
    one = freezing(clerk, line, panel=panel, only="91239921X000000000")
    frozen = clerk.do(freeze_draw, one)
    paper = clerk.ask(predraw_paper, frozen)
    assert any("按概率 50%" in value for _, value in paper.facts)
    clerk.do(draw, PerformDraw(frozen, ("314159",)))
    record = clerk.ask(draw_record, frozen)
    assert record["strata"][0]["cutoff"] == "0.5000"
    assert verify_record(record).ok
    with pytest.raises(RuleViolation, match=r"抽取过|没有可以参加"):
        clerk.do(freeze_draw, freezing(clerk, line, "r2", panel=panel, only="91239921X000000000"))


def test_an_ad_hoc_task_has_its_reason_and_its_approver_on_the_record(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, approver = desks
    approved_line(clerk, approver)
    year = clerk.today().year
    with pytest.raises(InvalidInput, match="没有写明临时任务的原因"):
        clerk.do(draft_plan, DraftPlan(year, "专项", ad_hoc=True))
    with pytest.raises(InvalidInput, match="没有填写临时任务的名称"):
        clerk.do(draft_plan, DraftPlan(year, ad_hoc=True, reason="投诉"))
    plan = clerk.do(
        draft_plan, DraftPlan(year, "燃气专项", ad_hoc=True, reason="县安委会〔2026〕3号")
    )
    line = approved_line_of(clerk, approver, plan, "A=10%,B=1", targeting=Targeting.DIRECTED)
    frozen = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(frozen, DIGITS))
    facts = dict(clerk.ask(record_paper, frozen).facts)
    assert facts["临时任务"] == "县安委会〔2026〕3号（审批人 高建国）"
    assert facts["定向抽查"] == "行业类别为物业服务企业"


def test_partner_departments_and_experts_have_their_own_seats(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    enrol_experts(clerk)
    line = approved_line(clerk, approver, expert_seats=("消防",))
    frozen = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(frozen, DIGITS))
    paper = clerk.ask(record_paper, frozen)
    assert all("专家" in row[5] for row in paper.drawn)
    assert any(row[1] == "专家1" for row in paper.candidates)
    assert all(len(task.team) == 2 for task in clerk.ask(list_tasks, frozen))


def test_a_sealed_list_stays_hidden_until_the_visit_unless_a_second_person_opens_it(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, approver = desks
    clock = clerk.surroundings
    assert isinstance(clock, Clock)
    visit = clerk.today().replace(day=30)
    line = approved_line(clerk, approver)
    frozen = clerk.do(freeze_draw, freezing(clerk, line, visit_date=visit, sealed=True))
    clerk.do(draw, PerformDraw(frozen, DIGITS))
    detail = clerk.ask(find_draw, frozen)
    assert detail.is_sealed(clerk.today())
    with pytest.raises(PermissionRefused):
        clerk.do(unseal_draw, UnsealDraw(frozen, "提前准备"))
    with pytest.raises(InvalidInput, match="写明原因"):
        approver.do(unseal_draw, UnsealDraw(frozen, " "))
    approver.do(unseal_draw, UnsealDraw(frozen, "提前送达通知书"))
    assert not clerk.ask(find_draw, frozen).is_sealed(clerk.today())
    with pytest.raises(RuleViolation, match="没有封存"):
        approver.do(unseal_draw, UnsealDraw(frozen, "再来"))
    clock.pass_days(20)
    assert not detail.is_sealed(clerk.today())


def test_the_ledger_tells_of_each_draw_what_the_draw_tells_of_itself(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver)
    void = clerk.do(freeze_draw, freezing(clerk, line))
    approver.do(void_draw, VoidDraw(void, "名录漏列一家"))
    drawn = clerk.do(freeze_draw, freezing(clerk, line, "r2"))
    clerk.do(draw, PerformDraw(drawn, DIGITS))
    rows = clerk.ask(list_draws)
    assert rows == (clerk.ask(find_draw, drawn).row, clerk.ask(find_draw, void).row)
    assert rows[0].ordinal == "本年度第 2 次，作废 1 次"
    assert (rows[0].drawn, rows[1].drawn) == (3, 0)
    assert clerk.ask(list_draws, 2025) == ()


def test_of_two_draws_with_one_number_neither_stands_before_the_other() -> None:
    places = [
        LedgerPlace(2026, "A", 1, "甲", "VOID"),
        LedgerPlace(2026, "A", 2, "乙", "DRAWN"),
        LedgerPlace(2026, "A", 2, "丙", "FROZEN"),
        LedgerPlace(2026, "B", 2, "丁", "DRAWN"),
    ]
    found = standings(places)
    assert found["乙"] == found["丙"] == "本年度第 2 次，作废 1 次"
    assert found["丁"] == "本年度第 2 次，作废 0 次"


def test_the_tasks_of_a_year_are_those_drawn_in_it(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    key = clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver)))
    clerk.do(draw, PerformDraw(key, DIGITS))
    tasks = clerk.ask(list_tasks)
    assert tasks
    assert clerk.ask(list_tasks, year=2026) == tasks
    assert clerk.ask(list_tasks, year=2025) == ()

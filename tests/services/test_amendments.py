"""替补 and 回避: the printed order decides who follows, a second person decides whether."""

from collections.abc import Iterator
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

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.vocabulary import AmendmentKind, AmendmentState, TaskState
from ssj_desktop.queries.disclosures import list_subjects
from ssj_desktop.queries.draw_ledger import amendment_paper, list_amendments
from ssj_desktop.queries.draws import draw_record
from ssj_desktop.queries.inspections import TaskRow, list_tasks
from ssj_desktop.services.amendments import (
    ApplyAmendment,
    DecideAmendment,
    apply_amendment,
    decide_amendment,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw

DIGITS = ("314159", "271828", "161803")
GONE = "已注销、吊销或撤销"


@pytest.fixture
def drawn(tmp_path: Path) -> Iterator[tuple[Desk, Desk, str]]:
    clerk, approver = found(tmp_path, Clock())
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    enrol_experts(clerk)
    line = approved_line(clerk, approver, expert_seats=("消防",))
    key = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(key, DIGITS))
    yield clerk, approver, key
    clerk.close()


def task_of(desk: Desk, key: str, code: str) -> TaskRow:
    return next(t for t in desk.ask(list_tasks, key) if t.target_code == code)


def replace(drawn: tuple[Desk, Desk, str], code: str) -> str:
    clerk, approver, key = drawn
    task = task_of(clerk, key, code)
    applied = ApplyAmendment(
        task.id, AmendmentKind.REPLACEMENT, GONE, "登记机关注销通知书，卷内第3页"
    )
    return approver.do(decide_amendment, DecideAmendment(clerk.do(apply_amendment, applied), True))


def recuse(drawn: tuple[Desk, Desk, str], task: TaskRow, officer: str) -> str:
    clerk, approver, _ = drawn
    applied = ApplyAmendment(
        task.id, AmendmentKind.RECUSAL, "曾在检查对象任职", "本人书面申请", subject=officer
    )
    return approver.do(decide_amendment, DecideAmendment(clerk.do(apply_amendment, applied), True))


def test_substitutes_follow_in_ticket_order_and_the_original_stays(
    drawn: tuple[Desk, Desk, str],
) -> None:
    clerk, _, key = drawn
    stratum = clerk.ask(draw_record, key)["strata"][1]
    first, second = stratum["drawn"][:2]
    team = task_of(clerk, key, first).team
    assert replace(drawn, first) == stratum["substitutes"][0]
    replaced, heir = task_of(clerk, key, first), task_of(clerk, key, stratum["substitutes"][0])
    assert replaced.state is TaskState.REPLACED
    assert heir.team == team
    third = replace(drawn, second)
    assert third not in (*stratum["drawn"], *stratum["substitutes"])
    fourth = replace(drawn, third)
    assert len({first, second, third, fourth, *stratum["substitutes"]}) == 5


def test_the_seat_goes_to_the_next_printed_candidate_and_all_others_stay(
    drawn: tuple[Desk, Desk, str],
) -> None:
    clerk, _, key = drawn
    record = clerk.ask(draw_record, key)
    team = record["teams"][0]
    task = task_of(clerk, key, team["object"])
    order = [candidate[0] for candidate in team["seats"][0]]
    successor = recuse(drawn, task, team["officers"][0])
    assert successor == next(o for o in order if o not in team["officers"])
    changed = task_of(clerk, key, team["object"])
    assert [m.code for m in changed.team] == [successor, *team["officers"][1:]]
    again = recuse(drawn, changed, successor)
    assert again not in (successor, *team["officers"])


def test_an_expert_may_ask_to_leave_too(drawn: tuple[Desk, Desk, str]) -> None:
    clerk, _, key = drawn
    task = clerk.ask(list_tasks, key)[0]
    successor = recuse(drawn, task, task.experts[0].code)
    changed = task_of(clerk, key, task.target_code)
    assert [expert.code for expert in changed.experts] == [successor]
    assert changed.team == task.team


def test_a_replaced_object_hands_on_even_the_recused_seat(drawn: tuple[Desk, Desk, str]) -> None:
    clerk, _, key = drawn
    code = clerk.ask(draw_record, key)["strata"][0]["drawn"][0]
    recuse(drawn, task_of(clerk, key, code), task_of(clerk, key, code).team[0].code)
    team = task_of(clerk, key, code).team
    heir = task_of(clerk, key, replace(drawn, code))
    assert heir.team == team
    recuse(drawn, heir, heir.team[1].code)


def test_the_closed_list_and_evidence_are_demanded(drawn: tuple[Desk, Desk, str]) -> None:
    clerk, _, key = drawn
    task = clerk.ask(list_tasks, key)[0]
    with pytest.raises(InvalidInput, match="不在字典中"):
        clerk.do(apply_amendment, ApplyAmendment(task.id, AmendmentKind.REPLACEMENT, "关系好", "x"))
    with pytest.raises(InvalidInput, match="没有写明证据"):
        clerk.do(apply_amendment, ApplyAmendment(task.id, AmendmentKind.REPLACEMENT, GONE, " "))
    with pytest.raises(InvalidInput, match="不在这个检查组里"):
        clerk.do(apply_amendment, ApplyAmendment(task.id, AmendmentKind.RECUSAL, "曾在检查对象任职", "x", "N"))  # fmt: skip
    with pytest.raises(RuleViolation, match="已经提交或已替补"):
        clerk.do(apply_amendment, ApplyAmendment("none", AmendmentKind.REPLACEMENT, GONE, "x"))


def test_the_applicant_cannot_decide_and_a_decision_is_final(drawn: tuple[Desk, Desk, str]) -> None:
    clerk, approver, key = drawn
    task = clerk.ask(list_tasks, key)[0]
    applied = ApplyAmendment(task.id, AmendmentKind.REPLACEMENT, GONE, "通知书")
    key_of = clerk.do(apply_amendment, applied)
    with pytest.raises(RuleViolation, match="正在审批"):
        clerk.do(apply_amendment, applied)
    with pytest.raises(PermissionRefused):
        clerk.do(decide_amendment, DecideAmendment(key_of, True))
    with pytest.raises(InvalidInput, match="不同意要写明意见"):
        approver.do(decide_amendment, DecideAmendment(key_of, False))
    assert approver.do(decide_amendment, DecideAmendment(key_of, False, "证据不足")) == ""
    with pytest.raises(RuleViolation, match="已经有决定"):
        approver.do(decide_amendment, DecideAmendment(key_of, True))
    assert clerk.ask(list_amendments, key)[0].state is AmendmentState.REFUSED
    assert task_of(clerk, key, task.target_code).state is TaskState.OPEN


def test_the_paper_says_who_goes_who_follows_and_why(drawn: tuple[Desk, Desk, str]) -> None:
    clerk, _, key = drawn
    code = clerk.ask(draw_record, key)["strata"][0]["drawn"][0]
    successor = replace(drawn, code)
    row = clerk.ask(list_amendments)[0]
    paper = clerk.ask(amendment_paper, row.id)
    facts = dict(paper.facts)
    assert paper.title == "随机抽取替补审批表"
    assert facts["|递补对象"] == task_of(clerk, key, successor).target_name
    assert GONE in paper.boxes[0][1]
    assert "高建国" in paper.boxes[1][1]


def test_a_replaced_object_does_not_hold_up_the_results(drawn: tuple[Desk, Desk, str]) -> None:
    clerk, _, key = drawn
    code = clerk.ask(draw_record, key)["strata"][0]["drawn"][0]
    replace(drawn, code)
    kinds = {subject.kind.label for subject in clerk.ask(list_subjects, clerk.today())}
    assert "抽查结果" not in kinds

"""Joint draws: every department sits on its own seat, the lead draws, conditions are printed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from office import Clock, approved_line, enrol_inspectors, enrol_targets, found, freezing

from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.vocabulary import Targeting
from ssj_desktop.queries.draws import draw_record
from ssj_desktop.queries.predraw_papers import predraw_paper
from ssj_desktop.queries.record_papers import record_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.registries import Enrol, enrol

PARTNER = "市监局"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    clerk, approver = found(tmp_path, Clock())
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    yield clerk, approver
    clerk.close()


def enrol_partners(desk: Desk, count: int) -> set[str]:
    numbers = {f"88{n:04d}" for n in range(count)}
    for number in sorted(numbers):
        texts = {"name": f"市监{number}", "certificate_number": number, "department": PARTNER,
                 "certificate_expiry": "2029-12-31", "leader": "否"}  # fmt: skip
        desk.do(enrol, Enrol("inspectors", texts))
    return numbers


def test_each_department_sits_on_its_own_seat_and_the_lead_draws_for_all(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, approver = desks
    partners = enrol_partners(clerk, 3)
    line = approved_line(clerk, approver, partners=(PARTNER,), team_size=3)
    key = clerk.do(freeze_draw, freezing(clerk, line))
    assert dict(clerk.ask(predraw_paper, key).facts)["联合抽查"] == f"牵头 住建局；配合 {PARTNER}"
    clerk.do(draw, PerformDraw(key, ("314159", "271828", "161803")))
    teams = clerk.ask(draw_record, key)["teams"]
    assert len(teams) == 3
    for team in teams:
        lead, partner, _ = team["officers"]
        assert lead not in partners
        assert partner in partners
    loads = [sum(p in team["officers"][1:2] for team in teams) for p in partners]
    assert max(loads) == 1
    assert dict(clerk.ask(record_paper, key).facts)["联合抽查"].endswith(PARTNER)


def test_a_partner_without_officers_is_refused_before_any_seed_with_the_seat_named(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver, partners=(PARTNER,))
    with pytest.raises(RuleViolation) as refusal:
        clerk.do(freeze_draw, freezing(clerk, line))
    assert f"（{PARTNER}）" in refusal.value.message
    assert "增补其他科室或上下级" in refusal.value.remedy


def test_a_line_without_a_single_officer_is_refused_instead_of_drawn_without_teams(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver, lead="城管局")
    with pytest.raises(RuleViolation, match="没有可以参加匹配的执法人员"):
        clerk.do(freeze_draw, freezing(clerk, line))


def test_expert_seats_without_experts_are_refused_too(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver, expert_seats=("消防",))
    with pytest.raises(RuleViolation, match="没有可用的专家"):
        clerk.do(freeze_draw, freezing(clerk, line))


def test_directed_conditions_stand_on_sheet_and_record(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    line = approved_line(clerk, approver, targeting=Targeting.DIRECTED)
    key = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(key, ("314159", "271828", "161803")))
    for paper in (clerk.ask(predraw_paper, key), clerk.ask(record_paper, key)):
        assert dict(paper.facts)["定向抽查"] == "行业类别为物业服务企业"

"""Batches, experts, single filings, directed draws, and who follows after the draw."""

from dataclasses import replace

import pytest
from draw_builders import MACHINE, PREVIOUS, officers, outcome, pool, scheme

from ssj_desktop.domain.draw.afterwards import (
    entry_of,
    inherited_team,
    next_officer,
    next_target,
    seat_successor,
)
from ssj_desktop.domain.draw.freezing import freeze, thaw
from ssj_desktop.domain.draw.outcome import Outcome, perform
from ssj_desktop.domain.draw.record import (
    read_record,
    record_bytes,
    record_of,
    teams_of,
    verify_record,
)
from ssj_desktop.domain.draw.scheme import Officer, PoolEntry, Scheme, Seat, StratumRule
from ssj_desktop.domain.errors import InvalidInput, RuleViolation

EXPERTS = tuple(Officer(f"ZJ{n:04d}", "设计院", ("消防",)) for n in range(4))


def filing(ratio: int, digits: str = "314159") -> Outcome:
    one = replace(
        scheme(pool=pool(1, "ALL"), strata=(StratumRule("ALL", "PROBABILITY", ratio),)),
        panel=("申请人",),
    )
    return perform(one, PREVIOUS, MACHINE, (digits,))


def whole(batches: int) -> Outcome:
    return outcome(
        pool=(*pool(7, "A"), *pool(4, "B", 101)),
        strata=(StratumRule("A", "RATIO", 10_000), StratumRule("B", "RATIO", 10_000)),
        batches=batches,
    )


def with_experts() -> Outcome:
    return outcome(experts=EXPERTS, expert_seats=(Seat(specialty="消防"),))


def rethawed(result: Outcome) -> Scheme:
    frozen = freeze(result.scheme)
    return thaw(frozen.pool.content, frozen.plan.content, frozen.staff.content, "A")


@pytest.mark.parametrize("result", [filing(5000), whole(3), with_experts(), outcome(
    conditions=(("industry", ("物业服务企业", "建筑业企业")),))])  # fmt: skip
def test_every_mode_is_read_back_from_its_frozen_files_and_verified(result: Outcome) -> None:
    assert freeze(rethawed(result)) == result.frozen
    record = read_record(record_bytes(record_of(result)))
    assert verify_record(record).ok


def test_a_filing_is_drawn_when_its_ticket_is_below_the_probability() -> None:
    drawn = 0
    for n in range(400):
        result = filing(3000, f"{n:06d}")
        ticket = result.all_tickets()[0][0]
        assert bool(list(result.drawn_ids())) == (ticket < "0.3000")
        assert result.strata[0].cutoff == "0.3000"
        drawn += len(list(result.drawn_ids()))
    assert 80 < drawn < 160


def test_a_probability_of_one_draws_and_of_nought_does_not() -> None:
    assert len(list(filing(10_000).drawn_ids())) == 1
    assert not list(filing(0).drawn_ids())


def test_a_filing_takes_one_object_only() -> None:
    with pytest.raises(InvalidInput, match="一次只能抽一个"):
        freeze(scheme(pool=pool(2, "ALL"), strata=(StratumRule("ALL", "PROBABILITY", 5000),)))


def test_the_applicant_alone_suffices_for_a_filing_but_somebody_must_write() -> None:
    with pytest.raises(InvalidInput, match="有效的见证数字只有 0 份"):
        filing(5000, "-")


def test_batches_follow_the_tickets_over_all_strata_and_differ_by_one_at_most() -> None:
    result = whole(3)
    batches = result.batches()
    order = [identifier for _, identifier in result.all_tickets()]
    assert [code for batch in batches for code in batch] == order
    assert [len(batch) for batch in batches] == [4, 4, 3]


def test_without_batches_there_are_none() -> None:
    assert outcome().batches() == ()


def test_experts_sit_on_seats_of_their_own_and_are_no_officers() -> None:
    plain, result = outcome(), with_experts()
    assert result.matching is not None
    assert result.experts is not None
    names = {officer.id for officer in EXPERTS}
    assert [team.object for team in result.experts.teams] == [
        t.object for t in result.matching.teams
    ]
    assert {o for team in result.experts.teams for o in team.officers} <= names
    assert not {o for team in result.matching.teams for o in team.officers} & names
    assert all(team.leader == "" for team in result.experts.teams)
    assert plain.experts is None


def test_a_seat_without_an_expert_is_refused_before_the_seed() -> None:
    with pytest.raises(RuleViolation, match="燃气"):
        outcome(experts=EXPERTS, expert_seats=(Seat(specialty="燃气"),))


def test_a_changed_batch_or_expert_is_named() -> None:
    record = record_of(whole(2))
    record["batches"][0].reverse()
    assert [c.name for c in verify_record(record).checks if not c.ok] == ["记录完整性", "批次"]
    record = record_of(with_experts())
    record["experts"]["cap"] += 1
    assert "专家" in [c.name for c in verify_record(record).checks if not c.ok]
    record = record_of(outcome())
    record["experts"] = {"teams": []}
    assert "专家" in [c.name for c in verify_record(record).checks if not c.ok]


def test_the_next_target_is_the_first_substitute_then_the_second_then_the_next_ticket() -> None:
    result = outcome()
    stratum = result.strata[0]
    order = [i for _, i in (*stratum.drawn, *stratum.substitutes)]
    leaving, used = order[0], {i for _, i in stratum.drawn}
    for expected in order[stratum.k :]:
        found = next_target(result.scheme, result.seed, leaving, used)
        assert found == expected
        used.add(found)
    beyond = next_target(result.scheme, result.seed, leaving, used)
    assert beyond not in order
    assert entry_of(result.scheme, beyond).status == "E"


def test_an_exhausted_stratum_says_so() -> None:
    result = outcome()
    everybody = {entry.id for entry in result.scheme.pool}
    with pytest.raises(RuleViolation, match="没有可以递补"):
        next_target(result.scheme, result.seed, next(result.drawn_ids()), everybody)
    with pytest.raises(KeyError):
        entry_of(result.scheme, "NOBODY")


def test_after_a_recusal_the_next_of_the_printed_order_follows_and_all_others_stay() -> None:
    result = outcome()
    team = teams_of(record_of(result))[next(result.drawn_ids())]
    assert result.matching is not None
    assert team in result.matching.teams
    changed = seat_successor(result.scheme, result.seed, team, 0, (team.officers[0],))
    order = [candidate.officer for candidate in team.seats[0]]
    assert changed.officers[0] == next(o for o in order if o not in team.officers)
    assert changed.officers[1:] == team.officers[1:]
    assert changed.leader in (*changed.officers, "")
    with pytest.raises(RuleViolation, match="备选人员已经用尽"):
        seat_successor(result.scheme, result.seed, team, 0, order)


def test_the_substitute_inherits_the_team_but_for_those_who_must_not_go_there() -> None:
    plain = outcome()
    leaving = next(plain.drawn_ids())
    team = teams_of(record_of(plain))[leaving]
    heir = next_target(plain.scheme, plain.seed, leaving, set(plain.drawn_ids()))
    assert inherited_team(plain.scheme, plain.seed, team, heir).officers == team.officers
    barred = replace(plain.scheme, recusals=((heir, team.officers[0]),))
    changed = inherited_team(barred, plain.seed, team, heir)
    assert changed.object == heir
    assert changed.officers[0] != team.officers[0]
    assert changed.officers[1] == team.officers[1]
    follower = next_officer(barred, team, 0, entry_of(barred, heir), ())
    assert changed.officers[0] == follower


def test_conditions_of_a_directed_draw_change_the_plan_hash() -> None:
    plain = freeze(scheme())
    directed = freeze(scheme(conditions=(("area", ("一街道",)),)))
    assert plain.plan.sha256 != directed.plan.sha256
    assert b"condition\tarea\t\xe4\xb8\x80" in directed.plan.content


def test_an_excluded_filing_is_never_drawn_but_says_what_would_have_been() -> None:
    out = PoolEntry("91230921MA18D00001", "云岭县停工项目", "ALL", "X", "CLOSED")
    rule = StratumRule("ALL", "PROBABILITY", 10_000)
    result = perform(scheme(pool=(out,), strata=(rule,)), PREVIOUS, MACHINE, ("123456", "-", "-"))
    assert (result.strata[0].k, [i for _, i in result.strata[0].would_be]) == (0, [out.id])


def test_the_leader_is_the_lowest_ticket_among_the_qualified() -> None:
    result = outcome(officers=officers(6, leader=False))
    assert result.matching is not None
    assert {team.leader for team in result.matching.teams} == {""}

"""Conflicts as a clerk settles them: this side, that side, something new, all of one device."""

from pathlib import Path

import pytest
from exchange.two_desks import approver_at, computers
from office import approved_line, enrol_inspectors, freezing
from sqlalchemy import select

from ssj_desktop.domain.conflict_rules import affects_draw, field_label, table_label
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.pinyin import initials
from ssj_desktop.models.chain import ConflictRow
from ssj_desktop.models.registries import Target
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.conflicts import ConflictCard, count_conflicts, list_conflicts
from ssj_desktop.queries.registries import RegistryRow, RowFilter, list_rows
from ssj_desktop.services.conflicts import (
    SettleAll,
    SettleConflict,
    settle_all,
    settle_conflict,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import freeze_draw
from ssj_desktop.services.registries import Revise, revise
from ssj_desktop.services.transports import exchange_folder


class Office:
    """Two computers and their shared folder."""

    def __init__(self, folder: Path) -> None:
        self.a, self.b = computers(folder)
        self.approver = approver_at(self.a)
        self.shared = folder / "shared"
        self.shared.mkdir()

    def rows(self, desk: Desk) -> tuple[RegistryRow, ...]:
        return desk.ask(list_rows, "targets", RowFilter())

    def dispute(self, place: int = 0, **texts: tuple[str, str]) -> str:
        """Both sides change the same fields of one target; then they exchange."""
        row = self.rows(self.a)[place]
        for side, desk in enumerate((self.a, self.b)):
            changes = {name: pair[side] for name, pair in texts.items()}
            desk.do(revise, Revise("targets", row.id, changes, "核实"))
        self.meet()
        return row.id

    def meet(self) -> None:
        for desk in (self.a, self.b, self.a):
            exchange_folder(desk, self.shared)

    def card(self, desk: Desk) -> ConflictCard:
        (card,) = desk.ask(list_conflicts)
        return card

    def values(self, desk: Desk, key: str) -> dict[str, object]:
        return next(dict(row.values) for row in self.rows(desk) if row.id == key)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def choose(card: ConflictCard, letter: str) -> dict[str, str]:
    return {f.name: s.operation for f in card.fields for s in f.sides if s.device == letter}


def test_a_card_shows_base_both_sides_and_who_and_settling_it_reaches_the_other_computer(
    office: Office,
) -> None:
    key = office.dispute(credit_class=("C", "D"), contact=("王喆", "刘洋"))
    card = office.card(office.a)
    wanted = {field_label("targets", name) for name in ("credit_class", "contact")}
    assert set(card.labels.split("、")) == wanted
    assert card.affects_draw
    by_name = {field.name: field for field in card.fields}
    assert by_name["credit_class"].base == "A"
    assert [s.text for s in by_name["credit_class"].sides] == ["C", "D"]
    assert [s.device_name for s in by_name["contact"].sides] == ["A 机", "B 机"]
    assert by_name["contact"].sides[0].is_own
    office.a.do(settle_conflict, SettleConflict("targets", key, "省平台评价", choose(card, "B")))
    assert office.a.ask(list_conflicts) == ()
    office.meet()
    assert office.b.ask(list_conflicts) == ()
    assert office.values(office.b, key)["contact"] == "刘洋"
    assert office.values(office.a, key) == office.values(office.b, key)


def test_the_moment_of_a_revision_is_no_conflict_and_counts_nowhere(office: Office) -> None:
    key = office.rows(office.a)[0].id
    office.a.do(revise, Revise("targets", key, {"contact": "王喆"}, "核实"))
    office.b.do(revise, Revise("targets", key, {"area": "兴华街道"}, "核实"))
    exchange_folder(office.a, office.shared)
    report = exchange_folder(office.b, office.shared)
    assert report is not None
    assert report.counts["conflicts"] == 0
    office.meet()
    for desk in (office.a, office.b):
        assert (desk.ask(list_conflicts), desk.ask(count_conflicts)) == ((), 0)
        assert desk.ask(lambda session: session.scalars(select(ConflictRow)).all()) == []
        assert desk.ask(full_audit).is_intact
    assert revised_at(office.a, key) == revised_at(office.b, key)


def revised_at(desk: Desk, key: str) -> object:
    return desk.ask(lambda s: s.scalar(select(Target.revised_at).where(Target.id == key)))


def test_a_settled_name_brings_its_initials(office: Office) -> None:
    key = office.dispute(name=("云岭县安居物业公司", "云岭县乐居物业公司"))
    office.a.do(
        settle_conflict,
        SettleConflict("targets", key, "按执照", choose(office.card(office.a), "A")),
    )
    office.meet()
    for desk in (office.a, office.b):
        query = select(Target.name, Target.initials).where(Target.id == key)
        row = desk.ask(lambda s, q=query: s.execute(q).one())  # type: ignore[misc]
        assert tuple(row) == ("云岭县安居物业公司", initials("云岭县安居物业公司"))


def test_something_new_may_be_typed_and_is_judged_like_in_the_form(office: Office) -> None:
    key = office.dispute(credit_class=("C", "D"))
    wrong = SettleConflict("targets", key, "核实", typed={"credit_class": "Z"})
    with pytest.raises(InvalidInput):
        office.a.do(settle_conflict, wrong)
    right = SettleConflict("targets", key, "核实", typed={"credit_class": "B"})
    office.a.do(settle_conflict, right)
    assert str(office.values(office.a, key)["credit_class"]) == "B"


def test_every_field_and_the_reason_are_needed(office: Office) -> None:
    key = office.dispute(credit_class=("C", "D"), contact=("王喆", "刘洋"))
    chosen = choose(office.card(office.a), "A")
    del chosen["contact"]
    with pytest.raises(InvalidInput, match="还没有选择"):
        office.a.do(settle_conflict, SettleConflict("targets", key, "核实", chosen))
    whole = choose(office.card(office.a), "A")
    with pytest.raises(InvalidInput, match="理由"):
        office.a.do(settle_conflict, SettleConflict("targets", key, " ", whole))
    assert office.a.ask(count_conflicts) == 1


def test_all_of_one_device_settles_every_card_at_once(office: Office) -> None:
    keys = [office.dispute(place, contact=("王喆", f"刘洋{place}")) for place in range(3)]
    assert office.a.ask(count_conflicts) == 3
    assert office.a.do(settle_all, SettleAll("B", "以现场为准")) == 3
    assert [office.values(office.a, key)["contact"] for key in keys] == ["刘洋0", "刘洋1", "刘洋2"]
    with pytest.raises(RuleViolation):
        office.a.do(settle_all, SettleAll("B", "以现场为准"))


def test_a_conflict_about_who_is_in_the_pool_stops_the_freezing_and_others_do_not(
    office: Office,
) -> None:
    enrol_inspectors(office.a)
    line = approved_line(office.a, office.approver)
    office.dispute(0, contact=("王喆", "刘洋"))
    key = office.dispute(1, credit_class=("C", "D"))
    with pytest.raises(RuleViolation, match="影响抽取"):
        office.a.do(freeze_draw, freezing(office.a, line))
    card = next(c for c in office.a.ask(list_conflicts) if c.key == key)
    command = SettleConflict("targets", key, "核实", choose(card, "A"))
    office.a.do(settle_conflict, command)
    with pytest.raises(RuleViolation, match="分层"):  # class C now has no rule in the plan
        office.a.do(freeze_draw, freezing(office.a, line))


def test_the_words_of_tables_and_fields_are_those_of_the_forms() -> None:
    assert table_label("targets") == "检查对象名录库"
    assert table_label("annual_plans") == "年度抽查计划"
    assert table_label("something") == "其他（something）"
    assert field_label("annual_plans", "state") == "状态"
    assert field_label("targets", "unheard") == "栏目 unheard"
    assert field_label("targets", "") == "整条记录"
    assert affects_draw("inspectors", "areas")
    assert not affects_draw("targets", "phone")
    assert not affects_draw("disclosures", "state")

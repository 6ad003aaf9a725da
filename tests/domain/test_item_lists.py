"""Editions of the item list: what differs, what is withdrawn, which is in force (方案 二（二）)."""

from datetime import date

from ssj_desktop.domain.item_lists import ItemChange, compare_lists, edition_states
from ssj_desktop.domain.vocabulary import EditionState, ListChange


def item(name: str, **texts: str) -> dict[str, str]:
    return {"name": name, "legal_basis": "《条例》第五条", **texts}


def test_equal_lists_have_no_difference() -> None:
    assert compare_lists({"1": item("甲")}, {"1": item("甲")}, frozenset()) == ()


def test_new_and_changed_items_are_named_with_both_texts() -> None:
    before = {"1": item("甲", frequency="全年1次"), "2": item("乙")}
    after = {"1": item("甲", frequency="全年2次"), "2": item("乙"), "3": item("丙")}
    assert compare_lists(before, after, frozenset()) == (
        ItemChange(ListChange.CHANGED, "1", "甲", (("频次", "全年1次", "全年2次"),)),
        ItemChange(ListChange.ADDED, "3", "丙"),
    )


def test_an_edition_that_is_silent_about_a_field_changes_nothing_there() -> None:
    before = {"1": item("甲", frequency="全年1次", specialty="燃气")}
    assert compare_lists(before, {"1": item("甲", frequency="")}, frozenset()) == ()


def test_what_an_earlier_edition_had_is_withdrawn_and_the_rest_is_a_supplement() -> None:
    before = {"1": item("甲"), "9": item("自己的")}
    found = compare_lists(before, {}, frozenset({"1"}))
    assert [(change.kind, change.number) for change in found] == [
        (ListChange.WITHDRAWN, "1"),
        (ListChange.SUPPLEMENT, "9"),
    ]


def test_the_latest_edition_that_has_come_is_in_force() -> None:
    days = [date(2026, 7, 1), date(2026, 1, 1), date(2020, 9, 1)]
    coming, now, old = EditionState.COMING, EditionState.IN_FORCE, EditionState.REPLACED
    assert edition_states(days, date(2026, 6, 30)) == (coming, now, old)
    assert edition_states(days, date(2026, 7, 1)) == (now, old, old)
    assert edition_states(days, date(2019, 1, 1)) == (coming, coming, coming)
    assert edition_states([], date(2019, 1, 1)) == ()

"""人员花名册 against the registry: who is missing, what differs, what is not marked (方案 二（三）2)."""

from datetime import date

import pytest

from ssj_desktop.domain.fields import INSPECTORS
from ssj_desktop.domain.staff_roster import STAFF, Row, compare
from ssj_desktop.domain.vocabulary import StaffGap

TODAY = date(2026, 3, 16)


def person(name: str, number: str = "", **texts: str) -> Row:
    given = {"name": name, "certificate_number": number, **texts}
    return {field.name: field.parse(given.get(field.name, "")) for field in STAFF.fields}


def inspector(name: str, number: str, **texts: str) -> Row:
    given = {
        "name": name, "certificate_number": number, "department": "住建局",
        "categories": "城乡建设", "specialties": "燃气", "certificate_expiry": "2028-12-31", **texts,
    }  # fmt: skip
    return {field.name: field.parse(given.get(field.name, "")) for field in INSPECTORS.fields}


def found(staff: list[Row], registry: list[Row]) -> list[tuple[StaffGap, str]]:
    return [(gap.kind, gap.name) for gap in compare(staff, registry, TODAY).gaps]


def test_a_complete_registry_has_no_gap() -> None:
    check = compare([person("张敏", "1001")], [inspector("张敏", "1001")], TODAY)
    assert (check.obliged, check.enrolled, check.missing, check.gaps) == (1, 1, 0, ())


def test_holders_of_a_certificate_and_enforcing_officials_have_to_be_enrolled() -> None:
    staff = [
        person("持证", "1001"),
        person("公务员", identity="行政执法类公务员"),
        person("出纳", identity="工勤人员"),
        person("退休", "1002", status="退休"),
    ]
    check = compare(staff, [], TODAY)
    assert (check.obliged, check.enrolled, check.missing) == (2, 0, 2)
    assert [(gap.kind, gap.name) for gap in check.gaps] == [
        (StaffGap.NOT_ENROLLED, "持证"),
        (StaffGap.NO_CERTIFICATE, "公务员"),
    ]


def test_whoever_left_but_can_still_be_drawn_is_named_and_whoever_rests_is_not() -> None:
    staff = [person("甲", "1001", status="调离"), person("乙", "1002", status="退休")]
    registry = [inspector("甲", "1001"), inspector("乙", "1002", status="离岗")]
    assert found(staff, registry) == [(StaffGap.LEFT, "甲")]


def test_other_numbers_and_days_are_shown_with_both_sides() -> None:
    staff = [person("张敏", "1009", certificate_expiry="2027-01-01")]
    gaps = compare(staff, [inspector("张敏", "1001")], TODAY).gaps
    assert [(gap.kind, gap.detail) for gap in gaps] == [
        (StaffGap.OTHER_NUMBER, "花名册为 1009，名录为 1001。"),
        (StaffGap.OTHER_EXPIRY, "花名册为 2027-01-01，名录为 2028-12-31。"),
    ]
    no_day = inspector("张敏", "1001", certificate_expiry="")
    gaps = compare([person("张敏", "1001", certificate_expiry="2027-01-01")], [no_day], TODAY).gaps
    assert [gap.detail for gap in gaps] == ["花名册为 2027-01-01，名录为 空。"]


@pytest.mark.parametrize("name", ["张敏", "张 敏", "张　敏"])
def test_blanks_in_a_name_do_not_hide_a_person(name: str) -> None:
    assert found([person(name, "")], [inspector("张敏", "1001")]) == []


def test_two_people_of_one_name_are_told_apart_by_number_only() -> None:
    staff = [person("张敏", "1001"), person("张敏", "1003")]
    registry = [inspector("张敏", "1001"), inspector("张敏", "1002"), inspector("张敏", "1004")]
    assert found(staff, registry) == [
        (StaffGap.NOT_ENROLLED, "张敏"),
        (StaffGap.NOT_ON_ROSTER, "张敏"),
        (StaffGap.NOT_ON_ROSTER, "张敏"),
    ]


def test_inspectors_nobody_knows_count_only_while_they_can_be_drawn() -> None:
    registry = [inspector("甲", "1001"), inspector("乙", "1002", status="离岗")]
    assert found([], registry) == [(StaffGap.NOT_ON_ROSTER, "甲")]


def test_missing_marks_and_expired_certificates_are_found_among_those_on_duty() -> None:
    registry = [
        inspector("甲", "1001", specialties=""),
        inspector("乙", "1002", categories="", specialties=""),
        inspector("丙", "1003", certificate_expiry="2026-03-15"),
        inspector("丁", "1004", categories="", status="暂停"),
    ]
    staff = [person(name, number) for name, number in zip("甲乙丙丁", ("1001", "1002", "1003", "1004"), strict=True)]  # fmt: skip
    gaps = compare(staff, registry, TODAY).gaps
    assert [(gap.kind, gap.name, gap.detail) for gap in gaps] == [
        (StaffGap.EXPIRED, "丙", "执法证 2026-03-15 到期。"),
        (StaffGap.UNMARKED, "甲", "没有标注业务专长。"),
        (StaffGap.UNMARKED, "乙", "没有标注执法类别、业务专长。"),
    ]

"""Who belongs to the office: records, revocation, requests, the code on both screens."""

import hashlib
import itertools
from dataclasses import replace

import pytest

from ssj_desktop.domain import membership
from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.membership import (
    MemberRecord,
    call_roll,
    comparison_code,
    make_request,
    may_originate,
    read_record,
    read_request,
    read_root,
    record_text,
    request_line,
    request_text,
    root_text,
    sign_record,
)
from ssj_desktop.domain.vocabulary import DeviceRole, MemberState


def keys(name: str) -> DeviceKeys:
    return DeviceKeys(hashlib.sha256(name.encode()).digest())


ROOT, A, B, C = keys("root"), keys("A"), keys("B"), keys("C")
OFFICE = ROOT.public.hex()


def record(device: DeviceKeys, signer: DeviceKeys, **changes: object) -> MemberRecord:
    values = {
        "office": OFFICE,
        "public": device.public.hex(),
        "opening": device.opening.hex(),
        "name": "业务二科笔记本",
        "letter": "B",
        "role": DeviceRole.OFFICE,
        "state": MemberState.ACTIVE,
        "serial": 1,
        "last": (),
        "kept": (),
        "signer": "",
    }
    return sign_record(MemberRecord(**{**values, **changes}), signer)  # type: ignore[arg-type]


FIRST = record(A, ROOT, role=DeviceRole.ADMIN, letter="A")
SECOND = record(B, A)
THIRD = record(C, A, role=DeviceRole.FIELD, letter="C")


def states(*records: MemberRecord) -> dict[str, MemberState]:
    roll = call_roll(OFFICE, records)
    return {member.letter: member.state for member in roll.members.values()}


def test_the_root_admits_the_first_device_and_that_one_admits_others() -> None:
    roll = call_roll(OFFICE, (THIRD, SECOND, FIRST))
    assert [member.letter for member in roll.active()] == ["A", "B", "C"]
    assert roll.find(B.public.hex()) == SECOND
    assert roll.find(keys("D").public.hex()) is None


def test_only_the_root_and_an_administrators_device_may_admit() -> None:
    roll = call_roll(OFFICE, (FIRST, SECOND))
    asked = (ROOT, A, B, keys("D"))
    assert [roll.may_admit(each.public.hex()) for each in asked] == [True, True, False, False]


def test_a_record_signed_by_an_ordinary_device_or_for_another_office_counts_for_nothing() -> None:
    stray = record(keys("D"), B, letter="D")
    foreign = record(keys("D"), ROOT, letter="E", office=B.public.hex())
    assert set(states(FIRST, SECOND, stray, foreign)) == {"A", "B"}


def test_the_roster_is_the_same_in_whatever_order_records_arrive() -> None:
    later = record(B, A, serial=2, name="新名称")
    gone = record(C, A, serial=2, state=MemberState.REVOKED, letter="C")
    rolls = [
        call_roll(OFFICE, order)
        for order in itertools.permutations((FIRST, SECOND, THIRD, later, gone))
    ]
    assert all(roll == rolls[0] for roll in rolls)
    assert rolls[0].members[B.device].name == "新名称"
    assert not rolls[0].members[C.device].is_active


def test_a_revocation_beats_another_record_of_the_same_serial() -> None:
    gone = record(B, A, state=MemberState.REVOKED)
    assert states(FIRST, SECOND, gone)["B"] is MemberState.REVOKED


def test_what_a_revoked_administrator_signed_counts_only_when_the_revocation_names_it() -> None:
    second_admin = record(B, A, role=DeviceRole.ADMIN)
    known = record(C, B, letter="C")
    late = record(keys("D"), B, letter="D")
    gone = record(B, A, serial=2, state=MemberState.REVOKED, kept=(known.digest,))
    assert states(FIRST, second_admin, known, late, gone) == {
        "A": MemberState.ACTIVE,
        "B": MemberState.REVOKED,
        "C": MemberState.ACTIVE,
    }


def test_two_administrators_who_revoke_each_other_are_both_out_until_the_root_decides() -> None:
    second_admin = record(B, A, role=DeviceRole.ADMIN)
    against_b = record(B, A, serial=2, state=MemberState.REVOKED, role=DeviceRole.ADMIN)
    against_a = record(A, B, serial=2, state=MemberState.REVOKED, letter="A")
    quarrel = (FIRST, second_admin, against_b, against_a)
    assert set(states(*quarrel).values()) == {MemberState.REVOKED}
    decision = record(A, ROOT, serial=3, role=DeviceRole.ADMIN, letter="A")
    assert states(*quarrel, decision)["A"] is MemberState.ACTIVE


def test_a_record_comes_back_from_its_text_with_everything_it_said() -> None:
    said = record(B, A, last=("a" * 64, "b" * 64), kept=("c" * 64,), state=MemberState.REVOKED)
    assert read_record(record_text(said)) == said
    assert said.device == B.device


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "字" * 61},
        {"name": " 前有空格"},
        {"name": "换\x07行"},
        {"letter": "b"},
        {"letter": "ABCDE"},
        {"serial": 0},
        {"serial": 1 << 31},
        {"opening": "x" * 64},
        {"office": "A" * 64},
    ],
)
def test_a_record_with_an_unsound_field_is_refused_although_signed(
    changes: dict[str, object],
) -> None:
    with pytest.raises(InvalidInput):
        read_record(record_text(record(B, A, **changes)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SSJ-MEMBER-1", "SSJ-MEMBER-2"),
        ("role\tOFFICE", "role\tADMIN"),
        ("role\tOFFICE", "role\tKING"),
        ("serial\t1", "serial\tone"),
        ("serial\t1", "serial\t+1"),
        ("last\t", "last\tabc"),
        ("kept\t", "other\t"),
        ("signature\t", "signature\t00"),
        ("state\tACTIVE\n", "state\tACTIVE\nnothing\n"),
    ],
)
def test_a_record_whose_text_was_changed_is_refused(old: str, new: str) -> None:
    changed = record_text(SECOND).replace(old, new)
    assert changed != record_text(SECOND)
    with pytest.raises(InvalidInput):
        read_record(changed)


def test_a_text_without_an_end_or_far_too_long_is_refused() -> None:
    for text in ("", "SSJ-MEMBER-1", record_text(SECOND)[:-1], "SSJ-MEMBER-1\n" + "x" * 70_000):
        with pytest.raises(InvalidInput):
            read_record(text)


@pytest.mark.parametrize(
    ("role", "table", "kind", "may"),
    [
        (DeviceRole.FIELD, "item_results", "I", True),
        (DeviceRole.FIELD, "targets", "U", False),
        (DeviceRole.FIELD, "accounts", "I", True),
        (DeviceRole.FIELD, "accounts", "U", False),
        (DeviceRole.OFFICE, "targets", "U", True),
        (DeviceRole.OFFICE, "accounts", "U", False),
        (DeviceRole.OFFICE, "devices", "I", True),
        (DeviceRole.ADMIN, "accounts", "U", True),
    ],
)
def test_the_role_of_a_device_limits_what_it_may_originate(
    role: DeviceRole, table: str, kind: str, may: bool
) -> None:
    """A field laptop brings home its visits; only an administrator's device changes accounts."""
    assert may_originate(role, table, kind) is may


@pytest.mark.parametrize(
    ("key", "kind", "may"),
    [("journal_key/a", "I", True), ("journal_key/a", "U", False), ("deadline", "I", False)],
)
def test_a_field_laptop_adds_the_key_of_its_journal_and_no_other_setting(
    key: str, kind: str, may: bool
) -> None:
    assert may_originate(DeviceRole.FIELD, "settings", kind, key) is may


def test_a_request_comes_back_from_its_text() -> None:
    request = make_request("外业机 3", C)
    assert read_request(request_text(request)) == request
    line = request_line(request)
    assert "\n" not in line
    assert read_request(f" {line}\n") == request
    for wrong in (line[:-3], "SSJJ:gA=="):
        with pytest.raises(InvalidInput):
            read_request(wrong)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("外业机", "管理机"),
        lambda text: text.replace(C.opening.hex(), B.opening.hex()),
        lambda text: text.replace(C.public.hex(), B.public.hex()),
        lambda text: text.replace("public\t", "public\tzz"),
        lambda text: text.replace("name\t", "other\t"),
        lambda text: text + "more\tx\n",
        lambda text: text.replace("SSJ-JOIN-1", "SSJ-JOIN-2"),
    ],
)
def test_a_request_that_was_changed_is_refused(change: object) -> None:
    with pytest.raises(InvalidInput):
        read_request(change(request_text(make_request("外业机 3", C))))  # type: ignore[operator]


@pytest.mark.parametrize("changes", [{"opening": "x" * 64}, {"name": " x"}])
def test_a_rightly_signed_request_with_an_unsound_field_is_refused(
    changes: dict[str, str],
) -> None:
    wrong = replace(make_request("外业机", C), signature="", **changes)
    signed = replace(wrong, signature=C.sign(request_text(wrong).encode()).hex())
    with pytest.raises(InvalidInput):
        read_request(request_text(signed))


def test_a_device_needs_a_name_people_can_read() -> None:
    with pytest.raises(InvalidInput):
        make_request("", C)


def test_both_screens_show_the_same_ten_digits_and_another_key_shows_others() -> None:
    request = make_request("外业机 3", C)
    assert comparison_code(request) == comparison_code(read_request(request_text(request)))
    assert comparison_code(request) == "51920 67683"
    assert comparison_code(request, OFFICE) != comparison_code(request)
    assert comparison_code(make_request("外业机 3", B)) != comparison_code(request)


def test_the_root_key_on_the_sheet_can_be_typed_back() -> None:
    text = root_text(ROOT)
    assert len(text.split("-")) == 17
    assert read_root(text.upper().replace("-", " ")) == ROOT


@pytest.mark.parametrize("slip", [lambda t: t[:-1], lambda t: t[::-1], lambda t: "0000" + t[4:]])
def test_a_slip_of_the_finger_in_the_root_key_is_noticed(slip: object) -> None:
    with pytest.raises(InvalidInput):
        read_root(slip(root_text(ROOT)))  # type: ignore[operator]


def test_guessing_a_code_costs_memory_every_time() -> None:
    assert membership._CODE_COST["n"] * membership._CODE_COST["r"] * 128 == 16 * 1024 * 1024

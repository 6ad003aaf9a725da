"""Two computers of an office: joining, folder and stick, revocation, quarantine, relay."""

from dataclasses import replace
from pathlib import Path

import pytest
from exchange.two_desks import CLERK, TARGETS, computers, join
from office import PASSWORD

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.membership import comparison_code
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.formats.envelope import open_envelope
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.queries.exchanges import find_sync_state, list_exchanges, unsent_to_others
from ssj_desktop.queries.leases import draw_warnings
from ssj_desktop.queries.membership import find_roster, list_devices, own_keys
from ssj_desktop.queries.registries import RegistryRow, RowFilter, list_rows
from ssj_desktop.queries.segments import QUARANTINED, list_segments
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.exchange import TakeIn, preview, segments_for, take_in
from ssj_desktop.services.field_bundles import bring_in, write_bundle_out
from ssj_desktop.services.filing_files import own_code
from ssj_desktop.services.joining import (
    StartJoining,
    accept,
    create_joining_store,
    open_joining_store,
    write_admission,
)
from ssj_desktop.services.membership import (
    AdmitDevice,
    RevokeDevice,
    admit_device,
    restore_administrator,
    revoke_device,
    take_root_key,
)
from ssj_desktop.services.registries import Enrol, Revise, enrol, revise
from ssj_desktop.services.transports import (
    exchange_folder,
    open_exchange_bundle,
    write_exchange_bundle,
)


@pytest.fixture
def ab(tmp_path: Path) -> tuple[Desk, Desk]:
    (tmp_path / "shared").mkdir()
    a, b = computers(tmp_path)
    return a, b


def targets(desk: Desk) -> tuple[RegistryRow, ...]:
    return desk.ask(list_rows, "targets", RowFilter())


def change(desk: Desk, contact: str, place: int = 0) -> None:
    row = targets(desk)[place]
    desk.do(revise, Revise("targets", row.id, {"contact": contact}, "电话核实"))


def contact(desk: Desk, place: int = 0) -> object:
    return targets(desk)[place].values["contact"]


def test_a_computer_that_joined_has_everything_and_its_own_letter(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    assert targets(b) == targets(a)
    assert (b.office.unit, b.office.device) == (a.office.unit, "B")
    assert [row.letter for row in b.ask(list_devices, b.surroundings.now())] == ["B", "A"]


def test_what_one_enters_the_other_has_after_both_visited_the_folder(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    change(b, "王喆")
    exchange_folder(b, tmp_path / "shared")
    report = exchange_folder(a, tmp_path / "shared")
    assert report is not None
    assert report.count("changed") == 1
    assert contact(a) == "王喆"


def test_the_folder_comes_to_rest_when_nobody_changes_anything(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    for desk in (a, b, a, b):
        exchange_folder(desk, tmp_path / "shared")
    assert exchange_folder(a, tmp_path / "shared") is None
    assert exchange_folder(b, tmp_path / "shared") is None


def test_a_stick_carries_only_what_the_other_lacks(tmp_path: Path, ab: tuple[Desk, Desk]) -> None:
    a, b = ab
    stick = tmp_path / "stick"
    write_bundle_out(b, stick / "b.ssjb", ())
    bring_in(a, stick / "b.ssjb")
    change(a, "王喆")
    _, count = write_bundle_out(a, stick / "a.ssjb", ())
    assert count == 1
    assert bring_in(b, stick / "a.ssjb").report.received == 1
    assert contact(b) == "王喆"


def test_a_preview_tells_the_same_and_changes_nothing(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    change(b, "王喆")
    path = tmp_path / "stick" / "b.ssjb"
    write_bundle_out(b, path, ())
    before = len(a.ask(list_segments))
    foretold = preview(a, open_exchange_bundle(a, path).command)
    assert (contact(a), len(a.ask(list_segments))) == (None, before)
    assert bring_in(a, path).report.counts == foretold.counts
    assert foretold.count("changed") == 1


def test_taking_the_same_bundle_again_changes_nothing(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    change(b, "王喆")
    path = tmp_path / "stick" / "b.ssjb"
    write_bundle_out(b, path, ())
    bring_in(a, path)
    again = bring_in(a, path).report
    assert (again.received, again.count("changed")) == (0, 0)


def test_the_pill_counts_what_the_others_have_not_got(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    change(a, "王喆")
    a.seal()
    assert a.ask(unsent_to_others) > 0
    for desk in (a, b, a):
        exchange_folder(desk, tmp_path / "shared")
    assert a.ask(unsent_to_others) == 0
    assert a.ask(find_sync_state, a.surroundings.now()).text.startswith("离线 · 上次")
    assert a.ask(list_exchanges)[0].way == "共享文件夹"


def test_a_device_not_heard_from_is_named_before_a_draw(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    for desk in (b, a):
        exchange_folder(desk, tmp_path / "shared")
    assert a.ask(draw_warnings, a.surroundings.now()) == ()
    a.surroundings.pass_days(15)  # type: ignore[attr-defined]
    assert "B 机" in a.ask(draw_warnings, a.surroundings.now())[0]


def test_a_stranger_with_a_segment_of_its_own_gets_nowhere(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, _ = ab
    (stranger,) = computers(tmp_path / "other", "A")  # of the office of four
    report = a.do(take_in, TakeIn("数据包", "陌生人", segments_for(stranger, ())))
    assert report.count("refused") == report.received > 0
    assert "设备不属于本单位" in report.remarks[0]
    assert len(targets(a)) == TARGETS


def test_a_bundle_of_another_office_is_refused(tmp_path: Path, ab: tuple[Desk, Desk]) -> None:
    (foreign,) = computers(tmp_path / "other", "A")  # of the office of four
    path = tmp_path / "stick" / "x.ssjb"
    write_bundle_out(foreign, path, ())
    with pytest.raises(PermissionRefused, match="别的单位"):
        bring_in(ab[0], path)


def test_a_bundle_for_another_computer_is_refused(tmp_path: Path) -> None:
    a, b, c = computers(tmp_path, "ABC")
    path = tmp_path / "stick" / "x.ssjb"
    write_exchange_bundle(a, path, (b.ask(own_keys).device,))
    with pytest.raises(PermissionRefused, match="不是给本机"):
        bring_in(c, path)


def test_what_a_revoked_computer_enters_afterwards_stays_in_quarantine_everywhere(
    tmp_path: Path,
) -> None:
    a, b, c = computers(tmp_path, "ABC")
    shared = tmp_path / "shared"
    shared.mkdir()
    change(b, "撤销之前")
    for desk in (b, a):
        exchange_folder(desk, shared)
    device = b.ask(own_keys).device
    a.do(revoke_device, RevokeDevice(device, "笔记本丢失"))
    exchange_folder(a, shared)
    change(b, "撤销之后")
    exchange_folder(b, shared)
    for desk in (c, a, c):
        exchange_folder(desk, shared)
    assert (contact(a), contact(c)) == ("撤销之前", "撤销之前")
    for desk in (a, c):
        (kept,) = desk.ask(list_segments, QUARANTINED)
        assert "已被撤销" in kept.reason
    path = tmp_path / "stick" / "a.ssjb"
    write_bundle_out(a, path, ())
    assert len(open_envelope(path.read_bytes()).recipients) == 1  # C; F gets one of its own


def test_a_revoked_computer_cannot_read_what_comes_into_the_folder_afterwards(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    for desk in (a, b):
        exchange_folder(desk, tmp_path / "shared")
    a.do(revoke_device, RevokeDevice(b.ask(own_keys).device, "笔记本丢失"))
    change(a, "撤销之后")
    exchange_folder(a, tmp_path / "shared")
    with pytest.raises(RuleViolation, match="还没有钥匙"):
        exchange_folder(b, tmp_path / "shared")
    assert contact(b) != "撤销之后"


def test_a_newcomer_reads_the_folder_once_somebody_who_knows_it_has_been_there(
    tmp_path: Path,
) -> None:
    a, c = computers(tmp_path, "AC")
    shared = tmp_path / "shared"
    shared.mkdir()
    for desk in (a, c):
        exchange_folder(desk, shared)
    d = join(a, tmp_path, "D")
    change(c, "王喆")
    exchange_folder(c, shared)
    with pytest.raises(RuleViolation, match="早已加入的电脑"):
        exchange_folder(d, shared)
    exchange_folder(a, shared)
    exchange_folder(d, shared)
    assert contact(d.signed_in_as(CLERK)) == "王喆"


def test_a_revocation_needs_a_reason_another_device_and_an_administrators_computer(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    own, other = a.ask(own_keys).device, b.ask(own_keys).device
    with pytest.raises(InvalidInput):
        a.do(revoke_device, RevokeDevice(other, " "))
    with pytest.raises(RuleViolation):
        a.do(revoke_device, RevokeDevice(own, "丢失"))
    with pytest.raises(PermissionRefused):
        b.do(revoke_device, RevokeDevice(own, "丢失"))


def test_the_root_key_is_shown_once_and_makes_a_computer_an_administrators_again(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, b = ab
    text = a.do(take_root_key, None)
    with pytest.raises(RuleViolation):
        a.do(take_root_key, None)
    with pytest.raises(InvalidInput):
        b.do(restore_administrator, text[::-1])
    b.do(restore_administrator, text)
    b.do(revoke_device, RevokeDevice(a.ask(own_keys).device, "管理机报废"))
    assert [member.letter for member in b.ask(find_roster).active()] == ["B"]


def test_a_field_laptop_that_changes_a_registry_is_not_believed(tmp_path: Path) -> None:
    a, laptop = computers(tmp_path, "AF")
    texts = {"name": "外业机加的", "kind": "企业", "number": "91239921Y1"}
    laptop.do(enrol, Enrol("targets", texts))
    path = tmp_path / "stick" / "f.ssjb"
    write_bundle_out(laptop, path, ())
    report = bring_in(a, path).report
    assert len(targets(a)) == TARGETS
    assert any("无权改动" in remark for remark in report.remarks)


def test_nobody_joins_without_the_ten_digits_a_free_letter_and_an_account(
    tmp_path: Path, ab: tuple[Desk, Desk]
) -> None:
    a, _ = ab
    store = tmp_path / "new" / "office.ssj"
    newcomer = create_joining_store(
        store, StartJoining("新机", "不在单位"), PASSWORD, a.surroundings, LEAST_COST
    )
    code = comparison_code(newcomer.request)
    command = AdmitDevice(newcomer.text, "N", DeviceRole.OFFICE, code)
    with pytest.raises(InvalidInput, match="比对码"):
        a.do(admit_device, replace(command, code="00000 00000"))
    with pytest.raises(InvalidInput, match="字母"):
        a.do(admit_device, replace(command, letter="A"))
    device = a.do(admit_device, command)
    answer = tmp_path / "answer.ssjb"
    write_admission(a, answer, a.ask(find_roster).members[device])
    newcomer.desk.close()
    waiting = open_joining_store(store, PASSWORD, a.surroundings)
    with pytest.raises(InvalidInput, match="比对码"):
        accept(waiting, answer, "00000 00000")
    with pytest.raises(RuleViolation, match="账号"):
        accept(waiting, answer, own_code(a))
    assert waiting.ask(list_devices, a.surroundings.now()) == ()

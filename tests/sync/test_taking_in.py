"""What two devices see of each other's edits: applied, in conflict, waiting or refused."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sync_replicas import Replica, exchange_all, found_template, office_of

from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.segment import read_segment_file, segment_file_bytes
from ssj_desktop.formats.segments import seal, unpack
from ssj_desktop.models.chain import ConflictRow, OwnDevice
from ssj_desktop.queries.journal import audit, list_entries
from ssj_desktop.queries.segments import QUARANTINED, WAITING, list_segments, list_tips
from ssj_desktop.services.sync import ApplySegments, apply_segments


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def pair(tmp_path: Path, template: Path) -> Iterator[tuple[Replica, Replica]]:
    """Two devices that know each other and hold one row in common."""
    a, b = office_of(2, tmp_path, template)
    a.add("见证人甲", key="row-1")
    trust_everybody([a, b])
    exchange_all([a, b])
    yield a, b
    a.close()
    b.close()


def trust_everybody(replicas: list[Replica]) -> None:
    """The first exchange: the rows that name the devices arrive in the segments themselves."""
    contents = {}
    for replica in replicas:
        contents.update(replica.segments())
    for replica in replicas:
        replica.desk.do(apply_segments, ApplySegments(tuple(contents.values()), lambda *_: ""))


def conflicts(replica: Replica) -> dict[tuple[str, str], list[Any]]:
    query = select(ConflictRow.key, ConflictRow.field, ConflictRow.sides)
    found = replica.desk.ask(lambda session: session.execute(query).all())
    return {(row.key, row.field): [side["value"] for side in row.sides] for row in found}


Pair = tuple[Replica, Replica]


def test_an_edit_arrives(pair: Pair) -> None:
    a, b = pair
    a.edit("row-1", unit="县政协")
    done = b.take(*a.segments().values())
    assert (len(done.applied), done.changed, done.conflicts, done.refused) == (1, 1, 0, ())
    assert b.rows()["row-1"]["unit"] == "县政协"
    assert "并入数据段" in [entry.action for entry in b.desk.ask(list_entries, 1)]


def test_edits_of_different_fields_merge_without_a_question(pair: Pair) -> None:
    a, b = pair
    a.edit("row-1", unit="县政协")
    b.edit("row-1", phone="0451")
    exchange_all([a, b])
    assert a.rows() == b.rows()
    assert a.rows()["row-1"] == {"unit": "县政协", "capacity": None, "phone": "0451"}
    assert conflicts(a) == conflicts(b) == {}


def test_edits_of_one_field_are_shown_and_both_sides_kept(pair: Pair) -> None:
    a, b = pair
    a.edit("row-1", unit="县政协")
    b.edit("row-1", unit="公证处")
    exchange_all([a, b])
    assert a.rows() == b.rows()
    assert sorted(conflicts(a)[("row-1", "unit")]) == sorted(["县政协", "公证处"])
    assert conflicts(a) == conflicts(b)


def test_the_same_edit_on_both_sides_is_no_conflict(pair: Pair) -> None:
    a, b = pair
    a.edit("row-1", unit="县政协")
    b.edit("row-1", unit="县政协")
    exchange_all([a, b])
    assert conflicts(a) == conflicts(b) == {}


def test_a_resolution_travels_even_when_it_takes_what_is_shown(pair: Pair) -> None:
    a, b = pair
    a.edit("row-1", unit="县政协")
    b.edit("row-1", unit="公证处")
    exchange_all([a, b])
    shown = a.rows()["row-1"]["unit"]
    a.resolve("row-1", unit=shown)
    assert conflicts(a) == {}
    exchange_all([a, b])
    assert conflicts(b) == {}
    assert b.rows()["row-1"]["unit"] == shown


def test_an_ordinary_edit_of_the_field_settles_it_too(pair: Pair) -> None:
    a, b = pair
    a.edit("row-1", unit="县政协")
    b.edit("row-1", unit="公证处")
    exchange_all([a, b])
    a.edit("row-1", phone="1")
    assert len(conflicts(a)) == 1
    a.edit("row-1", unit="县人大")
    assert conflicts(a) == {}
    exchange_all([a, b])
    assert (conflicts(b), b.rows()["row-1"]["unit"]) == ({}, "县人大")


def test_a_deletion_against_an_edit_keeps_the_row_and_asks(pair: Pair) -> None:
    a, b = pair
    a.remove("row-1")
    b.edit("row-1", unit="公证处")
    exchange_all([a, b])
    assert a.rows() == b.rows()
    assert a.rows()["row-1"]["unit"] == "公证处"
    assert list(conflicts(a)) == list(conflicts(b)) == [("row-1", "")]
    a.resolve("row-1", remove=True)
    exchange_all([a, b])
    assert a.rows() == b.rows() == {}
    assert conflicts(a) == conflicts(b) == {}


def test_a_row_comes_back_after_deletion(pair: Pair) -> None:
    a, b = pair
    a.remove("row-1")
    a.add("见证人甲", key="row-1", unit="新单位")
    exchange_all([a, b])
    assert b.rows()["row-1"]["unit"] == "新单位"
    assert conflicts(b) == {}


def test_segments_in_any_order_and_twice_are_the_same(pair: Pair) -> None:
    a, b = pair
    for unit in ("一", "二", "三"):
        a.edit("row-1", unit=unit)
        a.desk.seal()
    contents = list(a.segments().values())
    for content in reversed([*contents, *contents]):
        b.take(content)
    assert b.rows() == a.rows()
    assert set(a.desk.ask(list_tips)) <= {info.id for info in b.desk.ask(list_segments)}


def test_a_segment_waits_for_the_one_before_it(pair: Pair) -> None:
    a, b = pair
    a.edit("row-1", unit="一")
    before = set(a.segments())
    a.edit("row-1", unit="二")
    late = {name: content for name, content in a.segments().items() if name not in before}
    done = b.take(*late.values())
    assert done.waiting == tuple(late)
    assert b.rows()["row-1"]["unit"] == "县纪委"
    assert b.take(*a.segments().values()).waiting == ()
    assert b.rows()["row-1"]["unit"] == "二"


def test_a_strange_device_goes_into_quarantine_and_out_again_when_it_is_known(
    tmp_path: Path, template: Path
) -> None:
    a, b = office_of(2, tmp_path, template, "strange")
    b.add("见证人乙", key="row-2")
    done = a.take(*b.segments().values())
    assert [each.reason for each in done.refused] == ["设备不属于本单位"]
    assert a.rows() == {}
    assert [info.state for info in a.desk.ask(list_segments, QUARANTINED)] == [QUARANTINED]
    trust_everybody([a, b])
    assert "row-2" in a.rows()


@pytest.mark.parametrize("place", [30, 300, -1])
def test_a_tampered_segment_is_refused_and_changes_nothing(pair: Pair, place: int) -> None:
    a, b = pair
    before = set(a.segments())
    a.edit("row-1", unit="一")
    (content,) = (c for name, c in a.segments().items() if name not in before)
    spoilt = bytearray(content)
    spoilt[place] ^= 1
    done = b.take(bytes(spoilt), content[:-5], b"")
    assert (done.applied, len(done.refused)) == ((), 3)
    assert b.rows()["row-1"]["unit"] == "县纪委"


def test_a_segment_of_a_newer_schema_is_kept_and_not_applied(pair: Pair) -> None:
    a, b = pair
    before = set(a.segments())
    a.edit("row-1", unit="一")
    now = a.segments()
    (content,) = (now.pop(name) for name in set(now) - before)
    segment = read_segment_file(content)
    secret = a.desk.ask(lambda session: session.scalars(select(OwnDevice.seed)).one())
    newer = seal(replace(segment.header, schema="9999"), unpack(segment), secret)
    done = b.take(*now.values(), segment_file_bytes(newer))
    assert newer.identity not in done.applied
    (info,) = b.desk.ask(list_segments, WAITING)
    assert "更新版本" in info.reason
    assert newer.identity in b.segments()


def test_a_restored_backup_is_an_ordinary_fork(pair: Pair, tmp_path: Path) -> None:
    a, b = pair
    old = a.snapshot(tmp_path / "old.ssj")
    a.edit("row-1", unit="之前")
    exchange_all([a, b])
    a.restore(old)
    a.edit("row-1", unit="之后")
    exchange_all([a, b])
    assert a.rows() == b.rows()
    assert sorted(conflicts(a)[("row-1", "unit")]) == ["之前", "之后"]
    assert a.desk.ask(audit).broken_at is None


def test_clocks_decide_only_what_is_shown_meanwhile(pair: Pair) -> None:
    """A clock years ahead: its later edits still lose to an edit that saw them."""
    a, b = pair
    a.surroundings.jump(86_400 * 3_650)
    a.edit("row-1", unit="未来")
    exchange_all([a, b])
    b.edit("row-1", unit="现在")
    exchange_all([a, b])
    assert a.rows()["row-1"]["unit"] == b.rows()["row-1"]["unit"] == "现在"
    assert conflicts(a) == {}


def test_a_decision_needs_a_reason_a_conflict_and_a_known_field(pair: Pair) -> None:
    a, b = pair
    with pytest.raises(RuleViolation, match="没有待处理"):
        a.resolve("row-1", unit="x")
    a.edit("row-1", unit="一")
    b.edit("row-1", unit="二")
    exchange_all([a, b])
    with pytest.raises(InvalidInput, match="理由"):
        a.resolve("row-1", reason=" ", unit="x")
    with pytest.raises(InvalidInput, match="栏目"):
        a.resolve("row-1", nothing="x")
    assert len(conflicts(a)) == 1

"""Sealing moves operations into a signed segment by one rule, and loses nothing."""

from itertools import pairwise
from pathlib import Path

import pytest
from office import Clock, approved_line, enrol_inspectors, enrol_targets, found, freezing
from sqlalchemy import text

from ssj_desktop.domain.segment import SealedSegment, read_segment_file
from ssj_desktop.domain.segment_body import verified_blocks
from ssj_desktop.formats.segments import is_signed_by, unpack
from ssj_desktop.queries.journal import journal_head, list_entries
from ssj_desktop.queries.segments import list_segments, list_tips, read_segment
from ssj_desktop.services import sealing
from ssj_desktop.services.accounts import ChangeSetting, change_setting
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import freeze_draw


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    return found(tmp_path, clock)[0]


def segments(desk: Desk) -> list[SealedSegment]:
    return [
        read_segment_file(desk.ask(read_segment, info.id) or b"")
        for info in desk.ask(list_segments)
    ]


def unsealed(desk: Desk) -> int:
    return int(desk.ask(lambda s: s.scalar(text("SELECT count(*) FROM operations"))))


def test_a_sealed_segment_holds_what_the_journal_covers_up_to_its_head(desk: Desk) -> None:
    enrol_targets(desk, 3)
    assert unsealed(desk) > 0
    head = desk.ask(journal_head)
    desk.seal()
    segment = segments(desk)[-1]
    assert segment.header.head == head
    blocks = verified_blocks(segment.header, unpack(segment))
    assert [block.entry for block in blocks][::-1] == list(desk.ask(list_entries, len(blocks)))
    assert sum(len(block.lines) for block in blocks) == segment.header.operations
    assert unsealed(desk) == 0


def test_segments_follow_each_other_without_a_gap_and_only_the_last_is_a_tip(desk: Desk) -> None:
    for name in "甲乙丙":
        desk.do(change_setting, ChangeSetting(name, "1"))
        desk.seal()
    found_ = segments(desk)
    for before, after in pairwise(found_):
        assert after.header.parents == (before.identity,)
        assert after.header.first == before.header.last + 1
        assert after.header.number == before.header.number + 1
    assert desk.ask(list_tips) == (found_[-1].identity,)


def test_the_device_of_the_store_signed_it(desk: Desk) -> None:
    desk.seal()
    public = desk.ask(lambda s: s.scalar(text("SELECT public_key FROM devices")))
    assert all(is_signed_by(segment, bytes.fromhex(public)) for segment in segments(desk))


def test_nothing_new_is_no_segment(desk: Desk) -> None:
    desk.seal()
    count = len(segments(desk))
    desk.seal()
    desk.signed_in_as(desk.actor)
    assert len(segments(desk)) == count


def test_a_draw_begins_on_a_checkpoint(tmp_path: Path, clock: Clock) -> None:
    clerk, approver = found(tmp_path, clock)
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    line = approved_line(clerk, approver)
    head = clerk.ask(journal_head)
    clerk.do(freeze_draw, freezing(clerk, line))
    assert segments(clerk)[-1].header.head == head


def test_another_day_begins_on_a_checkpoint(desk: Desk, clock: Clock) -> None:
    desk.do(change_setting, ChangeSetting("甲", "1"))
    desk.seal()
    count = len(segments(desk))
    desk.do(change_setting, ChangeSetting("甲", "2"))
    desk.do(change_setting, ChangeSetting("甲", "3"))
    assert len(segments(desk)) == count
    clock.pass_days(1)
    desk.do(change_setting, ChangeSetting("甲", "4"))
    assert len(segments(desk)) == count + 1


def test_many_entries_make_a_checkpoint(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST_ENTRIES", 4)
    desk.seal()
    count = len(segments(desk))
    for value in range(9):
        desk.do(change_setting, ChangeSetting("甲", str(value)))
    assert [s.header.last - s.header.first + 1 for s in segments(desk)[count:]] == [4, 4]


def test_closing_seals(tmp_path: Path, desk: Desk) -> None:
    desk.do(change_setting, ChangeSetting("甲", "1"))
    desk.close()
    assert unsealed(desk) == 0


@pytest.mark.parametrize("statement", ["DELETE FROM segments", "UPDATE segments SET content = x''"])
def test_segments_neither_change_nor_vanish(desk: Desk, statement: str) -> None:
    desk.seal()
    with pytest.raises(Exception, match="segments"), desk.database.writing() as session:
        session.execute(text(statement))

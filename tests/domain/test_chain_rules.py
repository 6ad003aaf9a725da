"""Clock, operations, fold and segment body: what they accept, refuse and decide."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ssj_desktop.domain import merge
from ssj_desktop.domain.checkpoint import note_text
from ssj_desktop.domain.clock import millis_of, next_stamp
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.journal import (
    GENESIS,
    ChainCheck,
    JournalEntry,
    are_chained,
    entry_hash,
    entry_line,
)
from ssj_desktop.domain.merge import INSERT_ONLY, TableRule, fold_row
from ssj_desktop.domain.operations import Operation, operation_line, read_operation, rows_digest
from ssj_desktop.domain.segment import SegmentHeader
from ssj_desktop.domain.segment_body import (
    Block,
    body_of,
    chained_body_of,
    lines_about,
    read_blocks,
    verified_blocks,
)

NOW = datetime(2026, 3, 16, 1, 30, tzinfo=UTC)
STAMP = "001773624600000-000000"


# --- clock ------------------------------------------------------------------------------------


def test_the_logical_clock_follows_the_wall_clock_and_never_runs_backwards() -> None:
    first = next_stamp(NOW)
    assert (first, millis_of(first)) == (STAMP, 1_773_624_600_000)
    assert next_stamp(NOW, first) == "001773624600000-000001"
    assert next_stamp(NOW - timedelta(days=900), first) == "001773624600000-000001"
    assert next_stamp(NOW + timedelta(milliseconds=1), first) == "001773624600001-000000"
    assert next_stamp(NOW, first, "001773624700000-000007") == "001773624700000-000008"


def test_the_logical_clock_carries_over_and_stops_at_the_end_of_time() -> None:
    assert next_stamp(NOW, "001773624600000-999999") == "001773624600001-000000"
    assert next_stamp(NOW, "999999999999999-999999") == "999999999999999-999999"


# --- operations ---------------------------------------------------------------------------------


def op(id_: str, kind: str, base: tuple[str, ...] = (), clock: str = "1", **data: Any) -> Operation:
    values: dict[str, Any] = data
    if kind == "U":
        values = {"new": data, "old": dict.fromkeys(data, "旧")}
    return Operation(id_, "witnesses", "k", kind, base, values, clock)


@pytest.mark.parametrize("kind", ["I", "U", "D"])
def test_an_operation_reads_back_from_its_line(kind: str) -> None:
    operation = op("a", kind, ("b",), STAMP, unit="甲", count=1, empty=None)
    assert read_operation(operation_line(operation), STAMP) == operation


def test_an_operation_tells_what_it_sets_and_what_was_before() -> None:
    assert op("a", "I", unit="甲").sets == {"unit": "甲"}
    assert op("a", "I", unit="甲").before == {}
    assert (op("a", "U", unit="甲").sets, op("a", "U", unit="甲").before) == (
        {"unit": "甲"}, {"unit": "旧"},
    )  # fmt: skip
    assert (op("a", "D", unit="甲").sets, op("a", "D", unit="甲").before) == ({}, {"unit": "甲"})


GOOD = ["a", "t", "k", "I", [], {"x": "1"}]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, ""), (0, 1), (1, "x" * 200), (2, None), (3, "X"), (3, 1), (4, "a"), (4, [1]),
        (4, ["a"] * 1_001), (5, []), (5, {"x": 1.5}), (5, {"x": True}), (5, {"x": ["a"]}),
    ],
)  # fmt: skip
def test_an_operation_of_another_shape_is_refused(place: int, value: object) -> None:
    line = [*GOOD[:place], value, *GOOD[place + 1 :]]
    with pytest.raises(FileRefused):
        read_operation(json.dumps(line), STAMP)


@pytest.mark.parametrize(
    "data", [{}, [], {"new": {}}, {"new": {"a": 1}, "old": {}}, {"new": [], "old": {}}]
)
def test_an_update_without_both_sides_is_refused(data: object) -> None:
    with pytest.raises(FileRefused):
        read_operation(json.dumps([*GOOD[:3], "U", [], data]), STAMP)


@pytest.mark.parametrize("line", ["", "{", "[]", "1", "[" * 100_000])
def test_what_is_no_list_of_six_is_refused(line: str) -> None:
    with pytest.raises(FileRefused):
        read_operation(line, STAMP)


# --- fold ---------------------------------------------------------------------------------------


def test_an_insert_only_row_keeps_its_first_content_and_sounds_the_alarm() -> None:
    first, other = op("a", "I", clock="1", unit="甲"), op("b", "I", clock="2", unit="乙")
    assert fold_row([first], INSERT_ONLY).conflicts == ()
    folded = fold_row([other, first], INSERT_ONLY)
    assert folded.values == {"unit": "甲"}
    (conflict,) = folded.conflicts
    assert (conflict.kind, conflict.field) == (merge.TAMPERED, merge.WHOLE_ROW)
    assert [conflict.value_of(side) for side in conflict.sides] == [{"unit": "甲"}, {"unit": "乙"}]


def test_an_insert_only_row_is_neither_changed_nor_deleted() -> None:
    first = op("a", "I", unit="甲")
    for act in (op("b", "U", ("a",), "2", unit="乙"), op("b", "D", ("a",), "2", unit="甲")):
        folded = fold_row([first, act], INSERT_ONLY)
        assert folded.values == {"unit": "甲"}
        assert len(folded.conflicts) == 1
    assert fold_row([op("b", "U", unit="乙")], INSERT_ONLY).values is None


def test_another_content_under_a_known_id_is_an_alarm_and_changes_nothing() -> None:
    true, forged = op("a", "I", clock="1", unit="甲"), op("a", "I", clock="2", unit="乙")
    for order in ([true, forged], [forged, true], [forged, true, forged]):
        folded = fold_row(order)
        assert folded.values == {"unit": "甲"}
        assert [conflict.kind for conflict in folded.conflicts] == [merge.TAMPERED]


def test_a_state_follows_the_vocabulary_and_not_the_clock() -> None:
    rule = TableRule(ranks={"state": {"FROZEN": 0, "DRAWN": 1, "VOID": 2}})
    first = op("a", "I", state="FROZEN")
    void, drawn = op("b", "U", ("a",), "2", state="VOID"), op("c", "U", ("a",), "9", state="DRAWN")
    folded = fold_row([first, drawn, void], rule)
    assert folded.values == {"state": "VOID"}
    (conflict,) = folded.conflicts
    assert conflict.base == "旧"
    assert [conflict.value_of(side) for side in conflict.sides] == ["VOID", "DRAWN"]


def test_nobody_is_asked_about_columns_the_program_keeps() -> None:
    rule = TableRule(growing=frozenset({"prints", "moment"}), derived=frozenset({"initials"}))
    first = op("a", "I", prints=0, moment=None, initials="Q")
    more = op("b", "U", ("a",), clock="2", prints=3, moment="2026-03-17", initials="W")
    less = op("c", "U", ("a",), clock="3", prints=2, moment="2026-03-16", initials="E")
    never = op("d", "U", ("a",), clock="4", prints=1, moment=None, initials="R")
    row = fold_row([never, less, first, more], rule)
    assert row.values == {"prints": 3, "moment": "2026-03-17", "initials": "R"}
    assert (row.conflicts, row.heads) == ((), ("b", "c", "d"))


def test_a_row_whose_insertion_is_missing_does_not_exist() -> None:
    assert fold_row([op("b", "U", ("a",), unit="甲")]).values is None


def test_a_circle_that_only_forgery_makes_still_folds_the_same_way() -> None:
    one, two = op("a", "I", ("b",), "1", unit="甲"), op("b", "U", ("a",), "2", unit="乙")
    self_based = op("c", "U", ("c",), "3", unit="丙")
    assert fold_row([one, two]) == fold_row([two, one])
    assert fold_row([one, two, self_based]) == fold_row([self_based, two, one])


# --- segment body -------------------------------------------------------------------------------


def entry(sequence: int, previous: str, lines: tuple[bytes, ...] = ()) -> JournalEntry:
    made = JournalEntry(
        sequence, "A", 1, "2026-03-16T01:30:00+00:00", "本地", 1, "OK", "张敏", "CLERK", "入库", "甲",
        "{}", STAMP, rows_digest(lines), previous,
    )  # fmt: skip
    return replace(made, hash=entry_hash(made))


LINE = operation_line(op("a", "I", unit="甲")).encode()
FIRST = Block(entry(1, GENESIS, (LINE,)), (LINE,))
SECOND = Block(entry(2, FIRST.entry.hash), ())
HEADER = SegmentHeader(
    "o", "d", 1, 1, 1, 2, SECOND.entry.hash, (), "0010", STAMP, "2026-03-16T01:30:00+00:00", 1, 0, 0, ""
)  # fmt: skip


def test_blocks_read_back_with_who_did_it() -> None:
    blocks = verified_blocks(HEADER, body_of([FIRST, SECOND]))
    assert blocks == (FIRST, SECOND)
    (operation,) = blocks[0].operations()
    assert (operation.author, operation.device, operation.clock) == ("张敏", "A", STAMP)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", b"\n", LINE + b"\n", b"{}\n", b"[1]\n", b"[" * 100_000 + b"\n",
        LINE + b"\n" + entry_line(FIRST.entry).encode() + b"\n",
        entry_line(FIRST.entry).replace(STAMP, "soon").encode() + b"\n",
        entry_line(FIRST.entry).replace('"A"', "7").encode() + b"\n",
        entry_line(FIRST.entry).replace('"A"', ' "A"').encode() + b"\n",
    ],
)  # fmt: skip
def test_a_body_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(FileRefused):
        list(read_blocks(body))


@pytest.mark.parametrize(
    "header",
    [
        replace(HEADER, first=2), replace(HEADER, last=3), replace(HEADER, head="0" * 64),
        replace(HEADER, operations=2), replace(HEADER, epoch=2),
    ],
)  # fmt: skip
def test_a_body_that_is_not_what_the_header_says_is_refused(header: SegmentHeader) -> None:
    with pytest.raises(FileRefused, match="对不上"):
        verified_blocks(header, body_of([FIRST, SECOND]))


def test_a_row_the_entry_does_not_cover_is_refused() -> None:
    with pytest.raises(FileRefused, match="第 1 条对不上"):
        verified_blocks(HEADER, body_of([replace(FIRST, lines=()), SECOND]))


BOTH = chained_body_of([FIRST, SECOND])
"""The second form: what follows from the lines is left out."""


def test_the_second_form_leaves_out_what_can_be_computed_and_reads_back_the_same() -> None:
    for computed in (FIRST.entry.rows, FIRST.entry.hash):
        assert computed.encode() in body_of([FIRST, SECOND])
        assert computed.encode() not in BOTH
    assert verified_blocks(HEADER, BOTH) == verified_blocks(HEADER, body_of([FIRST, SECOND]))


def test_a_segment_in_the_middle_of_a_chain_names_the_entry_before_it() -> None:
    header = replace(HEADER, first=2, operations=0)
    assert verified_blocks(header, chained_body_of([SECOND])) == (SECOND,)


def test_entries_from_before_rows_were_covered_stand_in_the_second_form_too() -> None:
    bare = replace(entry(1, GENESIS), stamp="", rows="", hash="")
    old = replace(bare, hash=entry_hash(bare))
    new = entry(2, old.hash, (LINE,))
    blocks = (Block(old, ()), Block(new, (LINE,)))
    assert tuple(read_blocks(chained_body_of(blocks))) == blocks


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        ("甲", "乙"), (LINE.decode() + "\n", ""), (LINE.decode(), f"{LINE.decode()}\n{LINE.decode()}"),
        ("入库", "出库"), (GENESIS, "1" * 64), ('[2,"A"', '[2,"B"'),
    ],
)  # fmt: skip
def test_another_line_in_the_second_form_gives_another_head(found: str, instead: str) -> None:
    with pytest.raises(FileRefused, match="第 2 条对不上"):
        verified_blocks(HEADER, BOTH.replace(found.encode(), instead.encode(), 1))


@pytest.mark.parametrize(
    "header",
    [replace(HEADER, first=2), replace(HEADER, last=3), replace(HEADER, epoch=2)],
)
def test_the_second_form_is_what_the_header_says_too(header: SegmentHeader) -> None:
    with pytest.raises(FileRefused, match="对不上"):
        verified_blocks(header, BOTH)


@pytest.mark.parametrize(
    "body",
    [
        BOTH.split(b"\n", 1)[0] + b"\n",
        BOTH.replace(b"BODY-2", b"BODY-3"),
        BOTH.replace(b"[1,", b"[1 ,"),
        BOTH.split(b"\n", 1)[0] + b"\n" + body_of([FIRST]),
        chained_body_of([replace(FIRST, lines=())]) + body_of([SECOND]),
        BOTH + entry_line(replace(SECOND.entry, rows="")).encode() + b"\n",
    ],
    ids=["no entry", "a third form", "another spelling", "digests", "a whole entry", "a previous hash"],
)  # fmt: skip
def test_what_the_second_form_does_not_allow_is_refused(body: bytes) -> None:
    with pytest.raises(FileRefused):
        list(read_blocks(body))


def test_lines_about_a_row_are_found_without_reading_the_others() -> None:
    other = operation_line(replace(op("b", "I"), key='另"一')).encode()
    block = Block(FIRST.entry, (LINE, other, b"[strange"))
    assert lines_about(block, {("witnesses", "k")}) == (LINE, b"[strange")
    assert lines_about(block, {("witnesses", '另"一')}) == (other, b"[strange")


def test_a_checkpoint_without_sm3_has_three_lines() -> None:
    assert note_text("ssj/o/d/1", 3, "00" * 32).count("\n") == 3


def test_many_lines_are_chained_when_each_has_its_hash_and_names_the_one_before() -> None:
    lines, hashes, head = [], [], GENESIS
    for number in range(1, 5):
        values = (number, "A", 1, "当日", "本地", number, "OK", "张敏", "CLERK", "入库", "甲", "{}",
                  "000000000000001-000000", "-", head)  # fmt: skip
        lines.append(entry_line(JournalEntry(*values)).encode())
        head = entry_hash(JournalEntry(*values))
        hashes.append(head)
    start = ChainCheck(0, GENESIS, None)
    assert are_chained(start, hashes, lines)
    assert are_chained(ChainCheck(2, hashes[1], None), hashes[2:], lines[2:])
    assert not are_chained(ChainCheck(0, "1" * 64, None), hashes, lines)
    assert not are_chained(ChainCheck(1, GENESIS, None), hashes, lines)
    assert not are_chained(start, [*hashes[:3], "0" * 64], lines)
    swapped = [lines[0], lines[2], lines[1], lines[3]]
    assert not are_chained(start, [hashes[0], hashes[2], hashes[1], hashes[3]], swapped)
    assert not are_chained(start, [hashes[0], *hashes[2:]], [lines[0], *lines[2:]])
    assert not are_chained(start, hashes, [*lines[:2], lines[2].replace(b"A", b"B"), lines[3]])
    assert not are_chained(start, hashes, [b"", *lines[1:]])
    assert not are_chained(start, hashes, [lines[0], b"\xff" * 80, *lines[2:]])


def test_an_entry_from_before_rows_were_covered_reads_back_with_its_older_hash() -> None:
    old = JournalEntry(1, "A", 1, "当日", "本地", 1, "OK", "张敏", "CLERK", "入库", "甲", "{}", "", "",
                       GENESIS)  # fmt: skip
    (block,) = read_blocks(entry_line(old).encode() + b"\n")
    assert block.entry == replace(old, hash=entry_hash(old))
    assert block.lines == ()

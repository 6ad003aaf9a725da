"""What an attacker tries, and the trace that appears on the next paper (draw rule cs1, section 8)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from office import Clock, approved_line, enrol_inspectors, enrol_targets, found, freezing

from ssj_desktop.domain.draw.freezing import freeze
from ssj_desktop.domain.draw.outcome import perform
from ssj_desktop.domain.draw.record import Record, verify_record
from ssj_desktop.domain.draw.seed import commitment
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.vocabulary import AmendmentKind
from ssj_desktop.formats.office_papers import render_pdf
from ssj_desktop.formats.pdf.record import render_record
from ssj_desktop.models.draws import Draw
from ssj_desktop.queries.draw_ledger import ledger_paper, void_paper
from ssj_desktop.queries.draws import draw_record
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.journal import journal_head
from ssj_desktop.queries.predraw_papers import predraw_paper
from ssj_desktop.queries.record_papers import record_paper
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.amendments import ApplyAmendment, apply_amendment
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import (
    PerformDraw,
    VoidDraw,
    draw,
    freeze_draw,
    open_slips,
    thaw_scheme,
    void_draw,
)
from ssj_desktop.services.registries import Enrol, Revise, enrol, revise
from ssj_desktop.services.rehearsals import open_rehearsal

DIGITS = ("314159", "271828", "161803")


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk, str]]:
    clerk, approver = found(tmp_path, Clock())
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    yield clerk, approver, approved_line(clerk, approver)
    clerk.close()


def drawn(clerk: Desk, line: str, request: str = "r1", **changes: object) -> str:
    key = clerk.do(freeze_draw, freezing(clerk, line, request, **changes))
    clerk.do(draw, PerformDraw(key, DIGITS))
    return key


def page_texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def printed(desk: Desk, key: str) -> str:
    """The text of the record as it comes out of the printer."""
    record = desk.ask(record_paper, key)
    return "\n".join(page_texts(render_record(record, {}, desk.surroundings.now())))


def sheet(desk: Desk, key: str) -> str:
    paper = desk.ask(predraw_paper, key)
    return "\n".join(page_texts(render_pdf(paper, desk.surroundings.now())))


def retarget(desk: Desk, name: str, **texts: str) -> None:
    row = next(r for r in desk.ask(list_rows, "targets") if r.name == name)
    desk.do(revise, Revise("targets", row.id, texts, "核对"))


def test_redrawing_until_it_suits_is_refused_and_a_named_redraw_says_so(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    first = drawn(clerk, line)
    number = clerk.ask(draw_record, first)["draw"]
    with pytest.raises(RuleViolation, match="抽取过"):
        clerk.do(freeze_draw, freezing(clerk, line, "r2"))
    again = drawn(clerk, line, "r3", replaces=number)
    assert f"原编号 {number}" in printed(clerk, again).replace("\n", "")


def test_choosing_the_own_seed_leaves_a_broken_commitment(desks: tuple[Desk, Desk, str]) -> None:
    clerk, _, line = desks
    record = clerk.ask(draw_record, drawn(clerk, line))
    record["machine"] = "0" * 64
    assert "机器数承诺" in [c.name for c in verify_record(record).checks if not c.ok]


def test_the_last_witness_withholding_is_printed_as_a_missing_slip(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    key = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(key, ("314159", "271828", "-")))
    assert clerk.ask(record_paper, key).witnesses[2].digits == "-"


@pytest.mark.parametrize("digits", [("12345", "271828", "161803"), ("314159", "-", "-")])
def test_few_digits_or_one_witness_are_refused(
    desks: tuple[Desk, Desk, str], digits: tuple[str, ...]
) -> None:
    clerk, _, line = desks
    key = clerk.do(freeze_draw, freezing(clerk, line))
    with pytest.raises(InvalidInput, match="见证人"):
        clerk.do(draw, PerformDraw(key, digits))


def test_tampering_with_the_pool_before_the_draw_is_printed_as_drift(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    number = clerk.ask(draw_record, drawn(clerk, line))["draw"]
    retarget(clerk, "云岭县第3物业公司", credit_class="A")
    retarget(clerk, "云岭县第4物业公司", industry="供热企业")
    clerk.do(enrol, Enrol("targets", {"name": "云岭县新来物业公司", "number": "91239921X777777777",
                                      "industry": "物业服务企业", "credit_class": "A"}))  # fmt: skip
    key = clerk.do(freeze_draw, freezing(clerk, line, "r2", replaces=number))
    paper = clerk.ask(predraw_paper, key)
    rows = {kind: names for kind, _, names, _ in paper.drift}
    who = {kind: by for kind, _, _, by in paper.drift}
    assert "新来" in rows["新增"]
    assert "张敏 2026年" in who["新增"]
    assert "第4物业" in rows["移出"]
    assert "B→A" in rows["重新分层"]


def test_tampering_with_the_pool_after_the_freeze_changes_nothing_that_is_drawn(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    key = clerk.do(freeze_draw, freezing(clerk, line))
    hashed = clerk.ask(predraw_paper, key).hashes[0].sha256
    retarget(clerk, "云岭县第3物业公司", industry="供热企业")
    clerk.do(draw, PerformDraw(key, DIGITS))
    record = clerk.ask(draw_record, key)
    assert record["hashes"]["pool"] == hashed
    assert "云岭县第3物业公司" in record["files"]["pool.int"]


def test_an_object_entered_twice_cannot_hold_two_tickets(desks: tuple[Desk, Desk, str]) -> None:
    clerk, _, line = desks
    key = drawn(clerk, line)
    scheme = clerk.ask(lambda session: thaw_scheme(session.get_one(Draw, key)))
    with pytest.raises(InvalidInput, match="重复"):
        freeze(replace(scheme, pool=(*scheme.pool, scheme.pool[0])))


def test_choosing_ratio_or_k_after_seeing_is_a_broken_plan_hash(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    record = clerk.ask(draw_record, drawn(clerk, line))
    record["files"]["plan"] = record["files"]["plan"].replace("\t1000\t", "\t2000\t", 1)
    wrong = [c.name for c in verify_record(record).checks if not c.ok]
    assert {"文件内容", "校验值", "随机种子 R"} <= set(wrong)


def _edits(record: Record) -> Iterator[Record]:
    stratum = record["strata"][0]
    yield record | {"strata": [{**stratum, "drawn": stratum["substitutes"]}, *record["strata"][1:]]}
    yield record | {"witnesses": ["314158", *record["witnesses"][1:]]}
    yield record | {"teams": record["teams"][1:]}
    yield record | {"cap": record["cap"] + 1}
    yield record | {"paper": {**record["paper"], "place": "别处"}}


def test_editing_the_record_anywhere_is_found(desks: tuple[Desk, Desk, str]) -> None:
    clerk, _, line = desks
    record = clerk.ask(draw_record, drawn(clerk, line))
    assert verify_record(record).ok
    for edited in _edits(record):
        assert not verify_record(edited).ok


def test_abandoning_a_draw_stays_in_the_ledger_and_on_the_next_sheet(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    key = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(open_slips, key)
    retarget(clerk, "云岭县第4物业公司", industry="供热企业")
    other = clerk.do(freeze_draw, freezing(clerk, line, "r2"))
    assert "未完成 1 次" in sheet(clerk, other)
    assert "见证数字已亮出" in {row[3] for row in clerk.ask(ledger_paper, 2026).rows}


def test_a_voided_number_is_consumed_and_counted_on_the_next_sheet(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, approver, line = desks
    key = clerk.do(freeze_draw, freezing(clerk, line))
    approver.do(void_draw, VoidDraw(key, "名录漏列一家"))
    assert "名录漏列一家" in clerk.ask(void_paper, key).boxes[0][1]
    again = clerk.do(freeze_draw, freezing(clerk, line, "r2"))
    assert "第 2 次，作废 1 次" in sheet(clerk, again)


def test_reordering_the_list_changes_neither_hash_nor_result(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    key = drawn(clerk, line)
    record = clerk.ask(draw_record, key)
    scheme = clerk.ask(lambda session: thaw_scheme(session.get_one(Draw, key)))
    turned = replace(scheme, pool=scheme.pool[::-1], officers=scheme.officers[::-1])
    again = perform(turned, record["hashes"]["prev"], record["machine"], DIGITS)
    assert again.seed == record["seed"]
    assert list(again.drawn_ids()) == [i for s in record["strata"] for i in s["drawn"]]


def test_an_id_cannot_be_changed_to_fish_for_a_ticket(desks: tuple[Desk, Desk, str]) -> None:
    """A corrected number never touches the code that enters tickets."""
    clerk, _, line = desks
    number = clerk.ask(draw_record, drawn(clerk, line))["draw"]
    retarget(clerk, "云岭县第5物业公司", number="91239921X999999999")
    key = clerk.do(freeze_draw, freezing(clerk, line, "r2", replaces=number))
    codes = clerk.ask(lambda s: [e.id for e in thaw_scheme(s.get_one(Draw, key)).pool])
    assert "91239921X000000005" in codes
    assert "91239921X999999999" not in codes


def test_the_clock_is_no_input(desks: tuple[Desk, Desk, str]) -> None:
    clerk, _, line = desks
    clock = clerk.surroundings
    assert isinstance(clock, Clock)
    key = clerk.do(freeze_draw, freezing(clerk, line))
    scheme = clerk.ask(lambda session: thaw_scheme(session.get_one(Draw, key)))
    clock.pass_days(-400)
    clerk.do(draw, PerformDraw(key, DIGITS))
    record = clerk.ask(draw_record, key)
    again = perform(scheme, record["hashes"]["prev"], record["machine"], DIGITS)
    assert again.seed == record["seed"]
    assert "2025年2月9日" in printed(clerk, key)


def test_replaying_an_old_seed_breaks_the_seed_text(desks: tuple[Desk, Desk, str]) -> None:
    clerk, _, line = desks
    first = clerk.ask(draw_record, drawn(clerk, line))
    second = clerk.ask(draw_record, drawn(clerk, line, "r2", replaces=first["draw"]))
    forged = second | {"seed": first["seed"], "seed_text": first["seed_text"]}
    wrong = [c.name for c in verify_record(forged).checks if not c.ok]
    assert {"种子文本", "随机种子 R"} <= set(wrong)
    assert first["hashes"]["prev"] != second["hashes"]["prev"]


def test_forcing_a_substitution_needs_a_listed_reason_and_names_no_successor(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    drawn(clerk, line)
    task = clerk.ask(list_tasks)[0]
    with pytest.raises(InvalidInput, match="不在字典中"):
        clerk.do(
            apply_amendment, ApplyAmendment(task.id, AmendmentKind.REPLACEMENT, "打过招呼", "无")
        )
    assert "successor" not in ApplyAmendment.__slots__


def test_showing_one_list_and_storing_another_is_impossible_to_print(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    key = drawn(clerk, line)
    record = clerk.ask(draw_record, key)
    shown = [row[3] for row in clerk.ask(record_paper, key).drawn]
    assert shown == [i for stratum in record["strata"] for i in stratum["drawn"]]
    assert {task.target_code for task in clerk.ask(list_tasks, key)} == set(shown)


def test_a_rehearsal_cannot_pass_as_a_draw(desks: tuple[Desk, Desk, str], tmp_path: Path) -> None:
    clerk, _, line = desks
    rehearsal = open_rehearsal(clerk, tmp_path / "rehearsal")
    key = drawn(rehearsal, line)
    record = rehearsal.ask(draw_record, key)
    assert record["draw"] == "REHEARSAL-0001"
    assert "SSJ-REHEARSAL-POOL-1" in record["files"]["pool.int"]
    assert rehearsal.ask(record_paper, key).watermark
    forged = record | {"rehearsal": False, "draw": "239921-A-2026-0001"}
    assert not verify_record(forged).ok
    real = commitment(record["draw"], record["hashes"]["pool"], record["machine"])
    assert real != record["commitment"]
    assert "REHEARSAL" not in clerk.ask(ledger_paper, 2026).rows
    rehearsal.close()


def test_two_laptops_carry_their_device_in_number_and_seed(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    record = clerk.ask(draw_record, drawn(clerk, line))
    assert record["draw"] == "239921-A-2026-0001"
    assert "device\tA\n" in record["seed_text"]
    forged = record | {"device": "B"}
    assert not verify_record(forged).ok


def test_the_journal_head_of_one_record_stands_on_the_next_sheet(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    head = clerk.ask(journal_head)
    key = clerk.do(freeze_draw, freezing(clerk, line))
    heads = [h.sha256 for h in clerk.ask(predraw_paper, key).hashes if h.label == "上一记录链头"]
    assert heads == [head]

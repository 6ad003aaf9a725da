"""More of what an attacker tries (draw rule cs1, section 8): doing it outside the program, doing it
twice, doing it under another name, pulling the plug; and the trace on the next printout."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from office import (
    PASSWORD,
    Clock,
    approved_line,
    enrol_inspectors,
    enrol_targets,
    found,
    freezing,
)
from sqlalchemy import select
from sqlalchemy.orm import Session
from tampering import key_of, side_connection, without_triggers

from ssj_desktop.domain.draw.freezing import freeze
from ssj_desktop.domain.draw.record import verify_record
from ssj_desktop.domain.draw.seed import commitment
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.vocabulary import AmendmentKind
from ssj_desktop.formats.office_papers import render_pdf
from ssj_desktop.models.draws import Draw, SealedMachine
from ssj_desktop.queries.draw_ledger import ledger_paper
from ssj_desktop.queries.draws import draw_record, find_draw
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.predraw_papers import predraw_paper
from ssj_desktop.queries.record_papers import record_paper
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.amendments import (
    ApplyAmendment,
    DecideAmendment,
    apply_amendment,
    decide_amendment,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import (
    EnterSlip,
    PerformDraw,
    draw,
    enter_slip,
    freeze_draw,
    thaw_scheme,
)
from ssj_desktop.services.registries import Enrol, Revise, enrol, revise

CODE = "91239921X000000002"
DIGITS = ("314159", "271828", "161803")
GONE = "已注销、吊销或撤销"


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


def sheet(desk: Desk, key: str) -> str:
    """The text of the pre-draw sheet as it comes out of the printer."""
    pdf = render_pdf(desk.ask(predraw_paper, key), desk.surroundings.now())
    pages = [p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(pdf)]
    return "".join("\n".join(pages).split())


def ledger(desk: Desk) -> list[str]:
    """The notes of the ledger, number by number."""
    return [row[-1] for row in desk.ask(ledger_paper, 2026).rows]


def new_target(desk: Desk, name: str, number: str) -> None:
    texts = {"name": name, "number": number, "industry": "物业服务企业", "credit_class": "A"}
    desk.do(enrol, Enrol("targets", texts))


# --- re-drawing ---------------------------------------------------------------------------------


def test_drawing_again_over_a_pool_made_different_by_one_firm_names_the_draw_before(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    first = clerk.ask(draw_record, drawn(clerk, line))
    new_target(clerk, "云岭县凑数物业公司", "91239921X777777777")
    text = sheet(clerk, clerk.do(freeze_draw, freezing(clerk, line, "r2")))
    assert f"与上次抽取（{first['draw']}，" in text
    assert "凑数" in text
    assert "本年度已抽中3家" in text
    assert "本年度第2次" in text


def test_a_redraw_must_name_the_right_draw_and_stands_in_the_ledger(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    number = clerk.ask(draw_record, drawn(clerk, line))["draw"]
    with pytest.raises(RuleViolation, match="抽取过"):
        clerk.do(freeze_draw, freezing(clerk, line, "r2", replaces="239921-A-2026-0009"))
    drawn(clerk, line, "r3", replaces=number)
    assert ledger(clerk) == ["—", f"另行抽取，原编号 {number}"]


# --- the pool before ----------------------------------------------------------------------------


def test_one_firm_under_two_codes_is_printed_before_the_draw(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    new_target(clerk, "云岭县第3物业公司", "91239921X777777777")
    assert "名称相同云岭县第3物业公司（2条）" in sheet(
        clerk, clerk.do(freeze_draw, freezing(clerk, line))
    )


def test_a_firm_left_out_by_hand_is_printed_with_its_reason_and_with_what_would_have_been(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    everybody = {f"91239921X{n:09d}": "MERGED_VISIT" for n in range(0, 20, 2)}
    spared = dict(list(everybody.items())[:9])
    key = clerk.do(freeze_draw, freezing(clerk, line, exclusions=spared))
    assert "排除原因并入其他检查9家" in sheet(clerk, key)
    clerk.do(draw, PerformDraw(key, DIGITS))
    record = clerk.ask(draw_record, key)
    scheme = clerk.ask(lambda session: thaw_scheme(session.get_one(Draw, key)))
    stratum = record["strata"][0]
    assert {e.id for e in scheme.pool if e.status == "X"} == set(spared)
    assert set(stratum["would_be"]) <= set(spared)


def test_other_reasons_are_explained_on_the_sheet_before_and_the_record_after(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    key = clerk.do(
        freeze_draw, freezing(clerk, line, exclusions={CODE: "其他:汛期道路中断，11 月再查"})
    )
    said = "排除说明云岭县第2物业公司：汛期道路中断，11月再查"
    assert said in sheet(clerk, key)
    clerk.do(draw, PerformDraw(key, DIGITS))
    facts = dict(clerk.ask(record_paper, key).facts)
    assert facts["排除说明"] == "云岭县第2物业公司：汛期道路中断，11 月再查"


def test_the_next_sheet_says_who_left_an_object_out_and_on_which_day(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    number = clerk.ask(draw_record, drawn(clerk, line))["draw"]
    again = freezing(clerk, line, "r2", replaces=number, exclusions={CODE: "CLOSED：停工"})
    rows = {row[0]: row for row in clerk.ask(predraw_paper, clerk.do(freeze_draw, again)).drift}
    assert "云岭县第2物业公司（停业或注销等：停工）" in rows["排除"][2]
    assert clerk.actor.name in rows["排除"][3]


@pytest.mark.parametrize(
    ("excluded", "fault"),
    [
        ({CODE: "OTHER"}, "没有写说明"),
        ({"91239921X000000001": "打过招呼"}, "不在字典中"),
        ({"91230000": "CLOSED"}, "不在待抽库里"),
    ],
)
def test_leaving_out_needs_a_listed_reason_and_an_object_of_the_pool(
    desks: tuple[Desk, Desk, str], excluded: dict[str, str], fault: str
) -> None:
    clerk, _, line = desks
    with pytest.raises(InvalidInput, match=fault):
        clerk.do(freeze_draw, freezing(clerk, line, exclusions=excluded))


def test_a_firm_that_left_and_came_back_under_a_fresh_code_stands_in_the_drift(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    number = clerk.ask(draw_record, drawn(clerk, line))["draw"]
    row = next(r for r in clerk.ask(list_rows, "targets") if r.name == "云岭县第5物业公司")
    clerk.do(revise, Revise("targets", row.id, {"status": "注销"}, "注销"))
    new_target(clerk, "云岭县第5物业公司", "91239921X555555555")
    key = clerk.do(freeze_draw, freezing(clerk, line, "r2", replaces=number))
    drift = {kind: names for kind, _, names, _ in clerk.ask(predraw_paper, key).drift}
    assert "第5物业" in drift["新增"]
    assert "第5物业" in drift["移出"]


# --- the store behind the program's back ----------------------------------------------------------


def tamper(desk: Desk, statement: str, *values: object) -> None:
    path = desk.database.path
    with (
        side_connection(path, key_of(path, PASSWORD)) as connection,
        without_triggers(connection),
    ):
        connection.execute(statement, values)


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [
        ("pool_int", "第3物业公司", "第三物业公司"),
        ("pool_pub", "第3物业公司", "第三物业公司"),
        ("plan_file", "\tNUMBER\t0\t0\t2\t", "\tNUMBER\t0\t0\t9\t"),
        ("staff_file", "23992001", "23992009"),
    ],
)
def test_a_frozen_file_changed_in_the_store_stops_the_draw(
    desks: tuple[Desk, Desk, str], column: str, before: str, after: str
) -> None:
    clerk, _, line = desks
    key = clerk.do(freeze_draw, freezing(clerk, line))
    stored = clerk.ask(lambda session: getattr(session.get_one(Draw, key), column)).decode()
    assert before in stored
    tamper(clerk, f"UPDATE draws SET {column} = ?", stored.replace(before, after).encode())
    with pytest.raises(RuleViolation, match="与承诺单上的校验值不符"):
        clerk.do(draw, PerformDraw(key, DIGITS))
    assert clerk.ask(find_draw, key).row.state.value == "FROZEN"


def test_another_machine_number_than_the_committed_one_stops_the_draw(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    key = clerk.do(freeze_draw, freezing(clerk, line))
    tamper(clerk, "UPDATE sealed_machines SET machine = ?", "0" * 64)
    with pytest.raises(RuleViolation, match="与承诺单上的校验值不符"):
        clerk.do(draw, PerformDraw(key, DIGITS))


def test_a_pool_and_its_hash_changed_together_still_disagree_with_the_journal(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    key = clerk.do(freeze_draw, freezing(clerk, line))
    other = clerk.ask(lambda session: thaw_scheme(session.get_one(Draw, key)))
    pool = freeze(replace(other, pool=other.pool[1:])).pool
    machine = clerk.ask(lambda session: session.get_one(SealedMachine, key).machine)
    sealed = commitment(other.draw, pool.sha256, machine)
    tamper(
        clerk,
        "UPDATE draws SET pool_int = ?, pool_hash = ?, commitment = ?",
        pool.content, pool.sha256, sealed,
    )  # fmt: skip
    with pytest.raises(RuleViolation, match="与承诺单上的校验值不符"):
        clerk.do(draw, PerformDraw(key, DIGITS))


def test_a_stored_record_that_differs_from_the_shown_one_does_not_verify(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    record = clerk.ask(draw_record, drawn(clerk, line))
    stratum = record["strata"][1]
    stratum["drawn"], stratum["substitutes"] = stratum["drawn"][:-1] + stratum["substitutes"], []
    tamper(clerk, "UPDATE draws SET record = ?", json.dumps(record, ensure_ascii=False).encode())
    wrong = verify_record(clerk.ask(draw_record, clerk.ask(only_draw))).checks
    assert "抽中、候补与截止票号" in [check.name for check in wrong if not check.ok]


def only_draw(session: Session) -> str:
    return session.scalars(select(Draw.id)).one()


# --- abandoning, also by pulling the plug -----------------------------------------------------------


def test_after_a_power_cut_only_the_same_slips_continue_and_the_next_sheet_counts_the_open_one(
    desks: tuple[Desk, Desk, str],
) -> None:
    clerk, _, line = desks
    key = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(enter_slip, EnterSlip(key, 1, "314159"))
    path = clerk.database.path
    clerk.close()
    again = sign_in(path, PASSWORD, "张敏", Clock())
    assert again.ask(find_draw, key).slips == {1: "314159"}
    with pytest.raises(RuleViolation, match="已经录入"):
        again.do(draw, PerformDraw(key, ("999999", *DIGITS[1:])))
    new_target(again, "云岭县新来物业公司", "91239921X777777777")
    other = again.do(freeze_draw, freezing(again, line, "r2"))
    assert "未完成1次" in sheet(again, other)
    again.do(draw, PerformDraw(key, DIGITS))
    assert again.ask(draw_record, key)["witnesses"] == list(DIGITS)
    again.close()


# --- afterwards -------------------------------------------------------------------------------------


def test_every_substitution_is_counted_in_the_ledger(desks: tuple[Desk, Desk, str]) -> None:
    clerk, approver, line = desks
    drawn(clerk, line)
    task = clerk.ask(list_tasks)[0]
    applied = ApplyAmendment(task.id, AmendmentKind.REPLACEMENT, GONE, "注销通知书")
    approver.do(decide_amendment, DecideAmendment(clerk.do(apply_amendment, applied), True))
    assert ledger(clerk) == ["替补 1 次"]


# --- two laptops ------------------------------------------------------------------------------------


def drawn_elsewhere(desk: Desk, line: str, folder: Path) -> tuple[object, ...]:
    """The row of a draw of the same pool, made on a copy of this store that calls itself B."""
    folder.mkdir()
    for file in desk.database.path.parent.glob(f"{desk.database.path.stem}.*"):
        shutil.copy(file, folder / file.name)
    path = folder / desk.database.path.name
    key = key_of(path, PASSWORD)
    with side_connection(path, key) as side, without_triggers(side):
        side.execute("UPDATE office SET device = 'B'")
    other = sign_in(path, PASSWORD, "张敏", Clock())
    drawn(other, line)
    other.close()
    with side_connection(path, key) as side:
        return tuple(side.execute("SELECT * FROM draws").fetchone())


def test_two_laptops_that_drew_the_same_pool_betray_each_other_in_the_ledger_and_stop_a_third(
    desks: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    clerk, _, line = desks
    row = drawn_elsewhere(clerk, line, tmp_path / "second")
    mine = clerk.ask(draw_record, drawn(clerk, line))["draw"]
    tamper(clerk, f"INSERT INTO draws VALUES ({', '.join('?' * len(row))})", *row)
    first, second = "239921-B-2026-0001", mine
    both = [f"待抽库与 {number} 相同，以先签承诺单的 {mine} 为准" for number in (first, second)]
    assert ledger(clerk) == both
    with pytest.raises(RuleViolation, match="抽取过"):
        clerk.do(freeze_draw, freezing(clerk, line, "r2"))
    tamper(clerk, "UPDATE draws SET state = 'VOID' WHERE device = 'B'")
    assert ledger(clerk) == ["—", "—"]

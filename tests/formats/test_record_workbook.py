"""The record as a workbook: tickets as text in order, each beside quota and cut-off of its stratum."""

import io
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from ssj_desktop.domain.draw.record import read_record
from ssj_desktop.formats.draw_papers import record_papers
from ssj_desktop.queries.record_papers import paper_of_record

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "cs1"
WHEN = datetime(2026, 9, 15)  # noqa: DTZ001


def golden(case: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of a golden draw, and the papers made from them."""
    (source,) = FOLDER.glob(f"{case}_*")
    files = {path.name: path.read_bytes() for path in source.iterdir()}
    record = read_record(files["record.json"])
    return files, record_papers(paper_of_record(record), files, WHEN)


def sheets(case: str) -> tuple[dict[str, bytes], dict[str, Worksheet]]:
    files, papers = golden(case)
    book = openpyxl.load_workbook(io.BytesIO(papers["record.xlsx"]))
    return files, {sheet.title: sheet for sheet in book.worksheets}


def body(sheet: Worksheet) -> list[list[str]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_every_ticket_is_text_with_all_digits_in_order_beside_quota_and_cut_off() -> None:
    files, found = sheets("01")
    lines = [line.split("\t") for line in files["tickets.tsv"].decode().splitlines()]
    rows = body(found["全部票号"])
    assert [row[1:3] for row in rows] == [line[:2] for line in lines]
    assert {cell.data_type for row in found["全部票号"].iter_rows(min_row=3) for cell in row} == {
        "s"
    }
    strata = {s["code"]: s for s in json.loads(files["record.json"])["strata"]}
    for row, line in zip(rows, lines, strict=True):
        assert row[6:] == [str(strata[line[2]]["k"]), strata[line[2]]["cutoff"][:20]]
        if row[5] == "抽中":
            assert row[2][:20] <= row[7]
    assert [row[5] for row in rows].count("抽中") == sum(s["k"] for s in strata.values())
    assert {"抽中", "候补", "若未排除将被抽中", "—"} == {row[5] for row in rows}


def test_each_sheet_has_its_title_a_repeated_head_and_a_frozen_one() -> None:
    _, found = sheets("01")
    assert list(found) == [
        "记录",
        "分层",
        "抽中",
        "候补",
        "若未排除将被抽中",
        "人员匹配",
        "全部票号",
    ]
    for name, sheet in found.items():
        assert sheet["A1"].value == f"“双随机、一公开”随机抽取记录表：{name}"
        assert sheet.print_title_rows == "$1:$3"
        assert sheet.freeze_panes == "A4"


def test_digits_keep_their_leading_noughts_and_the_recipe_is_there() -> None:
    _, found = sheets("02")
    facts = dict(body(found["记录"]))
    assert (facts["见证数字 W1"], facts["见证数字 W2"]) == ("000000", "-")
    assert "sha256sum" in "".join(row[1] for row in body(found["记录"]) if row[0] == "外部核对方法")


@pytest.mark.parametrize("case", [f"{n:02d}" for n in range(1, 9)])
def test_every_golden_draw_has_both_papers_and_the_same_bytes_twice(case: str) -> None:
    files, papers = golden(case)
    assert papers == golden(case)[1]
    assert papers["record.pdf"].startswith(b"%PDF-")
    if case == "08":
        record = read_record(files["record.json"])
        assert paper_of_record(record).watermark == "演 练"


def test_a_draw_without_officers_has_no_sheet_of_candidates() -> None:
    files, _ = golden("03")
    paper = replace(paper_of_record(read_record(files["record.json"])), candidates=())
    assert (
        "人员匹配"
        not in openpyxl.load_workbook(
            io.BytesIO(record_papers(paper, files, WHEN)["record.xlsx"])
        ).sheetnames
    )

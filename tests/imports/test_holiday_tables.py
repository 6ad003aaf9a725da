"""放假安排 as CSV or workbook: read in the capped child, refused in one sentence, whole or not at all."""

from datetime import date
from pathlib import Path

import pytest
import workbooks
from office import found

from ssj_desktop.domain.errors import FileRefused, InvalidInput, SsjError
from ssj_desktop.queries.calendar import work_calendar
from ssj_desktop.services import calendar
from ssj_desktop.services.calendar import import_holidays, read_holidays

HEADS: list[str | None] = ["年度", "日期", "类别", "名称", "依据"]
DAYS: list[list[str | None]] = [
    ["2027", "2027-02-05", "放假", "春节", "国办通知"],
    ["2027", "2027-02-20", "上班", "春节", "国办通知"],
]


def test_a_workbook_and_a_csv_say_the_same(tmp_path: Path) -> None:
    book = read_holidays(workbooks.write_rows(tmp_path / "放假.xlsx", [HEADS, *DAYS]))
    text = "\r\n".join(",".join(map(str, row)) for row in [HEADS, *DAYS])
    for name, encoding in (("a.csv", "utf-8-sig"), ("b.csv", "gb18030")):
        (tmp_path / name).write_bytes(text.encode(encoding))
        assert read_holidays(tmp_path / name) == book


def test_a_cell_formatted_as_a_day_is_that_day(tmp_path: Path) -> None:
    day = workbooks.number(46423, workbooks.DATE)
    rows = [HEADS, ["2027", day, "放假", "春节", "国办通知"]]
    (row,) = read_holidays(workbooks.write_rows(tmp_path / "放假.xlsx", rows)).rows
    assert row.day == date(2027, 2, 5)


def test_the_days_count_at_once_and_a_year_is_replaced_whole(tmp_path: Path) -> None:
    clerk, _ = found(tmp_path)
    path = workbooks.write_rows(tmp_path / "放假.xlsx", [HEADS, *DAYS])
    assert clerk.do(import_holidays, read_holidays(path)) == [2027]
    assert clerk.ask(work_calendar).is_working_day(date(2027, 2, 20))
    assert not clerk.ask(work_calendar).is_working_day(date(2027, 2, 5))
    clerk.do(import_holidays, read_holidays(workbooks.write_rows(path, [HEADS, DAYS[0]])))
    assert not clerk.ask(work_calendar).is_working_day(date(2027, 2, 20))
    clerk.close()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([HEADS], "没有放假安排"),
        ([["日期", "类别"], ["2027-02-05", "放假"]], "缺少年度、名称、依据列"),
        ([HEADS, DAYS[0], DAYS[0]], "写了两次"),
        ([HEADS, [None], [None], ["2027", "明天", "放假", "春节", "通知"]], "第4行的日期“明天”"),
        ([HEADS, ["2027", "2027-02-05", "休息", "春节", "通知"]], "不在字典中"),
    ],
)
def test_a_wrong_table_is_named_with_its_row(
    tmp_path: Path, rows: list[list[str | None]], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_holidays(workbooks.write_rows(tmp_path / "放假.xlsx", rows))


def test_a_table_of_thousands_of_days_is_no_holiday_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "_MOST_ROWS", 2)
    with pytest.raises(InvalidInput, match="有 3 行"):
        read_holidays(workbooks.write_rows(tmp_path / "放假.xlsx", [HEADS, *DAYS]))


def test_hostile_files_end_as_with_every_import(tmp_path: Path) -> None:
    path = tmp_path / "放假.xlsx"
    parts = workbooks.package(workbooks.sheet_xml(""))
    bomb = {**parts, "xl/media/a.bin": b"\0" * 40_000_000}
    for content in (bomb, {**parts, "xl/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}):
        workbooks.write_zip(path, content)
        with pytest.raises(FileRefused) as refusal:
            read_holidays(path)
        assert refusal.value.remedy
    for raw in (b"", b"\xff\xfea\x00", b"%PDF-1.7", '年度,日期\n"甲'.encode(), b"\x81\x81\x81"):
        path.with_suffix(".csv").write_bytes(raw)
        with pytest.raises(SsjError) as said:
            read_holidays(path.with_suffix(".csv"))
        assert said.value.message.endswith("。")

"""Working days against the State Council's notices, and years that have none yet."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssj_desktop.domain.calendar import (
    COLUMNS,
    DayKind,
    Deadline,
    HolidayRow,
    HolidayTable,
    WorkCalendar,
    parse_holiday_csv,
    parse_holiday_rows,
)
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.places import resource

ONE_DAY = timedelta(days=1)
HEADER = ",".join(COLUMNS) + "\n"


def shipped_rows() -> tuple[HolidayRow, ...]:
    files = sorted(Path(resource("holidays")).glob("*.csv"))
    return tuple(
        row for path in files for row in parse_holiday_csv(path.read_text(encoding="utf-8"))
    )


SHIPPED = WorkCalendar(HolidayTable.of(shipped_rows()))
EMPTY = WorkCalendar(HolidayTable.of(()))


def assumed_rows(year: int) -> tuple[HolidayRow, ...]:
    """The statutory days of a year whose notice is hidden."""
    lunar = {2024: ((2, 10), (6, 10), (9, 17)), 2025: ((1, 29), (5, 31), (10, 6))}
    spring, dragon, autumn = lunar.get(year, ((2, 17), (6, 19), (9, 25)))
    new_year = date(year, *spring)
    days = [new_year + timedelta(days=n) for n in (-1, 0, 1, 2)]
    fixed = ((1, 1), (4, 5 if year == 2026 else 4), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
    days += [date(year, *day) for day in (dragon, autumn, *fixed)]
    return tuple(HolidayRow(year, day, DayKind.ASSUMED, "节日", "") for day in set(days))


def each_day(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


# --- official years ---------------------------------------------------------------------------


def test_every_day_of_three_years_agrees_with_the_peer() -> None:
    for day in each_day(date(2024, 1, 1), date(2026, 12, 31)):
        assert SHIPPED.is_working_day(day) == chinese_calendar.is_workday(day), day


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_twentieth_working_day_agrees_with_the_peer_for_every_start(year: int) -> None:
    """方案 二（八）: 自检查结束之日起 20 个工作日内公示."""
    for start in each_day(date(year, 1, 1), date(year, 12, 31)):
        day, left = start, 20
        while left and day < date(2026, 12, 31):
            day += ONE_DAY
            left -= chinese_calendar.is_workday(day)
        if left == 0:
            assert SHIPPED.nth_working_day(start, 20) == Deadline(day), start


def test_the_known_trap_of_september_2026_is_counted_right() -> None:
    assert SHIPPED.nth_working_day(date(2026, 9, 15), 20) == Deadline(date(2026, 10, 19))


def test_2026_has_248_working_days_and_six_make_up_days() -> None:
    made_up = [r for r in shipped_rows() if r.year == 2026 and r.kind is DayKind.WORKDAY]
    assert SHIPPED.working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 248
    assert len(made_up) == 6


@pytest.mark.parametrize(
    ("year", "source"),
    [
        (2024, "国办发明电〔2023〕7号"),
        (2025, "国办发明电〔2024〕12号"),
        (2026, "国办发明电〔2025〕7号"),
    ],
)
def test_each_official_row_names_its_notice(year: int, source: str) -> None:
    assert {row.source for row in shipped_rows() if row.year == year} == {source}
    assert SHIPPED.is_known_year(year)


def test_the_event_day_does_not_count() -> None:
    """民法典 Art. 201."""
    friday = date(2026, 3, 6)
    assert SHIPPED.nth_working_day(friday, 1).day == date(2026, 3, 9)


def test_a_term_of_no_days_ends_at_once_or_on_the_next_working_day() -> None:
    """民法典 Art. 203."""
    assert SHIPPED.nth_working_day(date(2026, 3, 6), 0).day == date(2026, 3, 6)
    assert SHIPPED.nth_working_day(date(2026, 10, 1), 0).day == date(2026, 10, 8)


@pytest.mark.parametrize("n", [-1, 5001])
def test_a_senseless_number_of_days_is_refused(n: int) -> None:
    with pytest.raises(InvalidInput, match="个工作日"):
        SHIPPED.nth_working_day(date(2026, 3, 6), n)


@given(st.dates(date(2023, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_counting_back_gives_the_same_number(start: date, n: int) -> None:
    deadline = SHIPPED.nth_working_day(start, n).day
    assert SHIPPED.working_days_between(start, deadline) == n
    assert SHIPPED.working_days_between(deadline, start) == -n
    assert SHIPPED.working_days_left(start, deadline) == n


def test_days_left_are_zero_on_the_last_day_and_negative_after_it() -> None:
    deadline = date(2026, 3, 6)
    left = [SHIPPED.working_days_left(date(2026, 3, day), deadline) for day in (5, 6, 8, 9)]
    assert left == [1, 0, 0, -1]


def test_a_festival_has_a_name() -> None:
    assert SHIPPED.name_of(date(2026, 10, 1)) == "国庆节"
    assert SHIPPED.name_of(date(2026, 3, 6)) == ""


# --- years without a notice -------------------------------------------------------------------


def test_statutory_days_of_2027_are_free_and_marked() -> None:
    assert not SHIPPED.is_known_year(2027)
    free = [
        day
        for day in each_day(date(2027, 2, 1), date(2027, 2, 10))
        if day.weekday() < 5 and not SHIPPED.is_working_day(day)
    ]
    assert free == [date(2027, 2, 5), date(2027, 2, 8)]
    assert SHIPPED.table.days[date(2027, 6, 9)] is DayKind.ASSUMED


def test_a_deadline_in_an_unknown_year_is_provisional_and_has_an_earliest_day() -> None:
    deadline = SHIPPED.nth_working_day(date(2027, 1, 25), 20)
    assert deadline.provisional
    assert deadline.day == date(2027, 2, 24)
    assert deadline.earliest == date(2027, 2, 20)
    assert str(deadline) == "2027-02-24（假定）"


def test_a_deadline_in_an_official_year_carries_no_mark() -> None:
    assert str(SHIPPED.nth_working_day(date(2026, 3, 6), 1)) == "2026-03-09"


def test_a_term_that_begins_in_december_and_ends_in_an_unknown_year_is_provisional() -> None:
    assert SHIPPED.nth_working_day(date(2026, 12, 20), 5) == Deadline(date(2026, 12, 25))
    assert SHIPPED.nth_working_day(date(2026, 12, 20), 20).provisional


def test_importing_the_notice_makes_the_deadline_firm() -> None:
    notice = parse_holiday_csv(
        HEADER + "2027,2027-02-05,放假,春节,某号\n2027,2027-02-20,上班,春节,某号\n"
    )
    calendar = WorkCalendar(HolidayTable.of((*shipped_rows(), *notice)))
    deadline = calendar.nth_working_day(date(2027, 2, 1), 14)
    assert deadline == Deadline(date(2027, 2, 20))
    assert calendar.is_working_day(date(2027, 2, 8)), "the assumed days no longer count"
    assert calendar.is_working_day(date(2027, 2, 20))


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_earliest_day_is_never_later_than_what_the_notice_brought(year: int) -> None:
    hidden = (row for row in shipped_rows() if row.year != year)
    blind = WorkCalendar(HolidayTable.of((*hidden, *assumed_rows(year))))
    for start in each_day(date(year, 1, 1), date(year, 11, 25)):
        guess, truth = blind.nth_working_day(start, 20), SHIPPED.nth_working_day(start, 20)
        assert guess.provisional
        assert guess.earliest is not None
        assert guess.earliest <= min(truth.day, guess.day), start
        assert guess.day - guess.earliest <= timedelta(days=12), start


@given(st.dates(date(1990, 1, 1), date(2200, 12, 31)), st.integers(0, 80))
def test_no_year_raises_and_the_earliest_day_comes_first(start: date, n: int) -> None:
    for calendar in (SHIPPED, EMPTY):
        deadline = calendar.nth_working_day(start, n)
        assert calendar.is_working_day(deadline.day)
        assert start <= (deadline.earliest or deadline.day) <= deadline.day


def test_without_any_table_one_day_of_each_weekend_may_become_a_working_day() -> None:
    monday = date(2050, 3, 7)
    deadline = EMPTY.nth_working_day(monday, 10)
    assert (deadline.day, deadline.earliest) == (date(2050, 3, 21), date(2050, 3, 18))


def test_a_term_that_begins_on_saturday_may_count_the_sunday() -> None:
    saturday = date(2050, 3, 5)
    deadline = EMPTY.nth_working_day(saturday, 1)
    assert (deadline.day, deadline.earliest) == (date(2050, 3, 7), date(2050, 3, 6))


def test_the_last_week_of_december_waits_for_the_next_notice_when_new_year_is_a_tuesday() -> None:
    """The notice for 2019 moved 2018-12-29 and 2018-12-31."""
    rows = parse_holiday_csv(HEADER + "2018,2018-10-01,放假,国庆节,某号\n")
    calendar = WorkCalendar(HolidayTable.of(rows))
    assert calendar.is_settled(date(2018, 12, 24))
    assert not calendar.is_settled(date(2018, 12, 28))
    assert calendar.nth_working_day(date(2018, 12, 20), 6).provisional
    later = parse_holiday_csv(HEADER + "2019,2018-12-29,上班,元旦,某号\n")
    both = WorkCalendar(HolidayTable.of((*rows, *later)))
    assert both.is_settled(date(2018, 12, 28))
    assert both.is_working_day(date(2018, 12, 29))


@pytest.mark.parametrize("year", range(2027, 2041))
def test_each_provisional_year_has_its_thirteen_statutory_days(year: int) -> None:
    """全国年节及纪念日放假办法 (2024) Art. 2: 1 + 4 + 1 + 2 + 1 + 1 + 3 days."""
    rows = [row for row in shipped_rows() if row.year == year]
    names = [name for row in rows for name in row.name.split("、")]
    assert Counter(names) == {
        "元旦": 1,
        "春节": 4,
        "清明节": 1,
        "劳动节": 2,
        "端午节": 1,
        "中秋节": 1,
        "国庆节": 3,
    }
    assert {row.kind for row in rows} == {DayKind.ASSUMED}


@pytest.mark.parametrize("year", range(2027, 2041))
def test_lunar_festivals_keep_their_distance(year: int) -> None:
    """端午 is 122 or 123 days after 初一 (4 months and 4 days), a leap month moves it by 29 or 30."""
    first = {row.name: row.day for row in reversed(shipped_rows()) if row.year == year}
    new_year = first["春节"] + ONE_DAY
    assert date(year, 1, 21) <= new_year <= date(year, 2, 20)
    assert (first["端午节"] - new_year).days in {121, 122, 123, 151, 152}
    autumn = first.get("中秋节") or first["中秋节、国庆节"]
    assert (autumn - first["端午节"]).days in {98, 99, 127, 128}


# --- files ------------------------------------------------------------------------------------


def test_a_file_with_a_byte_order_mark_and_empty_year_is_read() -> None:
    rows = parse_holiday_csv("\ufeff" + HEADER + ",2027-02-20,上班,春节, 某号 \n")
    assert rows == (HolidayRow(2027, date(2027, 2, 20), DayKind.WORKDAY, "春节", "某号"),)


def test_missing_columns_are_named() -> None:
    with pytest.raises(InvalidInput, match="缺少年度、依据列"):
        parse_holiday_csv("日期,类别,名称\n")


def test_an_empty_file_lacks_every_column() -> None:
    with pytest.raises(InvalidInput, match="缺少年度、日期、类别、名称、依据列"):
        parse_holiday_csv("")


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        ("2027,2027-2-6,放假,春节,某号", "第2行的日期“2027-2-6”不能识别"),
        ("2027,2027-02-30,放假,春节,某号", "第2行的日期“2027-02-30”不能识别"),
        ("2027,2027-02-06,休息,春节,某号", "“休息”不在字典中"),
        ("2027,2027-02-10,上班,春节,某号", "不是周六或周日"),
        ("2037,2027-02-06,放假,春节,某号", "第2行的年度“2037”与日期2027-02-06不符"),
        ("二〇二七,2027-02-06,放假,春节,某号", "年度“二〇二七”"),
    ],
)
def test_a_faulty_row_is_refused_with_its_number(cells: str, complaint: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_holiday_csv(f"{HEADER}{cells}\n")
    assert complaint in str(refusal.value)


def test_a_day_may_stand_only_once_in_a_file() -> None:
    row = {"年度": "2027", "日期": "2027-02-06", "类别": "放假", "名称": "春节", "依据": ""}
    with pytest.raises(InvalidInput, match="写了两次"):
        parse_holiday_rows([row, row])


def test_two_notices_that_disagree_about_a_day_are_refused() -> None:
    free = parse_holiday_csv(HEADER + "2027,2027-02-20,放假,春节,甲\n")
    work = parse_holiday_csv(HEADER + "2027,2027-02-20,上班,春节,乙\n")
    with pytest.raises(InvalidInput, match="2027-02-20既写明放假又写明上班"):
        HolidayTable.of((*free, *work))
    assert HolidayTable.of((*free, *free)).days == {date(2027, 2, 20): DayKind.HOLIDAY}

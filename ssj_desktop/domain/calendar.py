"""Working days and deadlines (方案 二（八）: 20 个工作日); the holiday table is an argument.

A year is *official* once the State Council's notice for it is in the table. Every other year
counts weekends and the statutory days of 全国年节及纪念日放假办法 (2024 revision) and is called
provisional (假定) wherever it is used; nothing here raises for an unknown year.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.vocabulary import Term

COLUMNS = ("年度", "日期", "类别", "名称", "依据")
PROVISIONAL_MARK = "（假定）"
_ONE_DAY = timedelta(days=1)
_REACH = timedelta(days=14)
"""Make-up days lie this close to a statutory day; the farthest of 2008–2026 is 11 days away."""
_SATURDAY, _SUNDAY = 5, 6
_TUESDAY = 1
_LONGEST_TERM = 5000
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class DayKind(Term):
    """What a row of the holiday table says about its day."""

    HOLIDAY = "HOLIDAY", "放假"
    WORKDAY = "WORKDAY", "上班"
    ASSUMED = "ASSUMED", "假定"


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """One day of a holiday table.

    ``year`` is the year the notice arranges: the notice for 2012 also moved 2011-12-31.
    ``source`` is the number of the notice; ASSUMED rows are statutory days without one.
    """

    year: int
    day: date
    kind: DayKind
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """Days that differ from plain weekdays and weekends.

    ``days`` holds HOLIDAY and WORKDAY of official years, ASSUMED of the others.
    """

    days: Mapping[date, DayKind]
    names: Mapping[date, str]
    official_years: frozenset[int]

    @classmethod
    def of(cls, rows: Iterable[HolidayRow]) -> "HolidayTable":
        """The table of all rows; InvalidInput when two notices disagree about a day."""
        rows = tuple(rows)
        official = frozenset(row.year for row in rows if row.kind is not DayKind.ASSUMED)
        valid = [row for row in rows if row.kind is not DayKind.ASSUMED or row.year not in official]
        days: dict[date, DayKind] = {}
        for row in sorted(valid, key=lambda row: row.kind is not DayKind.ASSUMED):
            known = days.get(row.day, DayKind.ASSUMED)
            if known not in (DayKind.ASSUMED, row.kind):
                raise InvalidInput(
                    f"{row.day}既写明放假又写明上班。", "请对照国务院办公厅通知，只保留一行。"
                )
            days[row.day] = row.kind
        names = {row.day: row.name for row in valid}
        return cls(MappingProxyType(days), MappingProxyType(names), official)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term counted in working days.

    ``provisional`` says that some counted day lies in a year without a notice; ``earliest`` is then
    the first day on which the term could end if the notice turned weekends into working days.
    """

    day: date
    provisional: bool = False
    earliest: date | None = None

    def __str__(self) -> str:
        return f"{self.day}{PROVISIONAL_MARK}" if self.provisional else f"{self.day}"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Counts working days with one holiday table."""

    table: HolidayTable

    def is_known_year(self, year: int) -> bool:
        """Whether the notice for this year is in the table."""
        return year in self.table.official_years

    def is_settled(self, day: date) -> bool:
        """Whether no notice still to come can change this day.

        The last week of December belongs to the next year's notice as well when New Year's Day
        is a Tuesday: its three days are then taken from the old year (元旦放假调休 3 天).
        """
        if not self.is_known_year(day.year):
            return False
        last_week = day.month == 12 and day.day >= 25
        tied = last_week and date(day.year + 1, 1, 1).weekday() == _TUESDAY
        return not tied or self.is_known_year(day.year + 1)

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on this day, provisional years included."""
        kind = self.table.days.get(day)
        if kind is None:
            return day.weekday() < _SATURDAY
        return kind is DayKind.WORKDAY

    def name_of(self, day: date) -> str:
        """The festival this day belongs to; empty for an ordinary day."""
        return self.table.names.get(day, "")

    def nth_working_day(self, start: date, n: int) -> Deadline:
        """The ``n``-th working day after ``start``; the day of the event is not counted.

        民法典 Art. 201; ``n`` = 0 is ``start`` itself, moved on when it is no working day
        (民法典 Art. 203). InvalidInput when ``n`` is negative or longer than 5000 days.
        """
        if not 0 <= n <= _LONGEST_TERM:
            raise InvalidInput(
                f"不能推算{n}个工作日。", f"请填写 0 到 {_LONGEST_TERM} 之间的整数。"
            )
        first = start if n == 0 else start + _ONE_DAY
        day = self._count(first, max(n, 1))
        if all(self.is_settled(passed) for passed in _days(start, day)):
            return Deadline(day)
        return Deadline(day, provisional=True, earliest=self._earliest(start, first, n))

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after ``a`` up to and including ``b``; negative when ``b`` is earlier."""
        if b < a:
            return -self.working_days_between(b, a)
        return sum(map(self.is_working_day, _days(a + _ONE_DAY, b)))

    def working_days_left(self, today: date, deadline: date) -> int:
        """Working days still to come until ``deadline``, today not counted.

        0 on the last day; negative counts the working days gone by since.
        """
        return self.working_days_between(today, deadline)

    def _count(self, first: date, n: int) -> date:
        """The ``n``-th working day from ``first`` on, ``first`` itself counted."""
        day, left = first, n
        while True:
            left -= self.is_working_day(day)
            if left == 0:
                return day
            day += _ONE_DAY

    def _earliest(self, start: date, first: date, n: int) -> date:
        """As the term would run if each notice still to come cost the most days off.

        One day of a weekend at most becomes a working day: work runs on for no more than six days
        (全国年节及纪念日放假办法 Art. 7).
        """
        day, left = first, max(n, 1)
        while True:
            left -= self.is_working_day(day) or self._may_become_working(day, start)
            if left == 0:
                return day
            day += _ONE_DAY

    def _may_become_working(self, day: date, start: date) -> bool:
        if not self._could_be_made_up(day):
            return False
        saturday = day - _ONE_DAY
        taken = day.weekday() == _SUNDAY and saturday > start and self._could_be_made_up(saturday)
        return not taken

    def _could_be_made_up(self, day: date) -> bool:
        free = day.weekday() >= _SATURDAY and day not in self.table.days
        return free and not self.is_settled(day) and self._is_near_statutory_day(day)

    def _is_near_statutory_day(self, day: date) -> bool:
        """True as well when not even the statutory days of the year are in the table."""
        around = _days(day - _REACH, day + _REACH)
        known = any(each.year == day.year for each in self.table.days)
        return not known or any(self.table.days.get(each) for each in around)


def parse_holiday_rows(rows: Iterable[Mapping[str, str]]) -> tuple[HolidayRow, ...]:
    """Rows keyed by 年度、日期、类别、名称、依据; 年度 may be empty and is then the day's own year.

    InvalidInput names the row when a cell cannot be read, a day stands twice, or a make-up day is
    no weekend.
    """
    return parse_numbered_rows(enumerate(rows, 2))


def parse_numbered_rows(rows: Iterable[tuple[int, Mapping[str, str]]]) -> tuple[HolidayRow, ...]:
    """The same for rows that know their number in the sheet."""
    parsed = tuple(_parse_row(number, row) for number, row in rows)
    seen: set[date] = set()
    for row in parsed:
        if row.day in seen:
            raise InvalidInput(f"{row.day}写了两次。", "请每天只留一行。")
        seen.add(row.day)
    return parsed


def parse_holiday_csv(text: str) -> tuple[HolidayRow, ...]:
    """The rows of one holiday file; InvalidInput when columns are missing or a row is wrong."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    refuse_other_titles(reader.fieldnames or ())
    return parse_holiday_rows(reader)


def refuse_other_titles(titles: Collection[str]) -> None:
    """InvalidInput names the columns of a holiday table that are missing."""
    missing = [title for title in COLUMNS if title not in titles]
    if missing:
        raise InvalidInput(
            f"节假日表缺少{'、'.join(missing)}列。", f"表头应为：{'、'.join(COLUMNS)}。"
        )


def _days(first: date, last: date) -> Iterator[date]:
    """Each day from ``first`` to ``last``, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _parse_row(number: int, row: Mapping[str, str]) -> HolidayRow:
    cells = {title: (row.get(title) or "").strip() for title in COLUMNS}
    day = _parse_day(number, cells["日期"])
    kind = DayKind.of(cells["类别"])
    if kind is DayKind.WORKDAY and day.weekday() < _SATURDAY:
        raise InvalidInput(
            f"第{number}行的{day}不是周六或周日，本来就上班。", "调休上班日请填写周末的日期。"
        )
    return HolidayRow(
        _parse_year(number, cells["年度"], day), day, kind, cells["名称"], cells["依据"]
    )


def _parse_day(number: int, text: str) -> date:
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidInput(f"第{number}行的日期“{text}”不能识别。", "请按 2027-02-06 的写法填写日期。")


def _parse_year(number: int, text: str, day: date) -> int:
    year = int(text) if text.isascii() and text.isdigit() else day.year if not text else 0
    if abs(year - day.year) > 1:
        raise InvalidInput(
            f"第{number}行的年度“{text}”与日期{day}不符。", "请填写通知所安排的年份。"
        )
    return year

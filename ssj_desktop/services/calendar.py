"""Changing the working-day calendar: next year's notice comes as a small table."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, insert

from ssj_desktop.domain.calendar import HolidayRow, parse_numbered_rows, refuse_other_titles
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.sheets import Workbook
from ssj_desktop.formats.capped import never
from ssj_desktop.formats.excel.reader import read_workbook
from ssj_desktop.models.office import ChangedDay
from ssj_desktop.services.desk import Work

_MOST_ROWS = 2_000
"""A year has some thirty; more are no holiday table."""


@dataclass(frozen=True, slots=True)
class ImportHolidays:
    """The days of one or more years."""

    rows: tuple[HolidayRow, ...]


def read_holidays(path: Path, is_cancelled: Callable[[], bool] = never) -> ImportHolidays:
    """Read a table with the columns 年度, 日期, 类别, 名称, 依据 in the capped child process."""
    workbook = read_workbook(path, is_cancelled)
    rows = parse_numbered_rows(_numbered(workbook))
    if not rows:
        raise InvalidInput(f"“{path.name}”里没有放假安排。", "请在表头下面逐天填写，一行一天。")
    return ImportHolidays(rows)


def _numbered(workbook: Workbook) -> list[tuple[int, dict[str, str]]]:
    """The rows of the first sheet that is not hidden, by the titles of its first row."""
    rows = next((sheet.rows for sheet in workbook.sheets if not sheet.hidden), ())
    if len(rows) > _MOST_ROWS:
        raise InvalidInput(
            f"“{workbook.name}”有 {len(rows)} 行，不像放假安排。", "请只留放假和调休的日期。"
        )
    titles = {column: text.strip() for column, text in rows[0].cells.items()} if rows else {}
    refuse_other_titles(titles.values())
    return [
        (row.number, {title: row.cells.get(column, "") for column, title in titles.items()})
        for row in rows[1:]
    ]


def import_holidays(work: Work, command: ImportHolidays) -> list[int]:
    """Replace the arrangement of every year the rows speak of; deadlines follow at once."""
    rows = command.rows
    years = sorted({row.year for row in rows})
    work.session.execute(delete(ChangedDay).where(ChangedDay.year.in_(years)))
    work.session.execute(
        insert(ChangedDay),
        [
            {
                "day": row.day.isoformat(),
                "kind": row.kind.label,
                "name": row.name,
                "source": row.source,
                "year": row.year,
            }
            for row in rows
        ],
    )
    work.note("导入放假安排", "、".join(map(str, years)), "calendar", "disclosures", days=len(rows))
    return years

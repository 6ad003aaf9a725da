"""Changing the working-day calendar: next year's notice comes as a small table."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, insert

from ssj_desktop.domain.calendar import parse_holiday_csv
from ssj_desktop.domain.errors import FileRefused, InvalidInput
from ssj_desktop.formats.files import read_file
from ssj_desktop.models.office import ChangedDay
from ssj_desktop.services.desk import Work

_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImportHolidays:
    """A CSV with the columns 年度, 日期, 类别, 名称, 依据."""

    path: Path


def import_holidays(work: Work, command: ImportHolidays) -> list[int]:
    """Replace the arrangement of every year the file speaks of; deadlines follow at once."""
    try:
        text = read_file(command.path, _MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(
            f"“{command.path.name}”不是 UTF-8 文本。", "请另存为“CSV UTF-8”。"
        ) from None
    rows = parse_holiday_csv(text)
    if not rows:
        raise InvalidInput(
            f"“{command.path.name}”里没有放假安排。", "请对照 resources/holidays 的样子填写。"
        )
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

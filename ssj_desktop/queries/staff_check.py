"""The inspector registry beside a staff roster: the comparison, its paper, and the last one made."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ssj_desktop.domain.importing import ParsedSheet
from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.domain.staff_roster import StaffCheck, compare
from ssj_desktop.queries.office import find_office, find_setting
from ssj_desktop.queries.registries import list_rows

STAFF_CHECK_SETTING = "staff_check"
_COLUMNS = (
    Column("序号", 14, "center", "number"), Column("情况", 40, "center"), Column("姓名", 26, "center"),
    Column("部门", 52), Column("执法证号", 41, "center", "code"), Column("说明", 88),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LastStaffCheck:
    """When a roster was compared last, and its two figures."""

    on: str
    obliged: int
    enrolled: int


def compare_staff(session: Session, roster: ParsedSheet, today: date) -> StaffCheck:
    """The sound rows of a roster against every inspector."""
    staff = [row.values for row in roster.rows if not row.faults]
    registry = [row.values for row in list_rows(session, "inspectors")]
    return compare(staff, registry, today)


def last_staff_check(session: Session) -> LastStaffCheck | None:
    kept = json.loads(find_setting(session, STAFF_CHECK_SETTING, "null"))
    return LastStaffCheck(**kept) if kept else None


def staff_check_paper(
    session: Session, file_name: str, check: StaffCheck, unread: int, today: date
) -> TablePaper:
    """What is to be put right, in the order of weight."""
    unit = find_office(session).unit
    figures = f"应入库 {check.obliged} 人，已入库 {check.enrolled} 人，未入库 {check.missing} 人"
    left_out = f"　有误未比对 {unread} 行" if unread else ""
    rows = tuple(
        (str(n), gap.kind.label, gap.name, gap.department, gap.number, gap.detail)
        for n, gap in enumerate(check.gaps, start=1)
    )
    return TablePaper(
        organ=unit,
        title="执法检查人员名录核对表",
        head_lines=(
            (f"花名册：{file_name}", f"核对日期：{today.isoformat()}"),
            (figures, f"需要处理 {len(rows)} 项{left_out}"),
        ),
        columns=_COLUMNS,
        rows=rows,
        foot_left=f"{unit}　　执法检查人员名录核对表",
        foot_right=f"共 {len(rows)} 项",
        page_foot="执法检查人员名录核对表",
    )

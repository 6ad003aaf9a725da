"""Comparing the inspector registry with a staff roster (方案 二（三）2)."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.headings import find_table
from ssj_desktop.domain.importing import ParsedSheet, parse_rows
from ssj_desktop.domain.papers import TablePaper
from ssj_desktop.domain.staff_roster import STAFF, StaffCheck
from ssj_desktop.formats.capped import never
from ssj_desktop.formats.excel.preflight import MOST_BYTES
from ssj_desktop.formats.excel.reader import read_workbook
from ssj_desktop.formats.files import read_file
from ssj_desktop.models.base import canonical_json
from ssj_desktop.models.office import Setting
from ssj_desktop.queries.staff_check import (
    STAFF_CHECK_SETTING,
    LastStaffCheck,
    compare_staff,
    staff_check_paper,
)
from ssj_desktop.services.desk import Work


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster that was read; it is compared and never stored."""

    file_name: str
    sha256: str
    parsed: ParsedSheet


@dataclass(frozen=True, slots=True)
class CheckedStaff:
    """The comparison and its paper."""

    check: StaffCheck
    paper: TablePaper


def read_roster(path: Path, is_cancelled: Callable[[], bool] = never) -> RosterFile:
    """Read a roster in the capped child process; no store is touched."""
    digest = hashlib.sha256(read_file(path, MOST_BYTES)).hexdigest()
    workbook = read_workbook(path, is_cancelled)
    return RosterFile(path.name, digest, parse_rows(find_table(workbook, STAFF), STAFF))


def check_staff(work: Work, command: RosterFile) -> CheckedStaff:
    """Compare and keep when, with which file, and the two figures."""
    unread = sum(bool(row.faults) for row in command.parsed.rows)
    if unread == len(command.parsed.rows):
        raise RuleViolation(
            f"“{command.file_name}”里没有可以比对的人员。", "请检查姓名、执法证号等列后再核对。"
        )
    check = compare_staff(work.session, command.parsed, work.today)
    last = LastStaffCheck(work.today.isoformat(), check.obliged, check.enrolled)
    work.session.merge(Setting(name=STAFF_CHECK_SETTING, value=canonical_json(asdict(last))))
    work.note(
        "核对人员", f"花名册 {command.file_name}", "inspectors",
        sha256=command.sha256, obliged=check.obliged, enrolled=check.enrolled, gaps=len(check.gaps),
    )  # fmt: skip
    paper = staff_check_paper(work.session, command.file_name, check, unread, work.today)
    return CheckedStaff(check, paper)

"""Offices with a window on them; each test owns its store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy  # noqa: F401 - before Qt
from office import approved_line, found, freezing

from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.headings import find_table
from ssj_desktop.domain.importing import parse_rows
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw, open_slips
from ssj_desktop.services.registries import Enrol, ImportRows, SheetFile, enrol, import_rows
from ssj_desktop.ui.theme import apply_theme


@pytest.fixture
def office(tmp_path: Path, qapp) -> Iterator[tuple[Desk, Desk]]:  # type: ignore[no-untyped-def]
    """Clerk and approver of an empty office, the window dressed as always."""
    apply_theme(qapp)
    clerk, approver = found(tmp_path)
    yield clerk, approver
    clerk.close()


@pytest.fixture
def filled_office(office: tuple[Desk, Desk]) -> tuple[Desk, Desk]:
    """The same with twenty targets and six inspectors."""
    targets = [
        {"name": f"云岭县第{n}物业公司", "number": f"91239921X{n:09d}", "industry": "物业服务企业",
         "credit_class": "AB"[n % 2], "area": "兴华街道"}
        for n in range(20)
    ]  # fmt: skip
    people = [
        {"name": f"检查员{n}", "certificate_number": f"23992{n:03d}", "department": "住建局"}
        for n in range(6)
    ]
    import_texts(office[0], "targets", targets)
    import_texts(office[0], "inspectors", people)
    return office


@pytest.fixture
def drawn_office(filled_office: tuple[Desk, Desk]) -> tuple[Desk, Desk]:
    """The same with a draw of five objects and their tasks."""
    clerk, approver = filled_office
    for name, unit in (("刘昕", "县纪委"), ("马骉", "县政协")):
        clerk.do(enrol, Enrol("witnesses", {"name": name, "unit": unit}))
    line = approved_line(clerk, approver, "A=3,B=2")
    key = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(open_slips, key)
    clerk.do(draw, PerformDraw(key, ("314159", "271828", "161803")))
    return filled_office


def import_texts(desk: Desk, kind: str, rows: list[dict[str, str]]) -> None:
    """Many rows in one transaction, as from a sheet."""
    registry = REGISTRIES[kind]
    names = list(rows[0])
    head = SheetRow(1, {n: Cell(registry.field(name).label) for n, name in enumerate(names)})
    body = [
        SheetRow(place, {n: Cell(row[name]) for n, name in enumerate(names)})
        for place, row in enumerate(rows, start=2)
    ]
    sheet = Sheet("名录", (head, *body))
    parsed = parse_rows(find_table(Workbook("名录.xlsx", (sheet,)), registry), registry)
    desk.do(import_rows, ImportRows(SheetFile(kind, "名录.xlsx", "0" * 64, parsed, ())))

"""Whole numbers are shown and exported with a reason only, and the journal keeps it."""

from pathlib import Path

import openpyxl
import pytest
from people import office

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused
from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.formats.excel.registry import render_registry
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.desk import Actor
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.services.unmasking import Unmask, exported_values, unmask

PHONE = "13845678901"


@pytest.fixture
def clerk(tmp_path: Path):  # type: ignore[no-untyped-def]
    desk, _ = office(tmp_path)
    texts = {"name": "云岭县公司", "phone": PHONE, "contact": "王芳", "note": f"夜间 {PHONE}"}
    desk.do(enrol, Enrol("targets", texts))
    yield desk
    desk.close()


def test_a_look_at_the_number_needs_a_reason_and_is_journalled_without_the_number(clerk) -> None:  # type: ignore[no-untyped-def]
    row = clerk.ask(list_rows, "targets")[0]
    with pytest.raises(InvalidInput, match="理由"):
        clerk.do(unmask, Unmask("targets", row.id, " "))
    with pytest.raises(InvalidInput, match="不在名录库"):
        clerk.do(unmask, Unmask("targets", "x", "电话通知检查"))
    assert clerk.do(unmask, Unmask("targets", row.id, "电话通知检查"))["phone"] == PHONE
    newest = clerk.ask(list_entries)[0]
    assert newest.action == "查看完整号码"
    assert "电话通知检查" in newest.payload
    assert PHONE not in newest.payload + newest.subject


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSTEM_ADMIN, Role.WITNESS])
def test_who_needs_no_numbers_cannot_ask_for_them(clerk, role: Role) -> None:  # type: ignore[no-untyped-def]
    row = clerk.ask(list_rows, "targets")[0]
    with pytest.raises(PermissionRefused):
        clerk.signed_in_as(Actor("某人", (role,))).do(unmask, Unmask("targets", row.id, "看看"))


def cells(content: bytes, path: Path) -> str:
    path.write_bytes(content)
    book = openpyxl.load_workbook(path)
    return " ".join(str(c.value) for sheet in book for row in sheet for c in row)


def test_a_sheet_has_the_numbers_only_after_a_reason(clerk, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = clerk.ask(list_rows, "targets")
    before = len(clerk.ask(list_entries))
    plain = exported_values(clerk, "targets", rows)
    text = cells(render_registry(TARGETS, plain, "局", "2026-03-16"), tmp_path / "a.xlsx")
    assert PHONE not in text
    assert "王芳" not in text
    assert len(clerk.ask(list_entries)) == before
    full = exported_values(clerk, "targets", rows, "移交县应急局")
    assert PHONE in cells(render_registry(TARGETS, full, "局", "2026-03-16"), tmp_path / "b.xlsx")
    newest = clerk.ask(list_entries)[0]
    assert (newest.action, "移交县应急局" in newest.payload) == ("导出含联系电话的名录", True)

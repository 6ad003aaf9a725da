"""A staff roster from file to paper, by window and by command; hostile files end as everywhere."""

import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import workbooks
from office import enrol_inspectors, enrol_targets, found
from PySide6.QtWidgets import QFileDialog

from ssj_desktop.cli import main
from ssj_desktop.domain.errors import FileRefused, InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.fields import INSPECTORS, TARGETS
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.queries.overview import year_overview
from ssj_desktop.queries.registries import count_rows
from ssj_desktop.queries.staff_check import last_staff_check
from ssj_desktop.services.staff_check import check_staff, read_roster
from ssj_desktop.ui.pages.registry_page import RegistryPage
from ssj_desktop.ui.preview import Preview

HEADS = ["姓名", "身份", "执法证编号", "状态"]
ROSTER = [
    ["检查员0", "行政执法类公务员", "23992000", None],
    ["检查员1", "事业编", "23992001", None],
    ["李新", "行政执法类公务员", "23992900", None],
    ["老王", "行政执法类公务员", "23992005", "退休"],
]


def roster(folder: Path, *more: list[str | None]) -> Path:
    return workbooks.write_rows(folder / "花名册.xlsx", [HEADS, *ROSTER, *more])


def test_a_roster_is_compared_noted_and_shown_on_the_home_page(tmp_path: Path) -> None:
    clerk, approver = found(tmp_path)
    enrol_inspectors(clerk, 2)
    assert clerk.ask(last_staff_check) is None
    done = clerk.do(check_staff, read_roster(roster(tmp_path)))
    assert (done.check.obliged, done.check.enrolled) == (3, 2)
    assert [row[1:3] for row in done.paper.rows if "未入库" in row[1]] == [("应入库未入库", "李新")]
    assert "应入库 3 人，已入库 2 人，未入库 1 人" in done.paper.head_lines[1]
    last = clerk.ask(last_staff_check)
    assert last is not None
    assert (last.on, last.obliged, last.enrolled) == (clerk.today().isoformat(), 3, 2)
    entry = clerk.ask(list_entries, 1)[0]
    assert (entry.action, "李新" in entry.payload) == ("核对人员", False)
    assert clerk.ask(count_rows, "inspectors") == 2
    with pytest.raises(PermissionRefused):
        approver.do(check_staff, read_roster(roster(tmp_path)))
    clerk.close()


def test_the_home_page_says_how_many_people_are_missing(tmp_path: Path) -> None:
    clerk, _ = found(tmp_path)
    enrol_targets(clerk, 1)
    enrol_inspectors(clerk, 2)
    state = lambda: clerk.ask(year_overview, clerk.today()).questions[1].state  # noqa: E731 - said twice
    assert state() == "已建立"
    clerk.do(check_staff, read_roster(roster(tmp_path)))
    assert state() == "差 1 人"
    clerk.close()


def test_rows_with_faults_are_left_out_and_counted(tmp_path: Path) -> None:
    clerk, _ = found(tmp_path)
    path = roster(tmp_path, ["赵六", None, "23992901", "不知道"])
    done = clerk.do(check_staff, read_roster(path))
    assert "有误未比对 1 行" in done.paper.head_lines[1][1]
    only_bad = workbooks.write_rows(tmp_path / "b.xlsx", [HEADS, ["赵六", None, "1", "不知道"]])
    with pytest.raises(RuleViolation, match="没有可以比对的人员"):
        clerk.do(check_staff, read_roster(only_bad))
    assert clerk.ask(last_staff_check) is not None
    clerk.close()


def test_hostile_rosters_are_refused_with_one_sentence(tmp_path: Path) -> None:
    dtd = workbooks.package('<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>')
    strict = tmp_path / "花名册.xlsx"
    workbooks.write_zip(strict, dtd)
    with pytest.raises(FileRefused, match="DTD"):
        read_roster(strict)
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(FileRefused, match="UTF-16"):
        read_roster(tmp_path / "a.csv")
    with pytest.raises(InvalidInput, match="缺少“执法证号”列"):
        read_roster(workbooks.write_rows(tmp_path / "c.xlsx", [["姓名", "部门"], ["甲", "局"]]))


def test_the_command_prints_the_gaps_and_writes_the_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk, _ = found(tmp_path)
    enrol_inspectors(clerk, 2)
    clerk.close()
    monkeypatch.setenv("SSJ_PASSWORD", "Sesame-2026")
    report = tmp_path / "核对表.xlsx"
    words = ["--store", str(tmp_path / "office.ssj"), "--json", "roster", str(roster(tmp_path))]
    assert main([*words, "--report", str(report)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["obliged"], said["enrolled"]) == (3, 2)
    assert ["NOT_ENROLLED", "李新", "23992900"] in [gap[:3] for gap in said["gaps"]]
    assert report.read_bytes().startswith(b"PK")


def test_the_window_shows_the_comparison_as_it_will_be_printed(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, _ = found(tmp_path)
    enrol_inspectors(clerk, 2)
    path = roster(tmp_path)
    opened: list[Preview] = []

    def keep(preview: Preview) -> None:
        opened.append(preview)

    monkeypatch.setattr(Preview, "exec", keep)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    offered = {}
    for registry in (INSPECTORS, TARGETS):
        page = RegistryPage(clerk, registry)
        qtbot.addWidget(page)
        menu = page.import_button.menu()
        offered[registry.kind] = [each for each in menu.actions() if "花名册" in each.text()]
    assert offered["targets"] == []
    offered["inspectors"][0].trigger()
    qtbot.waitUntil(lambda: bool(opened), timeout=20_000)
    assert opened[0].windowTitle() == "执法检查人员名录核对表"
    page_text = pypdfium2.PdfDocument(opened[0].pdf)[0].get_textpage().get_text_bounded()
    assert "李新" in page_text
    clerk.close()

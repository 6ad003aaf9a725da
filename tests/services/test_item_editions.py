"""Item lists as issued: loaded whole and read-only, compared, adopted, published (方案 二（二）（五）)."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from office import found
from sqlalchemy import delete

from ssj_desktop.cli import main
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.vocabulary import DisclosureKind, EditionState, ItemStatus
from ssj_desktop.formats.csv_text import render_csv
from ssj_desktop.models.item_lists import EditionItem
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.disclosures import disclosure_paper, list_subjects
from ssj_desktop.queries.item_lists import (
    changes_paper,
    compare_with_own,
    compare_with_previous,
    find_edition,
    list_editions,
)
from ssj_desktop.queries.publication import public_site
from ssj_desktop.queries.registries import list_changes, list_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.disclosures import (
    AssessDisclosure,
    PrepareDisclosure,
    RecordPublication,
    approve_disclosure,
    assess_disclosure,
    prepare_disclosure,
    record_publication,
)
from ssj_desktop.services.item_lists import (
    Adopted,
    LoadEdition,
    NotePublication,
    adopt_edition,
    load_edition,
    note_publication,
)
from ssj_desktop.services.registries import Enrol, Revise, enrol, read_sheet, revise

HEADS = ["事项编码", "抽查事项", "事项类别", "检查依据", "频次"]
FIRST = [
    ["S-1", "物业检查", "一般", "《条例》第五条", "全年1次"],
    ["S-2", "燃气检查", "重点", "《条例》第六条", ""],
]
SECOND = [
    ["S-1", "物业服务检查", "一般", "《条例》第五条", "全年2次"],
    ["S-3", "供热检查", "一般", "《条例》第七条", ""],
]


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Desk]:
    desk, _ = found(tmp_path)
    yield desk
    desk.close()


def edition(desk: Desk, folder: Path, rows: list[list[str]], name: str, first: date) -> str:
    path = folder / f"{name}.csv"
    path.write_bytes(render_csv([HEADS, *rows]))
    return desk.do(load_edition, LoadEdition(read_sheet("items", path), name, "省住建厅", first))


def own(desk: Desk) -> dict[str, tuple[str, ItemStatus]]:
    rows = desk.ask(list_rows, "items")
    return {
        str(row.values["number"]): (row.name, row.values["status"])  # type: ignore[misc]
        for row in rows
        if str(row.values["number"]).startswith("S-")
    }


def item_row(desk: Desk, number: str) -> str:
    return next(row.id for row in desk.ask(list_rows, "items") if row.code == number)


def test_a_year_with_two_editions(clerk: Desk, tmp_path: Path) -> None:
    """Load, adopt, supplement, load the next one ahead of time, adopt it when it comes."""
    first = edition(clerk, tmp_path, FIRST, "第一版", clerk.today() - timedelta(400))
    assert clerk.do(adopt_edition, "") == Adopted(2, 0, 0)
    waiting = ItemStatus.NOT_ADOPTED
    assert own(clerk) == {"S-1": ("物业检查", waiting), "S-2": ("燃气检查", waiting)}
    clerk.do(
        revise,
        Revise(
            "items", item_row(clerk, "S-1"), {"status": "已认领", "specialty": "物业管理"}, "认领"
        ),
    )
    texts = {
        "number": "S-9",
        "name": "本地检查",
        "legal_basis": "《办法》第一条",
        "status": "已认领",
    }
    clerk.do(enrol, Enrol("items", texts))
    second = edition(clerk, tmp_path, SECOND, "第二版", clerk.today() + timedelta(30))
    states = [(row.name, row.state) for row in clerk.ask(list_editions, clerk.today())]
    assert states == [("第二版", EditionState.COMING), ("第一版", EditionState.IN_FORCE)]
    with pytest.raises(RuleViolation, match="还没有到施行日期"):
        clerk.do(adopt_edition, second)
    later = clerk.today() + timedelta(31)
    row = clerk.ask(find_edition, "", later)
    assert row.name == "第二版"
    paper = clerk.ask(changes_paper, row, "上一版", clerk.ask(compare_with_previous, row))
    assert [line[1:] for line in paper.rows] == [
        (
            "内容有变化",
            "S-1",
            "物业服务检查",
            "抽查事项：物业检查 → 物业服务检查；频次：全年1次 → 全年2次",
        ),
        ("新增事项", "S-3", "供热检查", "—"),
        ("已取消", "S-2", "燃气检查", "—"),
    ]
    found_changes = {c.number: c.kind.label for c in clerk.ask(compare_with_own, second)}
    assert {n: k for n, k in found_changes.items() if n.startswith("S-")} == {
        "S-1": "内容有变化", "S-3": "新增事项", "S-2": "已取消", "S-9": "本单位补充",
    }  # fmt: skip
    assert first != second


def test_adopting_keeps_what_belongs_to_the_office_and_leaves_a_history(
    clerk: Desk, tmp_path: Path
) -> None:
    edition(clerk, tmp_path, FIRST, "第一版", clerk.today() - timedelta(400))
    clerk.do(adopt_edition, "")
    key = item_row(clerk, "S-1")
    clerk.do(revise, Revise("items", key, {"status": "已认领", "specialty": "物业管理"}, "认领"))
    edition(clerk, tmp_path, SECOND, "第二版", clerk.today())
    assert clerk.do(adopt_edition, "第二版") == Adopted(1, 1, 1)
    assert own(clerk) == {
        "S-1": ("物业服务检查", ItemStatus.ADOPTED),
        "S-2": ("燃气检查", ItemStatus.RETIRED),
        "S-3": ("供热检查", ItemStatus.NOT_ADOPTED),
    }
    row = next(row for row in clerk.ask(list_rows, "items") if row.id == key)
    assert row.values["specialty"] == "物业管理"
    change = clerk.ask(list_changes, "items", key)[0]
    assert change.reason == "《第二版》"
    assert "频次：全年1次 → 全年2次" in change.lines
    with pytest.raises(RuleViolation, match="没有要更新的"):
        clerk.do(adopt_edition, "第二版")
    with pytest.raises(RuleViolation, match="已被更新的版本替代"):
        clerk.do(adopt_edition, "第一版")
    edition(clerk, tmp_path, FIRST, "第三版", clerk.today())
    assert clerk.ask(full_audit).is_intact


def test_an_item_that_was_withdrawn_comes_back_as_the_same_row(clerk: Desk, tmp_path: Path) -> None:
    today = clerk.today()
    for days, rows, name in (
        (300, FIRST, "第一版"),
        (200, SECOND, "第二版"),
        (100, FIRST, "第三版"),
    ):
        edition(clerk, tmp_path, rows, name, today - timedelta(days))
        clerk.do(adopt_edition, name)
    assert own(clerk)["S-2"] == ("燃气检查", ItemStatus.NOT_ADOPTED)
    assert own(clerk)["S-3"][1] is ItemStatus.RETIRED
    assert sum(row.code == "S-2" for row in clerk.ask(list_rows, "items")) == 1


def test_a_list_is_kept_whole_or_not_at_all(clerk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RuleViolation, match="有 1 行有误，没有载入（D3：检查依据不能为空"):
        edition(
            clerk, tmp_path, [*FIRST[:1], ["S-7", "无依据", "一般", "", ""]], "坏", clerk.today()
        )
    with pytest.raises(RuleViolation, match="没有事项"):
        edition(clerk, tmp_path, [], "空", clerk.today())
    with pytest.raises(InvalidInput, match="没有填写清单名称"):
        edition(clerk, tmp_path, FIRST, " ", clerk.today())
    edition(clerk, tmp_path, FIRST, "第一版", clerk.today())
    with pytest.raises(RuleViolation, match="已经载入过"):
        edition(clerk, tmp_path, SECOND, "第一版", clerk.today())
    assert [row.name for row in clerk.ask(list_editions, clerk.today())] == ["第一版"]


def test_the_issued_items_cannot_be_changed_by_anybody(clerk: Desk, tmp_path: Path) -> None:
    edition(clerk, tmp_path, FIRST, "第一版", clerk.today())
    with pytest.raises(Exception, match="append-only"), clerk.database.writing() as session:
        session.execute(delete(EditionItem))


def test_the_publication_is_kept_with_day_and_place(clerk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RuleViolation, match="还没有现行的清单版本"):
        clerk.ask(find_edition, "", clerk.today())
    with pytest.raises(RuleViolation, match="没有名为“第九版”"):
        clerk.ask(find_edition, "第九版", clerk.today())
    edition(clerk, tmp_path, FIRST, "第一版", clerk.today())
    with pytest.raises(RuleViolation, match="之前没有载入过"):
        clerk.ask(compare_with_previous, clerk.ask(find_edition, "", clerk.today()))
    tomorrow = clerk.today() + timedelta(1)
    for command in (NotePublication("", clerk.today(), " "), NotePublication("", tomorrow, "网站")):
        with pytest.raises(InvalidInput):
            clerk.do(note_publication, command)
    clerk.do(note_publication, NotePublication("", clerk.today(), "www.example.gov.cn"))
    (row,) = clerk.ask(list_editions, clerk.today())
    assert row.published == f"{clerk.today().isoformat()}　www.example.gov.cn"


def test_the_commands_do_the_same(
    clerk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SSJ_PASSWORD", "Sesame-2026")
    file = tmp_path / "清单.csv"
    file.write_bytes(render_csv([HEADS, *FIRST]))

    def ssj(*words: str) -> dict[str, object]:
        assert main(["--store", str(clerk.database.path), "--json", "edition", *words]) == 0
        said: dict[str, object] = json.loads(capsys.readouterr().out)
        return said

    day = clerk.today().isoformat()
    load = ("load", str(file), "--name", "第一版", "--organ", "省住建厅", "--from", day)
    assert ssj(*load)["items"] == 2
    assert ssj("list")["editions"] == [{"name": "第一版", "state": "IN_FORCE"}]
    report = tmp_path / "比较.xlsx"
    changes = ssj("compare", "--report", str(report))["changes"]
    assert ["ADDED", "S-1", "物业检查"] in changes  # type: ignore[operator]
    assert report.read_bytes().startswith(b"PK")
    assert ssj("adopt")["added"] == 2
    ssj("published", "--on", day, "--where", "网站")


def test_the_list_of_the_office_goes_through_the_gate_before_it_is_published(
    tmp_path: Path,
) -> None:
    clerk, approver = found(tmp_path)
    assert clerk.ask(list_subjects, clerk.today()) == ()
    edition(clerk, tmp_path, FIRST, "第一版", clerk.today() - timedelta(400))
    clerk.do(adopt_edition, "")
    for number in ("S-2", "S-1"):
        change = Revise("items", item_row(clerk, number), {"status": "已认领"}, "认领")
        clerk.do(revise, change)
    (subject,) = clerk.ask(list_subjects, clerk.today())
    assert (subject.kind, subject.title) == (DisclosureKind.ITEM_LIST, "抽查事项清单（《第一版》）")
    assert subject.completed_on == clerk.today()  # not 400 days ago: it came into the house today
    key = clerk.do(prepare_disclosure, PrepareDisclosure(subject.kind, subject.subject_id))
    assert clerk.ask(list_subjects, clerk.today()) == ()
    with pytest.raises(RuleViolation):
        clerk.do(record_publication, RecordPublication(key, clerk.today(), "局网站"))
    clerk.do(assess_disclosure, AssessDisclosure(key, "无舆情风险，同意公示"))
    approver.do(approve_disclosure, key)
    paper = clerk.ask(disclosure_paper, key, clerk.today())
    ours = [row for row in paper.rows if row[1].startswith("S-")]
    assert [row[1:5] for row in ours] == [
        ("S-1", "物业检查", "—", "一般"), ("S-2", "燃气检查", "—", "重点"),
    ]  # fmt: skip
    assert (paper.head_lines[0][0], paper.foot_right) == (
        "依据清单：《第一版》（省住建厅）", "按事项编码排序",
    )  # fmt: skip
    assert sum(column.width_mm for column in paper.columns) == 261
    clerk.do(record_publication, RecordPublication(key, clerk.today(), "局网站"))
    (row,) = clerk.ask(list_editions, clerk.today())
    assert row.published == f"{clerk.today().isoformat()}　局网站"
    assert [kind for kind, _ in clerk.ask(public_site, clerk.today()).groups] == ["抽查事项清单"]
    edition(clerk, tmp_path, SECOND, "第二版", clerk.today())
    assert [s.title for s in clerk.ask(list_subjects, clerk.today())] == [
        "抽查事项清单（《第二版》）"
    ]
    assert clerk.ask(full_audit).is_intact
    clerk.close()

"""An import is taken back as a whole until its rows are used (trust.md, 5)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from office import approved_line, enrol_inspectors, found, freezing

from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.plan_rules import LineDraft, parse_quotas
from ssj_desktop.formats.csv_text import render_csv
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.registries import list_batches, list_changes, list_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import freeze_draw
from ssj_desktop.services.plans import DraftPlan, SaveLine, draft_plan, save_line
from ssj_desktop.services.registries import ImportRows, Revise, import_rows, read_sheet, revise
from ssj_desktop.services.taking_back import RevertImport, revert_import

HEADS = ["统一社会信用代码", "名称", "行业", "信用风险分类", "所在区域"]
FIRST = [["A1", "云岭物业", "物业服务企业", "A", "兴华街道"], ["A2", "白桦热力", "物业服务企业", "B", "兴华街道"]]  # fmt: skip
SECOND = [["A1", "云岭物业", "物业服务企业", "A", "红旗街道"], ["A3", "松江燃气", "物业服务企业", "A", "红旗街道"]]  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    desks = found(tmp_path)
    yield desks
    desks[0].close()


@pytest.fixture
def clerk(office: tuple[Desk, Desk]) -> Desk:
    return office[0]


def taken_in(desk: Desk, folder: Path, name: str, rows: list[list[str]], kind: str = "targets",
             heads: list[str] = HEADS) -> RevertImport:  # fmt: skip
    path = folder / name
    path.write_bytes(render_csv([heads, *rows]))
    return RevertImport(desk.do(import_rows, ImportRows(read_sheet(kind, path))).batch_id)


def areas(desk: Desk) -> dict[str, object]:
    return {row.code: row.values["area"] for row in desk.ask(list_rows, "targets")}


def key_of(desk: Desk, code: str) -> str:
    return next(row.id for row in desk.ask(list_rows, "targets") if row.code == code)


def test_after_the_newer_import_the_older_one_can_be_taken_back_too(
    clerk: Desk, tmp_path: Path
) -> None:
    older = taken_in(clerk, tmp_path, "旧.csv", FIRST)
    newer = taken_in(clerk, tmp_path, "新.csv", SECOND)
    with pytest.raises(RuleViolation, match=r"“云岭物业”后来又由“新\.csv”（.+）导入更新过"):
        clerk.do(revert_import, older)
    assert areas(clerk) == {"A1": "红旗街道", "A2": "兴华街道", "A3": "红旗街道"}
    assert clerk.do(revert_import, newer) == 2
    assert areas(clerk) == {"A1": "兴华街道", "A2": "兴华街道"}
    history = clerk.ask(list_changes, "targets", key_of(clerk, "A1"))
    assert {(each.reason, each.lines) for each in history} == {
        ("撤销导入", ("所在区域：红旗街道 → 兴华街道",)),
        ("导入", ("所在区域：兴华街道 → 红旗街道",)),
        ("导入", ("入库",)),
    }
    assert clerk.do(revert_import, older) == 2
    assert areas(clerk) == {}
    assert [batch.reverted for batch in clerk.ask(list_batches, "targets")] == [True, True]
    assert clerk.ask(full_audit).is_intact


def test_three_imports_on_top_of_each_other_are_taken_off_one_by_one(
    clerk: Desk, tmp_path: Path
) -> None:
    steps = [taken_in(clerk, tmp_path, f"{area}.csv", [["A1", "云岭物业", "物业服务企业", "A", area]])
             for area in ("甲街道", "乙街道", "丙街道")]  # fmt: skip
    with pytest.raises(RuleViolation, match=r"“丙街道\.csv”"):
        clerk.do(revert_import, steps[1])
    for step, left in zip(reversed(steps), ("乙街道", "甲街道", None), strict=True):
        clerk.do(revert_import, step)
        assert areas(clerk).get("A1") == left


def test_a_change_by_hand_bars_it_and_is_named_until_it_is_undone(
    clerk: Desk, tmp_path: Path
) -> None:
    taken_in(clerk, tmp_path, "旧.csv", FIRST)
    batch = taken_in(clerk, tmp_path, "新.csv", SECOND)
    for code in ("A1", "A3"):
        clerk.do(revise, Revise("targets", key_of(clerk, code), {"area": "城关镇"}))
    with pytest.raises(RuleViolation, match="“云岭物业”“松江燃气”导入之后改过，不能整批撤销"):
        clerk.do(revert_import, batch)
    assert areas(clerk) == {"A1": "城关镇", "A2": "兴华街道", "A3": "城关镇"}
    for code in ("A1", "A3"):
        clerk.do(revise, Revise("targets", key_of(clerk, code), {"area": "红旗街道"}))
    assert clerk.do(revert_import, batch) == 2
    assert areas(clerk) == {"A1": "兴华街道", "A2": "兴华街道"}


def test_many_changed_rows_are_counted_and_three_of_them_named(clerk: Desk, tmp_path: Path) -> None:
    rows = [[f"A{n}", f"第{n}物业", "物业服务企业", "A", "兴华街道"] for n in range(1, 6)]
    batch = taken_in(clerk, tmp_path, "五家.csv", rows)
    for code in ("A1", "A2", "A3", "A4"):
        clerk.do(revise, Revise("targets", key_of(clerk, code), {"area": "城关镇"}))
    with pytest.raises(RuleViolation, match="“第1物业”“第2物业”“第3物业”等 4 家导入之后改过"):
        clerk.do(revert_import, batch)


def test_a_row_in_a_frozen_pool_is_used_although_it_was_not_drawn(
    office: tuple[Desk, Desk], tmp_path: Path
) -> None:
    clerk, approver = office
    enrol_inspectors(clerk)
    batch = taken_in(clerk, tmp_path, "旧.csv", FIRST)
    line = approved_line(clerk, approver, "A=1,B=1")
    harmless = taken_in(clerk, tmp_path, "再来.csv", [["A9", "未入池", "燃气经营企业", "A", "红旗街道"]])  # fmt: skip
    clerk.do(freeze_draw, freezing(clerk, line))
    with pytest.raises(RuleViolation, match="“云岭物业”“白桦热力”已经进入抽取"):
        clerk.do(revert_import, batch)
    assert clerk.do(revert_import, harmless) == 1


def test_an_officer_in_a_frozen_staff_list_is_used(
    office: tuple[Desk, Desk], tmp_path: Path
) -> None:
    clerk, approver = office
    taken_in(clerk, tmp_path, "旧.csv", FIRST)
    heads = ["姓名", "执法证号", "部门"]
    people = [[f"检查员{n}", f"23992{n:03d}", "住建局"] for n in range(4)]
    staff = taken_in(clerk, tmp_path, "人员.csv", people, "inspectors", heads)
    clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver, "A=1,B=1")))
    with pytest.raises(RuleViolation, match="等 4 人已经进入抽取"):
        clerk.do(revert_import, staff)


def test_an_item_named_by_a_plan_is_used(office: tuple[Desk, Desk], tmp_path: Path) -> None:
    clerk, _ = office
    heads = ["事项编码", "抽查事项", "检查依据", "认领状态"]
    items = [["S-1", "供热检查", "《条例》第七条", "已认领"], ["S-2", "排水检查", "《条例》第八条", "已认领"]]  # fmt: skip
    batch = taken_in(clerk, tmp_path, "事项.csv", items, "items", heads)
    plan = clerk.do(draft_plan, DraftPlan(clerk.today().year))
    taken_in(clerk, tmp_path, "旧.csv", FIRST)
    planned(clerk, plan, ("S-1",))
    with pytest.raises(RuleViolation, match="“供热检查”已经列入抽查计划"):
        clerk.do(revert_import, batch)


def planned(clerk: Desk, plan: str, items: tuple[str, ...]) -> None:
    draft = LineDraft("供热抽查", items, (("industry", ("物业服务企业",)),), "credit_class",
                      parse_quotas("A=1,B=1"), 3, 6, "住建局")  # fmt: skip
    clerk.do(save_line, SaveLine(plan, draft))


def test_it_is_taken_back_only_once(clerk: Desk, tmp_path: Path) -> None:
    batch = taken_in(clerk, tmp_path, "旧.csv", FIRST)
    clerk.do(revert_import, batch)
    with pytest.raises(RuleViolation, match="已经撤销或不存在"):
        clerk.do(revert_import, batch)

"""I2: what WPS and Excel users hand in; every bad row is named by its cell, every good row comes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
import workbooks as w
from office import found
from workbooks import Raw, number

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import REGISTRIES, TARGETS
from ssj_desktop.domain.headings import (
    Choice,
    best_table,
    column_note,
    find_table,
    learned_titles,
    missing_labels,
)
from ssj_desktop.formats.excel.reader import read_workbook
from ssj_desktop.formats.excel.registry import render_faults, render_registry
from ssj_desktop.formats.excel.xlsx import read_xlsx
from ssj_desktop.queries.import_preview import (
    CHANGED,
    FAULTY,
    NEW,
    UNCHANGED,
    list_learned_titles,
    preview_import,
)
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.registries import (
    ImportRows,
    OpenedFile,
    import_rows,
    open_file,
    parse_file,
    read_sheet,
)
from ssj_desktop.services.taking_back import RevertImport, revert_import

HEAD = ["企业名称", "信用代码", "信用等级", "所属街道", "投诉次数", "备注"]
GOOD = ["甲公司", "A1", "A", "兴华街道", "0", "无"]
Rows = Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class Dirt:
    """Rows of a sheet, the cells that must be named, and what must come in all the same."""

    rows: Rows
    faults: tuple[str, ...] = ()
    values: tuple[tuple[str, str, object], ...] = ()  # (number, field, value)
    after: str = ""
    good: int | None = None


def one(*row: str | None) -> Rows:
    return [HEAD, row]


def same(value: object, field: str = "name") -> tuple[tuple[str, str, object], ...]:
    return (("A1", field, value),)


MERGE = '<mergeCells count="1"><mergeCell ref="{}"/></mergeCells>'
DIRT: dict[str, Dirt] = {
    "title lines above the head": Dirt([["云岭县检查对象名录"], ["填报单位：住建局"], HEAD, GOOD], values=same("甲公司")),
    "merged title over all columns": Dirt([["名录", *[None] * 5], HEAD, GOOD], after=MERGE.format("A1:F1"), values=same("甲公司")),
    "a head of two rows": Dirt([["企业名称", "信用代码", "监管信息", None], [None, None, "信用等级", "所属街道"], ["甲公司", "A1", "B", "云岭镇"]], values=same("云岭镇", "area"), after=MERGE.format("C1:D1")),
    "head with stars, colons and line breaks": Dirt([["*企业\n名称：", "信 用 代 码＊", "信用等级(必填)"], ["甲公司", "A1", "A"]], values=same("甲公司")),
    "head in full width": Dirt([["企业名称", "统一社会信用代码／编号", "信用等级"], GOOD], values=same("甲公司")),
    "head repeated on each page": Dirt([HEAD, GOOD, HEAD, ["乙", "A2", "B"]], values=(("A2", "name", "乙"),), good=2),
    "sum and signature below": Dirt([HEAD, GOOD, ["合计", None, None, None, "0"], ["填表人：王芳"], ["注：数据截至三月"]], good=1),
    "blank rows between": Dirt([HEAD, [], GOOD, [], [" ", "\u3000"], ["乙", "A2"]], good=2),
    "a running number before the columns": Dirt([["序号", *HEAD], ["1", *GOOD]], values=same("甲公司")),
    "columns in another order": Dirt([["备注", "信用代码", "企业名称"], ["x", "A1", "甲公司"]], values=same("甲公司")),
    "unknown columns between": Dirt([["企业名称", "微信", "信用代码"], ["甲公司", "wx", "A1"]], values=same("甲公司")),
    "the same title twice": Dirt([["企业名称", "信用代码", "企业名称"], ["甲公司", "A1", "旧名"]], values=same("甲公司")),
    "vertical merge of the area": Dirt([HEAD, GOOD, ["乙", "A2", "B", None, "1"]], after=MERGE.format("D2:D3"), values=(("A2", "area", "兴华街道"),)),
    "a name merged over two rows": Dirt([HEAD, GOOD, [None, "A2", "B", "兴华街道"]], after=MERGE.format("A2:A3"), values=(("A2", "name", "甲公司"),)),
    "code turned into a number": Dirt(one("甲公司", number("912399210000012345"), "A"), ("B2",)),
    "code as scientific text": Dirt(one("甲公司", "9.1239E+17", "A"), ("B2",)),
    "code as scientific number": Dirt(one("甲公司", number("9.1239921E+17"), "A"), ("B2",)),
    "short code stored as a number": Dirt(one("甲公司", number("239921"), "A"), values=(("239921", "name", "甲公司"),)),
    "code with padded zeros": Dirt(one("甲公司", number("123", w.SIX_ZEROS), "A"), values=(("000123", "name", "甲公司"),)),
    "code in full width": Dirt(one("甲公司", "Ａ１", "A"), values=same("甲公司")),
    "code in small letters with blanks": Dirt(one("甲公司", " a 1 ", "A"), values=same("甲公司")),
    "code with zero width and direction marks": Dirt(one("甲公司", "\u202aA\u200b1\ufeff", "A"), values=same("甲公司")),
    "code with a no-break space": Dirt(one("甲公司", "A\u00a01\u00a0", "A"), values=same("甲公司")),
    "Cyrillic А in the code": Dirt(one("甲公司", "А1", "A"), ("B2",)),
    "Greek Α in the code": Dirt(one("甲公司", "Α1", "A"), ("B2",)),
    "code of blanks only": Dirt(one("甲公司", "\u3000", "A"), good=1),
    "apostrophe left before the code": Dirt(one("甲公司", Raw(' s="0" t="s"><v>0</v>'), "A"), values=same("甲公司")),
    "name missing": Dirt(one(None, "A1", "A"), ("A2",)),
    "name of blanks": Dirt(one(" \u3000", "A1", "A"), ("A2",)),
    "name with outer blanks": Dirt(one("\u3000甲公司 ", "A1", "A"), values=same("甲公司")),
    "name with a zero width space": Dirt(one("甲\u200b公司", "A1", "A"), ("A2",)),
    "name with a direction mark": Dirt(one("甲\u202e公司", "A1", "A"), ("A2",)),
    "name with a line break": Dirt(one("甲\n公司", "A1", "A"), ("A2",)),
    "name with an escaped carriage return": Dirt(one("甲_x000D_公司", "A1", "A"), ("A2",)),
    "name in brackets of both widths": Dirt(one("甲公司(分)（部）", "A1", "A"), values=same("甲公司(分)（部）")),
    "name with a rare character": Dirt(one("王𬭎", "A1", "A"), values=same("王𬭎")),
    "name that looks like a formula": Dirt(one("=甲", "A1", "A"), values=same("=甲")),
    "name as a number": Dirt(one(number("110"), "A1", "A"), values=same("110")),
    "error value": Dirt(one("甲公司", "A1", Raw(' t="e"><v>#N/A</v>')), ("C2",)),
    "lookup that found nothing": Dirt(one(Raw(' t="e"><f>VLOOKUP(1,B:C,2,0)</f><v>#REF!</v>'), "A1", "A"), ("A2",)),
    "formula that was never calculated": Dirt(one(Raw("><f>B2&amp;C2</f>"), "A1", "A"), ("A2",)),
    "formula with a text": Dirt(one(Raw(' t="str"><f>"甲"&amp;"公司"</f><v>甲公司</v>'), "A1", "A"), values=same("甲公司")),
    "class out of the list": Dirt(one("甲公司", "A1", "E"), ("C2",)),
    "class in words": Dirt(one("甲公司", "A1", "Ａ级"), values=same("A", "credit_class")),
    "truth for a class": Dirt(one("甲公司", "A1", Raw(' t="b"><v>1</v>')), ("C2",)),
    "count as a text": Dirt(one("甲公司", "A1", "A", "兴华街道", "３"), values=same(3, "complaints")),
    "count as a fraction": Dirt(one("甲公司", "A1", "A", "兴华街道", number("1.5")), ("E2",)),
    "count in words": Dirt(one("甲公司", "A1", "A", "兴华街道", "无"), ("E2",)),
    "the same code twice": Dirt([HEAD, GOOD, ["乙", "A1", "B"]], ("B3",)),
    "the same code in another spelling": Dirt([HEAD, GOOD, ["乙", "ａ1 ", "B"]], ("B3",)),
    "several faults in one row": Dirt(one(None, "А1", "E", "x", "多"), ("A2", "B2", "C2", "E2")),
    "a note over several lines": Dirt(one("甲公司", "A1", "A", "x", "0", "一\r\n二\t三"), values=same("一\n二 三", "note")),
    "hidden rows of a filter": Dirt([HEAD, GOOD], good=1),
    "rich text": Dirt(one(Raw(' t="inlineStr"><is><r><t>甲</t></r><r><t>公司</t></r></is>'), "A1", "A"), values=same("甲公司")),
    "two with the same name and no code": Dirt([HEAD, ["甲公司", None, "A"], ["甲公司", None, "B"]], ("第 3 行",)),
}  # fmt: skip


def dirty_file(folder: Path, dirt: Dirt) -> Path:
    body = "".join(w.row_xml(n, row) for n, row in enumerate(dirt.rows, start=1))
    parts = {"xl/sharedStrings.xml": f'<sst xmlns="{w.MAIN}"><si><t>A1</t></si></sst>'}
    return w.write_zip(folder / "名录.xlsx", w.package(w.sheet_xml(body, dirt.after), parts=parts))


def test_there_are_forty_kinds_and_more() -> None:
    assert len(DIRT) >= 40


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    clerk, _ = found(tmp_path_factory.mktemp("office"))
    yield clerk
    clerk.close()


@pytest.mark.parametrize("kind", DIRT)
def test_dirty_workbook(kind: str, tmp_path: Path, desk) -> None:  # type: ignore[no-untyped-def]
    dirt = DIRT[kind]
    path = dirty_file(tmp_path, dirt)
    book = read_xlsx(path.name, path.read_bytes())  # the child process has its own tests
    file = parse_file(OpenedFile("targets", path.name, "0" * 64, book))
    preview = desk.ask(preview_import, "targets", file.parsed)
    assert tuple(fault.place for fault in preview.faults) == dirt.faults
    assert all(fault.reason.endswith("。") for fault in preview.faults)
    good = {row.values.get("number"): row.values for row in preview.rows if row.standing == NEW}
    assert dirt.good in (None, len(good))
    for code, field, value in dirt.values:
        shown = good[code][field]
        assert shown == value
    total = sum(preview.count(standing) for standing in (NEW, CHANGED, UNCHANGED, FAULTY))
    assert total == len(preview.rows)


def test_the_marked_copy_keeps_the_sheet_and_names_every_reason(tmp_path: Path, desk) -> None:  # type: ignore[no-untyped-def]
    rows = [
        HEAD,
        ["甲_x0001_", "A1", "E"],
        ["乙", "А2", "A"],
        ["".join(chr(0x4E00 + n % 9000) for n in range(40_000)), "A3", "A"],
    ]
    file = read_sheet("targets", dirty_file(tmp_path, Dirt(rows)))
    preview = desk.ask(preview_import, "targets", file.parsed)
    path = tmp_path / "错误.xlsx"
    path.write_bytes(render_faults(file.file_name, file.parsed, preview.faults))
    book = openpyxl.load_workbook(path)
    copy = book["原表标注"]
    assert [copy.cell(2, c).value for c in (1, 2, 3)] == ["甲␁", "A1", "E"]
    assert copy["C2"].fill.fgColor.rgb == "FFFDECEA"
    assert copy.cell(1, 7).value == "导入问题"
    assert "不在字典中" in copy.cell(2, 7).value
    assert "共 40000 字" in copy["A4"].value
    assert book["错误清单"].max_row == 1 + len(preview.faults)
    again = read_sheet("targets", path)
    assert again.parsed.mapping.sheet.name == "原表标注"


FOREIGN = [["单位", "税号", "分"], ["甲公司", "A1", "A"], ["乙公司", "A2", "B"]]


def test_a_foreign_head_is_mapped_by_hand_once_and_remembered(tmp_path: Path) -> None:
    clerk, _ = found(tmp_path)
    path = w.write_rows(tmp_path / "外.xlsx", FOREIGN)
    opened = open_file("targets", path)
    with pytest.raises(InvalidInput, match="没有找到"):
        parse_file(opened)
    chosen = Choice("表", 1, {"name": 0, "number": 1, "credit_class": 2, "area": None})
    file = parse_file(opened, chosen)
    assert file.learned == {"单位": "name", "税号": "number", "分": "credit_class"}
    clerk.do(import_rows, ImportRows(file))
    learned = clerk.ask(list_learned_titles, "targets")
    again = read_sheet("targets", path, learned=learned)
    assert clerk.ask(preview_import, "targets", again.parsed).count(UNCHANGED) == 2
    assert clerk.ask(list_learned_titles, "inspectors") == {}
    clerk.close()


def test_a_chosen_column_leaves_the_field_it_had(tmp_path: Path) -> None:
    book = read_workbook(w.write_rows(tmp_path / "a.xlsx", [HEAD, GOOD]))
    mapping = find_table(book, TARGETS, Choice(columns={"note": 3, "credit_class": None}))
    assert "area" not in mapping.columns
    assert mapping.columns["note"] == 3
    assert column_note(mapping, "note") == "D 列 所属街道"
    assert learned_titles(mapping, TARGETS) == {"所属街道": "note"}
    guess = best_table(book, TARGETS, Choice(columns={"number": None}))
    assert guess is not None
    assert missing_labels(guess, TARGETS) == ["统一社会信用代码"]
    assert best_table(book, TARGETS, Choice("别的")) is None
    assert best_table(book, TARGETS, Choice("表", 9)) is None


def test_an_import_changes_only_what_is_filled_in_and_can_be_taken_back(tmp_path: Path) -> None:
    clerk, _ = found(tmp_path)
    first = w.write_rows(tmp_path / "1.xlsx", [HEAD, GOOD, ["乙", "A2", "B", "云岭镇", "1", "旧"]])
    clerk.do(import_rows, ImportRows(read_sheet("targets", first)))
    second = w.write_rows(tmp_path / "2.xlsx", [HEAD, GOOD, ["乙", "A2", "C", None, "1", None], ["丙", "A3", "A"]])  # fmt: skip
    file = read_sheet("targets", second)
    preview = clerk.ask(preview_import, "targets", file.parsed)
    assert [row.standing for row in preview.rows] == [UNCHANGED, CHANGED, NEW]
    assert preview.rows[1].changes == {"credit_class": ("B", "C")}
    done = clerk.do(import_rows, ImportRows(file))
    rows = {row.code: row.values for row in clerk.ask(list_rows, "targets")}
    assert (rows["A2"]["area"], rows["A2"]["note"], str(rows["A2"]["credit_class"])) == (
        "云岭镇",
        "旧",
        "C",
    )
    clerk.do(revert_import, RevertImport(done.batch_id))
    rows = {row.code: row.values for row in clerk.ask(list_rows, "targets")}
    assert set(rows) == {"A1", "A2"}
    assert str(rows["A2"]["credit_class"]) == "B"
    clerk.close()


def test_what_was_exported_comes_back_unchanged(tmp_path: Path) -> None:
    clerk, _ = found(tmp_path)
    people = [["姓名", "执法证号", "部门", "执法证有效期至", "业务专长", "可任组长"],
              ["张三", "2399210001", "住建局", number(47118, w.DATE), "燃气、消防", Raw(' t="b"><v>1</v>')]]  # fmt: skip
    file = read_sheet("inspectors", w.write_rows(tmp_path / "人.xlsx", people))
    clerk.do(import_rows, ImportRows(file))
    rows = clerk.ask(list_rows, "inspectors")
    assert str(rows[0].values["certificate_expiry"]) == "2028-12-31"
    content = render_registry(REGISTRIES["inspectors"], [row.values for row in rows], "局", "今天")
    path = tmp_path / "导出.xlsx"
    path.write_bytes(content)
    again = clerk.ask(preview_import, "inspectors", read_sheet("inspectors", path).parsed)
    assert [row.standing for row in again.rows] == [UNCHANGED]
    assert rows[0] == clerk.ask(list_rows, "inspectors")[0]
    assert len({rows[0], clerk.ask(list_rows, "inspectors")[0]}) == 1
    clerk.close()

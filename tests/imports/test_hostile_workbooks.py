"""I1: every workbook is read whole or refused in one Chinese sentence; nothing dies, nothing hangs."""

import re
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import workbooks as w

from ssj_desktop.domain.errors import FileRefused, ReadingCancelled
from ssj_desktop.domain.sheets import Cell, Workbook
from ssj_desktop.formats.excel import answer, caps
from ssj_desktop.formats.excel.biff import unpacked
from ssj_desktop.formats.excel.reader import read_workbook


def cells_of(book: Workbook, sheet: int = 0) -> dict[tuple[int, int], str]:
    return {(row.number, c): t for row in book.sheets[sheet].rows for c, t in row.cells.items()}


def read(path: Path) -> dict[tuple[int, int], str]:
    return cells_of(read_workbook(path))


def book(tmp_path: Path, body: str, after: str = "", **parts: str | bytes) -> Path:
    return w.write_zip(tmp_path / "册.xlsx", w.package(w.sheet_xml(body, after), parts=parts))


STRINGS = f'<sst xmlns="{w.MAIN}">{{}}</sst>'
TWO_CELLS = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'


def hostile_files(folder: Path) -> dict[str, Path]:
    plain = w.package(w.sheet_xml(TWO_CELLS))
    files = {
        "zip bomb": w.write_zip(folder / "1.xlsx", {**plain, "xl/media/x": b"\0" * 40_000_000}),
        "too many entries": w.write_zip(folder / "2.xlsx", {**plain, **{f"x{n}": "" for n in range(1001)}}),
        "entity bomb": w.write_zip(folder / "3.xlsx", {**plain, "xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}),
        "DTD in UTF-16": w.write_zip(folder / "4.xlsx", {**plain, "xl/worksheets/sheet1.xml": '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16")}),
        "strict": w.write_zip(folder / "5.xlsx", {**plain, "xl/workbook.xml": "<workbook xmlns='http://purl.oclc.org/ooxml/spreadsheetml/main'/>"}),
        "xlsb": w.write_zip(folder / "6.xlsx", {"xl/workbook.bin": b"x"}),
        "ods": w.write_zip(folder / "7.xlsx", {"content.xml": "<a/>", "mimetype": "x"}),
        "word": w.write_zip(folder / "8.xlsx", {"word/document.xml": "<a/>"}),
        "string beyond the table": w.write_zip(folder / "9.xlsx", w.package(w.sheet_xml('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), parts={"xl/sharedStrings.xml": STRINGS.format("<si><t>a</t></si>")})),
        "string before the table": w.write_zip(folder / "10.xlsx", w.package(w.sheet_xml('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'), parts={"xl/sharedStrings.xml": STRINGS.format("<si><t>a</t></si>")})),
        "one cell twice": book(folder, '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'),
        "row zero": w.write_zip(folder / "12.xlsx", w.package(w.sheet_xml('<row r="0"><c r="A0"><v>1</v></c></row>'))),
        "row too far": w.write_zip(folder / "13.xlsx", w.package(w.sheet_xml('<row r="1048577"><c r="A1048577"><v>1</v></c></row>'))),
        "column too far": w.write_zip(folder / "14.xlsx", w.package(w.sheet_xml('<row r="1"><c r="XFE1"><v>1</v></c></row>'))),
        "no such reference": w.write_zip(folder / "15.xlsx", w.package(w.sheet_xml('<row r="1"><c r="11"><v>1</v></c></row>'))),
        "cut XML": w.write_zip(folder / "16.xlsx", w.package('<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c>')),
        "sheet without its part": w.write_zip(folder / "17.xlsx", {k: v for k, v in plain.items() if "sheet1" not in k}),
        "no workbook inside": w.write_zip(folder / "18.xlsx", {"a": "b"}),
    }  # fmt: skip
    odd = {
        "cut.xlsx": (folder / "13.xlsx").read_bytes()[:300],
        "empty.xlsx": b"", "blank.csv": b" \r\n\r\n", "nul.csv": b"a,b\x00\r\n", "bad.csv": b"\xff\xff,1",
        "utf16.csv": "a,b".encode("utf-16"), "quote.csv": '名称,代码\r\n"甲"乙,1\r\n'.encode(),
        "open.csv": '名称,代码\r\n"甲,1\r\n乙,2\r\n'.encode(), "long.csv": b"a," + b"x" * 1_000_001,
        "page.xls": b"<html><body><table><tr><td>1</td></tr></table>", "text.xlsx": b"hello",
        "sheet.xls": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "pdf.xls": b"%PDF-1.7\n", "zip.xls": b"\x1f\x8b\x08", "picture.xlsx": b"\x89PNG\r\n", "sylk.xls": b"ID;PWXL;N;E\r\n",
        "old.xls": b"\x09\x00\x04\x00\x02\x00\x10\x00", "old4.xls": b"\x09\x04\x06\x00\x00\x00\x10\x00\0\0",
        "cut.xls": w.ole({"Workbook": b""})[:700], "locked.xlsx": w.ole({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}),
        "locked.xls": w.ole({"Workbook": w.xls_stream(b"", extra=w.record(0x002F, b"\0" * 6))}),
        "doc.xls": w.ole({"WordDocument": b"x"}), "older.xls": w.ole({"Book": b"\x09\x04\x06\x00\x00\x00\x10\x00\0\0"}),
        "nonsense.xls": w.ole({"Workbook": b"nonsense"}), "version.xls": w.ole({"Workbook": w.xls_stream(b"", version=0x0400)}),
        "beyond.xls": w.ole({"Workbook": w.xls_stream(w.shared_cell(0, 0, 5), ["a"])}),
        "foreign.xls": w.ole({"Workbook": w.xls_stream(w.record(0x0003, b"\0" * 15), ["a"])}),
        "endless.xls": w.ole({"Workbook": w.xls_stream(b"")[:-4]})[: 512 + 4096] + b"\0" * 1024,
    }  # fmt: skip
    for name, content in odd.items():
        (folder / name).write_bytes(content)
        files[name] = folder / name
    with zipfile.ZipFile(folder / "twice.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("xl/workbook.xml", "x")
    return {**files, "duplicate names": folder / "twice.xlsx", "missing": folder / "nowhere.xlsx"}


def test_each_hostile_file_is_refused_in_one_chinese_sentence_with_a_remedy(tmp_path: Path) -> None:
    files = hostile_files(tmp_path)
    assert len(files) > 45
    spoken = {}
    for kind, path in files.items():
        with pytest.raises(FileRefused) as refusal:
            read_workbook(path)
        spoken[kind] = refusal.value
    assert all(re.fullmatch(r".*[\u4e00-\u9fff].*。", v.message) for v in spoken.values()), spoken
    assert all(v.remedy.endswith("。") for v in spoken.values())
    assert "密码" in spoken["locked.xls"].message
    assert "密码" in spoken["locked.xlsx"].message
    assert "网页" in spoken["page.xls"].message


def test_a_workbook_with_two_cells_at_its_far_corners_is_read(tmp_path: Path) -> None:
    body = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert read(book(tmp_path, body)) == {(1, 0): "1", (1_048_576, 16_383): "2"}


ODD_SHEETS = {
    "rows out of order": '<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>0</v></c></row>',
    "no references": "<row><c><v>0</v></c><c><v>1</v></c></row><row><c><v>2</v></c></row>",
    "a comment": '<!-- x --><row r="1"><c r="A1"><v>0</v></c><c r="B1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
    "CDATA": '<row r="1"><c r="A1" t="str"><v><![CDATA[0]]></v></c><c r="B1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
    "blanks between cells": '<row r="1"> <c r="A1"><v>0</v></c>\n<c r="B1"><v>1</v></c></row>\n<row r="2"><c r="A2"><v>2</v></c></row>',
    "a row in two parts": '<row r="1"><c r="A1"><v>0</v></c></row><row r="1"><c r="B1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
    "cells of another row": '<row r="1"><c r="A1"><v>0</v></c><c r="B1"><v>1</v></c><c r="A2"><v>2</v></c></row>',
    "empty rows and styled blanks": '<row r="1"><c r="A1"><v>0</v></c><c r="B1"><v>1</v></c><c r="C1" s="1"/></row><row r="5"/><row r="2"><c r="A2"><v>2</v></c><c r="B2"><v></v></c></row>',
    "small letters and dollars": '<row r="1"><c r="a1"><v>0</v></c><c r="$B$1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
    "attributes in another order": '<row r="1"><c t="n" r="A1"><v>0</v></c><c r="B1" t="n" s="0"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD_SHEETS)
def test_odd_but_legal_sheets_give_the_same_cells(kind: str, tmp_path: Path) -> None:
    assert read(book(tmp_path, ODD_SHEETS[kind])) == {(1, 0): "0", (1, 1): "1", (2, 0): "2"}


def test_prefixes_utf16_back_slashes_and_capitals_do_not_matter(tmp_path: Path) -> None:
    prefixed = f'<x:worksheet xmlns:x="{w.MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    assert read(w.write_zip(tmp_path / "a.xlsx", w.package(prefixed))) == {(1, 0): "5"}
    wide = (
        '<?xml version="1.0" encoding="UTF-16"?>' + w.sheet_xml(TWO_CELLS).partition("?>")[2]
    ).encode("utf-16")
    parts = {**w.package(""), "xl/worksheets/sheet1.xml": wide}
    assert read(w.write_zip(tmp_path / "b.xlsx", parts)) == {(1, 0): "1", (1, 1): "2"}
    slashed = {
        name.replace("/", "\\").upper(): v for name, v in w.package(w.sheet_xml(TWO_CELLS)).items()
    }
    assert read(w.write_zip(tmp_path / "c.xlsx", slashed)) == {(1, 0): "1", (1, 1): "2"}


def test_strings_of_every_kind_keep_their_text(tmp_path: Path) -> None:
    shared = STRINGS.format(
        "<si><t>云岭&amp;县</t></si><si><r><rPr><b/></rPr><t>富</t></r><r><t xml:space=\"preserve\"> 文本</t></r></si>"
        '<si><t>漢字</t><rPh sb="0" eb="2"><t>かんじ</t></rPh></si><si><t>a_x000D_b_x005F_x000D_</t></si><si><t/></si>'
    )  # fmt: skip
    body = "<row r=\"1\">" + "".join(f'<c r="{w.letters(n)}1" t="s"><v>{n}</v></c>' for n in range(5)) + (
        '<c r="F1" t="inlineStr"><is><r><t>内</t></r><r><t>联</t></r><rPh><t>x</t></rPh></is></c>'
        '<c r="G1" t="str"><f>A1</f><v>公式&lt;</v></c><c r="H1" t="b"><v>1</v></c><c r="I1" t="d"><v>2026-03-16T00:00:00Z</v></c></row>'
    )  # fmt: skip
    path = book(tmp_path, body, **{"xl/sharedStrings.xml": shared})
    found = list(read(path).values())
    assert found == [
        "云岭&县",
        "富 文本",
        "漢字",
        "a\rb_x000D_",
        "内联",
        "公式<",
        "是",
        "2026-03-16",
    ]
    plain = STRINGS.format("<si><t>甲&#20057;</t></si><si><t>丙\r\n丁</t></si>")
    quick = book(tmp_path, '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>', **{"xl/sharedStrings.xml": plain})  # fmt: skip
    assert list(read(quick).values()) == ["甲乙", "丙\n丁"]


def test_numbers_look_as_the_clerk_sees_them(tmp_path: Path) -> None:
    values = [
        (w.number(46097, w.DATE), "2026-03-16"), (w.number(46097.5, w.CHINESE_DATE), "2026-03-16 12:00:00"),
        (w.number("0.25", w.CLOCK), "06:00:00"), (w.number(123, w.SIX_ZEROS), "000123"), (w.number(59, w.DATE), "1900-02-28"),
        (w.number("1.0"), "1"), (w.number("1E-05"), "0.00001"), (w.number(-3), "-3"), (w.number("1234.5", w.MONEY), "1234.5"),
        (w.number("无"), "无"), (w.number("0.5", w.MOMENT), "12:00:00"),
    ]  # fmt: skip
    path = w.write_rows(tmp_path / "n.xlsx", [[raw for raw, _ in values]])
    assert list(read(path).values()) == [text for _, text in values]
    later = w.write_rows(
        tmp_path / "1904.xlsx", [[w.number(44635, w.DATE)]], before='<workbookPr date1904="1"/>'
    )
    assert list(read(later).values()) == ["2026-03-16"]


def test_damaged_numbers_errors_and_uncalculated_formulas_are_marked(tmp_path: Path) -> None:
    row = [
        w.number("912399210000012345"),
        w.Raw(' t="e"><v>#N/A</v>'),
        w.Raw("><f>B1+1</f>"),
        w.Raw("><f>B1</f><v>7</v>"),
    ]
    found = read(w.write_rows(tmp_path / "d.xlsx", [row]))
    marks = [(c.damaged, c.error, c.uncalculated) for c in found.values() if isinstance(c, Cell)]
    assert marks == [(True, False, False), (False, True, False), (False, False, True)]
    assert list(found.values()) == ["9.12399E+17", "#N/A", "=B1+1", "7"]


def test_hidden_sheets_rows_and_merged_ranges_are_told(tmp_path: Path) -> None:
    body = (
        w.row_xml(1, ["区域", "名称"])
        + w.row_xml(2, ["兴华", "甲"], ' hidden="1"')
        + w.row_xml(3, [None, "乙"])
    )
    merges = (
        '<mergeCells count="2"><mergeCell ref="A2:A9"/><mergeCell ref="nonsense"/></mergeCells>'
    )
    more = {
        "xl/workbook.xml": w.BOOK.format(before="", more='<sheet name="藏" sheetId="2" state="veryHidden" r:id="r2"/>'),
        "xl/_rels/workbook.xml.rels": w.RELS.format(more=f'<Relationship Id="r2" Type="{w.OFFICE}/worksheet" Target="/xl/worksheets/two.xml"/>'),
        "xl/worksheets/two.xml": w.sheet_xml(TWO_CELLS),
    }  # fmt: skip
    read_book = read_workbook(book(tmp_path, body, merges, **more))
    assert cells_of(read_book)[3, 0] == "兴华"
    assert max(row.number for row in read_book.sheets[0].rows) == 3
    assert read_book.sheets[1].hidden
    assert "隐藏行" in read_book.notices[0]
    assert "隐藏的" in read_book.notices[1]


def test_an_old_workbook_keeps_every_kind_of_cell(tmp_path: Path) -> None:
    formula = struct.pack("<HHH", 2, 0, 0)
    cells = (
        w.shared_cell(0, 0, 0) + w.shared_cell(0, 1, 1) + w.number_cell(0, 2, 46097, 1)
        + w.record(0x027E, struct.pack("<HHHi", 1, 0, 0, 7 << 2 | 2)) + w.record(0x00BD, struct.pack("<HHHiHiH", 1, 1, 0, 150 << 2 | 3, 0, -5 << 2 | 2, 2))
        + w.record(0x0205, struct.pack("<HHHBB", 1, 3, 0, 1, 0)) + w.record(0x0205, struct.pack("<HHHBB", 1, 4, 0, 0x2A, 1))
        + w.record(0x0006, formula + b"\0\0\0\0\0\0\xff\xff" + b"\0" * 8) + w.record(0x0207, w.text8("结果"))
        + w.record(0x0006, struct.pack("<HHH", 2, 1, 0) + b"\1\0\1\0\0\0\xff\xff" + b"\0" * 8)
        + w.record(0x0006, struct.pack("<HHH", 2, 2, 0) + b"\2\0\x07\0\0\0\xff\xff" + b"\0" * 8)
        + w.record(0x0406, struct.pack("<HHHd", 2, 3, 0, 2.5) + b"\0" * 8)
        + w.record(0x0204, struct.pack("<HHH", 3, 0, 0) + w.text8("标签")) + w.record(0x0208, struct.pack("<HHHHHHI", 3, 0, 1, 0, 0, 0, 0x20))
        + w.record(0x00E5, struct.pack("<HHHHH", 1, 0, 1, 6, 6)) + w.number_cell(0, 6, float("nan"))
    )  # fmt: skip
    styles = w.record(0x00E0, struct.pack("<HH", 0, 0) + b"\0" * 16) + w.record(0x00E0, struct.pack("<HH", 0, 14) + b"\0" * 16)  # fmt: skip
    path = tmp_path / "旧.xls"
    path.write_bytes(w.ole({"Workbook": w.xls_stream(cells, ["云岭县", "甲"], styles)}))
    sheet = read_workbook(path).sheets[0]
    assert [list(row.cells.values()) for row in sheet.rows] == [
        ["云岭县", "甲", "2026-03-16", "nan"], ["7", "1.5", "-5", "是", "#N/A", "nan"],
        ["结果", "是", "#DIV/0!", "2.5"], ["标签"],
    ]  # fmt: skip
    assert [row.hidden for row in sheet.rows] == [False, False, False, True]
    assert unpacked(-1_076_887_552) == -0.25


def test_a_shared_text_may_break_anywhere_over_continuations(tmp_path: Path) -> None:
    whole = (
        struct.pack("<II", 1, 1) + struct.pack("<HBH", 4, 0x09, 1) + "云岭县".encode("utf-16-le")
    )
    sst = w.record(0x00FC, whole) + w.record(0x003C, b"\x00" + b"A" + b"\0" * 4)
    stream = w.xls_stream(w.shared_cell(0, 0, 0))
    at = stream.index(w.record(0x00FC, b"\0" * 8))
    stream = stream[:at] + sst + stream[at + 12 :]
    place = stream.index(w.record(0x0809, struct.pack("<HH", 0x0600, 0x0010)[:4] + b"\0" * 12)[:8])
    listed = stream.index(struct.pack("<H", 0x0085))
    stream = stream[: listed + 4] + struct.pack("<I", place) + stream[listed + 8 :]
    path = tmp_path / "长.xls"
    path.write_bytes(w.ole({"Workbook": stream}))
    assert read(path) == {(1, 0): "云岭县A"}


def test_before_unicode_the_code_page_counts(tmp_path: Path) -> None:
    text = "云岭".encode("gb18030")
    cells = w.record(0x0204, struct.pack("<HHHH", 0, 0, 0, len(text)) + text)
    extra = w.record(0x0042, struct.pack("<H", 936)) + w.record(0x041E, b"\xa4\x00\x0ayyyy-mm-dd")
    path = tmp_path / "五.et"
    path.write_bytes(w.ole({"Book": w.xls_stream(cells, extra=extra, version=0x0500)}))
    book_ = read_workbook(path)
    assert cells_of(book_) == {(1, 0): "云岭"}
    assert book_.sheets[0].name == "表"


def test_csv_of_every_habit_is_read(tmp_path: Path) -> None:
    cases = {
        "逗号": "名称,代码\n甲,1\n".encode(), "带签名": "\ufeff名称,代码\r\n甲,1".encode(), "国标": "名称,代码\r甲,1\r".encode("gb18030"),
        "分号": "名称;代码\n甲;1".encode(), "制表": "名称\t代码\n甲\t1\n".encode(), "声明": "sep=;\r\n名称;代码\r\n甲;1".encode(),
        "引号": '"名称","代码"\n"甲","1"\n'.encode(),
    }  # fmt: skip
    for name, content in cases.items():
        path = tmp_path / f"{name}.csv"
        path.write_bytes(content)
        rows = read_workbook(path).sheets[0].rows
        assert [list(row.cells.values()) for row in rows] == [["名称", "代码"], ["甲", "1"]], name
    (tmp_path / "系统.xls").write_bytes("名称\t代码\n甲\t1\n".encode("gb18030"))
    assert read(tmp_path / "系统.xls")[2, 0] == "甲"
    (tmp_path / "行.csv").write_bytes('名称,备注\n\n甲,"一\n二"\n乙,3"管\n'.encode())
    assert read(tmp_path / "行.csv") == {(1, 0): "名称", (1, 1): "备注", (3, 0): "甲", (3, 1): "一\n二", (4, 0): "乙", (4, 1): '3"管'}  # fmt: skip


def test_the_answer_of_the_child_says_so_when_cells_went_missing() -> None:
    with pytest.raises(ValueError, match="表"):
        answer.read_answer("x", b'{"sheets":[{"name":"\xe8\xa1\xa8","hidden":false,"numbers":[1],"hidden_rows":[],"filled":[0],"shapes":[[0,1]],"marks":[],"count":3,"texts":["a","b"]}],"notices":[]}')  # fmt: skip


def test_texts_with_any_sign_travel_unchanged(tmp_path: Path) -> None:
    texts = ["\x1f_x001F_", "_x001F_\x1e"[:7] + "_x001E_", "_x001D_ _x001F__x001E_"]
    found = read(w.write_rows(tmp_path / "s.xlsx", [[t.replace("\x1f", "") for t in texts]]))
    assert list(found.values()) == ["\x1f", "\x1f\x1e", "\x1d \x1f\x1e"]


def test_cancelling_ends_the_child_at_once(tmp_path: Path) -> None:
    path = w.write_rows(tmp_path / "a.xlsx", [["甲"]])
    begun = time.monotonic()
    with pytest.raises(ReadingCancelled):
        read_workbook(path, lambda: True)
    assert time.monotonic() - begun < 30


def test_a_child_that_takes_too_much_memory_or_dies_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = w.write_rows(tmp_path / "a.xlsx", [["甲"]])
    code = "from ssj_desktop.formats.excel import caps; caps.cap_this_process(); x = bytearray(3 << 30)"
    hungry = [sys.executable, "-c", code]
    assert subprocess.run(hungry, capture_output=True, check=False).returncode != 0
    monkeypatch.setattr("ssj_desktop.formats.excel.reader._command", lambda _: hungry)
    with pytest.raises(FileRefused, match="读取被中止"):
        read_workbook(path)
    assert caps.windows_limits().ProcessMemoryLimit == caps.MOST_MEMORY


def test_a_child_that_never_answers_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = w.write_rows(tmp_path / "a.xlsx", [["甲"]])
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr("ssj_desktop.formats.excel.reader._command", lambda _: sleeper)
    monkeypatch.setattr("ssj_desktop.formats.excel.reader.MOST_SECONDS", 0.5)
    with pytest.raises(FileRefused, match="读取被中止"):
        read_workbook(path)

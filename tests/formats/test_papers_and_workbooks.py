"""Papers show Chinese with embedded fonts; workbooks cannot hurt; files are whole or not at all."""

import errno
import io
import itertools
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from ssj_desktop import places
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.headings import find_table
from ssj_desktop.domain.importing import parse_rows
from ssj_desktop.domain.papers import Column, HashLine, PredrawPaper, Signer, TablePaper
from ssj_desktop.formats.csv_text import render_csv
from ssj_desktop.formats.excel.reader import read_workbook
from ssj_desktop.formats.excel.registry import render_template
from ssj_desktop.formats.excel.table import render_table as render_workbook
from ssj_desktop.formats.files import read_file, write_all, write_atomically
from ssj_desktop.formats.html.site import render_site
from ssj_desktop.formats.pdf.fonts import FILES, font_of, load_fonts, missing
from ssj_desktop.formats.pdf.predraw import render_predraw
from ssj_desktop.formats.pdf.reader import attachments_of
from ssj_desktop.formats.pdf.table import render_table
from ssj_desktop.formats.pdf.text import NOT_AT_END, NOT_AT_START, width, wrap

WHEN = datetime(2026, 9, 15, 9, 41, tzinfo=UTC)
COLUMNS = (
    Column("序号", 12, "center"),
    Column("检查对象", 80),
    Column("代码", 46, "center", "code"),
)


def _paper(count: int = 60) -> TablePaper:
    rows = tuple(
        (str(n), f"云岭县𬭎䶮㛃堃喆建筑安装工程有限责任公司第{n}分公司", f"91239921MA{n:08d}")
        for n in range(count)
    )
    return TablePaper(
        "云岭县住建局",
        "“双随机、一公开”公示表",
        (("左", "右"),),
        COLUMNS,
        rows,
        page_foot="异议受理",
    )


def test_text_extracts_as_it_went_in_rare_names_included() -> None:
    pdf = pypdfium2.PdfDocument(render_table(_paper(), WHEN))
    text = "".join(pdf[n].get_textpage().get_text_range() for n in range(len(pdf)))
    assert len(pdf) > 1
    assert "𬭎䶮㛃堃喆" in text
    assert all(f"91239921MA{n:08d}" in text for n in range(60))
    assert f"第 {len(pdf)} 页" in text
    pdf.close()


def test_every_font_is_embedded_and_the_file_is_archival() -> None:
    with pikepdf.open(io.BytesIO(render_table(_paper(), WHEN))) as pdf:
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                assert "/FontFile2" in font.FontDescriptor
                assert "/ToUnicode" in font


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert render_table(_paper(), WHEN) == render_table(_paper(), WHEN)
    assert render_workbook(_paper()) == render_workbook(_paper())


def test_the_qr_code_of_the_predraw_sheet_reads_back() -> None:
    text = "SSJ1/239921-A-2026-0001/" + "AB" * 32
    paper = PredrawPaper("局", "239921-A-2026-0001", "第 1 次", (("任务", "抽查"),), "差异", (("—", "—", "无"),),
                         (HashLine("待抽库", "ab" * 32, "cd" * 32),), (Signer("见证人", "刘昕", "纪委"),), text, "页脚", "演 练")  # fmt: skip
    pdf = pypdfium2.PdfDocument(render_predraw(paper, WHEN))
    image = pdf[0].render(scale=3).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [text]
    pdf.close()


@given(st.text("云岭县，。（）“”《》、ABC123 年月", min_size=1, max_size=80))
def test_lines_break_after_chinese_rules_and_lose_nothing(text: str) -> None:
    lines = wrap(text, "Fang", 10, 75)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for before, after in itertools.pairwise(lines):
        if len(before) > 1:
            assert after[:1] not in NOT_AT_START or all(c in NOT_AT_START for c in before[1:])
            assert before[-1] not in NOT_AT_END


def test_a_short_line_keeps_its_width() -> None:
    assert width("云岭", "Fang", 10) == pytest.approx(20, abs=0.5)


def test_all_bundled_fonts_carry_the_common_characters_and_a_missing_one_is_named() -> None:
    assert set(load_fonts()) == set(FILES)
    assert all(
        font_of(c, role) == role
        for role in ("Fang", "Hei", "Title", "Kai", "Song")
        for c in "云岭县抽查"
    )
    assert font_of("A", "Fang") == "Song"
    assert "U+10FFFD" in missing("甲\U0010fffd")[0]


@pytest.mark.parametrize("content", [b"", b"x", b"%PDF-1.7\n", b"%PDF-" + b"\0" * 5000])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused, match=r"[\u4e00-\u9fff]"):
        attachments_of(content)


def test_a_pdf_without_attachment_is_refused() -> None:
    with pytest.raises(FileRefused, match="没有附件"):
        attachments_of(render_table(_paper(3), WHEN))


def test_a_workbook_reopens_as_text_with_print_titles_and_no_formula(tmp_path: Path) -> None:
    paper = TablePaper("局", "公示表", (), COLUMNS, (("=1+1", "+cmd", "012345678901234567"),))
    path = tmp_path / "a.xlsx"
    path.write_bytes(render_workbook(paper))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet[4]] == ["=1+1", "+cmd", "012345678901234567"]
    assert {cell.data_type for cell in sheet[4]} == {"s"}
    assert sheet.print_title_rows
    assert openpyxl.load_workbook(path).properties.creator in (None, "")
    with pytest.raises(FileRefused, match="控制字符"):
        render_workbook(TablePaper("局", "表", (), COLUMNS, (("\x01", "", ""),)))


@pytest.mark.parametrize("kind", ["targets", "inspectors", "items"])
def test_templates_can_be_filled_and_read_back(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(render_template(REGISTRIES[kind]))
    assert [sheet.name for sheet in read_workbook(path).sheets] == [
        REGISTRIES[kind].label,
        "字典",
        "填表说明",
    ]


@pytest.mark.parametrize("kind", ["targets", "inspectors", "items"])
def test_the_sample_left_in_a_template_is_no_row_and_a_changed_one_is(
    kind: str, tmp_path: Path
) -> None:
    registry, path = REGISTRIES[kind], tmp_path / "t.xlsx"
    path.write_bytes(render_template(registry))
    parsed = parse_rows(find_table(read_workbook(path), registry), registry)
    assert parsed.rows == ()
    assert parsed.notices == ("第 2 行是模板自带的示例，没有读取。",)
    book = openpyxl.load_workbook(path)
    book[registry.label]["A2"] = "云岭县另一家单位"
    book.save(path)
    parsed = parse_rows(find_table(read_workbook(path), registry), registry)
    assert len(parsed.rows) == 1


def _zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
BOOK = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
RELS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'


def _workbook(path: Path, body: str, book: bytes = BOOK) -> Path:
    return _zip(
        path,
        {
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": RELS,
            "xl/worksheets/sheet1.xml": SHEET.format(body).encode(),
        },
    )


def test_hostile_workbooks_are_refused_in_one_sentence(tmp_path: Path) -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    distant = read_workbook(_workbook(tmp_path / "far.xlsx", far)).sheets[0].rows
    assert [(row.number, dict(row.cells)) for row in distant] == [
        (1, {0: "1"}),
        (1048576, {16383: "1"}),
    ]
    cases = [
        _workbook(tmp_path / "further.xlsx", far.replace("1048576", "1048577")),
        _workbook(tmp_path / "dtd.xlsx", "", b'<!DOCTYPE a [<!ENTITY b "c">]>' + BOOK),
        _workbook(
            tmp_path / "strict.xlsx",
            "",
            BOOK.replace(
                b"schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"purl.oclc.org/ooxml/spreadsheetml/main",
            ),
        ),
        _zip(tmp_path / "bomb.xlsx", {"xl/workbook.xml": BOOK, "x": b"\0" * 60_000_000}),
        _zip(tmp_path / "other.xlsx", {"word/document.xml": b"<a/>"}),
        _zip(tmp_path / "broken.xlsx", {"xl/workbook.xml": b"<a"}),
    ]
    for name, content in (("cut.xlsx", b"PK\x03\x04abc"), ("ole.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
                          ("empty.xlsx", b""), ("text.xlsx", b"hello"), ("bin.csv", b"a,\x00\xff\xff"), ("gb.csv", b"\xff\xff")):  # fmt: skip
        (tmp_path / name).write_bytes(content)
        cases.append(tmp_path / name)
    for path in (*cases, tmp_path / "missing.xlsx"):
        with pytest.raises(FileRefused, match=r"[\u4e00-\u9fff]") as refusal:
            read_workbook(path)
        assert refusal.value.remedy, path.name


def test_numbers_out_of_order_rows_and_kinds_of_cells(tmp_path: Path) -> None:
    body = (
        '<row r="3" hidden="1"><c r="B3"><v>912399210000012345</v></c><c r="A3" t="e"><v>#N/A</v></c></row>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>名</t><t>称</t></is></c><c t="b"><v>1</v></c><c t="str"><v>公式</v></c></row>'
        '<row r="2"><c r="A2"><v>13812345678.0</v></c><c r="B2"><v>0.05</v></c></row>'
    )
    book = read_workbook(_workbook(tmp_path / "a.xlsx", body))
    rows = {row.number: row for row in book.sheets[0].rows}
    assert list(rows[1].cells.values()) == ["名称", "是", "公式"]
    assert list(rows[2].cells.values()) == ["13812345678", "0.05"]
    assert rows[3].cells[0].error
    assert rows[3].cells[1].damaged
    assert "隐藏行" in book.notices[0]


def test_samples_of_every_kind_are_read_whole() -> None:
    assert (
        len(read_workbook(places.resource("samples", "检查对象名录.xlsx")).sheets[0].rows) == 1213
    )
    assert (
        len(read_workbook(places.resource("samples", "供水企业_GB18030.csv")).sheets[0].rows) == 21
    )


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full", "x")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FileRefused, match="磁盘空间不足"):
        write_atomically(tmp_path / "a.pdf", b"x" * 5000)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    with pytest.raises(FileRefused, match=r"[\u4e00-\u9fff]"):
        write_all(tmp_path / "f", {"a": b"b"})
    with pytest.raises(FileRefused, match="超过"):
        read_file(_zip(tmp_path / "z", {"a": b"b" * 9000}), 10)


def test_csv_defuses_formulas() -> None:
    assert render_csv([["=1", "甲"]]) == b"\xef\xbb\xbf" + '"\'=1","甲"\r\n'.encode()


def test_the_public_page_escapes_and_fetches_nothing() -> None:
    paper = TablePaper("局", "<script>", (), (Column("名", 10),), (("<img src=x>",),))
    page = render_site("局", [paper]).decode()
    assert "<script>" not in page
    assert "<img" not in page
    assert "http:" not in page
    assert "https" not in page
    assert "暂无公示" in render_site("局", []).decode()


def test_codes_and_digits_with_their_unit_stay_together() -> None:
    text = "物业服务活动检查（ZJ-07-07）；住宅小区检查（YL-01-01），建筑业企业（375 家，2026年11月24日）"
    for room in range(90, 200, 3):
        lines = wrap(text, "Fang", 10, room)
        for whole in ("ZJ-07-07", "YL-01-01", "375 家", "2026年11月24日"):
            assert any(whole in line for line in lines), (room, lines)

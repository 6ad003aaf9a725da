"""I3: odd strings × every text field × every channel: back as they were, or refused by name."""

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import workbooks as w
from naughty import NAUGHTY
from office import found
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ssj_desktop.domain.draw.canonical import label, text_bytes, text_lines
from ssj_desktop.domain.errors import FileRefused, InvalidInput, SsjError
from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.operations import canonical
from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.domain.scrubbing import bug_text
from ssj_desktop.domain.segment import read_segment_file
from ssj_desktop.domain.segment_body import read_blocks
from ssj_desktop.formats.csv_text import read_csv, render_csv
from ssj_desktop.formats.excel.reader import read_workbook
from ssj_desktop.formats.excel.table import render_table as render_workbook
from ssj_desktop.formats.excel.xlsx import read_xlsx
from ssj_desktop.formats.html.site import render_site
from ssj_desktop.formats.mirror import lines_of, open_line
from ssj_desktop.formats.pdf.table import render_table
from ssj_desktop.formats.segments import unpack
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.exchange import segments_for
from ssj_desktop.services.mirror import mirror_of
from ssj_desktop.services.registries import Enrol, enrol, read_sheet
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.widgets import label as plain_label
from ssj_desktop.ui.widgets import plain_tip

FIELDS = [(registry, field) for registry in REGISTRIES.values() for field in registry.fields]
WHEN = datetime(2026, 3, 16, tzinfo=UTC)
STEP = int(os.environ.get("SSJ_NAUGHTY_STEP", "6"))
"""Slow channels take every sixth string; ``dev.py soak naughty`` takes them all."""


def paper(text: str) -> TablePaper:
    return TablePaper("局", "表", (), (Column("名称", 100),), ((text,),))


def attempt(act: Callable[[], bytes]) -> bytes | None:
    """What came out, or None for a refusal that names fact and remedy; other errors travel on."""
    try:
        return act()
    except SsjError as refusal:
        if not refusal.message.endswith("。") or not refusal.remedy:
            raise AssertionError(refusal) from refusal
        return None


def test_there_are_two_hundred_and_more() -> None:
    assert len(NAUGHTY) >= 200


def test_every_field_takes_a_string_or_refuses_it_and_shows_what_it_took() -> None:
    taken = 0
    for _, field in FIELDS:
        for text in NAUGHTY:
            try:
                value = field.parse(text)
            except InvalidInput:
                continue
            taken += 1
            if value is not None and field.show(value):
                assert field.parse(field.show(value)) == value, (field.name, text)
    assert taken > len(NAUGHTY) * 20


def test_a_workbook_gives_back_the_same_text() -> None:
    for text in (*NAUGHTY[::STEP], "\U0010ffff", "甲\x80乙", "甲\ufdd0乙"):
        content = attempt(partial(render_workbook, paper(text)))
        if content is not None and text:
            book = read_xlsx("a.xlsx", content)
            assert str(book.sheets[0].rows[-1].cells[0]) == text, repr(text)


def test_a_csv_gives_back_the_same_text_with_an_apostrophe_before_formulas() -> None:
    for text in NAUGHTY:
        content = attempt(partial(render_csv, [["头", text], ["尾", "x"]]))
        if content is not None:
            rows = read_csv(Path("a.csv"), content).sheets[0].rows
            assert rows[0].cells[1].removeprefix("'") == text.removeprefix("'"), repr(text)
            assert not rows[0].cells[1].startswith(("=", "+", "-", "@", "\t", "\r"))


class Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells and self.lasttag == "td":
            self.cells[-1] += data


def test_the_web_page_shows_the_same_text_and_runs_nothing() -> None:
    for text in NAUGHTY:
        content = attempt(partial(render_site, "局", [paper(text)]))
        if content is not None:
            reading = Reading()
            reading.feed(content.decode())
            assert reading.cells[0] == text, repr(text)
            assert not reading.tags & {"script", "img", "svg", "b", "font"}, repr(text)


def test_the_printed_table_takes_it_or_names_it() -> None:
    for text in NAUGHTY[::STEP]:
        attempt(partial(render_table, paper(text), WHEN))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, dict[str, str]]]:
    """An office with a target per string it took, and what it took by number."""
    clerk, _ = found(tmp_path_factory.mktemp("odd"))
    kept: dict[str, str] = {}
    for place, text in enumerate(NAUGHTY):
        texts = {"name": text, "number": f"N{place}", "note": text}
        if place % STEP == 0 and attempt(partial(clerk.do, enrol, Enrol("targets", texts))):
            kept[f"N{place}"] = text
    yield clerk, kept
    clerk.close()


def test_the_store_keeps_what_it_took_and_finds_it_again(
    filled: tuple[Desk, dict[str, str]],
) -> None:
    clerk, kept = filled
    rows = {row.code: row for row in clerk.ask(list_rows, "targets")}
    assert set(rows) == set(kept)
    assert len(kept) > 150 // STEP
    names = [row.name for row in rows.values()]
    for row in rows.values():
        hits = [hit.name for hit in clerk.ask(list_rows, "targets", RowFilter(row.name))]
        assert row.name in hits, row.name
        if row.name.strip() == row.name and len(row.name) < 100 and not row.name.isascii():
            assert hits == sorted(hits)
            assert set(hits) == {name for name in names if row.name in name}, row.name


def test_the_mirror_and_the_sealed_segments_carry_the_same_text(
    filled: tuple[Desk, dict[str, str]],
) -> None:
    clerk, _ = filled
    held = {(row.code, row.name, row.values["note"]) for row in clerk.ask(list_rows, "targets")}
    files = segments_for(clerk, ()).values()
    sealed = [block for file in files for block in read_blocks(unpack(read_segment_file(file)))]
    with mirror_of(clerk.database.path).open("rb") as file:
        mirrored = [open_line(line, clerk.database.key) for line in lines_of(file)]
    for blocks in (sealed, mirrored):
        operations = [o for block in blocks if block for o in block.operations()]
        carried = {
            (o.data["code"], o.data["name"], o.data["note"])
            for o in operations
            if o.table == "targets"
        }
        assert carried == held


def test_a_window_shows_the_rows_and_tips_as_they_are(
    filled: tuple[Desk, dict[str, str]], qtbot: Any
) -> None:
    clerk, _ = filled
    parent = QWidget()
    qtbot.addWidget(parent)
    rows = clerk.ask(list_rows, "targets")
    model = RowsModel([ColumnSpec("名称", lambda row: row.name, 10)], parent)
    model.show(rows)
    view = make_table(model, "怪字")
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    assert not view.grab().isNull()
    for place, row in enumerate(rows):
        index = model.index(place, 0)
        assert index.data(Qt.ItemDataRole.DisplayRole) == row.name.removeprefix("\ufeff")
        tip = index.data(Qt.ItemDataRole.ToolTipRole)
        assert "<script" not in tip
        assert "<img" not in tip


def test_a_log_line_holds_it_without_failing() -> None:
    for text in NAUGHTY:
        said = bug_text(ValueError(text))
        assert said.encode("utf-8", "backslashreplace")
        assert "ValueError" in said


def test_a_record_is_the_same_json_after_a_round_trip() -> None:
    for text in NAUGHTY:
        if attempt(lambda text=text: canonical({text: [text]}).encode("utf-8", "surrogatepass")):
            assert json.loads(canonical({text: [text]})) == {text: [text]}
        try:
            drawn = label(text, "名称")
        except SsjError:
            continue
        lines = text_lines(text_bytes([["1", drawn]]))
        assert lines == [["1", drawn]], text


def test_an_import_takes_or_names_each(tmp_path: Path) -> None:
    writable = [
        text
        for text in NAUGHTY
        if all(c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff" for c in text)
    ]
    rows = [["企业名称", "信用代码"], *([text[:300], f"N{n}"] for n, text in enumerate(writable))]
    parsed = read_sheet("targets", w.write_rows(tmp_path / "怪.xlsx", rows)).parsed
    told = len(parsed.rows) + len(parsed.notices)
    assert told == len(writable)
    assert all(
        fault.place and fault.reason.endswith("。") for row in parsed.rows for fault in row.faults
    )


def test_a_label_shows_it_as_plain_text(qtbot) -> None:  # type: ignore[no-untyped-def]
    for text in NAUGHTY:
        if any("\ud800" <= c <= "\udfff" for c in text):
            continue
        made = plain_label(text)
        qtbot.addWidget(made)
        assert made.textFormat() == Qt.TextFormat.PlainText
        assert made.text() == text.removeprefix("\ufeff")  # Qt takes it for a byte order mark
        assert "<script" not in plain_tip(text)


@pytest.mark.parametrize("text", ["\x00", "\x1f", "\ud800"])
def test_what_no_file_can_hold_is_refused_by_name(text: str) -> None:
    for render in (lambda: render_workbook(paper(text)), lambda: render_csv([[text]]), lambda: render_site("局", [paper(text)])):  # fmt: skip
        with pytest.raises(FileRefused, match="控制字符"):
            render()


def test_a_text_longer_than_a_cell_is_named() -> None:
    with pytest.raises(FileRefused, match="32767"):
        render_workbook(paper("长" * 32_768))


def test_workbooks_tell_nothing_about_their_maker(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(render_workbook(paper("甲")))) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
        workbook = archive.read("xl/workbook.xml")
    for word in (os.environ.get("USER", "root"), "openpyxl", str(tmp_path), "absPath"):
        assert f">{word}<".encode() not in everything
    assert b'state="hidden"' not in workbook
    (tmp_path / "a.xlsx").write_bytes(render_workbook(paper("甲")))
    assert read_workbook(tmp_path / "a.xlsx").sheets[0].rows[-1].cells[0] == "甲"


def test_a_table_of_one_column_merges_no_cell_with_itself() -> None:
    with zipfile.ZipFile(io.BytesIO(render_workbook(paper("甲")))) as archive:
        assert b"<mergeCell " not in archive.read("xl/worksheets/sheet1.xml")

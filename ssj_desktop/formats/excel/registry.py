"""Registries as workbooks: the export, the import template, and the list of faults."""

import re
from collections.abc import Iterable, Mapping, Sequence

from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ssj_desktop.domain.fields import Field, FieldKind, Registry, Value
from ssj_desktop.domain.importing import Fault, ParsedSheet
from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.domain.sheets import Sheet, column_letters, is_merged
from ssj_desktop.formats.excel.book import (
    display_width,
    new_book,
    official_page,
    save,
    write_table,
)
from ssj_desktop.formats.excel.cells import shown_text, write_text
from ssj_desktop.formats.excel.grid import MOST_COLUMNS
from ssj_desktop.formats.excel.table import render_table

TEMPLATE_VERSION = "1"
_TEMPLATE_ROWS = 2_000
_REASON_WIDTH = 60
_NARROWEST, _WIDEST = 6, 44
_MM_PER_WIDTH = 2.4
"""Narrow columns and higher rows: side by side they would print in a type nobody reads."""
_FAULTS = (
    Column("位置", 20, "center"), Column("列", 36), Column("内容", 60), Column("问题和处理办法", 130),
)  # fmt: skip


def render_registry(
    registry: Registry, rows: Iterable[Mapping[str, Value]], organ: str, day: str
) -> bytes:
    """All fields of all rows, importable again."""
    columns = tuple(
        Column(field.label, round(field.width * _MM_PER_WIDTH)) for field in registry.fields
    )
    body = tuple(tuple(f.show(row[f.name]) for f in registry.fields) for row in rows)
    paper = TablePaper(
        organ,
        registry.label,
        ((f"导出日期：{day}", f"共 {len(body)} {registry.counter}"),),
        columns,
        body,
    )
    return render_table(paper)


def render_template(registry: Registry) -> bytes:
    """Headers with drop-downs, a sample row, text columns, and instructions."""
    book = new_book()
    book.properties.version = TEMPLATE_VERSION
    sheet = book.create_sheet(registry.label)
    columns = [Column(field.label, round(field.width * _MM_PER_WIDTH)) for field in registry.fields]
    write_table(sheet, 1, columns, [[field.sample for field in registry.fields]])
    official_page(sheet, 1)
    words = book.create_sheet("字典")
    for place, field in enumerate(registry.fields):
        for row in range(3, 200):
            sheet.cell(row, place + 1).number_format = "@"
        if field.choices or field.kind is FieldKind.FLAG:
            _drop_down(sheet, words, place, field)
    guide = book.create_sheet("填表说明")
    write_table(
        guide,
        1,
        (Column("列", 40), Column("说明", 160)),
        [_guide(field) for field in registry.fields],
    )
    return save(book)


def _drop_down(sheet: Worksheet, words: Worksheet, place: int, field: Field) -> None:
    choices = field.choices or ("是", "否")
    letter = column_letters(place)
    for row, word in enumerate((field.label, *choices), start=1):
        write_text(words.cell(row, place + 1), word)
    area = f"'字典'!${letter}$2:${letter}${len(choices) + 1}"
    name = f"words_{field.name}"
    sheet.parent.defined_names[name] = DefinedName(name, attr_text=area)
    rule = DataValidation(type="list", formula1=f"={name}", allow_blank=not field.required)
    rule.errorTitle, rule.error = field.label, f"请从下拉列表中选择：{'、'.join(choices)}"
    rule.add(f"{letter}2:{letter}{_TEMPLATE_ROWS}")
    sheet.add_data_validation(rule)


def _guide(field: Field) -> tuple[str, str]:
    parts = ["必填。" if field.required else "", field.hint]
    if field.choices:
        parts.append("可填：" + "、".join(field.choices) + "。")
    if field.kind is FieldKind.TAGS:
        parts.append("多个用顿号隔开。")
    if field.kind is FieldKind.DATE:
        parts.append("例如 2026-03-16。")
    return field.label, "".join(parts) or f"例如：{field.sample}"


def render_faults(file_name: str, parsed: ParsedSheet, more: Sequence[Fault] = ()) -> bytes:
    """Every fault with its cell, and a copy of the sheet with the faulty cells marked."""
    book = new_book()
    faults = [fault for row in parsed.rows for fault in row.faults]
    sheet = book.create_sheet("错误清单")
    every = tuple(dict.fromkeys((*faults, *more)))
    rows = [(f.place, f.label, shown_text(f.value), f.reason) for f in every]
    write_table(sheet, 1, _FAULTS, rows)
    official_page(sheet, 1)
    _marked_copy(book.create_sheet("原表标注"), parsed, every)
    book.properties.title = file_name
    return save(book)


def _marked_copy(sheet: Worksheet, parsed: ParsedSheet, faults: Sequence[Fault]) -> None:
    """The sheet as it came, faulty cells red, the reasons in a column of their own at the end."""
    source = parsed.mapping.sheet
    for row in source.rows:
        for column, text in row.cells.items():
            if not is_merged(text):
                write_text(sheet.cell(row.number, column + 1), shown_text(text))
    _fit_columns(sheet, source, parsed.mapping.header_row)
    last = max((column for row in source.rows for column in row.cells), default=0)
    if last + 2 <= MOST_COLUMNS:
        write_text(sheet.cell(parsed.mapping.header_row, last + 2), "导入问题")
        for number, sentences in _reasons(faults).items():
            write_text(sheet.cell(number, last + 2), shown_text("；".join(sentences)))
        sheet.column_dimensions[column_letters(last + 1)].width = _REASON_WIDTH
        sheet.print_area = f"A1:{column_letters(last + 1)}{sheet.max_row}"
    official_page(sheet, parsed.mapping.header_row)
    red = PatternFill("solid", fgColor="FFFDECEA")
    for fault in faults:
        if fault.place.isascii():
            sheet[fault.place].fill = red


def _fit_columns(sheet: Worksheet, source: Sheet, head: int) -> None:
    """As wide as the texts from the head down; the lines above it run across."""
    longest: dict[int, int] = {}
    for row in source.rows:
        if row.number >= head:
            for column, text in row.cells.items():
                longest[column] = max(longest.get(column, 0), display_width(text[:_WIDEST]))
    for column, width in longest.items():
        sheet.column_dimensions[column_letters(column)].width = min(
            _WIDEST, max(_NARROWEST, width + 2)
        )


def _reasons(faults: Sequence[Fault]) -> dict[int, list[str]]:
    """The sentences by row of the sheet."""
    found: dict[int, list[str]] = {}
    for fault in faults:
        row = int(re.sub(r"\D", "", fault.place))
        found.setdefault(row, []).append(f"{fault.label}：{fault.reason}")
    return found

"""From a sheet to registry rows: find the table, read every row, list every fault."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import Field, Registry, Value
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook, column_letters, place

HEADER_SEARCH_ROWS = 30
_LEAST_HEADERS = 2
_NOISE = re.compile(r"[\s*＊:：]+")
_FOOTERS = (
    "合计",
    "总计",
    "小计",
    "填表说明",
    "说明",
    "注",
    "填表人",
    "制表",
    "审核人",
    "备注",
    "填报",
)


@dataclass(frozen=True, slots=True)
class TableMapping:
    """Where a registry's fields stand in a sheet: field name → column."""

    sheet: Sheet
    header_row: int
    columns: Mapping[str, int]
    titles: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: its place, the field, the value met and the sentence."""

    place: str
    label: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One row of the sheet: values by field name, faults that keep it out, soft warnings."""

    row: int
    values: Mapping[str, Value]
    texts: Mapping[str, str]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class ParsedSheet:
    """Everything a sheet held; ``notices`` name the rows that were left out and why."""

    mapping: TableMapping
    rows: tuple[ParsedRow, ...]
    notices: tuple[str, ...]


def header_key(title: str) -> str:
    """A column title made comparable: width, blanks, stars and colons do not matter."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", title)).upper()


def find_table(
    workbook: Workbook, registry: Registry, sheet_name: str | None = None
) -> TableMapping:
    """The sheet and header row that name the registry's columns best.

    InvalidInput names the needed columns that are missing and the titles that were found.
    """
    sheets = [s for s in workbook.sheets if not s.hidden and sheet_name in (None, s.name)]
    candidates = [mapping for sheet in sheets for mapping in _candidates(sheet, registry)]
    if not candidates:
        raise InvalidInput(
            f"“{workbook.name}”里没有找到{registry.label}的表头。",
            f"表头要有“{'”“'.join(needed_labels(registry))}”等列；可先下载导入模板。",
        )
    best = max(candidates, key=lambda mapping: (_score(mapping, registry), -mapping.header_row))
    missing = [f.label for f in registry.fields if f.name in needed(registry) - set(best.columns)]
    if missing:
        found = "、".join(best.titles[column] for column in sorted(best.titles))
        raise InvalidInput(
            f"工作表“{best.sheet.name}”缺少“{'”“'.join(missing)}”列（第 {best.header_row} 行现有：{found}）。",
            "请补上该列，或把表头改成模板中的名称后再导入。",
        )
    return best


def needed(registry: Registry) -> set[str]:
    """Fields whose column must be there."""
    return {field.name for field in registry.fields if field.required} | {registry.key}


def needed_labels(registry: Registry) -> list[str]:
    return [field.label for field in registry.fields if field.name in needed(registry)]


def _score(mapping: TableMapping, registry: Registry) -> tuple[int, int]:
    return len(needed(registry) & set(mapping.columns)), len(mapping.columns)


def _candidates(sheet: Sheet, registry: Registry) -> Iterator[TableMapping]:
    above: SheetRow | None = None
    for row in sheet.rows[:HEADER_SEARCH_ROWS]:
        columns = _match_titles(row.cells, registry)
        if len(columns) >= _LEAST_HEADERS:
            titles = {column: cell.text.strip() for column, cell in row.cells.items()}
            yield TableMapping(sheet, row.number, columns, titles)
            if above is not None:
                joined = {**above.cells, **row.cells}
                both = {**_match_titles(above.cells, registry), **columns}
                if len(both) > len(columns) and len(set(both.values())) == len(both):
                    texts = {column: cell.text.strip() for column, cell in joined.items()}
                    yield TableMapping(sheet, row.number, both, texts)
        above = row


def _match_titles(cells: Mapping[int, Cell], registry: Registry) -> dict[str, int]:
    """Labels win over aliases; a column serves one field, a field one column."""
    titles = {column: header_key(cell.text) for column, cell in sorted(cells.items())}
    columns: dict[str, int] = {}
    for rank in range(2):
        for field in registry.fields:
            wanted = {header_key(name) for name in ((field.label,), field.aliases)[rank]}
            if field.name not in columns:
                column = _free_column(titles, wanted, set(columns.values()))
                if column is not None:
                    columns[field.name] = column
    return columns


def _free_column(titles: Mapping[int, str], wanted: set[str], used: set[int]) -> int | None:
    for column, title in titles.items():
        if title in wanted and column not in used:
            return column
    return None


def parse_rows(mapping: TableMapping, registry: Registry) -> ParsedSheet:
    """Every row below the header as values and faults; no fault is lost."""
    notices: list[str] = []
    rows: list[ParsedRow] = []
    for row in mapping.sheet.rows:
        if row.number <= mapping.header_row:
            continue
        reason = _why_no_row(row, mapping)
        if reason:
            notices.append(f"第 {row.number} 行{reason}，没有读取。")
        else:
            rows.append(_parse_row(row, mapping, registry))
    return ParsedSheet(mapping, tuple(_mark_twins(rows, mapping, registry)), tuple(notices))


def _why_no_row(row: SheetRow, mapping: TableMapping) -> str | None:
    """Empty, repeated heads and foot lines are no rows."""
    used = {column: row.cells[column] for column in mapping.columns.values() if column in row.cells}
    if not used:
        return "在对应的列里没有内容"
    titles = [header_key(mapping.titles.get(column, "")) for column in used]
    if [header_key(cell.text) for cell in used.values()] == titles:
        return "是重复的表头"
    first = header_key(min(row.cells.items())[1].text)
    own = [cell for cell in row.cells.values() if not cell.merged]
    if first.startswith(_FOOTERS) and len(own) <= max(2, len(mapping.columns) // 3):
        return "是表尾的合计或说明"
    return None


def _parse_row(row: SheetRow, mapping: TableMapping, registry: Registry) -> ParsedRow:
    values: dict[str, Value] = {}
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    warnings: list[Fault] = []
    for field in registry.fields:
        column = mapping.columns.get(field.name)
        if column is None:
            continue
        cell = row.cells.get(column, Cell(""))
        texts[field.name] = cell.text
        try:
            values[field.name] = _parse_cell(field, cell)
        except InvalidInput as problem:
            faults.append(_fault(column, row.number, field, cell, str(problem)))
            continue
        complaint = field.warning(values[field.name])
        if complaint:
            warnings.append(_fault(column, row.number, field, cell, complaint))
    return ParsedRow(row.number, values, texts, tuple(faults), tuple(warnings))


def _fault(column: int, row: int, field: Field, cell: Cell, reason: str) -> Fault:
    return Fault(place(column, row), field.label, cell.text, reason)


def _parse_cell(field: Field, cell: Cell) -> Value:
    if cell.error:
        raise InvalidInput(f"单元格是错误值 {cell.text}。", "请改正公式或直接填写内容。")
    if cell.damaged:
        raise InvalidInput(f"“{cell.text}”已被 Excel 改写。", "请把该列设为文本格式后重新填写。")
    return field.parse(cell.text)


def _mark_twins(
    rows: Iterable[ParsedRow], mapping: TableMapping, registry: Registry
) -> Iterator[ParsedRow]:
    """The second row with the same number is faulty and names the first."""
    first: dict[Value, int] = {}
    column = mapping.columns[registry.key]
    label = registry.field(registry.key).label
    for row in rows:
        key = row.values.get(registry.key)
        if key is None or row.faults or first.setdefault(key, row.row) == row.row:
            yield row
            continue
        reason = f"与第 {first[key]} 行的{label}重复。请核对后只留一行。"
        fault = Fault(place(column, row.row), label, row.texts[registry.key], reason)
        yield replace(row, faults=(fault,))


def column_note(mapping: TableMapping, field_name: str) -> str:
    """Where a field was found, e.g. "B 列 单位名称"."""
    column = mapping.columns.get(field_name)
    return "" if column is None else f"{column_letters(column)} 列 {mapping.titles.get(column, '')}"

"""From a sheet to registry rows: read every row, list every fault."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import Field, Registry, Value
from ssj_desktop.domain.headings import TableMapping, header_key
from ssj_desktop.domain.pausing import without_cycle_search
from ssj_desktop.domain.sheets import Cell, SheetRow, is_merged, place

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
_FOOTER_SIGNS = frozenset(word[0] for word in _FOOTERS)
_ONLY_TEXT = {str}
_UNKNOWN: Value = object()  # type: ignore[assignment]  # stands for "needs a look of its own"
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: its place, the field, the value met and the sentence."""

    place: str
    label: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One row of the sheet: values by field name, faults that keep it out, soft warnings.

    ``cells`` are those of the sheet, ``columns`` says where a field stands among them.
    """

    row: int
    values: Mapping[str, Value]
    cells: Mapping[int, str]
    columns: Mapping[str, int]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    def text(self, field_name: str) -> str:
        """What stands in the sheet for a field."""
        return self.cells.get(self.columns.get(field_name, -1), "")


@dataclass(frozen=True, slots=True)
class ParsedSheet:
    """Everything a sheet held; ``notices`` name the rows that were left out and why."""

    mapping: TableMapping
    rows: tuple[ParsedRow, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a text means in a field; ``fault`` keeps the row out, ``warning`` does not."""

    value: Value = None
    fault: str | None = None
    warning: str | None = None


class _Column(dict[str, Value]):
    """One mapped column: what its texts mean; equal ones are parsed once."""

    def __init__(self, field: Field, column: int) -> None:
        self.name, self.label, self.column = field.name, field.label, column
        self._field = field

    def __missing__(self, text: str) -> Value:
        try:
            value = self._field.parse(text)
            if self._field.warning(value) is not None:
                value = _UNKNOWN
        except InvalidInput:
            value = _UNKNOWN
        self[text] = value
        return value

    def read(self, cell: str) -> _Reading:
        if isinstance(cell, Cell) and not cell.is_sound:
            return _Reading(fault=_unsound(cell))
        try:
            value = self._field.parse(cell)
        except InvalidInput as problem:
            return _Reading(fault=str(problem))
        return _Reading(value, warning=self._field.warning(value))


def _unsound(cell: Cell) -> str:
    if cell.error:
        return f"单元格是错误值 {cell}。请改正公式或直接填写内容。"
    if cell.uncalculated:
        return "公式没有计算结果。请用 Excel 或 WPS 打开并保存一次，或直接填写内容。"
    return f"“{cell}”已被 Excel 改写。请把该列设为文本格式后重新填写。"


def parse_rows(mapping: TableMapping, registry: Registry) -> ParsedSheet:
    """Every row below the header as values and faults; no fault is lost."""
    with without_cycle_search():
        return _parsed(mapping, registry)


def _parsed(mapping: TableMapping, registry: Registry) -> ParsedSheet:
    columns = [
        _Column(field, mapping.columns[field.name])
        for field in registry.fields
        if field.name in mapping.columns
    ]
    kept, notices = _real_rows(mapping, registry)
    rows: list[ParsedRow] = []
    for start in range(0, len(kept), _ROWS_AT_ONCE):
        rows += _parse_rows(kept[start : start + _ROWS_AT_ONCE], columns, mapping)
        for column in columns:
            column.clear()
    return ParsedSheet(mapping, tuple(_mark_twins(rows, mapping, registry)), tuple(notices))


def _real_rows(mapping: TableMapping, registry: Registry) -> tuple[list[SheetRow], list[str]]:
    """The rows that are to be read, and why the others are not."""
    kept: list[SheetRow] = []
    notices: list[str] = []
    first = next(iter(mapping.columns.values()))
    title = mapping.titles.get(first, "")
    for row in mapping.sheet.rows:
        if row.number <= mapping.header_row:
            continue
        plain = _is_plain(row, first, title) and row.number > mapping.header_row + 1
        reason = None if plain else _why_no_row(row, mapping, registry)
        if reason:
            notices.append(f"第 {row.number} 行{reason}，没有读取。")
        else:
            kept.append(row)
    return kept, notices


def _why_no_row(row: SheetRow, mapping: TableMapping, registry: Registry) -> str | None:
    """Empty, repeated heads, foot lines and the sample left in a template are no rows."""
    cells = row.cells
    used = [column for column in mapping.columns.values() if cells.get(column, "").strip()]
    if not used:
        return "在对应的列里没有内容"
    if all(_is_title(cells[column], mapping.titles.get(column, "")) for column in used):
        return "是重复的表头"
    if _is_sample(row, mapping, registry):
        return "是模板自带的示例"
    if _may_be_foot(row):
        return _why_foot_line(row, mapping)
    return None


def _is_sample(row: SheetRow, mapping: TableMapping, registry: Registry) -> bool:
    """Whether the row below the head is word for word the invented row of the template."""
    if row.number != mapping.header_row + 1 or len(mapping.columns) < len(registry.fields):
        return False
    return all(
        row.cells.get(mapping.columns[field.name], "") == field.sample for field in registry.fields
    )


def _may_be_foot(row: SheetRow) -> bool:
    return next(iter(row.cells.values())).lstrip(" \u3000*＊")[:1] in _FOOTER_SIGNS


def _is_plain(row: SheetRow, column: int, title: str) -> bool:
    """A quick look that settles almost every row: something is there, and it is no title."""
    text = row.cells.get(column, "")
    return len(text) > 1 and text != title and text[0] > " " and not _may_be_foot(row)


def _is_title(text: str, title: str) -> bool:
    return text == title or (len(text) < 40 and header_key(text) == header_key(title))


def _why_foot_line(row: SheetRow, mapping: TableMapping) -> str | None:
    first = header_key(next(iter(row.cells.values())))
    own = sum(not is_merged(cell) for cell in row.cells.values())
    if first.startswith(_FOOTERS) and own <= max(2, len(mapping.columns) // 3):
        return "是表尾的合计或说明"
    return None


def _parse_rows(
    rows: list[SheetRow], columns: list[_Column], mapping: TableMapping
) -> Iterator[ParsedRow]:
    """Column after column, which is much faster; rows with anything odd are read one by one."""
    names = [column.name for column in columns]
    by_column = [[column[row.cells.get(column.column, "")] for row in rows] for column in columns]
    for row, values in zip(rows, zip(*by_column, strict=True), strict=True):
        is_plain = set(map(type, row.cells.values())) == _ONLY_TEXT
        if is_plain and _UNKNOWN not in values:
            found = dict(zip(names, values, strict=True))
            yield ParsedRow(row.number, found, row.cells, mapping.columns)
        else:
            yield _parse_row(row, columns, mapping)


def _parse_row(row: SheetRow, columns: list[_Column], mapping: TableMapping) -> ParsedRow:
    values: dict[str, Value] = {}
    remarks: list[tuple[_Column, _Reading]] = []
    for column in columns:
        reading = column.read(row.cells.get(column.column, ""))
        if reading.fault or reading.warning:
            remarks.append((column, reading))
        if not reading.fault:
            values[column.name] = reading.value
    faults = tuple(_fault(row, column, met.fault) for column, met in remarks if met.fault)
    warnings = tuple(_fault(row, column, met.warning) for column, met in remarks if met.warning)
    return ParsedRow(row.number, values, row.cells, mapping.columns, faults, warnings)


def _fault(row: SheetRow, column: _Column, reason: str) -> Fault:
    met = row.cells.get(column.column, "")
    return Fault(place(column.column, row.number), column.label, met, reason)


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
        fault = Fault(place(column, row.row), label, row.text(registry.key), reason)
        yield replace(row, faults=(fault,))

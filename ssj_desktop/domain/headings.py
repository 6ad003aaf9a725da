"""Which sheet, which head row, which column: finding a registry's table in a workbook."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cache

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import Registry
from ssj_desktop.domain.sheets import Sheet, SheetRow, Workbook, column_letters

HEADER_SEARCH_ROWS = 30
_LEAST_HEADERS = 2
_NOISE = re.compile(r"[\s*＊:：\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class TableMapping:
    """Where a registry's fields stand in a sheet: field name → column."""

    sheet: Sheet
    header_row: int
    columns: Mapping[str, int]
    titles: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the clerk chose or the office remembers about a foreign table.

    ``learned`` knows fields by the key of a foreign title; ``columns`` sets fields of this one
    sheet to a column, or to None for "not there".
    """

    sheet: str | None = None
    header_row: int | None = None
    columns: Mapping[str, int | None] = field(default_factory=dict)
    learned: Mapping[str, str] = field(default_factory=dict)


NO_CHOICE = Choice()


def header_key(title: str) -> str:
    """A column title made comparable: width, blanks, stars and colons do not matter."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", title)).upper()


def find_table(workbook: Workbook, registry: Registry, choice: Choice = NO_CHOICE) -> TableMapping:
    """The sheet and header row that name the registry's columns best, or that were chosen.

    InvalidInput names the needed columns that are missing and the titles that were found.
    """
    best = best_table(workbook, registry, choice)
    if best is None:
        raise InvalidInput(
            f"“{workbook.name}”里没有找到{registry.label}的表头。",
            f"表头要有“{'”“'.join(needed_labels(registry))}”等列；可先下载导入模板。",
        )
    missing = missing_labels(best, registry)
    if missing:
        found = "、".join(best.titles[column] for column in sorted(best.titles))
        raise InvalidInput(
            f"工作表“{best.sheet.name}”缺少“{'”“'.join(missing)}”列（第 {best.header_row} 行现有：{found}）。",
            "请补上该列，或把表头改成模板中的名称后再导入。",
        )
    return best


def best_table(
    workbook: Workbook, registry: Registry, choice: Choice = NO_CHOICE
) -> TableMapping | None:
    """The best guess, or what was chosen, even when needed columns are missing."""
    sheets = [
        sheet
        for sheet in workbook.sheets
        if choice.sheet == sheet.name or (choice.sheet is None and not sheet.hidden)
    ]
    candidates = [
        mapping
        for sheet in sheets
        for mapping in _candidates(sheet, registry, choice)
        if choice.header_row in (None, mapping.header_row)
    ]
    if not candidates:
        candidates = list(_chosen_head(sheets, choice))
    if not candidates:
        return None
    best = max(candidates, key=lambda mapping: (_score(mapping, registry), -mapping.header_row))
    return _corrected(best, choice)


def _chosen_head(sheets: list[Sheet], choice: Choice) -> Iterator[TableMapping]:
    """The row that was pointed at, although it has no known title."""
    for sheet in sheets[:1]:
        for row in sheet.rows:
            if row.number == choice.header_row:
                yield TableMapping(sheet, row.number, {}, _titles(row.cells))


def _corrected(mapping: TableMapping, choice: Choice) -> TableMapping:
    """Fields set by hand win; a column taken by hand leaves the field it had."""
    if not choice.columns:
        return mapping
    taken = {column for column in choice.columns.values() if column is not None}
    columns = {
        name: column
        for name, column in mapping.columns.items()
        if name not in choice.columns and column not in taken
    }
    columns |= {name: column for name, column in choice.columns.items() if column is not None}
    return replace(mapping, columns=columns)


def learned_titles(mapping: TableMapping, registry: Registry) -> dict[str, str]:
    """Titles that name a field only because somebody said so, to be remembered by the office."""
    own = match_titles(mapping.titles, registry, {})
    return {
        header_key(mapping.titles[column]): name
        for name, column in mapping.columns.items()
        if own.get(name) != column and header_key(mapping.titles.get(column, ""))
    }


def needed(registry: Registry) -> set[str]:
    """Fields whose column must be there."""
    return {field.name for field in registry.fields if field.required} | {registry.key}


def needed_labels(registry: Registry) -> list[str]:
    return [field.label for field in registry.fields if field.name in needed(registry)]


def missing_labels(mapping: TableMapping, registry: Registry) -> list[str]:
    """Labels of needed fields without a column."""
    missing = needed(registry) - set(mapping.columns)
    return [field.label for field in registry.fields if field.name in missing]


def _score(mapping: TableMapping, registry: Registry) -> tuple[int, int]:
    return len(needed(registry) & set(mapping.columns)), len(mapping.columns)


def _candidates(sheet: Sheet, registry: Registry, choice: Choice) -> Iterator[TableMapping]:
    above: SheetRow | None = None
    for row in sheet.rows[:HEADER_SEARCH_ROWS]:
        columns = match_titles(row.cells, registry, choice.learned)
        if len(columns) >= _LEAST_HEADERS:
            yield TableMapping(sheet, row.number, columns, _titles(row.cells))
            if above is not None:
                upper = match_titles(above.cells, registry, choice.learned)
                both = {**upper, **columns}
                if len(both) > len(columns) and len(set(both.values())) == len(both):
                    yield TableMapping(
                        sheet, row.number, both, _titles({**above.cells, **row.cells})
                    )
        above = row


def _titles(cells: Mapping[int, str]) -> dict[int, str]:
    return {column: " ".join(text.split()) for column, text in cells.items() if text.strip()}


def match_titles(
    cells: Mapping[int, str], registry: Registry, learned: Mapping[str, str]
) -> dict[str, int]:
    """Labels win over what was learned, that over aliases; a column serves one field."""
    titles = {column: header_key(text) for column, text in sorted(cells.items())}
    columns: dict[str, int] = {}
    for rank in range(3):
        for one in registry.fields:
            wanted = (
                _keys((one.label,)),
                {key for key, name in learned.items() if name == one.name},
                _keys(one.aliases),
            )[rank]
            if one.name not in columns:
                column = _free_column(titles, wanted, set(columns.values()))
                if column is not None:
                    columns[one.name] = column
    return columns


@cache
def _keys(titles: tuple[str, ...]) -> frozenset[str]:
    """Of titles the program itself knows: they stay the same for every row of every table."""
    return frozenset(header_key(title) for title in titles)


def _free_column(titles: Mapping[int, str], wanted: AbstractSet[str], used: set[int]) -> int | None:
    for column, title in titles.items():
        if title in wanted and column not in used:
            return column
    return None


def column_note(mapping: TableMapping, field_name: str) -> str:
    """Where a field was found, e.g. "B 列 单位名称"."""
    column = mapping.columns.get(field_name)
    return "" if column is None else f"{column_letters(column)} 列 {mapping.titles.get(column, '')}"

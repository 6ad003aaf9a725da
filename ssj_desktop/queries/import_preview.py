"""What an import would do: 读取 = 新增 + 更新 + 未变 + 有误; nothing is written."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import REGISTRIES, FieldKind, Registry, Value
from ssj_desktop.domain.importing import Fault, ParsedRow, ParsedSheet
from ssj_desktop.domain.pausing import without_cycle_search
from ssj_desktop.models.bulk import stored
from ssj_desktop.models.registries import registry_table
from ssj_desktop.queries.office import find_setting
from ssj_desktop.queries.registries import RegistryRow, list_rows

NEW, CHANGED, UNCHANGED, FAULTY = "新增", "更新", "未变", "有误"
LEARNED_SETTING = "import_titles_"
_NO_CHANGE: Mapping[str, tuple[str, str]] = {}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What an import would do with one row of the sheet; ``known`` is its row in the store."""

    parsed: ParsedRow
    standing: str
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    known: RegistryRow | None = None

    @property
    def row(self) -> int:
        return self.parsed.row

    @property
    def values(self) -> Mapping[str, Value]:
        return self.parsed.values

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.parsed.faults

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return self.parsed.warnings

    @property
    def row_id(self) -> str | None:
        return self.known.id if self.known else None

    def text(self, field_name: str) -> str:
        """What stands in the sheet for a field."""
        return self.parsed.text(field_name)


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """读取 = 新增 + 更新 + 未变 + 有误."""

    rows: tuple[PreviewRow, ...]
    notices: tuple[str, ...]
    counts: Mapping[str, int]

    def count(self, standing: str) -> int:
        return self.counts.get(standing, 0)

    def of(self, standing: str) -> list[PreviewRow]:
        return [row for row in self.rows if row.standing == standing]

    @property
    def importable(self) -> int:
        return self.count(NEW) + self.count(CHANGED)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault of every row, those found only beside the store included."""
        return tuple(fault for row in self.rows for fault in row.faults)


def list_learned_titles(session: Session, kind: str) -> dict[str, str]:
    """Foreign column titles this office mapped before: key of the title → field."""
    names = {each.name for each in REGISTRIES[kind].fields}
    known = json.loads(find_setting(session, LEARNED_SETTING + kind, "{}"))
    return {title: name for title, name in known.items() if name in names}


def preview_import(session: Session, kind: str, parsed: ParsedSheet) -> ImportPreview:
    """Compare the rows of a sheet with the store."""
    with without_cycle_search():
        comparison = _Comparison(session, REGISTRIES[kind], parsed)
        rows = tuple([comparison.row(row) for row in parsed.rows])
    counts = Counter([row.standing for row in rows])
    return ImportPreview(rows, parsed.notices, counts)


class _Comparison:
    """Rows of the store by number, or by name where a row has none; compared as stored."""

    def __init__(self, session: Session, registry: Registry, parsed: ParsedSheet) -> None:
        self._registry = registry
        names = [each.name for each in registry.fields]
        key, name = 2 + names.index(registry.key), 2 + names.index("name")
        rows = list_rows(session, registry.kind)
        self._by_key = {row.record[key]: row for row in rows if row.record[key] is not None}
        self._by_name = {row.record[name]: row for row in rows if row.record[key] is None}
        self._seen: set[Value] = set()
        mapped = [each for each in names if each in parsed.mapping.columns]
        converters = stored(session.connection(), registry_table(registry.kind), mapped)
        self._places = [
            (each, 2 + names.index(each), parsed.mapping.columns[each], convert)
            for each, convert in zip(mapped, converters, strict=True)
        ]
        self._odd = {
            each.name for each in registry.fields if each.kind in (FieldKind.DATE, FieldKind.TAGS)
        }

    def row(self, parsed: ParsedRow) -> PreviewRow:
        if parsed.faults:
            return PreviewRow(parsed, FAULTY, _NO_CHANGE)
        key = parsed.values.get(self._registry.key)
        name = parsed.values.get("name")
        if key is None:
            if name in self._seen:
                return PreviewRow(self._nameless_twin(parsed, name), FAULTY, _NO_CHANGE)
            self._seen.add(name)
        known = self._by_name.get(name) if key is None else self._by_key.get(key)
        if known is None:
            return PreviewRow(parsed, NEW, _NO_CHANGE)
        changes = self._differences(parsed, known)
        return PreviewRow(parsed, CHANGED if changes else UNCHANGED, changes, known)

    def _nameless_twin(self, parsed: ParsedRow, name: Value) -> ParsedRow:
        """Rows without a number are told apart by name only, so a name may come once."""
        reason = "没有编号且名称重复，无法区分。请补上编号。"
        fault = Fault(f"第 {parsed.row} 行", "名称", str(name), reason)
        return replace(parsed, faults=(fault,))

    def _differences(self, parsed: ParsedRow, known: RegistryRow) -> Mapping[str, tuple[str, str]]:
        """Fields whose filled-in cell differs; an empty cell leaves what the store holds."""
        record, cells, values = known.record, parsed.cells, parsed.values
        found: dict[str, tuple[str, str]] = {}
        for name, place, column, convert in self._places:
            value = values[name]
            if value == record[place] or not cells.get(column, "").strip():
                continue
            if name in self._odd and _as_stored(value, convert) == record[place]:
                continue
            one = self._registry.field(name)
            found[name] = (one.show(known.values[name]), one.show(value))
        return found or _NO_CHANGE


def _as_stored(value: Value, convert: Callable[[Any], Any] | None) -> Any:
    if isinstance(value, date) and convert is None:
        return value.isoformat()
    return convert(value) if convert else value

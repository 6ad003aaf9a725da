"""Reading the registries: lists, one row, history, and the preview of an import."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import REGISTRIES, Registry, Value
from ssj_desktop.domain.importing import Fault, ParsedRow, ParsedSheet
from ssj_desktop.domain.vocabulary import Term
from ssj_desktop.models.registries import REGISTRY_TABLES, ImportBatch, RegistryChange


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """One row of any registry: its key, its draw id and its values by field name."""

    id: str
    code: str
    values: Mapping[str, Value]

    @property
    def name(self) -> str:
        return str(self.values["name"])


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a list shows: a search text over names, codes and pinyin initials, and exact values."""

    search: str = ""
    equals: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of a row, ready to show."""

    at: datetime
    actor: str
    reason: str
    lines: tuple[str, ...]


def list_rows(
    session: Session,
    kind: str,
    wanted: RowFilter | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[RegistryRow, ...]:
    """Rows in order of name; ``limit`` None gives all."""
    table = REGISTRY_TABLES[kind]
    query = _narrowed(_row_query(kind), kind, wanted or RowFilter())
    query = query.order_by(table.name, table.id).offset(offset).limit(limit)
    return tuple(_row(kind, row) for row in session.execute(query))


def count_rows(session: Session, kind: str, wanted: RowFilter | None = None) -> int:
    query = _narrowed(
        select(func.count()).select_from(REGISTRY_TABLES[kind]), kind, wanted or RowFilter()
    )
    return session.scalar(query) or 0


def find_row(session: Session, kind: str, row_id: str) -> RegistryRow | None:
    row = session.execute(_row_query(kind).where(REGISTRY_TABLES[kind].id == row_id)).first()
    return _row(kind, row) if row else None


def list_values(session: Session, kind: str, field_name: str) -> tuple[str, ...]:
    """The distinct non-empty values of a text field, for filters and suggestions."""
    column = _column(kind, field_name)
    rows = session.scalars(select(column).where(column.is_not(None)).distinct().order_by(column))
    return tuple(str(value) for value in rows)


def list_changes(session: Session, kind: str, row_id: str) -> tuple[ChangeRow, ...]:
    """The history of a row, newest first."""
    query = (
        select(RegistryChange)
        .where(RegistryChange.row_id == row_id, RegistryChange.registry_kind == kind)
        .order_by(RegistryChange.at.desc())
    )
    return tuple(
        ChangeRow(c.at, c.actor, c.reason, _change_lines(REGISTRIES[kind], c.before, c.after))
        for c in session.scalars(query)
    )


def _change_lines(
    registry: Registry, before: Mapping[str, str] | None, after: Mapping[str, str] | None
) -> tuple[str, ...]:
    if before is None:
        return ("入库",)
    labels = {field.name: field.label for field in registry.fields}
    return tuple(
        f"{labels[name]}：{before.get(name) or '（空）'} → {(after or {}).get(name) or '（空）'}"
        for name in labels
        if before.get(name, "") != (after or {}).get(name, "")
    )


def shown(registry: Registry, values: Mapping[str, Value]) -> dict[str, str]:
    """Values as text, for history and sheets."""
    return {f.name: f.show(values[f.name]) for f in registry.fields if f.name in values}


def _row_query(kind: str) -> Select[Any]:
    table = REGISTRY_TABLES[kind]
    columns = [_column(kind, field.name) for field in REGISTRIES[kind].fields]
    return select(table.id, table.code, *columns)


def _row(kind: str, row: Any) -> RegistryRow:
    names = (field.name for field in REGISTRIES[kind].fields)
    return RegistryRow(row[0], row[1], dict(zip(names, row[2:], strict=True)))


def _column(kind: str, field_name: str) -> ColumnElement[Any]:
    return REGISTRY_TABLES[kind].__table__.columns[field_name]


def _narrowed(query: Select[Any], kind: str, wanted: RowFilter) -> Select[Any]:
    table = REGISTRY_TABLES[kind]
    text = wanted.search.strip()
    if text:
        query = query.where(
            or_(
                table.name.contains(text, autoescape=True),
                table.code.contains(text.upper(), autoescape=True),
                table.initials.contains(text.lower(), autoescape=True),
            )
        )
    for name, value in wanted.equals.items():
        query = query.where(_column(kind, name) == value)
    return query


NEW, CHANGED, UNCHANGED, FAULTY = "新增", "更新", "未变", "有误"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What an import would do with one row of the sheet."""

    row: int
    standing: str
    values: Mapping[str, Value]
    texts: Mapping[str, str]
    changes: Mapping[str, tuple[str, str]]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    row_id: str | None


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """读取 = 新增 + 更新 + 未变 + 有误."""

    rows: tuple[PreviewRow, ...]
    notices: tuple[str, ...]

    def count(self, standing: str) -> int:
        return Counter(row.standing for row in self.rows)[standing]

    @property
    def importable(self) -> int:
        return self.count(NEW) + self.count(CHANGED)


def preview_import(session: Session, kind: str, parsed: ParsedSheet) -> ImportPreview:
    """Compare the rows of a sheet with the store; nothing is written."""
    registry = REGISTRIES[kind]
    by_key, by_name = _known_rows(session, registry)
    rows = []
    for parsed_row in parsed.rows:
        key = parsed_row.values.get(registry.key)
        name = parsed_row.values.get("name")
        known = by_key.get(key) if key is not None else by_name.get(name)
        rows.append(_preview_row(registry, parsed_row, known))
    return ImportPreview(tuple(_once_per_name(rows, registry)), parsed.notices)


def _known_rows(
    session: Session, registry: Registry
) -> tuple[dict[Value, RegistryRow], dict[Value, RegistryRow]]:
    rows = list_rows(session, registry.kind)
    by_key = {row.values[registry.key]: row for row in rows if row.values[registry.key] is not None}
    by_name = {row.values["name"]: row for row in rows if row.values[registry.key] is None}
    return by_key, by_name


def _preview_row(registry: Registry, parsed: ParsedRow, known: RegistryRow | None) -> PreviewRow:
    changes: dict[str, tuple[str, str]] = {}
    if parsed.faults:
        standing = FAULTY
    elif known is None:
        standing = NEW
    else:
        changes = _differences(registry, parsed, known)
        standing = CHANGED if changes else UNCHANGED
    return PreviewRow(
        parsed.row, standing, parsed.values, parsed.texts, changes, parsed.faults, parsed.warnings,
        known.id if known else None,
    )  # fmt: skip


def _differences(
    registry: Registry, parsed: ParsedRow, known: RegistryRow
) -> dict[str, tuple[str, str]]:
    """Fields whose filled-in cell differs; an empty cell leaves what the store holds."""
    found = {}
    for name, value in parsed.values.items():
        old = known.values[name]
        if parsed.texts[name].strip() and value != old:
            field = registry.field(name)
            found[name] = (field.show(old), field.show(value))
    return found


def _once_per_name(rows: Iterable[PreviewRow], registry: Registry) -> Iterable[PreviewRow]:
    """Rows without a number are told apart by name only, so a name may come once."""
    seen: set[Value] = set()
    for row in rows:
        name = row.values.get("name")
        numbered = row.values.get(registry.key) is not None
        if row.standing == FAULTY or numbered or name not in seen:
            if not numbered and row.standing != FAULTY:
                seen.add(name)
            yield row
            continue
        fault = Fault(
            f"第 {row.row} 行", "名称", str(name), "没有编号且名称重复，无法区分。请补上编号。"
        )
        yield PreviewRow(row.row, FAULTY, row.values, row.texts, {}, (fault,), (), None)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One import that was made."""

    id: str
    file_name: str
    at: datetime
    actor: str
    added: int
    changed: int
    reverted: bool


def list_batches(session: Session, kind: str) -> tuple[BatchRow, ...]:
    query = (
        select(ImportBatch).where(ImportBatch.registry_kind == kind).order_by(ImportBatch.at.desc())
    )
    return tuple(
        BatchRow(b.id, b.file_name, b.at, b.actor, b.added, b.changed, b.reverted_at is not None)
        for b in session.scalars(query)
    )


def count_by_status(session: Session, kind: str) -> dict[Term, int]:
    """Rows per status, for the head of the page."""
    column = _column(kind, "status")
    return dict(session.execute(select(column, func.count()).group_by(column)).all())

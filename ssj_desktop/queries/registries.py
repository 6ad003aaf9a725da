"""Reading the registries: lists, one row, history, and the preview of an import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import REGISTRIES, Registry, Value
from ssj_desktop.domain.masking import masked
from ssj_desktop.domain.vocabulary import Term
from ssj_desktop.models.bulk import loaded, plain_rows
from ssj_desktop.models.registries import (
    REGISTRY_TABLES,
    ImportBatch,
    RegistryChange,
    registry_table,
)

_LONGEST_PATTERN = 10_000  # LIKE takes 50,000 bytes


class RegistryRow:
    """One row of any registry: its key, its draw id and its values by field name.

    It keeps the record as stored and reads the values when somebody asks for them: a list of a
    hundred thousand rows is mostly never looked at.
    """

    __slots__ = ("_read", "_values", "record")

    def __init__(
        self, record: tuple[Any, ...], read: Callable[[tuple[Any, ...]], Mapping[str, Value]]
    ) -> None:
        self.record = record
        self._read = read
        self._values: Mapping[str, Value] | None = None

    @property
    def id(self) -> str:
        return str(self.record[0])

    @property
    def code(self) -> str:
        return str(self.record[1])

    @property
    def values(self) -> Mapping[str, Value]:
        if self._values is None:
            self._values = self._read(self.record)
        return self._values

    @property
    def name(self) -> str:
        return str(self.values["name"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RegistryRow) and self.record == other.record

    def __hash__(self) -> int:
        return hash(self.id)


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
    limit: int | None = None,
) -> tuple[RegistryRow, ...]:
    """Rows in order of name; ``limit`` None gives all. A table reads by the page: registry_pages."""
    table = REGISTRY_TABLES[kind]
    query = _narrowed(_row_query(kind), kind, wanted or RowFilter())
    query = query.order_by(table.name, table.id).limit(limit)
    return _registry_rows(session, kind, query)


def count_rows(session: Session, kind: str, wanted: RowFilter | None = None) -> int:
    query = _narrowed(
        select(func.count()).select_from(REGISTRY_TABLES[kind]), kind, wanted or RowFilter()
    )
    return session.scalar(query) or 0


def find_row(session: Session, kind: str, row_id: str) -> RegistryRow | None:
    rows = _registry_rows(session, kind, _row_query(kind).where(REGISTRY_TABLES[kind].id == row_id))
    return rows[0] if rows else None


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
    old, new = masked(registry, before), masked(registry, after or {})
    return tuple(
        f"{labels[name]}：{old.get(name) or '（空）'} → {new.get(name) or '（空）'}"
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


def _registry_rows(session: Session, kind: str, query: Select[Any]) -> tuple[RegistryRow, ...]:
    read = _reader(session, kind)
    return tuple([RegistryRow(record, read) for record in plain_rows(session, query)])


def _reader(session: Session, kind: str) -> Callable[[tuple[Any, ...]], Mapping[str, Value]]:
    names = [field.name for field in REGISTRIES[kind].fields]
    converters = loaded(session.connection(), registry_table(kind), names)

    def read(record: tuple[Any, ...]) -> Mapping[str, Value]:
        return {
            name: convert(raw) if convert else raw
            for name, convert, raw in zip(names, converters, record[2:], strict=True)
        }

    return read


def _column(kind: str, field_name: str) -> ColumnElement[Any]:
    return REGISTRY_TABLES[kind].__table__.columns[field_name]


def _narrowed(query: Select[Any], kind: str, wanted: RowFilter) -> Select[Any]:
    table = REGISTRY_TABLES[kind]
    text = wanted.search.strip()
    if text:
        query = query.where(_found(table, text))
    for name, value in wanted.equals.items():
        query = query.where(_column(kind, name) == value)
    return query


def _found(table: Any, text: str) -> ColumnElement[bool]:
    if len(text) > _LONGEST_PATTERN:  # a whole document pasted into the search box
        return func.instr(table.name, text) > 0
    return or_(
        table.name.contains(text, autoescape=True),
        table.code.contains(text.upper(), autoescape=True),
        table.initials.contains(text.lower(), autoescape=True),
    )


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

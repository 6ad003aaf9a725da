"""A registry as a list that may be a million rows long: the keys in order, rows by the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import REGISTRIES, Value
from ssj_desktop.models.draws import InspectorAssignment
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.registries import REGISTRY_TABLES, Target
from ssj_desktop.queries.id_array import IdArray
from ssj_desktop.queries.registries import RowFilter, _column, _narrowed, _row_query, count_rows

CHECKED_ON = "checked_on"


@dataclass(frozen=True, slots=True)
class RowOrder:
    """The order of a list: by a field, or by ``checked_on``."""

    field: str = "name"
    descending: bool = False


def list_row_ids(
    session: Session, kind: str, wanted: RowFilter | None = None, order: RowOrder | None = None
) -> IdArray:
    """The keys of a list in its order; the rows themselves come by the page."""
    table = REGISTRY_TABLES[kind]
    query = _narrowed(select(table.id), kind, wanted or RowFilter())
    query = query.order_by(*_ordering(kind, order or RowOrder()))
    return IdArray(session.scalars(query.execution_options(yield_per=10_000)))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with its keys: how many there are in all and, where there is a status, in use."""

    ids: IdArray
    whole: int
    in_use: int | None


def list_registry(
    session: Session, kind: str, wanted: RowFilter | None = None, order: RowOrder | None = None
) -> Listing:
    """Everything a registry page shows above and below its table."""
    ids = list_row_ids(session, kind, wanted, order)
    is_whole = wanted is None or not (wanted.search.strip() or wanted.equals)
    whole = len(ids) if is_whole else count_rows(session, kind)
    return Listing(ids, whole, _count_in_use(session, kind))


def _count_in_use(session: Session, kind: str) -> int | None:
    """Rows with the first status of the vocabulary: 正常, 在岗, 已认领."""
    fields = {field.name: field for field in REGISTRIES[kind].fields}
    vocabulary = fields["status"].vocabulary if "status" in fields else None
    if vocabulary is None:
        return None
    first = next(iter(vocabulary))
    return count_rows(session, kind, RowFilter(equals={"status": first}))


def _ordering(kind: str, order: RowOrder) -> tuple[ColumnElement[Any], ...]:
    """By the field, empty values last, equal ones by key; closed choices in their own order."""
    table = REGISTRY_TABLES[kind]
    key: ColumnElement[Any] = (
        _last_visit() if order.field == CHECKED_ON else _column(kind, order.field)
    )
    vocabulary = getattr(key.type, "vocabulary", None)
    if vocabulary:
        places = {term: place for place, term in enumerate(vocabulary)}
        key = case(*((key == term, place) for term, place in places.items()))
    if order.field == "name":
        tie: ColumnElement[Any] = _column(kind, "id")
        return (key.desc(), tie.desc()) if order.descending else (key, tie)
    turned = key.desc() if order.descending else key.asc()
    return (turned.nulls_last(), _column(kind, "name"), table.__table__.columns["id"])


def _last_visit() -> ColumnElement[Any]:
    visits = select(func.max(InspectionTask.visit_on)).where(InspectionTask.target_id == Target.id)
    return visits.scalar_subquery()


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of a list: its key, its draw id, its values, and a target's last visit."""

    id: str
    code: str
    values: Mapping[str, Value]
    checked_on: date | None = None

    @property
    def name(self) -> str:
        return str(self.values["name"])


def rows_by_ids(session: Session, kind: str, ids: Sequence[str]) -> tuple[ListedRow, ...]:
    """One page of rows in the order of ``ids``; a row that is gone has empty values."""
    names = [field.name for field in REGISTRIES[kind].fields]
    query = _row_query(kind).where(REGISTRY_TABLES[kind].id.in_(ids))
    found = {
        row[0]: (row[1], dict(zip(names, row[2:], strict=True))) for row in session.execute(query)
    }
    visits = _last_visits(session, ids) if kind == "targets" else {}
    empty: dict[str, Value] = dict.fromkeys(names, None)
    gone = ("", {**empty, "name": "（已不在名录中）"})
    listed = [(key, found.get(key, gone)) for key in ids]
    return tuple(ListedRow(key, code, held, visits.get(key)) for key, (code, held) in listed)


def _last_visits(session: Session, target_ids: Sequence[str]) -> dict[str, date]:
    query = (
        select(InspectionTask.target_id, func.max(InspectionTask.visit_on))
        .where(InspectionTask.target_id.in_(target_ids), InspectionTask.visit_on.is_not(None))
        .group_by(InspectionTask.target_id)
    )
    return {target: day for target, day in session.execute(query) if day}


def count_visits(session: Session, kind: str, ids: Sequence[str]) -> int:
    """How many inspection records speak of these targets or inspectors."""
    if kind == "targets":
        of_targets = select(func.count()).where(InspectionTask.target_id.in_(ids))
        return session.scalar(of_targets) or 0
    if kind != "inspectors":
        return 0
    codes = select(REGISTRY_TABLES[kind].code).where(REGISTRY_TABLES[kind].id.in_(ids))
    seats = select(func.count()).where(InspectorAssignment.inspector_code.in_(codes))
    return session.scalar(seats) or 0

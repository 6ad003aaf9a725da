"""A registry as a printed list with its date and its count."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import REGISTRIES, Field, FieldKind
from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.queries.office import find_office
from ssj_desktop.queries.registry_pages import ListedRow, rows_by_ids

PRINTED = {
    "targets": ("name", "number", "kind", "industry", "credit_class", "area", "status"),
    "inspectors": ("name", "certificate_number", "certificate_expiry", "department", "specialties", "status"),
    "items": ("number", "category", "name", "target_text", "item_class", "methods", "status"),
    "witnesses": ("name", "unit", "capacity", "outside"),
    "experts": ("name", "number", "unit", "title", "specialties", "status"),
}  # fmt: skip
_PAPER_MM, _NUMBER_MM = 261, 14
_AT_ONCE = 500


def registry_paper(session: Session, kind: str, ids: Sequence[str], today: date) -> TablePaper:
    """These rows in this order; private fields are never printed."""
    registry, office = REGISTRIES[kind], find_office(session)
    fields = [registry.field(name) for name in PRINTED[kind]]
    rows = [
        row
        for start in range(0, len(ids), _AT_ONCE)
        for row in rows_by_ids(session, kind, [*ids[start : start + _AT_ONCE]])
    ]
    body = tuple(_cells(place, row, fields) for place, row in enumerate(rows, start=1))
    return TablePaper(
        organ=office.unit,
        title=registry.label,
        head_lines=((f"打印日期：{today.isoformat()}", f"共 {len(body)} {registry.counter}"),),
        columns=(Column("序号", _NUMBER_MM, "center", "number"), *_columns(fields)),
        rows=body,
        foot_left=f"{office.unit}　　{registry.label}",
        foot_right=f"共 {len(body)} {registry.counter}",
        page_foot=registry.label,
    )


def _cells(place: int, row: ListedRow, fields: Sequence[Field]) -> tuple[str, ...]:
    texts = (field.show(row.values[field.name]).replace("\n", " ") or "—" for field in fields)
    return (str(place), *texts)


def _columns(fields: Sequence[Field]) -> list[Column]:
    """Widths in proportion to those of the fields, together as wide as the paper."""
    whole = sum(max(field.width, len(field.label) + 2) for field in fields)
    room = _PAPER_MM - _NUMBER_MM
    widths = [max(field.width, len(field.label) + 2) * room // whole for field in fields]
    widths[0] += room - sum(widths)
    return [
        Column(field.label, width, "left", "code" if field.kind is FieldKind.CODE else "text")
        for field, width in zip(fields, widths, strict=True)
    ]

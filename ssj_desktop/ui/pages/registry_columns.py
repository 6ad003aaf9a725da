"""Which columns a registry shows first, and which values are pills."""

from ssj_desktop.domain.fields import Field, FieldKind, Registry
from ssj_desktop.domain.masking import mask_text
from ssj_desktop.queries.registry_pages import CHECKED_ON, ListedRow
from ssj_desktop.ui.table_model import ColumnSpec

SHOWN = {
    "targets": ("name", "number", "credit_class", "status"),
    "inspectors": ("name", "certificate_number", "department", "specialties", "certificate_expiry", "status"),
    "items": ("name", "number", "category", "item_class", "status"),
    "witnesses": ("name", "unit", "capacity", "outside"),
    "experts": ("name", "number", "unit", "specialties", "status"),
}  # fmt: skip
TONES = {
    "正常": "ok", "在岗": "ok", "已认领": "ok", "A": "ok", "B": "neutral", "C": "warn", "D": "bad",
    "重点": "warn", "停业": "warn", "暂停": "warn", "失联": "bad", "吊销": "bad",
}  # fmt: skip
PILLS = frozenset({"status", "credit_class", "item_class"})
_WIDE, _USUAL = 11, 8
_SPARE = frozenset({"credit_class", "category", "item_class", "specialties", "capacity"})
_LISTS = frozenset({"department", "unit", "specialties", "capacity"})


def pill_tone(text: str) -> str:
    """The tone of a status or class; neutral when it has none of its own."""
    return TONES.get(text, "neutral") if text else ""


def columns_of(registry: Registry) -> list[ColumnSpec[ListedRow]]:
    """The tick boxes, the usual columns, then the others, which wait in the header's menu."""
    shown = SHOWN[registry.kind]
    rest = [field for field in registry.fields if field.name not in shown and not field.private]
    columns: list[ColumnSpec[ListedRow]] = [ColumnSpec("", lambda _row: "", 2, tick=True)]
    columns += [_column(registry.field(name)) for name in shown]
    if registry.kind == "targets":
        columns.append(ColumnSpec("最近抽查", _checked_on, 7, key=CHECKED_ON, spare=True))
    columns += [_column(field, hidden=True) for field in rest]
    return columns


def _checked_on(row: ListedRow) -> str:
    return row.checked_on.isoformat() if row.checked_on else "—"


def _em(field: Field) -> int:
    """Width in Chinese characters; codes and dates are set in narrow digits."""
    narrow = field.kind in (FieldKind.CODE, FieldKind.DATE)
    least = len(field.label) + 1
    most = _WIDE if field.name in _LISTS else _USUAL
    return max(least, field.width * 3 // 5 if narrow else min(field.width, most))


def _column(field: Field, *, hidden: bool = False) -> ColumnSpec[ListedRow]:
    def text(row: ListedRow) -> str:
        return mask_text(field.show(row.values[field.name])).replace("\n", " ") or "—"

    def tone(row: ListedRow) -> str:
        return pill_tone(field.show(row.values[field.name]))

    return ColumnSpec(
        field.label, text, _em(field), stretch=field.name == "name",
        tone=tone if field.name in PILLS else None, key=field.name, hidden=hidden,
        spare=field.name in _SPARE,
    )  # fmt: skip

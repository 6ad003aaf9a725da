"""Open conflicts as cards: what it was, what each side made of it, who and when."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.conflict_rules import (
    affects_draw,
    field_label,
    registry_of,
    table_label,
)
from ssj_desktop.domain.disclosure_rules import mask
from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.journal_names import readable
from ssj_desktop.domain.merge import DELETION, TAMPERED
from ssj_desktop.domain.operations import DELETE
from ssj_desktop.models.chain import ConflictRow
from ssj_desktop.models.rows import read_row, rule_of, table_of
from ssj_desktop.queries.journal_names import author_book
from ssj_desktop.queries.membership import find_office_root, find_roster
from ssj_desktop.queries.office import find_office

EMPTY = "（空）"


@dataclass(frozen=True, slots=True)
class Side:
    """What one device made of a field; ``operation`` names it, ``value`` is as it is stored."""

    operation: str
    value: Any
    text: str
    device: str
    device_name: str
    who: str
    is_own: bool
    removes: bool


@dataclass(frozen=True, slots=True)
class DisputedField:
    """One field with its base, which cannot be chosen, and its sides."""

    name: str
    label: str
    kind: str
    base: str
    sides: tuple[Side, ...]
    affects_draw: bool

    @property
    def is_deletion(self) -> bool:
        return self.kind == DELETION

    @property
    def is_alarm(self) -> bool:
        """Somebody wrote another content under the same name: nothing to choose, both are kept."""
        return self.kind == TAMPERED


@dataclass(frozen=True, slots=True)
class ConflictCard:
    """Everything disputed about one row."""

    table: str
    key: str
    title: str
    about: str
    fields: tuple[DisputedField, ...]
    agreed: int

    @property
    def affects_draw(self) -> bool:
        return any(field.affects_draw for field in self.fields)

    @property
    def labels(self) -> str:
        return "、".join(field.label for field in self.fields)

    @property
    def devices(self) -> tuple[str, ...]:
        """Letters of the devices on either side, this one first."""
        found = {(not s.is_own, s.device) for field in self.fields for s in field.sides}
        return tuple(device for _, device in sorted(found))


@dataclass(frozen=True, slots=True)
class _Known:
    """Names of devices by their letter, of authors by their code, and the letter of this device."""

    devices: dict[str, str]
    authors: dict[str, str]
    own: str


def list_conflicts(session: Session) -> tuple[ConflictCard, ...]:
    """One card per row; those a draw has to wait for come first."""
    rows: dict[tuple[str, str], list[ConflictRow]] = defaultdict(list)
    for row in session.scalars(select(ConflictRow).order_by(ConflictRow.tbl, ConflictRow.key)):
        rows[row.tbl, row.key].append(row)
    if not rows:
        return ()
    known = _Known(_device_names(session), author_book(session), find_office(session).device)
    cards = [_card(session, *place, found, known) for place, found in rows.items()]
    return tuple(sorted(cards, key=lambda c: (not c.affects_draw, c.about, c.title, c.key)))


def count_conflicts(session: Session) -> int:
    """Rows, not fields: what the badge says is what the list holds."""
    return len(set(session.execute(select(ConflictRow.tbl, ConflictRow.key)).all()))


def list_blocking(session: Session) -> tuple[str, ...]:
    """Titles of rows whose conflicts a draw has to wait for."""
    return tuple(card.title for card in list_conflicts(session) if card.affects_draw)


def _device_names(session: Session) -> dict[str, str]:
    if find_office_root(session) is None:
        return {}
    return {m.letter: m.name for m in find_roster(session).members.values()}


def _card(
    session: Session,
    table: str,
    key: str,
    found: list[ConflictRow],
    known: _Known,
) -> ConflictCard:
    kind = table_of(table)
    present = read_row(session.connection(), kind, key) if kind is not None else None
    fields = tuple(_field(table, row, known) for row in found)
    agreed = 0 if kind is None else len(kind.columns) - len(fields) - _unasked(kind)
    return ConflictCard(
        table, key, _title(table, key, present), table_label(table), fields, max(0, agreed)
    )


def _unasked(table: Table) -> int:
    """Columns the program keeps for itself."""
    rule = rule_of(table)
    return len(rule.growing | rule.derived)


def _title(table: str, key: str, present: dict[str, Any] | None) -> str:
    for name in ("name", "number", "title", "target_name", "account"):
        if present and present.get(name):
            return str(present[name])
    return f"{table_label(table)} {key[:8]}"


def _field(table: str, row: ConflictRow, known: _Known) -> DisputedField:
    sides = tuple(_side(table, row, side, known) for side in row.sides)
    return DisputedField(
        row.field,
        field_label(table, row.field),
        row.kind,
        value_text(table, row.field, row.base),
        tuple(sorted(sides, key=lambda side: not side.is_own)),
        affects_draw(table, row.field),
    )


def _side(table: str, row: ConflictRow, side: dict[str, Any], known: _Known) -> Side:
    device, removes = str(side.get("device") or ""), side.get("kind") == DELETE
    if row.field:
        text = value_text(table, row.field, side.get("value"))
    else:
        text = "删去" if removes else "保留并修改"
    return Side(
        operation=str(side["operation"]),
        value=side.get("value"),
        text=text,
        device=device,
        device_name=known.devices.get(device, f"{device} 机"),
        who=f"{readable(str(side.get('author') or '—'), known.authors)} · {_at(side.get('at'))}",
        is_own=device == known.own,
        removes=removes,
    )


def _at(text: Any) -> str:
    try:
        return datetime.fromisoformat(str(text)).astimezone().strftime("%m-%d %H:%M")
    except ValueError:
        return "时间不明"


def value_text(table: str, field: str, value: Any) -> str:
    """A stored value in the words of the form; private values are masked."""
    if value is None or value == "":
        return EMPTY
    known = table_of(table)
    column = None if known is None or field not in known.columns else known.columns[field]
    vocabulary = getattr(getattr(column, "type", None), "vocabulary", None)
    text = vocabulary.of(str(value)).label if vocabulary else _plain(value)
    kind = registry_of(table)
    private = kind is not None and any(
        f.name == field and f.private for f in REGISTRIES[kind].fields
    )
    return mask(text) if private else text


def _plain(value: Any) -> str:
    text = str(value)
    if text.startswith(("[", "{")):
        try:
            parsed = json.loads(text)
        except ValueError:
            return text
        if isinstance(parsed, list) and all(isinstance(each, str) for each in parsed):
            return "、".join(parsed) or EMPTY
    return text

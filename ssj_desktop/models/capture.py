"""Triggers that write one operation per changed row, generated from the tables' metadata.

They catch what ORM events miss: Core and bulk statements and any other program that has the key.
Their digest is kept; a store whose triggers were changed is refused.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, Connection, LargeBinary, Table, text

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.models.base import Base, Synced
from ssj_desktop.models.chain import APPLY, SEAL

OUTSIDE = "a write outside the desk"
PREFIX = "chain_"
_MODELS: dict[str, type[Any]] = {}
"""By the names of their tables."""


def synced(table: Table) -> Synced:
    """What the model of ``table`` declares; LOCAL when it says nothing."""
    return cast("Synced", getattr(model_of(table.name), "__synced__", Synced.LOCAL))


def model_of(name: str) -> type[Any]:
    """Looked for among all mappers once; those of a module imported later are found then."""
    if name not in _MODELS:
        mappers = Base.registry.mappers
        _MODELS.update((str(mapper.class_.__tablename__), mapper.class_) for mapper in mappers)
    return _MODELS[name]


def covered_tables() -> tuple[Table, ...]:
    """The tables whose rows the journal covers, by name."""
    tables = [Base.metadata.tables[name] for name in sorted(Base.metadata.tables)]
    return tuple(table for table in tables if synced(table) is not Synced.LOCAL)


def has_random_key(table: Table) -> bool:
    """Whether the key of a row names its insertion."""
    return bool(getattr(model_of(table.name), "__random_key__", False))


def key_of(table: Table) -> str:
    (column,) = table.primary_key.columns
    return str(column.name)


def row_json(table: Table, row: str) -> str:
    """SQL for all columns of ``row`` (``new``, ``old`` or a table) as canonical JSON."""
    parts = [f"'{column.name}', {_value(column, row)}" for column in _ordered(table)]
    return f"json_object({', '.join(parts)})"


def _ordered(table: Table) -> list[Column[Any]]:
    return sorted(table.columns, key=lambda column: column.name)


def _value(column: Column[Any], row: str) -> str:
    """JSON knows no bytes: they enter as ``~`` and hex."""
    name = f'{row}."{column.name}"'
    if isinstance(column.type, LargeBinary):
        return f"CASE WHEN {name} IS NOT NULL THEN '~' || lower(hex({name})) END"
    return name


def _changes_json(table: Table, row: str) -> str:
    """SQL for the changed columns only; the first comma is cut off."""
    parts = [
        f'CASE WHEN old."{c.name}" IS NOT new."{c.name}"'
        f" THEN ',\"{c.name}\":' || json_quote({_value(c, row)}) ELSE '' END"
        for c in _ordered(table)
    ]
    return "substr(" + " || ".join(parts) + ", 2)"


@cache
def triggers() -> Mapping[str, str]:
    """Every trigger of the chain by name; written once, every opening of a store compares them."""
    made = dict(_guards_of_the_chain())
    for table in covered_tables():
        made.update(_captures(table))
        if synced(table) is Synced.INSERT_ONLY:
            made.update(_refusals(table))
    return made


def _captures(table: Table) -> dict[str, str]:
    key = key_of(table)
    old, new = f'old."{key}"', f'new."{key}"'
    changed = " OR ".join(f'old."{c.name}" IS NOT new."{c.name}"' for c in table.columns)
    fresh = f"'{{\"new\":{{' || {_changes_json(table, 'new')} || '}},\"old\":{{' || {_changes_json(table, 'old')} || '}}}}'"
    update = _statement(table, new, "U", fresh)
    delete = _statement(table, old, "D", row_json(table, "old"))
    rekeyed = f"SELECT RAISE(ABORT, '{table.name} keys never change')"
    made = [
        *_insertions(table, new),
        _trigger(table, "update", "AFTER UPDATE", f"({changed}) AND {_CAPTURES}", *update),
        _trigger(table, "delete", "AFTER DELETE", _CAPTURES, *delete),
        _trigger(table, "rekey", "BEFORE UPDATE", f"{old} IS NOT {new}", rekeyed),
    ]
    return dict(made)


_CAPTURES = f"(SELECT mode FROM open_entry) IS NOT '{APPLY}'"
_ENTRY = f"coalesce((SELECT entry FROM open_entry), RAISE(ABORT, '{OUTSIDE}'))"
_ENTRY_NOW = "(SELECT entry FROM open_entry)"
_NEXT = "coalesce((SELECT max(seq) FROM operations), 0)"
_COUNTED = f"(SELECT stem FROM open_entry) || printf('%08x', {_NEXT} + 1)"
_INTO = "INSERT INTO operations (entry, id, tbl, key, kind, base, data)"
_NEW_HEAD = (
    "INSERT INTO row_heads (tbl, key, op) SELECT tbl, key, id FROM operations"
    " WHERE seq = (SELECT max(seq) FROM operations)"
)


def _insertions(table: Table, new: str) -> list[tuple[str, str]]:
    """A random key never seen before names its own insertion; all else takes the long way."""
    whole = _statement(table, new, "I", row_json(table, "new"))
    if not has_random_key(table):
        return [_trigger(table, "insert", "AFTER INSERT", _CAPTURES, *whole)]
    known = f"EXISTS (SELECT 1 FROM row_heads WHERE tbl = '{table.name}' AND key = {new})"
    values = f"{_ENTRY}, {new}, '{table.name}', {new}, 'I', '[]', {row_json(table, 'new')}"
    short = f"{_INTO} VALUES ({values})"
    return [
        _trigger(table, "insert", "AFTER INSERT", f"NOT {known} AND {_CAPTURES}", short),
        _trigger(table, "reinsert", "AFTER INSERT", f"{known} AND {_CAPTURES}", *whole),
    ]


def _statement(table: Table, key: str, kind: str, data: str) -> tuple[str, ...]:
    """The operation, and its id as the only head of the row."""
    row = f"tbl = '{table.name}' AND key = {key}"
    heads = f"(SELECT json_group_array(op) FROM row_heads WHERE {row})"
    if kind != "I" and has_random_key(table):
        heads = f"coalesce(nullif({heads}, '[]'), json_array({key}))"
    values = f"{_ENTRY}, {_COUNTED}, '{table.name}', {key}, '{kind}', {heads}, {data}"
    return (f"{_INTO} VALUES ({values})", f"DELETE FROM row_heads WHERE {row}", _NEW_HEAD)


def _trigger(
    table: Table, what: str, moment: str, condition: str, *statements: str
) -> tuple[str, str]:
    name = f"{PREFIX}{table.name}_{what}"
    body = "; ".join(statements)
    sql = f"CREATE TRIGGER {name} {moment} ON {table.name} WHEN {condition} BEGIN {body}; END"
    return name, sql


def _refusals(table: Table) -> dict[str, str]:
    """No change and no deletion where rows are only ever added."""
    refusal = f"SELECT RAISE(ABORT, '{table.name} is append-only')"
    return dict(
        _trigger(table, f"keeps_{act.lower()}", f"BEFORE {act}", "true", refusal)
        for act in ("UPDATE", "DELETE")
    )


def _guards_of_the_chain() -> dict[str, str]:
    """Operations leave only by sealing, segments never; nothing stays open without its entry."""
    sealing = f"(SELECT mode FROM open_entry) IS NOT '{SEAL}'"
    unwritten = (
        "NOT EXISTS (SELECT 1 FROM journal WHERE sequence = old.entry) AND old.mode <> 'seal'"
    )
    rules = (
        ("operations", "keeps_update", "BEFORE UPDATE", "true", "operations never change"),
        ("operations", "keeps_delete", "BEFORE DELETE", sealing, "operations leave by sealing"),
        ("segments", "keeps_content", "BEFORE UPDATE OF id, content", "true", "segments never change"),
        ("segments", "keeps_delete", "BEFORE DELETE", "old.state <> 'gap'", "segments are kept"),
        ("open_entry", "writes", "BEFORE DELETE", unwritten, "an act without its journal entry"),
    )  # fmt: skip
    tables = Base.metadata.tables
    return dict(
        _trigger(tables[table], what, moment, condition, f"SELECT RAISE(ABORT, '{why}')")
        for table, what, moment, condition, why in rules
    )


def adopt(connection: Connection) -> None:
    """Capture every row there is, for a store from before the chain."""
    for table in covered_tables():
        connection.exec_driver_sql(_adoption(table))
    natural = [table.name for table in covered_tables() if not has_random_key(table)]
    names = ", ".join(f"'{name}'" for name in natural)
    connection.exec_driver_sql(
        "INSERT INTO row_heads (tbl, key, op) SELECT tbl, key, id FROM operations"
        f" WHERE tbl IN ({names}) AND entry = (SELECT entry FROM open_entry)"
    )


def _adoption(table: Table) -> str:
    """Ids count on exactly as the triggers do."""
    key = f'"{key_of(table)}"'
    place = f"{_NEXT} + row_number() OVER (ORDER BY rowid)"
    id_ = f"(SELECT stem FROM open_entry) || printf('%08x', {place})"
    if has_random_key(table):
        id_ = key
    values = f"{_ENTRY_NOW}, {id_}, '{table.name}', {key}, 'I', '[]', {row_json(table, table.name)}"
    captured = f"SELECT key FROM operations WHERE tbl = '{table.name}'"
    return (
        f"{_INTO} SELECT {values} FROM {table.name} WHERE {key} NOT IN ({captured}) ORDER BY rowid"
    )


def install(connection: Connection) -> None:
    """Replace the triggers when their text differs from what this program writes."""
    wanted = triggers()
    present = _present(connection)
    ours = {name: sql for name, sql in present.items() if name.startswith(PREFIX)}
    if ours == wanted:
        return
    for name in ours:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for sql in wanted.values():
        connection.exec_driver_sql(sql)
    _remember(connection)


def remove(connection: Connection) -> None:
    """Before a migration: tables change without being captured."""
    for name in _present(connection):
        if name.startswith(PREFIX):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def refuse_changed(connection: Connection) -> None:
    """StoreRefused when the triggers are not those this program installed."""
    kept = connection.scalar(text("SELECT digest FROM capture_state"))
    if kept != _digest(_present(connection)):
        raise StoreRefused(
            "数据库里记录改动的触发器被改过，不能打开。", "请保留现场，用备份恢复并联系上级。"
        )


def _present(connection: Connection) -> dict[str, str]:
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {str(name): str(sql) for name, sql in found}


def _digest(present: dict[str, str]) -> str:
    lines = [f"{name}\n{present[name]}\n" for name in sorted(present)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _remember(connection: Connection) -> None:
    connection.exec_driver_sql("DELETE FROM capture_state")
    connection.execute(
        text("INSERT INTO capture_state (only, digest) VALUES (1, :digest)"),
        {"digest": _digest(_present(connection))},
    )

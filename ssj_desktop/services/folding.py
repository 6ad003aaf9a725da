"""Bringing rows to what the fold says: for rows edited on both sides, and after every edit of one.

Most operations stand directly on the present heads of their row and are simply applied; only the
others need the whole history of the row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from ssj_desktop.domain.merge import Conflict, FoldedRow, fold_row
from ssj_desktop.domain.operations import DELETE, INSERT, Operation
from ssj_desktop.models import rows
from ssj_desktop.models.chain import (
    APPLY,
    CAPTURE,
    ConflictRow,
    OpenEntry,
    OperationRow,
    row_digest,
)
from ssj_desktop.models.rows import rule_of, table_of
from ssj_desktop.queries.segments import Row, operations_about


@dataclass(slots=True)
class Changes:
    """What taking in operations did to the rows."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    tables: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Draft:
    """A row while operations are applied to it one after the other."""

    exists: bool
    heads: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    existed: bool = False
    replaced: bool = False
    """Whether ``values`` are the whole row, not only what changed."""

    def apply(self, operation: Operation) -> None:
        if operation.kind == DELETE:
            self.exists, self.values, self.replaced = False, {}, True
        else:
            self.exists = True
            self.replaced = self.replaced or operation.kind == INSERT
            self.values.update(operation.sets)
        self.heads = (operation.id,)


def apply_operations(session: Session, operations: Iterable[Operation]) -> Changes:
    """Apply what stands on the present heads; fold the rest. The segment is applied already."""
    changes = Changes()
    by_table: dict[str, list[Operation]] = {}
    for operation in operations:
        by_table.setdefault(operation.table, []).append(operation)
    disputed = _disputed(session)
    slow: set[Row] = set()
    for name in sorted(by_table):
        table = table_of(name)
        if table is not None:
            changes.tables.add(name)
            slow |= _apply_to(session.connection(), table, by_table[name], disputed, changes)
    fold_rows(session, slow, changes)
    return changes


def _apply_to(
    connection: Connection,
    table: Table,
    operations: list[Operation],
    disputed: set[Row],
    changes: Changes,
) -> set[Row]:
    """The rows of one table that must be folded; all others are written."""
    keys = {operation.key for operation in operations}
    heads = rows.read_heads(connection, table, keys)
    existing = rows.existing_keys(connection, table, keys)
    insert_only = rule_of(table).insert_only
    drafts: dict[str, Draft] = {}
    slow: set[str] = {key for name, key in disputed if name == table.name}
    for operation in operations:
        key = operation.key
        draft = drafts.get(key)
        if draft is None:
            there = key in existing
            draft = drafts[key] = Draft(there, heads.get(key, ()), existed=there)
        fits = operation.base == draft.heads and (operation.kind == INSERT) != draft.exists
        if key in slow or not fits or (insert_only and draft.heads):
            slow.add(key)
        else:
            draft.apply(operation)
    _write(connection, table, {k: d for k, d in drafts.items() if k not in slow}, changes)
    return {(table.name, key) for key in slow & keys}


def _write(
    connection: Connection, table: Table, drafts: dict[str, Draft], changes: Changes
) -> None:
    gone = [key for key, draft in drafts.items() if draft.existed and not draft.exists]
    fresh = [draft.values for draft in drafts.values() if draft.exists and not draft.existed]
    rows.delete_rows(connection, table, gone)
    rows.insert_rows(connection, table, fresh)
    for key, draft in drafts.items():
        if draft.existed and draft.exists:
            whole = {c.name: None for c in table.columns} if draft.replaced else {}
            rows.update_row(connection, table, key, {**whole, **draft.values})
            changes.changed += 1
    rows.write_heads(connection, table, {key: draft.heads for key, draft in drafts.items()})
    changes.added += len(fresh)
    changes.removed += len(gone)


def fold_rows(session: Session, wanted: set[Row], changes: Changes | None = None) -> None:
    """Fold rows from their whole history and write what comes out."""
    if not wanted:
        return
    session.flush()
    history = operations_about(session, wanted, (row_digest(*row) for row in wanted))
    for row in sorted(wanted):
        table = table_of(row[0])
        if table is not None:
            folded = fold_row(history[row], rule_of(table))
            _bring_to(session, table, row[1], folded, changes or Changes())


def _bring_to(
    session: Session, table: Table, key: str, folded: FoldedRow, changes: Changes
) -> None:
    connection = session.connection()
    present = rows.read_row(connection, table, key)
    wanted = folded.values and {c.name: folded.values.get(c.name) for c in table.columns}
    if present is None and wanted:
        rows.insert_rows(connection, table, [wanted])
        changes.added += 1
    elif present is not None and not wanted:
        rows.delete_rows(connection, table, [key])
        changes.removed += 1
    elif present is not None and wanted and present != wanted:
        rows.update_row(connection, table, key, wanted)
        changes.changed += 1
    rows.write_heads(connection, table, {key: folded.heads})
    _keep_conflicts(session, table.name, key, folded.conflicts)


def _keep_conflicts(
    session: Session, table: str, key: str, conflicts: tuple[Conflict, ...]
) -> None:
    session.execute(delete(ConflictRow).where(ConflictRow.tbl == table, ConflictRow.key == key))
    kept = {conflict.field: conflict for conflict in reversed(conflicts)}
    for conflict in kept.values():
        session.execute(
            insert(ConflictRow).values(
                tbl=table,
                key=key,
                field=conflict.field,
                kind=conflict.kind,
                base=conflict.base,
                sides=[_side(conflict, side) for side in conflict.sides],
            )
        )


def _side(conflict: Conflict, side: Operation) -> dict[str, Any]:
    return {
        "value": conflict.value_of(side),
        "kind": side.kind,
        "operation": side.id,
        "device": side.device,
        "author": side.author,
        "at": side.at,
    }


def refold_touched(session: Session) -> None:
    """After an act: rows it edited and about which there was a conflict are looked at again."""
    disputed = _disputed(session)
    if not disputed:
        return
    touched = session.execute(
        select(OperationRow.tbl, OperationRow.key)
        .join(OpenEntry, OpenEntry.entry == OperationRow.entry)
        .where(OpenEntry.mode == CAPTURE)
    )
    wanted = disputed & {(row.tbl, row.key) for row in touched}
    session.execute(update(OpenEntry).values(mode=APPLY))
    fold_rows(session, wanted)


def _disputed(session: Session) -> set[Row]:
    return {(r.tbl, r.key) for r in session.execute(select(ConflictRow.tbl, ConflictRow.key))}

"""Taking an import back as a whole: revertible as a batch until used in a draw (trust.md, 5).

A row is free when it stands as the import left it, whatever happened in between: a newer import
that was itself taken back no longer bars the older one, a change by hand does until it is undone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, delete, literal_column, select

from ssj_desktop.domain.draw.canonical import text_lines
from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.fields import REGISTRIES, Registry
from ssj_desktop.domain.pausing import without_cycle_search
from ssj_desktop.domain.pinyin import initials
from ssj_desktop.models.bulk import insert_many, roomy, update_many
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.plans import PlanLine
from ssj_desktop.models.registries import (
    REGISTRY_TABLES,
    ImportBatch,
    RegistryChange,
    registry_table,
)
from ssj_desktop.queries.registries import RegistryRow, list_rows, shown
from ssj_desktop.services.desk import Work
from ssj_desktop.services.registries import HISTORY_COLUMNS, parse_texts

Texts = Mapping[str, str]
_NAMED = 3
_REASON = "撤销导入"


@dataclass(frozen=True, slots=True)
class RevertImport:
    """Take the rows of one import back."""

    batch_id: str


@dataclass(frozen=True, slots=True)
class _Touched:
    """One row an import wrote; ``before`` None when the import enrolled it."""

    row: RegistryRow
    before: Texts | None
    after: Texts | None


@dataclass(frozen=True, slots=True)
class _Later:
    """What happened to a row besides the import, in order."""

    before: Texts | None
    batch: str | None


def revert_import(work: Work, command: RevertImport) -> int:
    """Undo an import as a whole; returns how many rows it had written."""
    batch = work.session.get(ImportBatch, command.batch_id)
    if batch is None or batch.reverted_at is not None:
        raise RuleViolation("这次导入已经撤销或不存在。", "请刷新后查看。")
    registry = REGISTRIES[batch.registry_kind]
    with without_cycle_search(), roomy(work.session):
        touched = _touched(work, registry, batch)
        _refuse_changed(work, registry, batch, touched)
        _refuse_used(work, registry, batch, touched)
        _delete(work, registry, batch)
        _put_back(work, registry, [each for each in touched if each.before is not None])
    batch.reverted_at = work.now
    work.note(
        "撤销导入", f"{registry.label} {batch.file_name}", registry.kind,
        batch=batch.id, rows=len(touched),
    )  # fmt: skip
    return len(touched)


def _touched(work: Work, registry: Registry, batch: ImportBatch) -> list[_Touched]:
    """The rows of the batch that are still there."""
    query = select(RegistryChange.row_id, RegistryChange.before, RegistryChange.after)
    changes = work.session.execute(query.where(RegistryChange.batch_id == batch.id)).all()
    rows = {row.id: row for row in list_rows(work.session, registry.kind)}
    return [_Touched(rows[key], before, after) for key, before, after in changes if key in rows]


def _refuse_changed(
    work: Work, registry: Registry, batch: ImportBatch, touched: Sequence[_Touched]
) -> None:
    later = _later(work, batch)
    changed = [each for each in touched if _is_changed(registry, each, later.get(each.row.id, []))]
    if not changed:
        return
    names = _names(registry, [each.row for each in changed])
    newer = _newer_import(work, changed, later)
    if newer:
        at = work.surroundings.local(newer.at).strftime("%Y-%m-%d %H:%M")
        raise RuleViolation(
            f"{names}后来又由“{newer.file_name}”（{at}）导入更新过，不能先撤销这一次。",
            "请先撤销较新的那次导入，再撤销这一次。",
        )
    raise RuleViolation(
        f"{names}导入之后改过，不能整批撤销。", "请先把这些改回导入时的内容，或逐行更正。"
    )


def _later(work: Work, batch: ImportBatch) -> dict[str, list[_Later]]:
    """Everything else that happened to rows of the batch since, in the order it was written."""
    touched = select(RegistryChange.row_id).where(RegistryChange.batch_id == batch.id)
    query = (
        select(RegistryChange.row_id, RegistryChange.before, RegistryChange.batch_id)
        .where(
            RegistryChange.row_id.in_(touched),
            RegistryChange.at >= batch.at,
            RegistryChange.batch_id.is_distinct_from(batch.id),
        )
        .order_by(RegistryChange.at, literal_column("registry_changes.rowid"))
    )
    found: dict[str, list[_Later]] = {}
    for key, before, other in work.session.execute(query):
        found.setdefault(key, []).append(_Later(before, other))
    return found


def _is_changed(registry: Registry, each: _Touched, later: Sequence[_Later]) -> bool:
    """A new row keeps no copy of itself: what it was stands in the first change after it."""
    first = later[0].before if later else None
    left = first if each.before is None else each.after
    if left is None:
        return False
    now = shown(registry, each.row.values)
    return any(now[name] != text for name, text in left.items() if name in now)


def _newer_import(
    work: Work, changed: Sequence[_Touched], later: Mapping[str, Sequence[_Later]]
) -> ImportBatch | None:
    """The newest import that still stands on one of these rows."""
    batches = {one.batch for each in changed for one in later.get(each.row.id, []) if one.batch}
    query = (
        select(ImportBatch)
        .where(ImportBatch.id.in_(batches), ImportBatch.reverted_at.is_(None))
        .order_by(ImportBatch.at.desc())
    )
    return work.session.scalars(query).first()


def _refuse_used(
    work: Work, registry: Registry, batch: ImportBatch, touched: Sequence[_Touched]
) -> None:
    added = {each.row.code: each.row for each in touched if each.before is None}
    changed = {each.row.code: each.row for each in touched if each.before is not None}
    if registry.kind == "items":
        where, used = "列入抽查计划", _planned(work, added)
    else:
        where, used = "进入抽取", _drawn(work, registry, batch, added, changed)
    if used:
        raise RuleViolation(f"{_names(registry, used)}已经{where}，不能整批撤销。", "请逐行更正。")


def _drawn(
    work: Work,
    registry: Registry,
    batch: ImportBatch,
    added: Mapping[str, RegistryRow],
    changed: Mapping[str, RegistryRow],
) -> list[RegistryRow]:
    """Rows that stand in a frozen list: new ones in any, changed ones in one frozen since."""
    file = Draw.pool_int if registry.kind == "targets" else Draw.staff_file
    found: dict[str, RegistryRow] = {}
    for content, frozen_at in work.session.execute(select(file, Draw.frozen_at)):
        rows = {**added, **changed} if frozen_at >= batch.at else added
        codes = _listed(content) if rows else set()
        found |= {code: row for code, row in rows.items() if code in codes}
    return list(found.values())


def _listed(frozen: bytes) -> set[str]:
    """Who stands in a frozen pool or staff file; an expert's line says so first."""
    lines = text_lines(frozen)[2:]
    return {line[1] if line[0] == "expert" else line[0] for line in lines if len(line) != 3}


def _planned(work: Work, added: Mapping[str, RegistryRow]) -> list[RegistryRow]:
    """Items that a line of a plan names."""
    named = {number for items in work.session.scalars(select(PlanLine.items)) for number in items}
    return [row for row in added.values() if row.values["number"] in named]


def _names(registry: Registry, rows: Iterable[RegistryRow]) -> str:
    names = sorted(row.name for row in rows)
    said = "".join(f"“{name}”" for name in names[:_NAMED])
    return said if len(names) <= _NAMED else f"{said}等 {len(names)} {registry.counter}"


def _delete(work: Work, registry: Registry, batch: ImportBatch) -> None:
    table = REGISTRY_TABLES[registry.kind]
    added = select(RegistryChange.row_id).where(
        RegistryChange.batch_id == batch.id, RegistryChange.before.is_(None)
    )
    work.session.execute(delete(table).where(table.id.in_(added)))


def _put_back(work: Work, registry: Registry, rows: Sequence[_Touched]) -> None:
    names = [field.name for field in registry.fields]
    texts = [{name: each.before.get(name, "") for name in names} for each in rows if each.before]
    values = [parse_texts(registry, each) for each in texts]
    update_many(
        work.session, registry_table(registry.kind), ["initials", "revised_at", *names],
        (
            (initials(str(old["name"])), work.now, *(old[name] for name in names), each.row.id)
            for each, old in zip(rows, values, strict=True)
        ),
    )  # fmt: skip
    insert_many(
        work.session, cast("Table", RegistryChange.__table__), HISTORY_COLUMNS, _history(work, registry, rows, texts)
    )  # fmt: skip


def _history(
    work: Work, registry: Registry, rows: Sequence[_Touched], texts: Sequence[Texts]
) -> Iterable[tuple[Any, ...]]:
    for key, each, old in zip(work.new_ids(len(rows)), rows, texts, strict=True):
        now = shown(registry, each.row.values)
        yield (key, registry.kind, each.row.id, None, work.now, work.actor.name, _REASON, now, old)

"""Keeping the registries (名录库): enrol, revise, import.

One set of use-cases serves every registry; what differs stands in ``domain/fields.py``.
"""

import csv
import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, func, insert, select, update

from ssj_desktop import places
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.fields import ITEMS, REGISTRIES, Registry, Value
from ssj_desktop.domain.headings import NO_CHOICE, Choice, find_table, learned_titles
from ssj_desktop.domain.identifiers import is_draw_id, local_id
from ssj_desktop.domain.importing import ParsedSheet, parse_rows
from ssj_desktop.domain.journal_names import people_in, row_code
from ssj_desktop.domain.pausing import without_cycle_search
from ssj_desktop.domain.pinyin import initials
from ssj_desktop.domain.sheets import Workbook
from ssj_desktop.formats.capped import never
from ssj_desktop.formats.excel.preflight import MOST_BYTES
from ssj_desktop.formats.excel.reader import read_workbook
from ssj_desktop.formats.files import read_file
from ssj_desktop.models.base import canonical_json
from ssj_desktop.models.bulk import insert_many, roomy, update_many
from ssj_desktop.models.office import Setting
from ssj_desktop.models.registries import (
    REGISTRY_TABLES,
    ImportBatch,
    RegistryChange,
    registry_table,
)
from ssj_desktop.queries.import_preview import (
    CHANGED,
    FAULTY,
    LEARNED_SETTING,
    NEW,
    UNCHANGED,
    ImportPreview,
    PreviewRow,
    list_learned_titles,
    preview_import,
)
from ssj_desktop.queries.journal_names import own_name_key
from ssj_desktop.queries.registries import RegistryRow, find_row, shown
from ssj_desktop.services.desk import Work

STARTER_ITEMS = "starter_items.csv"

_OWN_COLUMNS = ("id", "code", "initials", "enrolled_at", "revised_at")
HISTORY_COLUMNS = (
    "id", "registry_kind", "row_id", "batch_id", "at", "actor", "reason", "before", "after",
)  # fmt: skip
_LOCAL_PREFIX = {"targets": "L", "inspectors": "R", "items": "S", "witnesses": "W", "experts": "Z"}


@dataclass(frozen=True, slots=True)
class Enrol:
    """A new row, as typed texts by field name."""

    kind: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Revise:
    """Changed texts of a row and why."""

    kind: str
    row_id: str
    texts: Mapping[str, str]
    reason: str = "更正"


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that was read, before it is known which of its columns is what."""

    kind: str
    file_name: str
    sha256: str
    workbook: Workbook


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A file that was read and parsed for one registry.

    ``learned`` are foreign titles that somebody mapped; the import makes the office remember them.
    """

    kind: str
    file_name: str
    sha256: str
    parsed: ParsedSheet
    notices: tuple[str, ...]
    learned: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportRows:
    """The good rows of a file; nothing is imported when there are none."""

    file: SheetFile


@dataclass(frozen=True, slots=True)
class ImportDone:
    """What an import did."""

    batch_id: str
    preview: ImportPreview


def open_file(kind: str, path: Path, is_cancelled: Callable[[], bool] = never) -> OpenedFile:
    """Read a file for a registry; no store is touched."""
    digest = hashlib.sha256(read_file(path, MOST_BYTES)).hexdigest()
    return OpenedFile(kind, path.name, digest, read_workbook(path, is_cancelled))


def parse_file(opened: OpenedFile, choice: Choice = NO_CHOICE) -> SheetFile:
    """Find the table, or take the chosen one, and read its rows; InvalidInput without one."""
    registry = REGISTRIES[opened.kind]
    mapping = find_table(opened.workbook, registry, choice)
    parsed = parse_rows(mapping, registry)
    notices = opened.workbook.notices + parsed.notices
    learned = learned_titles(mapping, registry)
    return SheetFile(opened.kind, opened.file_name, opened.sha256, parsed, notices, learned)


def read_sheet(
    kind: str, path: Path, sheet: str | None = None, learned: Mapping[str, str] | None = None
) -> SheetFile:
    """Read and parse a file for a registry; no store is touched."""
    return parse_file(open_file(kind, path), Choice(sheet, learned=learned or {}))


def parse_texts(registry: Registry, texts: Mapping[str, str]) -> dict[str, Value]:
    """Values of a form; the first fault is raised with its label."""
    values: dict[str, Value] = {}
    for field in registry.fields:
        try:
            values[field.name] = field.parse(texts.get(field.name, ""))
        except InvalidInput as problem:
            raise InvalidInput(f"{field.label}：{problem.message}", problem.remedy) from None
    return values


def enrol(work: Work, command: Enrol) -> str:
    """Add one row (入库); the number must not be there yet."""
    registry = REGISTRIES[command.kind]
    values = parse_texts(registry, command.texts)
    _refuse_twin(work, registry, values, None)
    row_id = work.new_id()
    code = _code(values.get(registry.key), registry, work, _next_serial(work, registry.kind))
    work.session.execute(
        insert(REGISTRY_TABLES[registry.kind]).values(**_new_row(work, row_id, code, values))
    )
    _remember(work, registry, row_id, None, values, "入库", None)
    work.people.update(people_in(registry, values))
    work.note(
        "入库",
        f"{registry.noun} {values['name']}",
        registry.kind,
        code=code,
        after=_digest(work, registry, values),
    )
    return row_id


def revise(work: Work, command: Revise) -> None:
    """Change one row; the draw id stays what it was."""
    registry = REGISTRIES[command.kind]
    row = find_row(work.session, command.kind, command.row_id)
    if row is None:
        raise InvalidInput("这一行已经不在名录库里。", "请刷新后重试。")
    merged = {**shown(registry, row.values), **command.texts}
    values = parse_texts(registry, merged)
    _refuse_twin(work, registry, values, row.id)
    _store_change(work, registry, row.id, values)
    _remember(work, registry, row.id, row.values, values, command.reason, None)
    work.people.update(people_in(registry, row.values, values))
    work.note(
        "变更", f"{registry.noun} {values['name']}", registry.kind, code=row.code, reason=command.reason,
        before=_digest(work, registry, row.values), after=_digest(work, registry, values),
    )  # fmt: skip


def import_rows(work: Work, command: ImportRows) -> ImportDone:
    """Write the new and changed rows of a sheet in one transaction."""
    file = command.file
    registry = REGISTRIES[file.kind]
    preview = preview_import(work.session, file.kind, file.parsed)
    if not preview.importable:
        raise RuleViolation(
            f"没有可导入的行：{preview.count(UNCHANGED)} 行未变，{preview.count(FAULTY)} 行有误。",
            "请改好后再导入。",
        )
    batch = _open_batch(work, file, preview)
    with without_cycle_search(), roomy(work.session):
        _add_rows(work, registry, preview.of(NEW), batch)
        _change_rows(work, registry, preview.of(CHANGED), batch)
    _learn(work, file)
    counts = {standing: preview.count(standing) for standing in (NEW, CHANGED, UNCHANGED, FAULTY)}
    work.note(
        "导入",
        f"{registry.label} {file.file_name}",
        registry.kind,
        batch=batch,
        sha256=file.sha256,
        **counts,
    )
    return ImportDone(batch, preview)


def _learn(work: Work, file: SheetFile) -> None:
    """Foreign titles are known the next time without asking."""
    if not file.learned:
        return
    known = {**list_learned_titles(work.session, file.kind), **file.learned}
    setting = Setting(name=LEARNED_SETTING + file.kind, value=canonical_json(known))
    work.session.merge(setting)


def _open_batch(work: Work, file: SheetFile, preview: ImportPreview) -> str:
    batch = work.new_id()
    work.session.execute(
        insert(ImportBatch).values(
            id=batch,
            registry_kind=file.kind,
            file_name=file.file_name,
            file_sha256=file.sha256,
            at=work.now,
            actor=work.actor.name,
            added=preview.count(NEW),
            changed=preview.count(CHANGED),
            unchanged=preview.count(UNCHANGED),
            faulty=preview.count(FAULTY),
        )
    )
    return batch


def _add_rows(work: Work, registry: Registry, rows: list[PreviewRow], batch: str) -> None:
    serial = _next_serial(work, registry.kind)
    defaults = {field.name: field.default for field in registry.fields}
    names = list(defaults)
    keys = work.new_ids(len(rows))
    kind, key = registry.kind, registry.key
    fresh = (
        (
            row_id, _code(row.values.get(key), registry, work, serial + place),
            initials(str(row.values["name"])), work.now, work.now,
            *({**defaults, **row.values}).values(),
        )
        for place, (row_id, row) in enumerate(zip(keys, rows, strict=True))
    )  # fmt: skip
    insert_many(work.session, registry_table(kind), [*_OWN_COLUMNS, *names], fresh)
    _remember_many(work, kind, batch, [(row_id, None, None) for row_id in keys])


def _change_rows(work: Work, registry: Registry, rows: list[PreviewRow], batch: str) -> None:
    names = [field.name for field in registry.fields]
    changed: list[tuple[RegistryRow, dict[str, Value]]] = [
        (row.known, {**row.known.values, **{name: row.values[name] for name in row.changes}})
        for row in rows
        if row.known is not None
    ]
    update_many(
        work.session, registry_table(registry.kind), ["initials", "revised_at", *names],
        (
            (initials(str(after["name"])), work.now, *(after[name] for name in names), known.id)
            for known, after in changed
        ),
    )  # fmt: skip
    _remember_many(
        work, registry.kind, batch,
        [
            (known.id, shown(registry, known.values), shown(registry, after))
            for known, after in changed
        ],
    )  # fmt: skip


def _remember_many(
    work: Work, kind: str, batch: str, changes: Sequence[tuple[str, Any, Any]]
) -> None:
    """The history of an import; a new row needs no copy of itself beside itself."""
    insert_many(
        work.session, cast("Table", RegistryChange.__table__), HISTORY_COLUMNS,
        (
            (id_, kind, row_id, batch, work.now, work.actor.name, "导入", before, after)
            for id_, (row_id, before, after) in zip(
                work.new_ids(len(changes)), changes, strict=True
            )
        ),
    )  # fmt: skip


def load_starter_items(work: Work, command: str) -> int:
    """Fill an empty item list from the starter catalogue; returns how many items came in."""
    if work.session.scalar(select(func.count()).select_from(REGISTRY_TABLES["items"])):
        raise RuleViolation("抽查事项清单里已有事项。", "请用导入来补充。")
    text = places.resource("item_lists", command).read_text(encoding="utf-8-sig")
    rows = []
    for record in csv.DictReader(text.splitlines()):
        texts = {field.name: record.get(field.label, "") for field in ITEMS.fields}
        values = parse_texts(ITEMS, texts)
        row_id = work.new_id()
        rows.append(_new_row(work, row_id, str(values["number"]), values))
        _remember(work, ITEMS, row_id, None, values, "起始清单", None)
    work.session.execute(insert(REGISTRY_TABLES["items"]), rows)
    work.note("载入起始清单", command, "items", count=len(rows))
    return len(rows)


def _code(number: Value, registry: Registry, work: Work, serial: int) -> str:
    """The draw id: the number itself where it fits, else a local id given once, never reused."""
    if isinstance(number, str) and registry.kind != "witnesses" and is_draw_id(number):
        return number
    return local_id(_LOCAL_PREFIX[registry.kind], work.office.division, serial)


def _next_serial(work: Work, kind: str) -> int:
    """One more than every row ever enrolled, those taken back included."""
    query = select(func.count()).where(
        RegistryChange.registry_kind == kind, RegistryChange.before.is_(None)
    )
    return (work.session.scalar(query) or 0) + 1


def _new_row(work: Work, row_id: str, code: str, values: Mapping[str, Value]) -> dict[str, Any]:
    return {
        "id": row_id,
        "code": code,
        "initials": initials(str(values["name"])),
        "enrolled_at": work.now,
        "revised_at": work.now,
        **values,
    }


def _store_change(work: Work, registry: Registry, row_id: str, values: Mapping[str, Value]) -> None:
    table = REGISTRY_TABLES[registry.kind]
    fresh = {**values, "initials": initials(str(values["name"])), "revised_at": work.now}
    work.session.execute(update(table).where(table.id == row_id).values(**fresh))


def _refuse_twin(
    work: Work, registry: Registry, values: Mapping[str, Value], own: str | None
) -> None:
    key = values.get(registry.key)
    if key is None:
        return
    table = REGISTRY_TABLES[registry.kind]
    column = table.__table__.columns[registry.key]
    twin = work.session.execute(
        select(table.name).where(column == key, table.id != (own or ""))
    ).first()
    if twin:
        label = registry.field(registry.key).label
        raise InvalidInput(
            f"{label}“{key}”已在名录库中（{twin[0]}）。", "请核对，或直接修改那一行。"
        )


def _change(
    work: Work,
    registry: Registry,
    row_id: str,
    before: Mapping[str, Value] | None,
    after: Mapping[str, Value],
    reason: str,
    batch: str | None,
) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "registry_kind": registry.kind,
        "row_id": row_id,
        "batch_id": batch,
        "at": work.now,
        "actor": work.actor.name,
        "reason": reason,
        "before": None if before is None else shown(registry, before),
        "after": shown(registry, after),
    }


def _remember(
    work: Work,
    registry: Registry,
    row_id: str,
    before: Mapping[str, Value] | None,
    after: Mapping[str, Value],
    reason: str,
    batch: str | None,
) -> None:
    change = _change(work, registry, row_id, before, after, reason, batch)
    work.session.execute(insert(RegistryChange).values(**change))


def _digest(work: Work, registry: Registry, values: Mapping[str, Value]) -> str:
    lines = "".join(f"{name}\t{text}\n" for name, text in sorted(shown(registry, values).items()))
    return row_code(own_name_key(work.session), lines)

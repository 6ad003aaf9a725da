"""Showing and exporting telephone and ID numbers: only with a reason, and never unrecorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import REGISTRIES, Value
from ssj_desktop.domain.journal_names import people_in
from ssj_desktop.domain.masking import public_values
from ssj_desktop.queries.registries import RegistryRow, find_row, shown
from ssj_desktop.services.desk import Desk, Work


@dataclass(frozen=True, slots=True)
class Unmask:
    """One row of a registry and why its numbers are needed."""

    kind: str
    row_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PrivateExport:
    """A sheet with telephone numbers, and why."""

    kind: str
    rows: int
    reason: str


def unmask(work: Work, command: Unmask) -> Mapping[str, str]:
    """The whole texts of one row; the journal keeps who looked, at whom and why."""
    reason = _reason(command.reason)
    row = find_row(work.session, command.kind, command.row_id)
    if row is None:
        raise InvalidInput("这一行已经不在名录库里。", "请刷新后重试。")
    registry = REGISTRIES[command.kind]
    work.people.update(people_in(registry, row.values))
    work.note("查看完整号码", f"{registry.noun} {row.name}", code=row.code, reason=reason)
    return shown(registry, row.values)


def note_private_export(work: Work, command: PrivateExport) -> None:
    reason = _reason(command.reason)
    label = REGISTRIES[command.kind].label
    work.note("导出含联系电话的名录", label, rows=command.rows, reason=reason)


def _reason(text: str) -> str:
    if len(text.strip()) < 2:
        raise InvalidInput("没有写明理由。", "请写明为什么需要完整号码，例如：电话通知检查。")
    return text.strip()


def exported_values(
    desk: Desk, kind: str, rows: Sequence[RegistryRow], reason: str = ""
) -> list[Mapping[str, Value]]:
    """Values for a sheet: without private columns, or with them after the entry of the reason."""
    registry = REGISTRIES[kind]
    if not reason:
        return [public_values(registry, row.values) for row in rows]
    desk.do(note_private_export, PrivateExport(kind, len(rows), reason))
    return [row.values for row in rows]

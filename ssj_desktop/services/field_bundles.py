"""Field bundles (外业包): tasks go out on a laptop, results and a receipt come back.

The laptop gets an excerpt of its tasks and what they need; the lease names which tasks are its own
(docs/adr/009).
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.exchange_report import ExchangeReport
from ssj_desktop.domain.membership import MemberRecord
from ssj_desktop.domain.result_rules import EDITABLE
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.formats.attachment_files import attachments_folder
from ssj_desktop.formats.office_papers import render_pdf
from ssj_desktop.models.backups import backups_folder
from ssj_desktop.models.exchange import FieldLease
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.queries.exchanges import other_members
from ssj_desktop.queries.leases import field_paper, leases_of, why_not_erase
from ssj_desktop.queries.membership import find_roster, is_field_laptop
from ssj_desktop.queries.waiting import segments_known
from ssj_desktop.services.carrying import attested_for, finish
from ssj_desktop.services.data_place import forget_store
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.exchange import (
    FIELD,
    preview,
    seal_changes,
    take_in,
)
from ssj_desktop.services.returned_excerpts import (
    RETURNED,
    restore_tasks,
    returned_parts,
    what_came_back,
)
from ssj_desktop.services.steps import Steps, in_silence
from ssj_desktop.services.transports import (
    ATTESTED,
    EXCHANGE,
    Opened,
    open_exchange_bundle,
    write_exchange_bundle,
    write_for_laptop,
    write_with_segments,
)

_RESTORED = "局里丢失的任务已用外业机带回的副本补回"
FIELD_OUT, FIELD_RETURN, RECEIPT = "field", "field-return", "receipt"
TASK_SHEET = "papers/tasks.pdf"
_KINDS = {
    EXCHANGE: ("数据包", ""),
    FIELD_OUT: ("外业包（带出）", "导入以后就可以到现场录入，没有网络也行。"),
    FIELD_RETURN: ("外业包（交回）", "导入以后会在旁边写出回执，请带回外业机导入。"),
    RECEIPT: ("回执", "导入以后，局里已收到的录入就不必再保留在本机。"),
}


@dataclass(frozen=True, slots=True)
class LeaseTasks:
    """These tasks go out with this laptop."""

    task_ids: tuple[str, ...]
    device: str
    bundle: str


@dataclass(frozen=True, slots=True)
class ReturnLeases:
    """Everything this laptop had taken out is back."""

    device: str


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """A bundle that was taken in, and where the receipt for its sender lies, if one was due."""

    report: ExchangeReport
    receipt: Path | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A bundle that was opened and checked, and what taking it in would change."""

    kind: str
    then: str
    made: str
    tasks: int
    photos: tuple[str, ...]
    sheet: bytes | None
    report: ExchangeReport
    attachments: tuple[tuple[str, int], ...] = ()
    lost: int = 0
    """Segments its results stand on that are neither here nor in it, but of which it has a copy."""


def look_into(desk: Desk, path: Path, steps: Steps = in_silence) -> Incoming:
    """Open a bundle and rehearse it; nothing is written."""
    opened = open_exchange_bundle(desk, path, steps)
    contents, mark = opened.contents, opened.label
    if mark.kind not in _KINDS:
        raise InvalidInput(
            "这不是交换用的数据包。", "加入回复请在新电脑上导入，备案请在备案页收取。"
        )
    kind, then = _KINDS[mark.kind]
    tasks, photos = (_texts(contents.facts.get(name)) for name in ("tasks", "photos"))
    return Incoming(
        kind, then, _local(desk, mark.made), len(tasks), photos, contents.parts.get(TASK_SHEET),
        preview(desk, opened.command), contents.cargo.items, _lost(desk, opened),
    )  # fmt: skip


def _lost(desk: Desk, opened: Opened) -> int:
    heads = what_came_back(opened.contents.named(RETURNED), "").heads
    return len(heads.keys() - desk.ask(segments_known) - opened.command.segments.keys())


def _local(desk: Desk, made: str) -> str:
    """The label says UTC; the clerk reads day and minute of the office."""
    try:
        instant = datetime.fromisoformat(made)
    except ValueError:  # a day that is in no calendar, signed all the same
        return made
    return desk.surroundings.local(instant).strftime("%Y-%m-%d %H:%M")


def _texts(value: object) -> tuple[str, ...]:
    """A list of texts out of the facts of a bundle; anything else counts as none."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def lease_tasks(work: Work, command: LeaseTasks) -> None:
    """Set the soft lease; a task that is out with another laptop stays with that one."""
    member = find_roster(work.session).members.get(command.device)
    if member is None or not member.is_active:
        raise RuleViolation("这台设备不在用，不能带出任务。", "请先让它加入本单位。")
    if not command.task_ids:
        raise InvalidInput("没有选择任务。", "请至少选择一项检查任务。")
    known = {lease.task_id for lease in leases_of(work.session, command.device)}
    numbers = []
    for task_id in command.task_ids:
        task = work.session.get(InspectionTask, task_id)
        if task is None or task.state not in EDITABLE:
            raise RuleViolation("选中的任务不能再录入。", "请刷新后重新选择。")
        numbers.append(task.number)
        if task_id not in known:
            work.session.execute(
                insert(FieldLease).values(
                    id=work.new_id(), task_id=task_id, device=command.device,
                    bundle=command.bundle, made_at=work.now, made_by=work.actor.name,
                )
            )  # fmt: skip
    work.note("带出任务", member.name, "inspections", "sync", tasks=numbers, device=command.device)


def return_leases(work: Work, command: ReturnLeases) -> None:
    """The laptop has handed in: its leases end."""
    leases = leases_of(work.session, command.device)
    for lease in leases:
        lease.returned_at = work.now
    work.note("收回任务", command.device[:8], "inspections", "sync", count=len(leases))


def write_field_bundle(
    desk: Desk,
    path: Path,
    device: str,
    task_ids: Sequence[str],
    photos: Sequence[str] = (),
    with_attachments: bool = False,
    steps: Steps = in_silence,
) -> tuple[str, int]:
    """Lease the tasks and write the bundle for that laptop; SHA-256 and number of tasks.

    A computer of the office that goes along holds everything already: it gets segments as always.
    """
    member = _member(desk, device)
    bundle = desk.surroundings.chance(16).hex()
    desk.do(lease_tasks, LeaseTasks(tuple(task_ids), device, bundle))
    paper = render_pdf(desk.ask(field_paper, tuple(task_ids), photos), desk.surroundings.now())
    facts: dict[str, object] = {
        "lease": bundle, "tasks": list(task_ids), "photos": list(photos),
    }  # fmt: skip
    parts = {TASK_SHEET: paper}
    if member.role is DeviceRole.FIELD:
        return write_for_laptop(
            desk, path, member, FIELD_OUT, facts, parts,
            with_attachments=with_attachments, steps=steps,
        )  # fmt: skip
    digest, _ = write_with_segments(desk, path, [member], FIELD_OUT, facts, parts, steps)
    return digest, len(task_ids)


def write_bundle_out(
    desk: Desk, path: Path, devices: Sequence[str], steps: Steps = in_silence
) -> tuple[str, int]:
    """What this device has for the others; from a field laptop it is a return."""
    if not desk.ask(is_field_laptop):
        return write_exchange_bundle(desk, path, devices, EXCHANGE, steps)
    seal_changes(desk)
    parts = desk.ask(returned_parts)
    return write_exchange_bundle(desk, path, devices, FIELD_RETURN, steps, parts)


def bring_in(
    desk: Desk, path: Path, steps: Steps = in_silence, *, restore: bool = False
) -> BroughtIn:
    """Take in a bundle of any kind; a field return is answered with a receipt beside it.

    With ``restore`` an administrator gives the office back the tasks only the laptop still has.
    """
    opened = open_exchange_bundle(desk, path, steps)
    command, kind = opened.command, opened.label.kind
    if opened.contents.facts.get("tasks") or kind == FIELD_RETURN:
        command = replace(command, way=FIELD)
    seal_changes(desk)
    report = desk.do(take_in, command)
    if restore:
        desk.do(restore_tasks, what_came_back(opened.contents.named(RETURNED), command.peer))
        seal_changes(desk)  # a segment that does not stand on what it lets in
        again = replace(command, segments={}, records=(), haves=(), said=None, remarks=(_RESTORED,))
        report = desk.do(take_in, again)
    report = finish(desk, report, opened.cargo, 0, steps)
    if kind != FIELD_RETURN:
        return BroughtIn(report)
    desk.do(return_leases, ReturnLeases(opened.label.device))
    receipt = path.with_name(f"回执_{path.stem}.ssjb")
    _write_receipt(desk, receipt, opened.label.device, report)
    return BroughtIn(report, receipt)


def _write_receipt(desk: Desk, path: Path, device: str, report: ExchangeReport) -> None:
    """Counts and hashes of what was taken in; the heads inside are the acknowledgement.

    Of attachments every hash is named whose bytes are here, also those that came earlier.
    """
    facts: dict[str, object] = {
        "file": report.file, "sha256": report.digest, "received": report.received,
        "counts": dict(report.counts), ATTESTED: attested_for(desk, device),
    }  # fmt: skip
    write_for_laptop(desk, path, _member(desk, device), RECEIPT, facts)


def _member(desk: Desk, device: str) -> MemberRecord:
    for member in desk.ask(other_members):
        if member.device == device:
            return member
    raise RuleViolation("这台设备不在用。", "请先让它加入本单位，或查看设备名单。")


def erase_field_copy(desk: Desk) -> tuple[Path, ...]:
    """Delete the store of a field laptop with its pictures and backups, once everything is acknowledged."""
    why = desk.ask(why_not_erase)
    if why:
        raise RuleViolation(f"不能清除外业副本：{why}。", "请先导出并交回局里，再导入回执。")
    if not desk.ask(is_field_laptop):
        raise RuleViolation("只有外业机的副本可以清除。", "办公机的数据请用备份和恢复管理。")
    store = desk.database.path
    desk.close()
    folders = backups_folder(store), attachments_folder(store)
    inside = [file for folder in folders for file in sorted(folder.rglob("*"))]
    doomed = (*sorted(store.parent.glob(f"{store.name}*")), *inside)
    files = tuple(file for file in doomed if file.is_file())
    for file in files:
        file.unlink()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    forget_store(store)
    return files

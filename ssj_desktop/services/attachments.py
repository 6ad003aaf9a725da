"""Attachments: adding a photograph or a scan to a task, and 作废 of one with a reason."""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert

from ssj_desktop.domain.attachments import (
    checked_title,
    look_at,
    refuse_too_large,
    refuse_too_many,
)
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.formats.files import read_file
from ssj_desktop.formats.pictures import refuse_broken
from ssj_desktop.models.attachments import Attachment, AttachmentVoid
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.queries.attachments import AttachmentRow, attachments_of
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.inspections import editable_task

_WHOLE_VISIT = "整次检查"


@dataclass(frozen=True, slots=True)
class Attach:
    """``item`` is empty for the whole visit; ``content`` are the bytes of the file, unchanged."""

    task_id: str
    title: str
    content: bytes = field(repr=False)
    item: str = ""


@dataclass(frozen=True, slots=True)
class VoidAttachment:
    """The row stays readable, with the reason."""

    attachment_id: str
    reason: str


def read_for_attaching(path: Path) -> bytes:
    """The bytes of a file that may be attached; a picture that does not open is refused here."""
    with suppress(OSError):
        refuse_too_large(path.stat().st_size)
    content = read_file(path)
    refuse_broken(content, look_at(content).kind)
    return content


def attach(work: Work, command: Attach) -> str:
    """Keep the bytes, then the row; the key of the attachment. Results under review are closed."""
    task = editable_task(work, command.task_id)
    title, seen = checked_title(command.title), look_at(command.content)
    if command.item and command.item not in task.items:
        raise InvalidInput(f"事项 {command.item} 不属于这次检查。", "请核对事项编码。")
    _refuse_repeated(work, task, command.item, seen.sha256)
    attachment_id = work.new_id()
    work.attachments.put(command.content)
    work.session.execute(
        insert(Attachment).values(
            id=attachment_id,
            task_id=task.id,
            item_number=command.item,
            title=title,
            kind=seen.kind,
            size=seen.size,
            sha256=seen.sha256,
            taken_at=seen.taken_at,
            attached_at=work.now,
            attached_by=work.actor.name,
        )
    )
    work.note(
        "添加附件", task.number, "attachments",
        title=title, item=command.item or _WHOLE_VISIT, sha256=seen.sha256,
    )  # fmt: skip
    return attachment_id


def _refuse_repeated(work: Work, task: InspectionTask, item: str, sha256: str) -> None:
    present = attachments_of(work.session, task.id)
    refuse_too_many(len(present))
    for row in present:
        if (row.sha256, row.item) == (sha256, item):
            raise RuleViolation(f"同一个文件已经附上，标题是“{row.title}”。", "不必重复添加。")


def exported_content(desk: Desk, row: AttachmentRow) -> bytes:
    """The bytes as they were attached, EXIF and all, after the entry of who took them out.

    A damaged store takes no entry; its files can still be saved.
    """
    content = desk.attachments.get(row.sha256)
    if not desk.read_only:
        desk.do(note_attachment_export, row.id)
    return content


def note_attachment_export(work: Work, attachment_id: str) -> None:
    row = work.session.get(Attachment, attachment_id)
    if row is None:
        raise InvalidInput("找不到这个附件。", "请刷新后重试。")
    task = work.session.get(InspectionTask, row.task_id)
    subject = task.number if task is not None else row.task_id
    item = row.item_number or _WHOLE_VISIT
    work.note("导出附件", subject, title=row.title, item=item, sha256=row.sha256)


def void_attachment(work: Work, command: VoidAttachment) -> None:
    """It leaves screens and papers of the task; row, bytes and reason are kept."""
    row = work.session.get(Attachment, command.attachment_id)
    if row is None:
        raise InvalidInput("找不到这个附件。", "请刷新后重试。")
    task = editable_task(work, row.task_id)
    if row.id not in {held.id for held in attachments_of(work.session, task.id)}:
        raise RuleViolation("这个附件已经作废。", "请刷新后查看。")
    reason = command.reason.strip()
    if not reason:
        raise InvalidInput("没有写明作废理由。", "请写明理由，例如：拍错了对象。")
    work.session.execute(
        insert(AttachmentVoid).values(
            id=work.new_id(),
            attachment_id=row.id,
            reason=reason,
            voided_at=work.now,
            voided_by=work.actor.name,
        )
    )
    work.note("作废附件", task.number, "attachments", title=row.title, reason=reason)

"""Reading attachments: those of a task, and which bytes a store should have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.attachments import size_text
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.models.attachments import Attachment, AttachmentVoid
from ssj_desktop.models.inspections import InspectionTask

_SHORT = 16


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One attachment as screens and papers show it; ``item`` is empty for the whole visit."""

    id: str
    task_id: str
    task_number: str
    item: str
    title: str
    kind: AttachmentKind
    size: int
    sha256: str
    taken_at: str
    attached_at: datetime
    attached_by: str
    void_reason: str
    voided_by: str

    @property
    def is_void(self) -> bool:
        return bool(self.void_reason)

    @property
    def short_hash(self) -> str:
        return self.sha256[:_SHORT]

    @property
    def size_text(self) -> str:
        return size_text(self.size)

    @property
    def taken_text(self) -> str:
        """Marked as what it is: the camera's word."""
        return f"{self.taken_at}（照片自记）" if self.taken_at else ""


def list_attachments(
    session: Session, task_ids: Iterable[str] | None = None
) -> tuple[AttachmentRow, ...]:
    """Of these tasks, or of all; by task and in the order they were attached, void ones included."""
    query = (
        select(Attachment, InspectionTask.number)
        .outerjoin(InspectionTask, InspectionTask.id == Attachment.task_id)
        .order_by(InspectionTask.number, Attachment.attached_at, Attachment.id)
    )
    if task_ids is not None:
        query = query.where(Attachment.task_id.in_(tuple(task_ids)))
    found = session.execute(query).all()
    voids = _voids(session, [row.id for row, _ in found])
    return tuple(_row(row, number or "", voids.get(row.id)) for row, number in found)


def attachments_of(session: Session, task_id: str) -> tuple[AttachmentRow, ...]:
    """Those of one task that hold, in the order they were attached."""
    return tuple(row for row in list_attachments(session, [task_id]) if not row.is_void)


def _voids(session: Session, keys: list[str]) -> dict[str, AttachmentVoid]:
    """The first 作废 of each; two devices may void the same one."""
    query = select(AttachmentVoid).where(AttachmentVoid.attachment_id.in_(keys))
    rows = session.scalars(query.order_by(AttachmentVoid.voided_at.desc()))
    return {row.attachment_id: row for row in rows}


def _row(row: Attachment, number: str, void: AttachmentVoid | None) -> AttachmentRow:
    return AttachmentRow(
        row.id, row.task_id, number, row.item_number, row.title, row.kind, row.size, row.sha256,
        row.taken_at, row.attached_at, row.attached_by,
        void.reason if void else "", void.voided_by if void else "",
    )  # fmt: skip


def named_hashes(session: Session, task_ids: Iterable[str] | None = None) -> tuple[str, ...]:
    """Every hash the rows name, of these tasks or of all; those of void attachments too."""
    query = select(Attachment.sha256).distinct().order_by(Attachment.sha256)
    if task_ids is not None:
        query = query.where(Attachment.task_id.in_(tuple(task_ids)))
    return tuple(session.scalars(query))

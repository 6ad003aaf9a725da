"""Tables of attachments: what was photographed or scanned for which task; the bytes lie elsewhere.

The bytes are encrypted files beside the store (docs/adr/025-attachments-beside-the-store.md).
"""

from datetime import datetime

from sqlalchemy import Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.models.base import Base, Keyed, Synced, TermType, Utc


class Attachment(Keyed, Base):
    """One photograph or scan; ``item_number`` is empty when it is about the whole visit.

    ``taken_at`` is what the camera wrote into the file: a text, never a time to reckon with.
    """

    __tablename__ = "attachments"
    __synced__ = Synced.INSERT_ONLY

    task_id: Mapped[str] = mapped_column(String(36), index=True)
    item_number: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[AttachmentKind] = mapped_column(TermType(AttachmentKind))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    taken_at: Mapped[str] = mapped_column(String(32))
    attached_at: Mapped[datetime] = mapped_column(Utc)
    attached_by: Mapped[str] = mapped_column(Text)


class AttachmentVoid(Keyed, Base):
    """作废 of an attachment with its reason; row and bytes of the attachment stay."""

    __tablename__ = "attachment_voids"
    __synced__ = Synced.INSERT_ONLY

    attachment_id: Mapped[str] = mapped_column(String(36), index=True)
    reason: Mapped[str] = mapped_column(Text)
    voided_at: Mapped[datetime] = mapped_column(Utc)
    voided_by: Mapped[str] = mapped_column(Text)


class AttachmentSecret(Base):
    """From which the keys of the attachment files follow; exactly one row, made with the schema.

    It is not the data key: a change of that key need not write every photograph anew.
    """

    __tablename__ = "attachment_secret"
    __synced__ = Synced.LOCAL

    only: Mapped[int] = mapped_column(Integer, primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)

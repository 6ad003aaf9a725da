"""The secret behind the attachment files of this device."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.models.attachments import AttachmentSecret


def find_secret(session: Session) -> bytes:
    return session.scalars(select(AttachmentSecret.secret)).one()

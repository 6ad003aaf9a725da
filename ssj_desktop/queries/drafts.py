"""Drafts of unfinished forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.models.drafts import FormDraft


@dataclass(frozen=True, slots=True)
class DraftRow:
    """What was typed and when it was kept."""

    content: Mapping[str, Any]
    saved_at: datetime


def find_draft(session: Session, account: str, form: str, subject: str) -> DraftRow | None:
    query = select(FormDraft).where(
        FormDraft.account == account, FormDraft.form == form, FormDraft.subject == subject
    )
    draft = session.scalars(query).first()
    return DraftRow(draft.content, draft.saved_at) if draft else None

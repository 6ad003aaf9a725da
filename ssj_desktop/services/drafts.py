"""Drafts of unfinished forms: kept every few seconds, put back after a crash, gone when stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert

from ssj_desktop.models.drafts import FormDraft
from ssj_desktop.services.desk import Work


@dataclass(frozen=True, slots=True)
class Draft:
    """A form and the row it is about ("" for a new one); empty ``content`` drops it."""

    form: str
    subject: str
    content: Mapping[str, Any]


def keep_draft(work: Work, command: Draft) -> None:
    """Replace the draft of this account; nothing official changes, so nothing is journalled."""
    own = (
        FormDraft.account == work.actor.name,
        FormDraft.form == command.form,
        FormDraft.subject == command.subject,
    )
    work.session.execute(delete(FormDraft).where(*own))
    if command.content:
        work.session.execute(
            insert(FormDraft).values(
                id=work.new_id(),
                account=work.actor.name,
                form=command.form,
                subject=command.subject,
                content=dict(command.content),
                saved_at=work.now,
            )
        )

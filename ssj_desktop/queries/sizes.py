"""Whether there is much of something, without counting all of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.models.draws import Draw
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.registries import REGISTRY_TABLES

_COUNTED = {
    **{kind: table.code for kind, table in REGISTRY_TABLES.items()},
    "draws": Draw.number,
    "tasks": InspectionTask.number,
    "journal": JournalRow.sequence,
}


def has_more_than(session: Session, what: str, count: int) -> bool:
    """Of a registry, of ``draws``, ``tasks`` or entries of the ``journal``."""
    return session.scalar(select(_COUNTED[what]).offset(count).limit(1)) is not None

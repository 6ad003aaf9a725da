"""演练: the whole ceremony on a copy, in a store of its own, under other tags and a watermark."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.base import Base
from ssj_desktop.models.office import Setting
from ssj_desktop.models.plans import AnnualPlan, PlanLine
from ssj_desktop.models.registries import Expert, InspectionItem, Inspector, Target, Witness
from ssj_desktop.queries.office import REHEARSAL_SETTING
from ssj_desktop.services.accounts import TRIAL_COST, FoundOffice, create_store
from ssj_desktop.services.desk import Actor, Desk, Work

COPIED: tuple[type[Base], ...] = (
    Target, Inspector, InspectionItem, Witness, Expert, AnnualPlan, PlanLine,
)  # fmt: skip
Rows = Mapping[type[Base], Sequence[Mapping[str, Any]]]


def open_rehearsal(desk: Desk, folder: Path) -> Desk:
    """A rehearsal store in ``folder`` with today's registries and plans; no draw is copied.

    Its password is thrown away: it lives as long as the folder.
    """
    office = FoundOffice(desk.office.unit, desk.office.division, desk.actor.name, trial=True)
    password = f"Rehearsal-{desk.surroundings.new_id()}"
    fresh, _ = create_store(
        folder / "rehearsal.ssj", office, password, desk.surroundings, TRIAL_COST
    )
    fresh.do(furnish_rehearsal, desk.ask(_copied_rows))
    return fresh.signed_in_as(Actor(desk.actor.name, (Role.CLERK, Role.APPROVER)))


def _copied_rows(session: Session) -> Rows:
    return {
        table: [dict(row) for row in session.execute(select(*table.__table__.columns)).mappings()]
        for table in COPIED
    }


def furnish_rehearsal(work: Work, rows: Rows) -> None:
    """Fill a new rehearsal store and mark it for good."""
    for table, values in rows.items():
        work.session.execute(delete(table))
        if values:
            work.session.execute(insert(table), list(values))
    work.session.add(Setting(name=REHEARSAL_SETTING, value="1"))
    work.note("建立演练库", work.office.unit, "office")

"""What the navigation counts: rows of the registries, and what waits for somebody."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.result_rules import EDITABLE
from ssj_desktop.domain.vocabulary import DisclosureState, TaskState
from ssj_desktop.models.disclosures import Disclosure
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.queries.registries import count_rows

_SHOWN = ("targets", "inspectors", "items")
_OPEN = (DisclosureState.PREPARED, DisclosureState.ASSESSED, DisclosureState.APPROVED)


@dataclass(frozen=True, slots=True)
class NavCount:
    """A number beside an entry; ``due`` when somebody has to act."""

    count: int
    due: bool = False


def navigation_counts(session: Session) -> dict[str, NavCount]:
    """By page key; entries without a number are absent."""
    found = {kind: NavCount(count_rows(session, kind)) for kind in _SHOWN if kind in REGISTRIES}
    waiting = (*EDITABLE, TaskState.SUBMITTED)
    tasks = select(func.count()).where(InspectionTask.state.in_(waiting))
    open_ones = select(func.count()).where(Disclosure.state.in_(_OPEN))
    for key, query in (("inspections", tasks), ("disclosures", open_ones)):
        number = session.scalar(query) or 0
        if number:
            found[key] = NavCount(number, due=True)
    return found

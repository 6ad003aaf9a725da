"""What a draw leaves behind: result rows, teams, tasks, and what the record prints beside them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from ssj_desktop.domain.draw.files import DRAWN, standings
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.matching import Matching, Team
from ssj_desktop.domain.draw.outcome import Outcome
from ssj_desktop.domain.vocabulary import InspectionMethod, TaskState
from ssj_desktop.models.draws import Draw, InspectorAssignment, SelectedTarget
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.plans import AnnualPlan, PlanLine
from ssj_desktop.models.registries import Expert, Inspector, Target
from ssj_desktop.queries.accounts import small_office_note
from ssj_desktop.queries.confirmations import confirmed_note
from ssj_desktop.services.desk import Work


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to open: number, object, team, experts' ids, batch."""

    number: str
    code: str
    name: str
    team: Team | None
    experts: tuple[str, ...] = ()
    batch: int | None = None


def store_result(work: Work, row: Draw, outcome: Outcome) -> None:
    """Drawn objects, substitutes and would-be objects, their teams, and one task per object."""
    names = {entry.id: entry.name for entry in outcome.scheme.pool}
    selected = [
        {
            "id": work.new_id(), "draw_id": row.id, "target_code": identifier,
            "name": names[identifier], "stratum": stratum.code, "standing": standing,
            "position": position, "ticket": ticket,
        }
        for stratum in outcome.strata
        for standing, pairs in (
            ("drawn", stratum.drawn), ("substitute", stratum.substitutes), ("would-be", stratum.would_be)
        )
        for position, (ticket, identifier) in enumerate(pairs, start=1)
    ]  # fmt: skip
    if selected:
        work.session.execute(insert(SelectedTarget), selected)
    _store_teams(work, row, outcome)
    _open_tasks(work, row, outcome, names)


def _store_teams(work: Work, row: Draw, outcome: Outcome) -> None:
    seats = [
        {
            "id": work.new_id(), "draw_id": row.id, "target_code": team.object, "seat": seat,
            "inspector_code": officer, "leader": officer == team.leader,
        }
        for team in (outcome.matching.teams if outcome.matching else ())
        for seat, officer in enumerate(team.officers, start=1)
    ]  # fmt: skip
    if seats:
        work.session.execute(insert(InspectorAssignment), seats)


def _by_object(matching: Matching | None) -> dict[str, Team]:
    return {team.object: team for team in (matching.teams if matching else ())}


def _open_tasks(work: Work, row: Draw, outcome: Outcome, names: Mapping[str, str]) -> None:
    teams, experts = _by_object(outcome.matching), _by_object(outcome.experts)
    batch = {code: n for n, codes in enumerate(outcome.batches(), start=1) for code in codes}
    drawn = [i for i, standing in standings(outcome).items() if standing == DRAWN]
    open_tasks(
        work,
        row,
        outcome.scheme.items,
        [
            NewTask(
                f"{row.number}-{place:03d}", code, names[code], teams.get(code),
                experts[code].officers if code in experts else (), batch.get(code),
            )
            for place, code in enumerate(sorted(drawn), start=1)
        ],
    )  # fmt: skip


def open_tasks(work: Work, row: Draw, items: Iterable[str], tasks: Sequence[NewTask]) -> None:
    """One task for one object with its team."""
    targets = dict(work.session.execute(select(Target.code, Target.id)).all())
    values = [
        {
            "id": work.new_id(), "number": task.number, "draw_id": row.id,
            "target_id": targets[task.code], "target_code": task.code, "target_name": task.name,
            "items": tuple(items), "team": task.team.officers if task.team else (),
            "leader": task.team.leader if task.team else "", "state": TaskState.OPEN,
            "method": InspectionMethod.ON_SITE, "experts": task.experts or None, "batch": task.batch,
        }
        for task in tasks
    ]  # fmt: skip
    if values:
        work.session.execute(insert(InspectionTask), values)


def paper_of(work: Work, row: Draw) -> dict[str, Any]:
    """What the record prints beside the result; part of record.json and of its digest."""
    local, session = work.surroundings.local, work.session
    line = session.get_one(PlanLine, row.plan_line_id)
    plan = session.get_one(AnnualPlan, line.plan_id)
    states = Counter(
        session.scalars(
            select(Draw.state).where(
                Draw.year == row.year, Draw.device == row.device, Draw.serial < row.serial
            )
        )
    )
    inspectors = session.execute(select(Inspector.code, Inspector.name)).all()
    experts = session.execute(select(Expert.code, Expert.name)).all()
    return {
        "organ": work.office.unit,
        "title": row.title,
        "items": row.scheme["items"],
        "exclusion_notes": row.scheme.get("exclusion_notes", {}),
        "place": row.place,
        "operator": row.operator,
        "supervisor": row.supervisor,
        "panel": row.panel,
        "visit_date": row.visit_date.isoformat(),
        "frozen_at": local(row.frozen_at).isoformat(timespec="minutes"),
        "drawn_at": local(work.now).isoformat(timespec="minutes"),
        "serial": row.serial,
        "voided": states[DrawState.VOID.value],
        "unfinished": states[DrawState.FROZEN.value] + states[DrawState.OPENED.value],
        "officers": dict([*inspectors, *experts]),
        "replaces": row.replaces or "",
        "departments": [line.lead, *(line.partners or ())],
        "targeting": line.targeting.label,
        "plan": f"{plan.number} 第 {plan.version} 版",
        "ad_hoc": f"{plan.reason}（审批人 {plan.approved_by}）" if plan.ad_hoc else "",
        "confirmed": confirmed_note(session, row.id),
        "small_office": small_office_note(session),
        "sealed_until": row.sealed_until.isoformat() if row.sealed_until else "",
    }

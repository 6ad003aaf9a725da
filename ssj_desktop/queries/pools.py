"""From registry to pool: who may be drawn, who may be matched, what changed since last time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.scheme import ELIGIBLE, EVERYWHERE, EXCLUDED, Officer, PoolEntry, Seat
from ssj_desktop.domain.identifiers import clean_name
from ssj_desktop.domain.vocabulary import ExclusionReason, InspectorStatus, TargetStatus, TaskState
from ssj_desktop.models.draws import Draw, SelectedTarget
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.plans import PlanLine
from ssj_desktop.models.registries import Expert, InspectionItem, Inspector, Target
from ssj_desktop.queries.office import find_setting
from ssj_desktop.queries.plans import LineRow, conditions, filtered_targets, stratum_of

STAYS_IN_POOL = (TargetStatus.NORMAL, TargetStatus.SUSPENDED, TargetStatus.UNREACHABLE)
CEILING_SETTING, DEFAULT_CEILING = "yearly_ceiling", "2"


@dataclass(frozen=True, slots=True)
class PoolRows:
    """The entries of a pool; ``names`` and ``numbers`` find an entry for a recusal."""

    entries: tuple[PoolEntry, ...]
    by_name: Mapping[str, str]

    @property
    def eligible(self) -> int:
        return sum(entry.status == ELIGIBLE for entry in self.entries)


@dataclass(frozen=True, slots=True)
class StaffRows:
    """Officers who may be matched, recusals, and conflicts that name nobody in the pool."""

    officers: tuple[Officer, ...]
    recusals: tuple[tuple[str, str], ...]
    unresolved: tuple[str, ...]
    experts: tuple[Officer, ...] = ()


def build_pool(
    session: Session, line: LineRow, exclusions: Mapping[str, str], year: int, only: str = ""
) -> PoolRows:
    """The pool of a plan line today; what may not be drawn stays in it with a reason.

    ``only`` is the code of the one object of a single filing.
    """
    drawn = _drawn_this_year(session, line.draft.items, year)
    visits = _visits_this_year(session, year)
    ceiling = int(find_setting(session, CEILING_SETTING, DEFAULT_CEILING))
    entries: list[PoolEntry] = []
    by_name: dict[str, str] = {}
    for target in filtered_targets(session, line.draft.object_filter):
        if target.status not in STAYS_IN_POOL or (only and target.code != only):
            continue
        reason = exclusions.get(target.code) or _exclusion(target, drawn, visits, ceiling)
        entries.append(
            PoolEntry(
                target.code,
                clean_name(target.name),
                stratum_of(target, line.draft.stratify_by),
                EXCLUDED if reason else ELIGIBLE,
                reason,
                target.area or "",
            )
        )
        by_name |= {target.name: target.code, target.code: target.code}
    return PoolRows(tuple(entries), by_name)


def _exclusion(target: Target, drawn: set[str], visits: Mapping[str, int], ceiling: int) -> str:
    if target.status is not TargetStatus.NORMAL:
        return str(ExclusionReason.CLOSED.value)
    if target.code in drawn:
        return str(ExclusionReason.DRAWN_THIS_YEAR.value)
    if visits[target.code] >= ceiling:
        return str(ExclusionReason.YEARLY_CEILING.value)
    return ""


def _drawn_this_year(session: Session, items: Iterable[str], year: int) -> set[str]:
    """Targets drawn this year for one of these items (同一事项、同一对象一年一次)."""
    wanted = set(items)
    rows = session.execute(
        select(SelectedTarget.target_code, PlanLine.items)
        .join(Draw, Draw.id == SelectedTarget.draw_id)
        .join(PlanLine, PlanLine.id == Draw.plan_line_id)
        .where(Draw.year == year, SelectedTarget.standing == "drawn")
    )
    drawn = {code for code, numbers in rows if wanted & set(numbers)}
    heirs = session.execute(
        select(InspectionTask.target_code, InspectionTask.items)
        .join(Draw, Draw.id == InspectionTask.draw_id)
        .where(Draw.year == year)
    )
    return drawn | {code for code, numbers in heirs if wanted & set(numbers)}


def _visits_this_year(session: Session, year: int) -> Counter[str]:
    """Tasks per target this year, whatever the item (国办发〔2024〕54号: yearly ceiling)."""
    rows = session.execute(
        select(InspectionTask.target_code, func.count())
        .join(Draw, Draw.id == InspectionTask.draw_id)
        .where(Draw.year == year, InspectionTask.state != TaskState.REPLACED)
        .group_by(InspectionTask.target_code)
    )
    return Counter(dict(rows.all()))


def build_staff(session: Session, line: LineRow, visit: date, pool: PoolRows) -> StaffRows:
    """Active officers of the lead and partner departments with a certificate valid on the visit."""
    departments = {line.draft.lead, *line.draft.partners}
    query = select(Inspector).where(
        Inspector.status == InspectorStatus.ACTIVE, Inspector.department.in_(departments)
    )
    officers = []
    recusals: list[tuple[str, str]] = []
    unresolved: list[str] = []
    for inspector in session.scalars(query.order_by(Inspector.code)):
        if inspector.certificate_expiry and inspector.certificate_expiry < visit:
            continue
        officers.append(_officer(inspector))
        _recuse(inspector, pool, recusals, unresolved)
    experts = _experts(session, line, pool, recusals, unresolved)
    return StaffRows(tuple(officers), tuple(sorted(recusals)), tuple(unresolved), experts)


def _recuse(
    person: Inspector | Expert,
    pool: PoolRows,
    recusals: list[tuple[str, str]],
    unresolved: list[str],
) -> None:
    for conflict in person.conflicts or ():
        code = pool.by_name.get(conflict)
        if code:
            recusals.append((code, person.code))
        else:
            unresolved.append(f"{person.name}：{conflict}")


def _experts(
    session: Session,
    line: LineRow,
    pool: PoolRows,
    recusals: list[tuple[str, str]],
    unresolved: list[str],
) -> tuple[Officer, ...]:
    """Active experts, where the plan line has seats for them."""
    if not line.draft.expert_seats:
        return ()
    query = select(Expert).where(Expert.status == InspectorStatus.ACTIVE).order_by(Expert.code)
    experts = []
    for expert in session.scalars(query):
        areas = expert.areas or (EVERYWHERE,)
        experts.append(
            Officer(expert.code, expert.unit, expert.specialties or (), False, areas, expert.cap)
        )
        _recuse(expert, pool, recusals, unresolved)
    return tuple(experts)


def _officer(inspector: Inspector) -> Officer:
    return Officer(
        inspector.code,
        inspector.department,
        inspector.specialties or (),
        inspector.leader,
        inspector.areas or (EVERYWHERE,),
        inspector.cap,
    )


def seats(session: Session, line: LineRow, *, leader: bool) -> tuple[Seat, ...]:
    """Rule 6.1: lead department with the item's specialty, each partner, then free seats.

    ``leader`` demands a leader-qualified officer on the first seat.
    """
    specialties = session.scalars(
        select(InspectionItem.specialty).where(
            InspectionItem.number.in_(line.draft.items), InspectionItem.specialty.is_not(None)
        )
    ).all()
    fixed = [Seat(line.draft.lead, specialties[0] or "" if specialties else "", leader)]
    fixed += [Seat(partner) for partner in line.draft.partners]
    return (*fixed, *(Seat() for _ in range(line.draft.team_size - len(fixed))))


def pool_objects(session: Session, line: LineRow) -> tuple[tuple[str, str], ...]:
    """(code, name) of every object a single filing may name."""
    query = (
        select(Target.code, Target.name)
        .where(Target.status == TargetStatus.NORMAL, *conditions(line.draft.object_filter))
        .order_by(Target.code)
    )
    return tuple((code, name) for code, name in session.execute(query))


@dataclass(frozen=True, slots=True)
class DrawForecast:
    """What a freeze would fix, shown before it is done."""

    base: int
    eligible: int
    excluded: Mapping[str, int]
    officers: int
    recusals: int
    unresolved: tuple[str, ...]
    strata: Mapping[str, int]


def forecast(session: Session, line: LineRow, visit: date, year: int) -> DrawForecast:
    """Counts for the wizard's second step."""
    pool = build_pool(session, line, {}, year)
    staff = build_staff(session, line, visit, pool)
    excluded = Counter(entry.reason for entry in pool.entries if entry.status == EXCLUDED)
    labels = {reason.value: reason.label for reason in ExclusionReason}
    return DrawForecast(
        base=len(pool.entries),
        eligible=pool.eligible,
        excluded={labels.get(code, code): count for code, count in sorted(excluded.items())},
        officers=len(staff.officers),
        recusals=len(staff.recusals),
        unresolved=staff.unresolved,
        strata=Counter(entry.stratum for entry in pool.entries if entry.status == ELIGIBLE),
    )

"""The draw ceremony (draw rule cs1, section 1): freeze, draw, void. Nothing here can steer it."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select

from ssj_desktop import __version__
from ssj_desktop.domain.draw.files import DRAWN, standings
from ssj_desktop.domain.draw.flow import DrawState, draw_number, refuse_void, why_not_draw
from ssj_desktop.domain.draw.freezing import freeze, thaw
from ssj_desktop.domain.draw.outcome import Outcome, check_drawable, perform
from ssj_desktop.domain.draw.quota import count_eligible
from ssj_desktop.domain.draw.record import record_bytes, record_of
from ssj_desktop.domain.draw.scheme import ABSENT, DEFAULT_TEMPLATE, Scheme, StratumRule
from ssj_desktop.domain.draw.seed import commitment
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.identifiers import clean_name
from ssj_desktop.domain.permissions import refuse_same_person
from ssj_desktop.domain.vocabulary import InspectionMethod, TaskState
from ssj_desktop.models.draws import Draw, InspectorAssignment, SelectedTarget, WitnessSlip
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.plans import AnnualPlan
from ssj_desktop.models.registries import Inspector, Target
from ssj_desktop.queries import pools
from ssj_desktop.queries.journal import journal_head
from ssj_desktop.queries.plans import LIVE_STATES, LineRow, find_line
from ssj_desktop.services.desk import Work


@dataclass(frozen=True, slots=True)
class Panelist:
    """A witness: name, unit, capacity, and whether from outside the office."""

    name: str
    unit: str
    capacity: str = ""
    outside: bool = True


@dataclass(frozen=True, slots=True)
class FreezeDraw:
    """Everything fixed before a witness writes a digit.

    ``request_id`` makes a retry find the same draw; ``exclusions`` map a target code to a reason
    code; ``replaces`` names the draw that this one repeats.
    """

    request_id: str
    line_id: str
    place: str
    supervisor: str
    visit_date: date
    panel: tuple[Panelist, ...]
    exclusions: Mapping[str, str] = field(default_factory=dict)
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class PerformDraw:
    """The digits as turned together, in the order of the panel; "-" for a missing slip."""

    draw_id: str
    digits: tuple[str, ...]
    public: str = ABSENT


@dataclass(frozen=True, slots=True)
class VoidDraw:
    """作废 before the first slip, with reason, by a second person."""

    draw_id: str
    reason: str


def freeze_draw(work: Work, command: FreezeDraw) -> str:
    """Fix pool, plan and staff, take the number, seal M; returns the draw's key."""
    known = work.session.scalar(select(Draw.id).where(Draw.request_id == command.request_id))
    if known:
        work.note("重复请求", "随机抽取", request=command.request_id)
        return known
    line = _live_line(work, command.line_id)
    _check_panel(command)
    serial = _next_serial(work, work.today.year)
    number = draw_number(work.office.division, work.office.device, work.today.year, serial)
    pool = pools.build_pool(work.session, line, command.exclusions, work.today.year)
    staff = pools.build_staff(work.session, line, command.visit_date, pool)
    scheme = _scheme(work, number, line, command, pool, staff)
    _refuse_second(work, line, scheme, command.replaces)
    _refuse_empty(scheme)
    scheme = _staffed(work, line, scheme)
    return _store_frozen(work, command, line, scheme, serial)


def _live_line(work: Work, line_id: str) -> LineRow:
    line = find_line(work.session, line_id)
    plan = work.session.get(AnnualPlan, line.plan_id) if line else None
    if line is None or plan is None or plan.state not in LIVE_STATES:
        raise RuleViolation("抽取必须依据已审定的年度计划。", "请先审定计划，再冻结名录。")
    return line


def _check_panel(command: FreezeDraw) -> None:
    names = [clean_name(panelist.name) for panelist in command.panel]
    if len(names) < 2 or not all(names):
        raise InvalidInput("见证人不足 2 位。", "请至少安排 2 位见证人。")
    if len(set(names)) != len(names):
        raise InvalidInput("同一位见证人写了两次。", "请换一位见证人。")
    if not any(panelist.outside for panelist in command.panel):
        raise InvalidInput("没有外单位的见证人。", "请至少安排 1 位外单位人员。")
    if not command.place.strip():
        raise InvalidInput("没有填写抽取地点。", "请填写地点，例如：局机关三楼会议室。")


def _next_serial(work: Work, year: int) -> int:
    query = select(func.count()).where(Draw.device == work.office.device, Draw.year == year)
    return (work.session.scalar(query) or 0) + 1


def _scheme(
    work: Work,
    number: str,
    line: LineRow,
    command: FreezeDraw,
    pool: pools.PoolRows,
    staff: pools.StaffRows,
) -> Scheme:
    rules = tuple(
        StratumRule(q.code, q.mode.value, q.ratio, q.number, q.minimum, q.substitutes)
        for q in line.draft.quotas
    )
    return Scheme(
        draw=number,
        device=work.office.device,
        items=line.draft.items,
        strata=rules,
        pool=pool.entries,
        officers=staff.officers,
        recusals=staff.recusals,
        templates={DEFAULT_TEMPLATE: pools.seats(work.session, line, leader=True)},
        panel=tuple(clean_name(panelist.name) for panelist in command.panel),
        program=f"ssj {__version__}",
    )


def _staffed(work: Work, line: LineRow, scheme: Scheme) -> Scheme:
    """A leader on the first seat where there are enough; else the spec's plain seats."""
    try:
        check_drawable(scheme)
    except RuleViolation:
        plain = {DEFAULT_TEMPLATE: pools.seats(work.session, line, leader=False)}
        scheme = replace(scheme, templates=plain)
        check_drawable(scheme)
    return scheme


def _basis(line: LineRow, scheme: Scheme) -> str:
    ids = "\n".join(sorted(entry.id for entry in scheme.pool))
    return hashlib.sha256(f"{line.line_key}\n{ids}".encode()).hexdigest()


def _refuse_second(work: Work, line: LineRow, scheme: Scheme, replaces: str) -> None:
    """The same pool of the same plan line is drawn once; a redraw names the old draw."""
    query = select(Draw.number, Draw.state).where(
        Draw.pool_basis == _basis(line, scheme), Draw.state != DrawState.VOID.value
    )
    for number, state in work.session.execute(query):
        if state == DrawState.FROZEN.value:
            raise RuleViolation(
                f"同一待抽库已在 {number} 中冻结。", "请继续那一次抽取，或先作废它。"
            )
        if number != replaces:
            raise RuleViolation(
                f"同一待抽库已在 {number} 中抽取过。",
                "不能重抽；确需另行抽取的，请注明原抽取编号。",
            )


def _refuse_empty(scheme: Scheme) -> None:
    eligible = count_eligible(scheme)
    for rule in scheme.strata:
        if rule.mode == "NUMBER" and rule.number > eligible[rule.code]:
            raise RuleViolation(
                f"分层“{rule.code}”要抽 {rule.number} 家，可抽的只有 {eligible[rule.code]} 家。",
                "请减少数量，或调整计划的筛选条件。",
            )


def _store_frozen(
    work: Work, command: FreezeDraw, line: LineRow, scheme: Scheme, serial: int
) -> str:
    frozen = freeze(scheme)
    machine = work.surroundings.machine_number()
    draw_id = work.new_id()
    previous = journal_head(work.session)
    work.session.execute(
        insert(Draw).values(
            id=draw_id,
            number=scheme.draw,
            device=scheme.device,
            year=work.today.year,
            serial=serial,
            request_id=command.request_id,
            state=DrawState.FROZEN.value,
            plan_line_id=line.id,
            title=line.draft.name,
            place=command.place.strip(),
            operator=work.actor.name,
            supervisor=command.supervisor.strip(),
            visit_date=command.visit_date,
            panel=[asdict(panelist) for panelist in command.panel],
            scheme={"items": list(zip(line.draft.items, line.item_names, strict=True))},
            pool_int=frozen.pool.content,
            pool_pub=frozen.poolpub.content,
            plan_file=frozen.plan.content,
            staff_file=frozen.staff.content,
            pool_hash=frozen.pool.sha256,
            pool_basis=_basis(line, scheme),
            drift=pools.drift(work.session, line.line_key, scheme.pool),
            previous_head=previous,
            machine=machine,
            commitment=commitment(scheme.draw, frozen.pool.sha256, machine),
            frozen_at=work.now,
            replaces=command.replaces or None,
        )
    )
    hashes = {file.name: file.sha256 for file in frozen}
    work.note("冻结待抽库", scheme.draw, "draws", replaces=command.replaces, **hashes)
    return draw_id


def draw(work: Work, command: PerformDraw) -> str:
    """Slips, result, record and tasks in one transaction; a repeat returns what was drawn."""
    row = work.session.get(Draw, command.draw_id)
    if row is None:
        raise InvalidInput("找不到这次抽取。", "请刷新后重试。")
    if row.state == DrawState.DRAWN.value:
        return _same_again(work, row, command)
    if row.state != DrawState.FROZEN.value:
        raise RuleViolation(f"抽取 {row.number} 已作废。", "请重新冻结名录。")
    _check_slips(row, command)
    outcome = perform(
        thaw_scheme(row), row.previous_head, row.machine, command.digits, command.public
    )
    _store_slips(work, row, command)
    row.state, row.drawn_at, row.slips_opened_at = DrawState.DRAWN.value, work.now, work.now
    row.record = record_bytes(record_of(outcome, _paper(work, row)))
    _store_result(work, row, outcome)
    work.note(
        "抽取",
        row.number,
        "draws",
        "inspections",
        seed=outcome.seed,
        drawn=len(list(outcome.drawn_ids())),
    )
    return row.id


def thaw_scheme(row: Draw) -> Scheme:
    return thaw(row.pool_int, row.plan_file, row.staff_file, row.device)


def _same_again(work: Work, row: Draw, command: PerformDraw) -> str:
    slips = (
        select(WitnessSlip.digits)
        .where(WitnessSlip.draw_id == row.id)
        .order_by(WitnessSlip.position)
    )
    if tuple(work.session.scalars(slips)) != command.digits:
        raise RuleViolation(
            f"抽取 {row.number} 已有结果，不能用另一组数字再抽。", "请查看已有的记录表。"
        )
    work.note("重复请求", row.number)
    return row.id


def _check_slips(row: Draw, command: PerformDraw) -> None:
    if len(command.digits) != len(row.panel):
        raise InvalidInput(
            f"见证人有 {len(row.panel)} 位，收到 {len(command.digits)} 份数字。",
            "每位见证人填一份，缺席的填“-”。",
        )
    problem = why_not_draw(command.digits)
    if problem:
        raise InvalidInput(f"{problem}。", "每位见证人写 6–20 位数字，至少 2 位有效。")


def _store_slips(work: Work, row: Draw, command: PerformDraw) -> None:
    for position, (panelist, digits) in enumerate(
        zip(row.panel, command.digits, strict=True), start=1
    ):
        work.session.execute(
            insert(WitnessSlip).values(
                id=work.new_id(), draw_id=row.id, position=position, name=panelist["name"],
                digits=digits, entered_at=work.now,
            )
        )  # fmt: skip


def _paper(work: Work, row: Draw) -> dict[str, Any]:
    """What the record prints beside the result; part of record.json and of its digest."""
    local = work.surroundings.local
    years = Counter(
        work.session.scalars(
            select(Draw.state).where(
                Draw.year == row.year, Draw.device == row.device, Draw.serial <= row.serial
            )
        )
    )
    inspectors = work.session.execute(select(Inspector.code, Inspector.name))
    return {
        "organ": work.office.unit,
        "title": row.title,
        "items": row.scheme["items"],
        "place": row.place,
        "operator": row.operator,
        "supervisor": row.supervisor,
        "panel": row.panel,
        "visit_date": row.visit_date.isoformat(),
        "frozen_at": local(row.frozen_at).isoformat(timespec="minutes"),
        "drawn_at": local(work.now).isoformat(timespec="minutes"),
        "serial": row.serial,
        "voided": years[DrawState.VOID.value],
        "officers": dict(inspectors.all()),
        "replaces": row.replaces or "",
    }


def _store_result(work: Work, row: Draw, outcome: Outcome) -> None:
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


def _open_tasks(work: Work, row: Draw, outcome: Outcome, names: Mapping[str, str]) -> None:
    """One task per drawn object with its team."""
    teams = {team.object: team for team in (outcome.matching.teams if outcome.matching else ())}
    targets = dict(work.session.execute(select(Target.code, Target.id)).all())
    drawn = [i for i, standing in standings(outcome).items() if standing == DRAWN]
    tasks = []
    for place, code in enumerate(sorted(drawn), start=1):
        team = teams.get(code)
        tasks.append({
            "id": work.new_id(), "number": f"{row.number}-{place:03d}", "draw_id": row.id,
            "target_id": targets[code], "target_code": code, "target_name": names[code],
            "items": outcome.scheme.items, "team": team.officers if team else (),
            "leader": team.leader if team else "", "state": TaskState.OPEN,
            "method": InspectionMethod.ON_SITE,
        })  # fmt: skip
    if tasks:
        work.session.execute(insert(InspectionTask), tasks)


def void_draw(work: Work, command: VoidDraw) -> None:
    """Void between freeze and the first slip; the number stays consumed."""
    row = work.session.get(Draw, command.draw_id)
    if row is None:
        raise InvalidInput("找不到这次抽取。", "请刷新后重试。")
    refuse_void(DrawState.of(row.state), command.reason)
    refuse_same_person(row.operator, work.actor.name, "作废")
    row.state, row.void_reason = DrawState.VOID.value, command.reason.strip()
    row.voided_by = work.actor.name
    work.note("作废抽取", row.number, "draws", reason=command.reason)


def count_print(work: Work, draw_id: str) -> int:
    """Printing comes after the commit; reprints carry a copy number and the same hash."""
    row = work.session.get_one(Draw, draw_id)
    row.prints += 1
    work.note("打印记录表", row.number, copy=row.prints)
    return row.prints

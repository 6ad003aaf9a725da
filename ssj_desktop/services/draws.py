"""The draw ceremony (draw rule cs1, section 1): freeze, draw, void. Nothing here can steer it."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from sqlalchemy import insert, select

from ssj_desktop import __version__
from ssj_desktop.domain.draw.flow import DrawState, draw_number, refuse_void, why_not_draw
from ssj_desktop.domain.draw.freezing import freeze, thaw
from ssj_desktop.domain.draw.outcome import check_drawable, perform
from ssj_desktop.domain.draw.quota import count_eligible
from ssj_desktop.domain.draw.record import record_bytes, record_of
from ssj_desktop.domain.draw.scheme import ABSENT, DEFAULT_TEMPLATE, Scheme, Seat, StratumRule
from ssj_desktop.domain.draw.seed import check_witnesses, commitment, least_witnesses
from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.exclusions import Exclusion, read_exclusion
from ssj_desktop.domain.identifiers import clean_name
from ssj_desktop.domain.journal import FROZEN
from ssj_desktop.domain.permissions import refuse_same_person
from ssj_desktop.domain.vocabulary import Role, Targeting
from ssj_desktop.models.draws import Draw, WitnessSlip
from ssj_desktop.models.plans import AnnualPlan
from ssj_desktop.queries import pools
from ssj_desktop.queries.drift import Change, drift
from ssj_desktop.queries.journal import journal_head
from ssj_desktop.queries.plans import LIVE_STATES, LineRow, find_line
from ssj_desktop.queries.taken_numbers import next_draw_serial
from ssj_desktop.services.conflicts import refuse_open_conflicts
from ssj_desktop.services.desk import Work
from ssj_desktop.services.draw_results import paper_of, store_result
from ssj_desktop.services.frozen_files import refuse_altered
from ssj_desktop.services.machine_number import (
    machine_of,
    open_machine,
    refuse_elsewhere,
    refuse_void_elsewhere,
    seal_machine,
)


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
    of the list, with an explanation after a colon; ``replaces`` names the draw that this one repeats; ``public_source`` says where the public
    number will be read; ``only`` is the object of a single filing; ``sealed`` hides the drawn names
    until the day of the visit.
    """

    request_id: str
    line_id: str
    place: str
    supervisor: str
    visit_date: date
    panel: tuple[Panelist, ...]
    exclusions: Mapping[str, str] = field(default_factory=dict)
    replaces: str = ""
    public_source: str = ABSENT
    only: str = ""
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class EnterSlip:
    """One slip, typed while others are still missing; ``position`` counts from 1."""

    draw_id: str
    position: int
    digits: str


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


@dataclass(frozen=True, slots=True)
class UnsealDraw:
    """Show a sealed list before the day of the visit, with reason, by a second person."""

    draw_id: str
    reason: str


def freeze_draw(work: Work, command: FreezeDraw) -> str:
    """Fix pool, plan and staff, take the number, seal M; returns the draw's key."""
    known = work.session.scalar(select(Draw.id).where(Draw.request_id == command.request_id))
    if known:
        work.note("重复请求", "随机抽取", request=command.request_id)
        return known
    refuse_open_conflicts(work)
    line = _live_line(work, command.line_id)
    _check_panel(command, line)
    if work.actor.name in {clean_name(panelist.name) for panelist in command.panel}:
        raise PermissionRefused("经办人不能见证自己准备的抽取。", "请换一位见证人。")
    serial = next_draw_serial(work.session, work.today.year)
    by_hand = {code: read_exclusion(text) for code, text in command.exclusions.items()}
    reasons = {code: str(exclusion.reason.value) for code, exclusion in by_hand.items()}
    pool = pools.build_pool(work.session, line, reasons, work.today.year, _only(line, command))
    _refuse_strangers(command, pool)
    staff = pools.build_staff(work.session, line, command.visit_date, pool)
    scheme = _scheme(work, _number(work, serial), line, command, pool, staff)
    _refuse_second(work, line, scheme, command.replaces)
    _refuse_empty(scheme)
    _refuse_nobody(scheme)
    scheme = _staffed(work, line, scheme)
    return _store_frozen(work, command, line, scheme, by_hand)


def _live_line(work: Work, line_id: str) -> LineRow:
    line = find_line(work.session, line_id)
    plan = work.session.get(AnnualPlan, line.plan_id) if line else None
    if line is None or plan is None or plan.state not in LIVE_STATES:
        raise RuleViolation("抽取必须依据已审定的年度计划。", "请先审定计划，再冻结名录。")
    return line


def _number(work: Work, serial: int) -> str:
    """A rehearsal takes no number of the ledger."""
    if work.office.rehearsal:
        return f"REHEARSAL-{serial:04d}"
    return draw_number(work.office.division, work.office.device, work.today.year, serial)


def _only(line: LineRow, command: FreezeDraw) -> str:
    if line.draft.is_single_filing and not command.only:
        raise InvalidInput("没有选择备案对象。", "请从检查对象名录库中选择这一次抽取的备案项目。")
    return command.only if line.draft.is_single_filing else ""


def _refuse_strangers(command: FreezeDraw, pool: pools.PoolRows) -> None:
    strangers = set(command.exclusions) - {entry.id for entry in pool.entries}
    if strangers:
        raise InvalidInput(f"要排除的“{min(strangers)}”不在待抽库里。", "请核对编码。")


def _check_panel(command: FreezeDraw, line: LineRow) -> None:
    names = [clean_name(panelist.name) for panelist in command.panel]
    least = 1 if line.draft.is_single_filing else 2
    if len(names) < least or not all(names):
        raise InvalidInput(f"见证人不足 {least} 位。", f"请至少安排 {least} 位见证人。")
    if len(set(names)) != len(names):
        raise InvalidInput("同一位见证人写了两次。", "请换一位见证人。")
    if not any(panelist.outside for panelist in command.panel):
        raise InvalidInput("没有外单位的见证人。", "请至少安排 1 位外单位人员。")
    if not command.place.strip():
        raise InvalidInput("没有填写抽取地点。", "请填写地点，例如：局机关三楼会议室。")


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
        total=line.draft.total,
        panel=tuple(clean_name(panelist.name) for panelist in command.panel),
        public_source=command.public_source.strip() or ABSENT,
        program=f"ssj {__version__}",
        rehearsal=work.office.rehearsal,
        conditions=line.draft.object_filter if _is_directed(line) else (),
        batches=line.draft.batches,
        experts=staff.experts,
        expert_seats=tuple(Seat(specialty=word) for word in line.draft.expert_seats),
    )


def _is_directed(line: LineRow) -> bool:
    return line.draft.targeting is Targeting.DIRECTED


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
        if state in (DrawState.FROZEN.value, DrawState.OPENED.value):
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


def _refuse_nobody(scheme: Scheme) -> None:
    """Seats without a single person would otherwise be left out of the draw in silence."""
    if not scheme.officers:
        raise RuleViolation(
            "没有可以参加匹配的执法人员。", "请核对牵头部门的在岗人员和执法证有效期。"
        )
    if scheme.expert_seats and not scheme.experts:
        raise RuleViolation("计划要求专家参加，专家名录里没有可用的专家。", "请先登记专家。")


def _store_frozen(
    work: Work,
    command: FreezeDraw,
    line: LineRow,
    scheme: Scheme,
    by_hand: Mapping[str, Exclusion],
) -> str:
    frozen = freeze(scheme)
    draw_id = work.new_id()
    machine = seal_machine(work, draw_id)
    previous = journal_head(work.session)
    work.session.execute(
        insert(Draw).values(
            id=draw_id,
            number=scheme.draw,
            device=scheme.device,
            year=work.today.year,
            serial=next_draw_serial(work.session, work.today.year),
            request_id=command.request_id,
            state=DrawState.FROZEN.value,
            plan_line_id=line.id,
            title=line.draft.name,
            place=command.place.strip(),
            operator=work.actor.name,
            supervisor=command.supervisor.strip(),
            visit_date=command.visit_date,
            panel=[asdict(panelist) for panelist in command.panel],
            scheme={
                "items": list(zip(line.draft.items, line.item_names, strict=True)),
                "exclusion_notes": {code: e.note for code, e in by_hand.items() if e.note},
            },
            pool_int=frozen.pool.content,
            pool_pub=frozen.poolpub.content,
            plan_file=frozen.plan.content,
            staff_file=frozen.staff.content,
            pool_hash=frozen.pool.sha256,
            pool_basis=_basis(line, scheme),
            drift=drift(work.session, line.line_key, scheme.pool, _by_operator(work, by_hand)),
            previous_head=previous,
            machine="",
            commitment=commitment(
                scheme.draw, frozen.pool.sha256, machine, rehearsal=scheme.rehearsal
            ),
            frozen_at=work.now,
            replaces=command.replaces or None,
            public_source=scheme.public_source,
            sealed_until=command.visit_date if command.sealed else None,
        )
    )
    hashes = {file.name: file.sha256 for file in frozen}
    work.note(FROZEN, scheme.draw, "draws", replaces=command.replaces, **hashes)
    return draw_id


def _by_operator(work: Work, by_hand: Mapping[str, Exclusion]) -> dict[str, Change]:
    day = work.today.isoformat()
    return {code: Change(e.text, work.actor.name, day) for code, e in by_hand.items()}


def open_slips(work: Work, draw_id: str) -> None:
    """The slips were turned together: from here on the draw can only be continued."""
    row = _continuable(work, draw_id)
    if row.state == DrawState.FROZEN.value:
        row.state, row.slips_opened_at = DrawState.OPENED.value, work.now
    work.note("亮出纸条", row.number, "draws")


def enter_slip(work: Work, command: EnterSlip) -> None:
    """Keep one witness's digits; the last slip is entered with the draw itself."""
    row = _continuable(work, command.draw_id)
    if not 1 <= command.position <= len(row.panel):
        raise InvalidInput(f"没有第 {command.position} 位见证人。", f"共 {len(row.panel)} 位。")
    if Role.CLERK not in work.actor.roles:
        _refuse_foreign_slip(work, row, command.position)
    kept = _kept_slips(work, row)
    _refuse_other_digits(kept, {command.position: command.digits})
    if len({*kept, command.position}) == len(row.panel):
        raise RuleViolation("最后一份见证数字与抽取一起录入。", "请点“开始抽取”。")
    check_witnesses([command.digits], 0)
    if row.state == DrawState.FROZEN.value:
        row.state, row.slips_opened_at = DrawState.OPENED.value, work.now
    _store_slips(work, row, {command.position: command.digits}, kept)
    work.note("录入见证数字", row.number, "draws", position=command.position)


def _refuse_foreign_slip(work: Work, row: Draw, position: int) -> None:
    """A witness enters the own share only, and not in a draw the same person prepared."""
    refuse_same_person(row.operator, work.actor.name, "见证")
    if row.panel[position - 1]["name"] != work.actor.name:
        raise PermissionRefused("只能录入自己的见证数字。", "请由这位见证人本人或经办人录入。")


def _continuable(work: Work, draw_id: str) -> Draw:
    row = work.session.get(Draw, draw_id)
    if row is None:
        raise InvalidInput("找不到这次抽取。", "请刷新后重试。")
    if row.state not in (DrawState.FROZEN.value, DrawState.OPENED.value):
        state = DrawState.of(row.state).label
        raise RuleViolation(f"抽取 {row.number} {state}，不能再录入见证数字。", "请查看抽取台账。")
    refuse_elsewhere(work, row)
    return row


def _kept_slips(work: Work, row: Draw) -> dict[int, str]:
    found = select(WitnessSlip.position, WitnessSlip.digits).where(WitnessSlip.draw_id == row.id)
    return dict(work.session.execute(found).all())


def _refuse_other_digits(kept: Mapping[int, str], typed: Mapping[int, str]) -> None:
    for position, digits in typed.items():
        if kept.get(position, digits) != digits:
            raise RuleViolation(
                f"第 {position} 位见证人的数字已经录入，与这次填写的不同。",
                "请用同一组见证数字继续。",
            )


def draw(work: Work, command: PerformDraw) -> str:
    """Slips, result, record and tasks in one transaction; a repeat returns what was drawn."""
    known = work.session.get(Draw, command.draw_id)
    if known is not None and known.state == DrawState.DRAWN.value:
        return _same_again(work, known, command)
    row = _continuable(work, command.draw_id)
    refuse_altered(work, row)
    scheme, kept = thaw_scheme(row), _kept_slips(work, row)
    typed = dict(enumerate(command.digits, start=1))
    _refuse_other_digits(kept, typed)
    _check_slips(row, command, least_witnesses(scheme))
    outcome = perform(
        scheme, row.previous_head, machine_of(work, row), command.digits, command.public
    )
    _store_slips(work, row, typed, kept)
    open_machine(work, row)
    row.state, row.drawn_at = DrawState.DRAWN.value, work.now
    row.slips_opened_at = row.slips_opened_at or work.now
    row.record = record_bytes(record_of(outcome, paper_of(work, row)))
    store_result(work, row, outcome)
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


def _check_slips(row: Draw, command: PerformDraw, least: int) -> None:
    if len(command.digits) != len(row.panel):
        raise InvalidInput(
            f"见证人有 {len(row.panel)} 位，收到 {len(command.digits)} 份数字。",
            "每位见证人填一份，缺席的填“-”。",
        )
    problem = why_not_draw(command.digits, least=least)
    if problem:
        raise InvalidInput(f"{problem}。", f"每位见证人写 6–20 位数字，至少 {least} 位有效。")
    promised = (row.public_source or ABSENT) != ABSENT
    if promised != (command.public != ABSENT):
        raise InvalidInput(
            f"事先约定了公开数（{row.public_source}），还没有填写。"
            if promised
            else "这次抽取没有事先约定公开数。",
            "公开数的来源在冻结时固定，请照承诺单办理。",
        )


def _store_slips(work: Work, row: Draw, typed: Mapping[int, str], kept: Mapping[int, str]) -> None:
    for position, digits in typed.items():
        if position in kept:
            continue
        work.session.execute(
            insert(WitnessSlip).values(
                id=work.new_id(), draw_id=row.id, position=position,
                name=row.panel[position - 1]["name"], digits=digits, entered_at=work.now,
            )
        )  # fmt: skip


def void_draw(work: Work, command: VoidDraw) -> None:
    """Void between freeze and the first slip; the number stays consumed."""
    row = work.session.get(Draw, command.draw_id)
    if row is None:
        raise InvalidInput("找不到这次抽取。", "请刷新后重试。")
    refuse_void(DrawState.of(row.state), command.reason)
    refuse_same_person(row.operator, work.actor.name, "作废")
    refuse_void_elsewhere(work, row)
    open_machine(work, row)
    row.state, row.void_reason = DrawState.VOID.value, command.reason.strip()
    row.voided_by = work.actor.name
    work.note("作废抽取", row.number, "draws", reason=command.reason)


def unseal_draw(work: Work, command: UnsealDraw) -> None:
    """提前启封: names shown before the visit; who asked for it and why stays in the journal."""
    row = work.session.get(Draw, command.draw_id)
    if row is None or row.sealed_until is None or row.unsealed_by:
        raise RuleViolation("这次抽取没有封存的名单。", "请刷新后查看。")
    if not command.reason.strip():
        raise InvalidInput("提前启封要写明原因。", "请填写原因。")
    refuse_same_person(row.operator, work.actor.name, "启封")
    row.unsealed_by = work.actor.name
    work.note("提前启封", row.number, "draws", "inspections", reason=command.reason)


def count_print(work: Work, draw_id: str) -> int:
    """Printing comes after the commit; reprints carry a copy number and the same hash."""
    row = work.session.get_one(Draw, draw_id)
    row.prints += 1
    work.note("打印记录表", row.number, copy=row.prints)
    return row.prints

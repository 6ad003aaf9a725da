"""Reading draws: the ledger of the year, one draw, and its papers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.flow import DrawState, why_not_void
from ssj_desktop.domain.draw.freezing import thaw
from ssj_desktop.domain.draw.outcome import Outcome, perform
from ssj_desktop.domain.draw.quota import quotas
from ssj_desktop.domain.draw.record import Record, read_record
from ssj_desktop.domain.draw.scheme import EXCLUDED
from ssj_desktop.domain.draw.seed import least_witnesses
from ssj_desktop.models.draws import Draw, InspectorAssignment, SelectedTarget, WitnessSlip
from ssj_desktop.models.registries import Inspector
from ssj_desktop.queries.draw_words import PLACE, LedgerPlace, standing, standings
from ssj_desktop.queries.rivals import rivalries, rivalry


@dataclass(frozen=True, slots=True)
class DrawRow:
    """One line of the draw ledger (第 n 次，作废 m 次)."""

    id: str
    number: str
    title: str
    state: DrawState
    year: int
    serial: int
    frozen_at: datetime
    drawn_at: datetime | None
    operator: str
    line_id: str
    drawn: int
    ordinal: str
    void_reason: str | None
    why_not_void: str | None
    rival: str = ""


@dataclass(frozen=True, slots=True)
class DrawDetail:
    """A draw as the wizard shows it."""

    row: DrawRow
    panel: tuple[str, ...]
    place: str
    supervisor: str
    visit_date: date
    base: int
    eligible: int
    quota: int
    officers: int
    recusals: int
    pool_hash: str
    commitment: str
    least: int
    slips: Mapping[int, str]
    public_source: str
    sealed_until: date | None
    selected: tuple["SelectedRow", ...]

    def is_sealed(self, today: date) -> bool:
        """Whether the drawn names stay hidden today."""
        return self.sealed_until is not None and today < self.sealed_until


@dataclass(frozen=True, slots=True)
class SelectedRow:
    """A drawn object or substitute with its team, ready to show."""

    stratum: str
    position: int
    standing: str
    code: str
    name: str
    ticket: str
    team: str


def is_hidden(sealed_until: date | None, unsealed_by: str | None, today: date) -> bool:
    """Whether the drawn names stay hidden: sealed until the visit and not opened before."""
    return sealed_until is not None and unsealed_by is None and today < sealed_until


def list_draws(session: Session, year: int | None = None) -> tuple[DrawRow, ...]:
    """Newest first."""
    return tuple(row for row in _ledger(session) if year in (None, row.year))


def list_repeatable(session: Session, title: str) -> tuple[str, ...]:
    """Numbers of the draws of a task that have a result: a redraw names one; newest first."""
    query = select(Draw.number).where(Draw.title == title, Draw.state == DrawState.DRAWN.value)
    return tuple(session.scalars(query.order_by(Draw.year.desc(), Draw.serial.desc())))


def find_draw_by_number(session: Session, number: str) -> DrawRow | None:
    draw = session.scalars(select(Draw).where(Draw.number == number)).first()
    return _row(session, draw) if draw else None


def _ledger(session: Session) -> Iterator[DrawRow]:
    """Three questions for all lines: places and rivals follow from the lines of the others."""
    query = select(
        *PLACE, Draw.number, Draw.title, Draw.frozen_at, Draw.drawn_at, Draw.operator,
        Draw.plan_line_id, Draw.void_reason,
    )  # fmt: skip
    draws = session.execute(query.order_by(Draw.year.desc(), Draw.serial.desc())).all()
    places = standings(LedgerPlace(*row[:5]) for row in draws)
    drawn, rivals = _count_drawn(session), rivalries(session)
    for draw in draws:
        rival = rivals.get(draw.id, "")
        yield _line(draw, drawn.get(draw.id, 0), places[draw.id], rival)


def _row(session: Session, draw: Draw) -> DrawRow:
    drawn = _count_drawn(session, SelectedTarget.draw_id == draw.id).get(draw.id, 0)
    return _line(draw, drawn, standing(session, draw), rivalry(session, draw))


def _line(draw: Any, drawn: int, place: str, rival: str) -> DrawRow:
    """``draw``: the whole of it or the columns a line needs."""
    state = DrawState.of(draw.state)
    return DrawRow(
        draw.id, draw.number, draw.title, state, draw.year, draw.serial, draw.frozen_at,
        draw.drawn_at, draw.operator, draw.plan_line_id, drawn, place, draw.void_reason,
        why_not_void(state), rival,
    )  # fmt: skip


def _count_drawn(session: Session, *only: ColumnElement[bool]) -> dict[str, int]:
    drawn = select(SelectedTarget.draw_id, func.count()).where(SelectedTarget.standing == "drawn")
    return dict(session.execute(drawn.where(*only).group_by(SelectedTarget.draw_id)).all())


def find_draw(session: Session, draw_id: str) -> DrawDetail:
    draw = session.get_one(Draw, draw_id)
    scheme = thaw(draw.pool_int, draw.plan_file, draw.staff_file, draw.device)
    slips = select(WitnessSlip.position, WitnessSlip.digits).where(WitnessSlip.draw_id == draw_id)
    return DrawDetail(
        row=_row(session, draw),
        panel=tuple(f"{p['name']}（{p['unit']}）" for p in draw.panel),
        place=draw.place,
        supervisor=draw.supervisor,
        visit_date=draw.visit_date,
        base=len(scheme.pool),
        eligible=sum(entry.status != EXCLUDED for entry in scheme.pool),
        quota=sum(quotas(scheme).values()),
        officers=len(scheme.officers),
        recusals=len(scheme.recusals),
        least=least_witnesses(scheme),
        slips=dict(session.execute(slips).all()),
        public_source=scheme.public_source,
        sealed_until=draw.sealed_until if draw.unsealed_by is None else None,
        pool_hash=draw.pool_hash,
        commitment=draw.commitment,
        selected=list_selected(session, draw_id),
    )


def list_selected(session: Session, draw_id: str) -> tuple[SelectedRow, ...]:
    """Drawn objects, then substitutes, by stratum and ticket."""
    rows = session.scalars(
        select(SelectedTarget)
        .where(SelectedTarget.draw_id == draw_id)
        .order_by(SelectedTarget.standing, SelectedTarget.stratum, SelectedTarget.position)
    )
    teams = _teams(session, draw_id)
    return tuple(
        SelectedRow(
            r.stratum,
            r.position,
            r.standing,
            r.target_code,
            r.name,
            r.ticket,
            teams.get(r.target_code, ""),
        )
        for r in rows
    )


def _teams(session: Session, draw_id: str) -> dict[str, str]:
    rows = session.execute(
        select(InspectorAssignment.target_code, Inspector.name, InspectorAssignment.leader)
        .join(Inspector, Inspector.code == InspectorAssignment.inspector_code)
        .where(InspectorAssignment.draw_id == draw_id)
        .order_by(InspectorAssignment.leader.desc(), InspectorAssignment.seat)
    )
    teams: dict[str, list[str]] = {}
    for code, name, leader in rows:
        teams.setdefault(code, []).append(f"▲{name}" if leader else name)
    return {code: "、".join(names) for code, names in teams.items()}


def draw_record(session: Session, draw_id: str) -> Record:
    """The stored record of a draw that has a result."""
    draw = session.get_one(Draw, draw_id)
    return read_record(draw.record or b"")


def recomputed(session: Session, draw_id: str) -> Outcome:
    """The outcome, computed anew from what was frozen and written."""
    draw = session.get_one(Draw, draw_id)
    record = draw_record(session, draw_id)
    scheme = thaw(draw.pool_int, draw.plan_file, draw.staff_file, draw.device)
    return perform(scheme, draw.previous_head, draw.machine, record["witnesses"], record["public"])

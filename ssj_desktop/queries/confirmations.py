"""Which witnesses confirmed their own digits with their PIN."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.models.draws import Draw, SlipConfirmation, WitnessSlip
from ssj_desktop.models.office import Account, AccountKey


@dataclass(frozen=True, slots=True)
class SlipStanding:
    """One place on the panel: whether its digits are kept, can be and were confirmed."""

    position: int
    name: str
    is_kept: bool
    has_account: bool
    is_confirmed: bool

    @property
    def why_not(self) -> str | None:
        if not self.is_kept:
            return "数字还没有录入"
        if not self.has_account:
            return "没有见证人账号"
        return "已确认" if self.is_confirmed else None


def list_slip_standings(session: Session, draw_id: str) -> tuple[SlipStanding, ...]:
    draw = session.get_one(Draw, draw_id)
    kept = set(session.scalars(select(WitnessSlip.position).where(WitnessSlip.draw_id == draw_id)))
    done = confirmed_positions(session, draw_id)
    witnesses = select(Account.name).join(AccountKey, AccountKey.account == Account.name)
    known = set(session.scalars(witnesses.where(AccountKey.pin.is_not(None), Account.active)))
    return tuple(
        SlipStanding(n, panelist["name"], n in kept, panelist["name"] in known, n in done)
        for n, panelist in enumerate(draw.panel, start=1)
    )


def confirmed_positions(session: Session, draw_id: str) -> frozenset[int]:
    query = select(SlipConfirmation.position).where(SlipConfirmation.draw_id == draw_id)
    return frozenset(session.scalars(query))


def confirmed_note(session: Session, draw_id: str) -> str:
    """What the record prints: who confirmed before the draw."""
    rows = list_slip_standings(session, draw_id)
    names = [row.name for row in rows if row.is_confirmed]
    return f"{'、'.join(names)} 已用本人 PIN 确认数字" if names else ""

"""A witness confirms with the own PIN that the digits kept are the own ones."""

from dataclasses import dataclass

from sqlalchemy import insert

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.permissions import refuse_same_person
from ssj_desktop.models.draws import Draw, SlipConfirmation
from ssj_desktop.queries.confirmations import list_slip_standings
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.passwords import as_witness


@dataclass(frozen=True, slots=True)
class ConfirmSlip:
    """``position`` on the panel counts from 1."""

    draw_id: str
    position: int


def confirm_slip(work: Work, command: ConfirmSlip) -> None:
    """Only the named witness, only the own slip, never the preparing 经办人, only once."""
    draw = work.session.get(Draw, command.draw_id)
    if draw is None or not 1 <= command.position <= len(draw.panel):
        raise InvalidInput("找不到这份见证数字。", "请刷新后重试。")
    refuse_same_person(draw.operator, work.actor.name, "见证确认")
    row = list_slip_standings(work.session, draw.id)[command.position - 1]
    if row.name != work.actor.name:
        raise PermissionRefused("只能确认自己的见证数字。", f"请“{row.name}”本人输入 PIN。")
    if row.why_not:
        raise RuleViolation(f"现在不能确认：{row.why_not}。", "请刷新后查看。")
    work.session.execute(
        insert(SlipConfirmation).values(
            id=work.new_id(),
            draw_id=draw.id,
            position=command.position,
            account=work.actor.name,
            confirmed_at=work.now,
        )
    )
    work.note("见证人确认", draw.number, "draws", position=command.position)


def confirm_with_pin(desk: Desk, command: ConfirmSlip, name: str, pin: str) -> None:
    """In the clerk's window: the witness types the PIN, the entry is the witness's own."""
    as_witness(desk, name, pin).do(confirm_slip, command)

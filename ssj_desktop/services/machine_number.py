"""M, the machine's number: it stays on the device that froze the draw until its result is stored.

Whoever knew M and all slips but the own one could choose that slip (draw rule cs1, 1.3), and rows
of draws travel to every device of the office.
"""

from sqlalchemy import insert

from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.models.draws import Draw, SealedMachine
from ssj_desktop.queries.membership import find_office_root, find_roster
from ssj_desktop.services.desk import Work


def seal_machine(work: Work, draw_id: str) -> str:
    """Make M for this draw and keep it here; the row of the draw holds its commitment only."""
    machine = work.surroundings.machine_number()
    work.session.execute(insert(SealedMachine).values(draw_id=draw_id, machine=machine))
    return machine


def machine_of(work: Work, row: Draw) -> str:
    """M of a draw frozen here; a draw frozen by an older program has it in its row."""
    kept = work.session.get(SealedMachine, row.id)
    machine = row.machine or (kept.machine if kept else "")
    if not machine:
        raise RuleViolation(
            f"抽取 {row.number} 的机器数不在这台电脑上。",
            f"请在冻结它的 {row.device} 机上继续；若机器数已随损坏的数据库丢失，请审批人作废后重新冻结。",
        )
    return machine


def open_machine(work: Work, row: Draw) -> None:
    """With the result, or with the voiding, M is no secret any more: the commitment can be checked."""
    kept = work.session.get(SealedMachine, row.id)
    if kept is not None:
        row.machine = kept.machine
        work.session.delete(kept)


def refuse_elsewhere(work: Work, row: Draw) -> None:
    """A ceremony is continued where it began."""
    if row.device != work.office.device:
        raise RuleViolation(
            f"抽取 {row.number} 是在 {row.device} 机上冻结的。", f"请在 {row.device} 机上继续。"
        )


def refuse_void_elsewhere(work: Work, row: Draw) -> None:
    """Voided from another device, a draw could already have its result there: only if that is gone."""
    if find_office_root(work.session) is None:
        return refuse_elsewhere(work, row)
    if row.device not in {member.letter for member in find_roster(work.session).active()}:
        return None
    return refuse_elsewhere(work, row)

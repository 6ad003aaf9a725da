"""Two draws of one pool, from devices that did not know of each other (spec/sync.md 3).

Both stay; the one whose sheet was signed first holds. The sheet is signed at the freeze.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.models.draws import Draw


def rivals_of(session: Session, draw: Draw) -> tuple[Draw, ...]:
    """The other live draws of the same pool; a redraw that names the old one is none."""
    if draw.state == DrawState.VOID.value:
        return ()
    query = select(Draw).where(
        Draw.pool_basis == draw.pool_basis,
        Draw.id != draw.id,
        Draw.state != DrawState.VOID.value,
    )
    return tuple(
        other
        for other in session.scalars(query.order_by(Draw.number, Draw.id))
        if not {draw.replaces, other.replaces} & {draw.number, other.number}
    )


def rivalry(session: Session, draw: Draw) -> str:
    """One sentence for ledger, screen and report; empty when the pool was drawn once."""
    rivals = rivals_of(session, draw)
    if not rivals:
        return ""
    holds = min((draw, *rivals), key=lambda each: (each.frozen_at, each.number))
    others = "、".join(other.number for other in rivals)
    return f"待抽库与 {others} 相同，以先签承诺单的 {holds.number} 为准"


def list_rivalries(session: Session) -> dict[str, str]:
    """Number and sentence of every draw that has a rival."""
    found = {d.number: rivalry(session, d) for d in session.scalars(select(Draw))}
    return {number: sentence for number, sentence in found.items() if sentence}

"""Two draws of one pool, from devices that did not know of each other (spec/sync.md 3).

Both stay; the one whose sheet was signed first holds. The sheet is signed at the freeze.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.models.draws import Draw


class Claim(NamedTuple):
    """What decides between live draws of one pool; of a draw and its files nothing else is read."""

    basis: str
    number: str
    id: str
    frozen_at: datetime
    replaces: str | None


def rivalry(session: Session, draw: Draw) -> str:
    """One sentence for ledger, screen and report; empty when the pool was drawn once."""
    return _sentences(_claims(session, (draw.pool_basis,))).get(draw.id, "")


def rivalries(session: Session) -> dict[str, str]:
    """Draw id → sentence of every draw that has a rival; a number may stand twice, an id not."""
    return _sentences(_claims(session, _shared_bases(session)))


def list_rivalries(session: Session) -> dict[str, str]:
    """Number → sentence of every draw that has a rival."""
    claims = _claims(session, _shared_bases(session))
    sentences = _sentences(claims)
    return {claim.number: sentences[claim.id] for claim in claims if claim.id in sentences}


def _shared_bases(session: Session) -> Sequence[str]:
    """Pools frozen more than once: the index answers, no draw is opened."""
    query = select(Draw.pool_basis).group_by(Draw.pool_basis).having(func.count() > 1)
    return session.scalars(query).all()


def _claims(session: Session, bases: Sequence[str]) -> list[Claim]:
    """The live draws of these pools, those of one pool together."""
    query = (
        select(Draw.pool_basis, Draw.number, Draw.id, Draw.frozen_at, Draw.replaces)
        .where(Draw.pool_basis.in_(bases), Draw.state != DrawState.VOID.value)
        .order_by(Draw.pool_basis, Draw.number, Draw.id)
    )
    return [Claim(*row) for row in session.execute(query)]


def _sentences(claims: Iterable[Claim]) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, group in groupby(claims, key=lambda claim: claim.basis):
        pool = tuple(group)
        found.update((claim.id, _sentence(claim, _rivals(claim, pool))) for claim in pool)
    return {key: sentence for key, sentence in found.items() if sentence}


def _rivals(claim: Claim, pool: Sequence[Claim]) -> tuple[Claim, ...]:
    """The others of the pool; a redraw that names the old one is none."""
    return tuple(
        other
        for other in pool
        if other.id != claim.id
        and not {claim.replaces, other.replaces} & {claim.number, other.number}
    )


def _sentence(claim: Claim, rivals: Sequence[Claim]) -> str:
    if not rivals:
        return ""
    holds = min((claim, *rivals), key=lambda each: (each.frozen_at, each.number))
    others = "、".join(other.number for other in rivals)
    return f"待抽库与 {others} 相同，以先签承诺单的 {holds.number} 为准"

"""Reading what may be shown to everybody: approved publications and the draws behind them."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.record import read_record
from ssj_desktop.domain.draw.scheme import ABSENT
from ssj_desktop.domain.papers import TablePaper
from ssj_desktop.domain.public_site import PublicDraw, PublicSite
from ssj_desktop.domain.vocabulary import DisclosureKind, DisclosureState
from ssj_desktop.models.disclosures import Disclosure
from ssj_desktop.models.draws import Draw
from ssj_desktop.queries.disclosures import disclosure_paper
from ssj_desktop.queries.office import find_office

_SHOWN = (DisclosureState.APPROVED, DisclosureState.PUBLISHED)


def public_site(session: Session, today: date, *, every_seed: bool = False) -> PublicSite:
    """Approved tables by kind, newest first; ``every_seed`` shows seeds of stratified draws too."""
    query = select(Disclosure).order_by(Disclosure.completed_on.desc(), Disclosure.title)
    shown = [d for d in session.scalars(query) if d.state in _SHOWN]
    draws = [d.subject_id for d in shown if d.kind is DisclosureKind.DRAW_LIST]
    return PublicSite(
        organ=find_office(session).unit,
        groups=tuple(
            (kind.label, tuple(_paper(session, d, today) for d in shown if d.kind is kind))
            for kind in DisclosureKind
            if any(d.kind is kind for d in shown)
        ),
        draws=tuple(_draw(session.get_one(Draw, i), every_seed=every_seed) for i in draws),
    )


def _paper(session: Session, disclosure: Disclosure, today: date) -> TablePaper:
    return disclosure_paper(session, disclosure.id, today)


def _draw(draw: Draw, *, every_seed: bool) -> PublicDraw:
    record = read_record(draw.record or b"")
    plain = PublicDraw(draw.number, draw.title, draw.pool_pub, record["hashes"]["poolpub"])
    if not every_seed and len(record["strata"]) > 1:
        return plain
    cutoffs = {s["cutoff"][:20] for s in record["strata"] if s["cutoff"] != ABSENT}
    return PublicDraw(
        plain.number, plain.title, plain.pool_pub, plain.pool_hash,
        record["seed"], tuple(sorted(cutoffs)),
    )  # fmt: skip

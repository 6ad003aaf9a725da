"""The drawn objects of every stratum, substitutes and would-be objects (cs1, section 5)."""

from dataclasses import dataclass

from ssj_desktop.domain.draw.quota import probability_text, quotas
from ssj_desktop.domain.draw.scheme import ABSENT, ELIGIBLE, PROBABILITY, Scheme
from ssj_desktop.domain.draw.ticket import OBJECTS, lowest, tickets

Ticketed = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StratumResult:
    """Result of one stratum; every list holds (ticket, id) in ticket order."""

    code: str
    eligible: int
    k: int
    cutoff: str
    drawn: tuple[Ticketed, ...]
    substitutes: tuple[Ticketed, ...]
    would_be: tuple[Ticketed, ...]


def select(scheme: Scheme, seed: str) -> tuple[StratumResult, ...]:
    """Draw every stratum, in order of its code."""
    wanted = quotas(scheme)
    eligible: dict[str, list[Ticketed]] = {rule.code: [] for rule in scheme.strata}
    excluded: dict[str, list[Ticketed]] = {rule.code: [] for rule in scheme.strata}
    ids = (entry.id for entry in scheme.pool)
    for entry, pair in zip(scheme.pool, tickets(seed + OBJECTS, ids), strict=True):
        (eligible if entry.status == ELIGIBLE else excluded)[entry.stratum].append(pair)
    return tuple(
        _below(rule.code, probability_text(rule.ratio), eligible[rule.code], excluded[rule.code])
        if rule.mode == PROBABILITY
        else _select_stratum(
            rule.code, wanted[rule.code], rule.substitutes, eligible[rule.code], excluded[rule.code]
        )
        for rule in sorted(scheme.strata, key=lambda rule: rule.code)
    )


def _below(
    code: str, cutoff: str, eligible: list[Ticketed], excluded: list[Ticketed]
) -> StratumResult:
    """Single filing: drawn when the ticket is below the probability written as decimal text."""
    drawn = tuple(sorted(pair for pair in eligible if pair[0] < cutoff))
    would_be = tuple(sorted(pair for pair in excluded if pair[0] < cutoff))
    return StratumResult(code, len(eligible), len(drawn), cutoff, drawn, (), would_be)


def _select_stratum(
    code: str, k: int, substitutes: int, eligible: list[Ticketed], excluded: list[Ticketed]
) -> StratumResult:
    order = lowest(eligible, k + substitutes)
    cutoff = order[k - 1][0] if k else ABSENT
    would_be = sorted(pair for pair in excluded if k and pair[0] < cutoff)
    return StratumResult(
        code, len(eligible), k, cutoff, tuple(order[:k]), tuple(order[k:]), tuple(would_be)
    )

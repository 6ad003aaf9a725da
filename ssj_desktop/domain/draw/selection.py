"""The drawn objects of every stratum, substitutes and would-be objects (cs1, section 5)."""

from dataclasses import dataclass

from ssj_desktop.domain.draw.quota import probability_text, quotas_of
from ssj_desktop.domain.draw.scheme import ABSENT, ELIGIBLE, PROBABILITY, Scheme, StratumRule
from ssj_desktop.domain.draw.ticket import OBJECTS, lowest, tickets_below

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
    eligible: dict[str, list[str]] = {rule.code: [] for rule in scheme.strata}
    excluded: dict[str, list[str]] = {rule.code: [] for rule in scheme.strata}
    for entry in scheme.pool:
        (eligible if entry.status == ELIGIBLE else excluded)[entry.stratum].append(entry.id)
    wanted = quotas_of(scheme, {code: len(ids) for code, ids in eligible.items()})
    return tuple(
        _below(rule, seed + OBJECTS, eligible[rule.code], excluded[rule.code])
        if rule.mode == PROBABILITY
        else _lowest(
            rule, wanted[rule.code], seed + OBJECTS, eligible[rule.code], excluded[rule.code]
        )
        for rule in sorted(scheme.strata, key=lambda rule: rule.code)
    )


def _below(rule: StratumRule, seed: str, eligible: list[str], excluded: list[str]) -> StratumResult:
    """Single filing: drawn when the ticket is below the probability written as decimal text."""
    cutoff = probability_text(rule.ratio)
    drawn = tuple(sorted(tickets_below(seed, eligible, cutoff)))
    would_be = tuple(sorted(tickets_below(seed, excluded, cutoff)))
    return StratumResult(rule.code, len(eligible), len(drawn), cutoff, drawn, (), would_be)


def _lowest(
    rule: StratumRule, k: int, seed: str, eligible: list[str], excluded: list[str]
) -> StratumResult:
    order = lowest(seed, eligible, k + rule.substitutes)
    cutoff = order[k - 1][0] if k else ABSENT
    would_be = sorted(tickets_below(seed, excluded, cutoff)) if k else []
    return StratumResult(
        rule.code, len(eligible), k, cutoff, tuple(order[:k]), tuple(order[k:]), tuple(would_be)
    )

"""How many of each stratum are drawn: integers only (draw rule cs1, section 5)."""

from collections import Counter
from collections.abc import Mapping

from ssj_desktop.domain.draw.scheme import ELIGIBLE, PROBABILITY, Scheme, StratumRule

WHOLE = 10_000  # ratios are in 1/100 %


def at_least(eligible: int, ratio: int) -> int:
    """不低于: the smallest number that is not below ``ratio`` of ``eligible``."""
    return (eligible * ratio + WHOLE - 1) // WHOLE


def at_most(eligible: int, ratio: int) -> int:
    """不高于: the largest number that is not above ``ratio`` of ``eligible``."""
    return eligible * ratio // WHOLE


def probability_text(ratio: int) -> str:
    """A probability in 1/100 % as decimal text: 5000 → 0.5000; tickets below it are drawn."""
    return f"0.{ratio:04d}" if ratio < WHOLE else "1.0000"


def quota(rule: StratumRule, eligible: int) -> int:
    """K of a stratum with its own rule; never more than it holds, 0 when it is empty."""
    if rule.mode == "NUMBER":
        wanted = rule.number
    elif rule.mode == "RATIO":
        wanted = max(at_least(eligible, rule.ratio), rule.minimum)
    else:
        wanted = max(at_most(eligible, rule.ratio), rule.minimum)
    return min(wanted, eligible)


def shares_of_total(total: int, eligible: Mapping[str, int]) -> dict[str, int]:
    """One number over strata: largest remainder; ties to the larger N, then the smaller code."""
    whole = sum(eligible.values())
    if whole == 0:
        return dict.fromkeys(eligible, 0)
    wanted = min(total, whole)
    shares = {code: wanted * n // whole for code, n in eligible.items()}
    by_remainder = sorted(
        eligible, key=lambda code: (-(wanted * eligible[code] % whole), -eligible[code], code)
    )
    for code in by_remainder[: wanted - sum(shares.values())]:
        shares[code] += 1
    return shares


def count_eligible(scheme: Scheme) -> dict[str, int]:
    """N of every stratum that has a rule."""
    counts = Counter(entry.stratum for entry in scheme.pool if entry.status == ELIGIBLE)
    return {rule.code: counts[rule.code] for rule in scheme.strata}


def quotas(scheme: Scheme) -> dict[str, int]:
    """K of every stratum with a quota; with a probability k is known after the draw only."""
    return quotas_of(scheme, count_eligible(scheme))


def quotas_of(scheme: Scheme, eligible: Mapping[str, int]) -> dict[str, int]:
    """The same from N of every stratum, where that was counted already."""
    pooled = {rule.code: eligible[rule.code] for rule in scheme.strata if rule.mode == "TOTAL"}
    shares = shares_of_total(scheme.total or 0, pooled)
    return {
        rule.code: shares[rule.code] if rule.code in shares else quota(rule, eligible[rule.code])
        for rule in scheme.strata
        if rule.mode != PROBABILITY
    }

"""Whole draws made from a number: every mode, exclusions, areas, caps, recusals, experts."""

import hashlib
import random

from ssj_desktop.domain.draw.outcome import Outcome, perform
from ssj_desktop.domain.draw.scheme import Officer, PoolEntry, Scheme, Seat, StratumRule
from ssj_desktop.domain.errors import RuleViolation

AREAS = ("一街道", "二街道", "")
WORDS = ("施工安全", "物业", "燃气")


def random_outcome(number: int) -> Outcome:
    """The draw of ``number``; the next staffable scheme when one cannot be staffed."""
    chance = random.Random(number)
    while True:
        scheme = random_scheme(chance)
        machine = hashlib.sha256(f"{number}".encode()).hexdigest()
        slips = tuple(str(chance.randrange(10**5, 10**9)).zfill(6) for _ in range(3))
        try:
            return perform(scheme, "0" * 64, machine, (*slips, "-"), chance.choice(("-", "385")))
        except RuleViolation:
            continue


def random_scheme(chance: random.Random) -> Scheme:
    if chance.random() < 0.1:
        return _filing(chance)
    codes = tuple("ABCD"[: chance.randint(1, 4)])
    whole = chance.random() < 0.15
    mode = chance.choice(("own", "own", "total"))
    rules = tuple(_rule(chance, code, mode, whole=whole) for code in codes)
    staffed = chance.random() < 0.85
    return Scheme(
        draw=f"239921-A-2026-{chance.randint(1, 9999):04d}",
        device="A",
        items=tuple(f"ZJ-{n:02d}" for n in range(chance.randint(1, 3))),
        strata=rules,
        pool=_pool(chance, codes),
        officers=_officers(chance) if staffed else (),
        recusals=tuple((f"9123{chance.randint(0, 60):05d}X", f"23{chance.randint(0, 9):03d}") for _ in range(4)),
        templates={"-": _seats(chance)} if staffed else {},
        total=chance.randint(0, 20) if mode == "total" and not whole else None,
        panel=("刘昕", "马骉", "丁玉兰", "王喆"),
        rehearsal=chance.random() < 0.1,
        conditions=(("area", ("一街道",)),) if chance.random() < 0.2 else (),
        batches=chance.randint(2, 4) if whole else 0,
        experts=tuple(Officer(f"ZJ{n:03d}", "设计院", ("消防",)) for n in range(3)),
        expert_seats=(Seat(specialty="消防"),) if chance.random() < 0.3 else (),
    )  # fmt: skip


def _filing(chance: random.Random) -> Scheme:
    entry = PoolEntry(f"9123{chance.randint(0, 99999):05d}X", "备案项目", "ALL")
    rule = StratumRule("ALL", "PROBABILITY", chance.choice((0, 3000, 5000, 10_000)))
    return Scheme(
        "239921-A-2026-0001",
        "A",
        ("XF-01",),
        (rule,),
        (entry,),
        panel=("申请人", "经办人", "公证员", "消防"),
    )


def _rule(chance: random.Random, code: str, mode: str, *, whole: bool) -> StratumRule:
    spare = chance.randint(0, 3)
    if whole:
        return StratumRule(code, "RATIO", 10_000)
    if mode == "total":
        return StratumRule(code, "TOTAL", substitutes=spare)
    kind = chance.choice(("RATIO", "RATIO_MAX", "NUMBER"))
    return StratumRule(
        code, kind, chance.choice((0, 500, 700, 1250, 3333)), chance.randint(0, 5), chance.randint(0, 2), spare
    )  # fmt: skip


def _pool(chance: random.Random, codes: tuple[str, ...]) -> tuple[PoolEntry, ...]:
    return tuple(
        PoolEntry(
            f"9123{n:05d}X", f"云岭县第{n}公司", chance.choice(codes),
            *(("X", "CLOSED") if chance.random() < 0.15 else ("E", "")), area=chance.choice(AREAS),
        )
        for n in range(chance.randint(3, 60))
    )  # fmt: skip


def _officers(chance: random.Random) -> tuple[Officer, ...]:
    return tuple(
        Officer(
            f"23{n:03d}", chance.choice(("住建局", "市监局")),
            tuple(word for word in WORDS if chance.random() < 0.7), chance.random() < 0.6,
            ("*",) if chance.random() < 0.8 else AREAS[:1], chance.choice((None, None, 1, 3)),
        )
        for n in range(chance.randint(4, 14))
    )  # fmt: skip


def _seats(chance: random.Random) -> tuple[Seat, ...]:
    first = Seat("住建局", chance.choice(("", "施工安全")), leader=chance.random() < 0.3)
    return (first, *(Seat(chance.choice(("", "", "市监局"))) for _ in range(chance.randint(1, 2))))

"""Draws for tests: small, readable, deterministic."""

import hashlib
from dataclasses import replace

from ssj_desktop.domain.draw.outcome import Outcome, perform
from ssj_desktop.domain.draw.scheme import Officer, PoolEntry, Scheme, Seat, StratumRule

PREVIOUS = "0" * 64
MACHINE = hashlib.sha256(b"machine").hexdigest()
WITNESSES = ("314159", "271828", "-")


def pool(count: int, stratum: str = "A", start: int = 1) -> tuple[PoolEntry, ...]:
    return tuple(
        PoolEntry(f"9123092100{n:06d}XX", f"云岭县第{n}建筑公司", stratum, area="一街道")
        for n in range(start, start + count)
    )


def officers(count: int, **changes: object) -> tuple[Officer, ...]:
    return tuple(
        replace(
            Officer(f"2309210{n:03d}", "住建局", ("施工安全",), leader=n % 2 == 0),
            **changes,  # type: ignore[arg-type]
        )
        for n in range(count)
    )


def scheme(**changes: object) -> Scheme:
    base = Scheme(
        draw="230921-A-2026-0007",
        device="A",
        items=("ZJ-07-07",),
        strata=(
            StratumRule("A", "RATIO", ratio=500, minimum=1, substitutes=2),
            StratumRule("B", "NUMBER", number=3, substitutes=1),
        ),
        pool=(
            *pool(40, "A"),
            *pool(10, "B", 101),
            PoolEntry("L230921-000001", "云岭县停业公司", "A", "X", "CLOSED"),
            PoolEntry("L230921-000002", "云岭县已抽中公司", "B", "X", "DRAWN_THIS_YEAR"),
        ),
        officers=officers(8),
        templates={"-": (Seat("住建局", "施工安全"), Seat())},
        panel=("刘昕", "马骉", "丁玉兰"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def outcome(**changes: object) -> Outcome:
    return perform(scheme(**changes), PREVIOUS, MACHINE, WITNESSES)

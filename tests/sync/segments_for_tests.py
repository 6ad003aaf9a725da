"""Small sealed segments for tests."""

from dataclasses import replace

from ssj_desktop.domain.segment import SealedSegment, SegmentHeader
from ssj_desktop.formats.segments import seal

KEY = bytes(range(32))
LINES = '[1,"A",1]\n["00","targets","k","I",[],"c",{"name":"云岭县第一物业公司"}]\n'.encode()
HEADER = SegmentHeader(
    office="5f0c2f5e-6d5c-4a35-9a51-0d4b1f0c7a11",
    device="c0a2b7f4-63c2-4f0e-8c15-6a1e0bb0a001",
    epoch=1,
    number=3,
    first=11,
    last=12,
    head="ab" * 32,
    parents=("01" * 32, "02" * 32),
    schema="0006",
    clock="001773624600000-000001",
    sealed_at="2026-03-16T01:30:00.000000+00:00",
    operations=1,
    size=0,
    packed=0,
    body="00" * 32,
)


def sealed(lines: bytes = LINES, **changes: object) -> SealedSegment:
    return seal(replace(HEADER, **changes), lines, KEY)  # type: ignore[arg-type]

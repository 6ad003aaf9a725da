"""Words every paper of a draw shares: its place in the ledger, times, what its scheme is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.canonical import sha256, sm3
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.scheme import ABSENT, Scheme
from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.papers import HashLine
from ssj_desktop.domain.vocabulary import ExclusionReason
from ssj_desktop.models.draws import Draw

DASH = "—"
WATERMARK = "演 练"
REASONS = {reason.value: reason.label for reason in ExclusionReason}


def ordinal(serial: int, voided: int, unfinished: int = 0) -> str:
    """第 n 次，作废 m 次; earlier draws never finished are named; a file has no ledger."""
    if not serial:
        return "不入台账"
    left = f"，未完成 {unfinished} 次" if unfinished else ""
    return f"本年度第 {serial} 次，作废 {voided} 次{left}"


class LedgerPlace(NamedTuple):
    """What a draw's place in the ledger follows from."""

    year: int
    device: str
    serial: int
    id: str
    state: str


PLACE = (Draw.year, Draw.device, Draw.serial, Draw.id, Draw.state)


def standing(session: Session, draw: Draw) -> str:
    """Where a draw stands in the ledger of its device and year."""
    earlier = select(Draw.state).where(
        Draw.year == draw.year, Draw.device == draw.device, Draw.serial < draw.serial
    )
    return _standing(draw.serial, draw.state, Counter(session.scalars(earlier)))


def standings(places: Iterable[LedgerPlace]) -> dict[str, str]:
    """Draw id → where it stands in the ledger of its device and year; ``places`` are all of it."""
    found: dict[str, str] = {}
    earlier: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for (year, device, serial), group in groupby(sorted(places), lambda place: place[:3]):
        same, before = tuple(group), earlier[year, device]
        found.update((place.id, _standing(serial, place.state, before)) for place in same)
        before.update(place.state for place in same)
    return found


def _standing(serial: int, state: str, earlier: Counter[str]) -> str:
    voided = earlier[DrawState.VOID.value] + (state == DrawState.VOID.value)
    unfinished = earlier[DrawState.FROZEN.value] + earlier[DrawState.OPENED.value]
    return ordinal(serial, voided, unfinished)


def paper_time(moment: str | datetime) -> str:
    """2026年9月15日 9:12."""
    if not moment:
        return DASH
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment.astimezone()
    return f"{paper_date(when.date())} {when.hour}:{when.minute:02d}"


def paper_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def scheme_facts(
    scheme: Scheme, departments: Sequence[str], targeting: str
) -> tuple[tuple[str, str], ...]:
    """What only some draws have: directed conditions, joint departments, batches, experts, X."""
    names = {field.name: field.label for field in TARGETS.fields}
    found = []
    if scheme.conditions:
        words = "；".join(
            f"{names[name]}为{'、'.join(values)}" for name, values in scheme.conditions
        )
        found.append((targeting, words))
    if len(departments) > 1:
        found.append(("联合抽查", f"牵头 {departments[0]}；配合 {'、'.join(departments[1:])}"))
    if scheme.batches:
        found.append(("检查批次", f"全部检查，按票号次序分 {scheme.batches} 批"))
    if scheme.expert_seats:
        words = "、".join(seat.specialty or "不限专业" for seat in scheme.expert_seats)
        found.append(
            ("专家", f"{len(scheme.experts)} 人中每家配 {len(scheme.expert_seats)} 人（{words}）")
        )
    if scheme.public_source != ABSENT:
        found.append(("公开数来源", scheme.public_source))
    return tuple(found)


def note_facts(scheme: Scheme, notes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What was written beside a reason, in full: an exclusion by hand has to explain itself."""
    names = {entry.id: entry.name for entry in scheme.pool if entry.id in notes}
    words = "；".join(f"{names[code]}：{note}" for code, note in sorted(notes.items()))
    return (("排除说明", words),) if words else ()


def file_hashes(files: Mapping[str, bytes]) -> list[HashLine]:
    """SHA-256 and SM3 of the frozen files."""
    labels = {"pool.int": "待抽库", "pool.pub": "公开名单", "plan": "方案", "staff": "人员库"}
    return [
        HashLine(label, sha256(files[name]), sm3(files[name]) or "")
        for name, label in labels.items()
    ]

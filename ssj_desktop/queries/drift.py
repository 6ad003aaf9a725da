"""What changed since the last pool drawn for the same plan line: which object, why, by whom, when."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.canonical import text_lines
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.scheme import EXCLUDED, PoolEntry
from ssj_desktop.domain.papers import Row
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.plans import PlanLine
from ssj_desktop.models.registries import RegistryChange, Target
from ssj_desktop.queries.draw_words import DASH, REASONS

KINDS = (
    ("added", "新增"), ("removed", "移出"), ("restratified", "重新分层"), ("excluded", "排除"),
)  # fmt: skip
BY_RULE = "按规则"
NAMED = 6  # changed objects named on the pre-draw sheet itself


@dataclass(frozen=True, slots=True)
class Change:
    """One changed object as printed: what, who did it, on which day (ISO; empty when unknown)."""

    what: str
    actor: str = ""
    day: str = ""


def drift(
    session: Session, line_key: str, pool: Iterable[PoolEntry], excluded_by: Mapping[str, Change]
) -> dict[str, Any]:
    """Kind of change → [what, actor, day] of every object; only ``since`` for a first draw.

    ``excluded_by`` holds the objects left out by hand; every other exclusion follows from a rule.
    """
    last = session.execute(
        select(Draw.pool_int, Draw.number, Draw.drawn_at)
        .join(PlanLine, PlanLine.id == Draw.plan_line_id)
        .where(PlanLine.line_key == line_key, Draw.state == DrawState.DRAWN.value)
        .order_by(Draw.serial.desc())
        .limit(1)
    ).first()
    if last is None:
        return {"since": ""}
    before = {line[0]: line for line in text_lines(last[0])[2:]}
    now = {entry.id: entry for entry in pool}
    added, removed = sorted(now.keys() - before.keys()), sorted(before.keys() - now.keys())
    moved = [i for i in sorted(now.keys() & before.keys()) if now[i].stratum != before[i][2]]
    found = _last_changes(session, {*added, *removed, *moved})

    def changed(code: str, what: str, *, why: bool = False) -> list[str]:
        actor, day, reason = found.get(code, ("", "", ""))
        return [f"{what}（{reason}）" if why and reason else what, actor, day]

    return {
        "since": last[1],
        "on": last[2].astimezone().date().isoformat() if last[2] else "",
        "base": len(before),
        "added": [changed(i, now[i].name) for i in added],
        "removed": [changed(i, before[i][1], why=True) for i in removed],
        "restratified": [
            changed(i, f"{now[i].name}（{before[i][2]}→{now[i].stratum}）") for i in moved
        ],
        "excluded": [
            _excluded(entry, excluded_by) for entry in now.values() if entry.status == EXCLUDED
        ],
    }


def _excluded(entry: PoolEntry, by_hand: Mapping[str, Change]) -> list[str]:
    hand = by_hand.get(entry.id) or Change(REASONS.get(entry.reason, entry.reason), BY_RULE)
    return [f"{entry.name}（{hand.what}）", hand.actor, hand.day]


def _last_changes(session: Session, codes: set[str]) -> dict[str, tuple[str, str, str]]:
    """Target code → who changed the row last, when and why."""
    rows = session.execute(
        select(Target.code, RegistryChange.actor, RegistryChange.at, RegistryChange.reason)
        .join(RegistryChange, RegistryChange.row_id == Target.id)
        .order_by(RegistryChange.at)
    )
    return {
        code: (actor, at.astimezone().date().isoformat(), reason)
        for code, actor, at, reason in rows
        if code in codes
    }


def drift_title(stored: Mapping[str, Any], day: Callable[[str], str]) -> str:
    if not stored["since"]:
        return "名录库与上次名单的差异"
    when = f"，{day(stored['on'])}，{stored['base']} 家" if stored.get("on") else ""
    return f"名录库与上次抽取（{stored['since']}{when}）名单的差异"


def drift_rows(stored: Mapping[str, Any], day: Callable[[str], str]) -> tuple[Row, ...]:
    """Kind, count, objects and reasons, who and when."""
    if not stored["since"]:
        return (("—", "—", "本任务首次抽取，没有上次名单", "—"),)
    return tuple(
        (label, str(len(changes)), some([c.what for c in changes]), _who(changes, day))
        for label, changes in _by_kind(stored)
    )


def drift_annex(stored: Mapping[str, Any], day: Callable[[str], str]) -> tuple[Row, ...]:
    """Every change of the kinds that do not fit on the sheet."""
    if not stored["since"]:
        return ()
    return tuple(
        (label, str(n), change.what, _who([change], day))
        for label, changes in _by_kind(stored)
        if len(changes) > NAMED
        for n, change in enumerate(changes, start=1)
    )


def some(names: list[str], most: int = NAMED) -> str:
    """The first names; the rest stands in the annex."""
    text = "、".join(names[:most])
    return f"{text}等，全部见附页" if len(names) > most else text or DASH


def _by_kind(stored: Mapping[str, Any]) -> list[tuple[str, list[Change]]]:
    """Draws of earlier versions kept one text per object."""
    return [
        (label, [Change(one) if isinstance(one, str) else Change(*one) for one in stored[key]])
        for key, label in KINDS
    ]


def _who(changes: list[Change], day: Callable[[str], str]) -> str:
    """李堃 2026年9月8日; several people or days are named shortly."""
    people = list(dict.fromkeys(c.actor for c in changes if c.actor))
    days = sorted({c.day for c in changes if c.day})
    if not people:
        return DASH
    names = "、".join(people[:2]) + (f"等 {len(people)} 人" if len(people) > 2 else "")
    if not days:
        return names
    last = "" if days[0] == days[-1] else f" 至 {day(days[-1])}"
    return f"{names} {day(days[0])}{last}"

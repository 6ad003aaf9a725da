"""Writing the journal: one entry per act, in the transaction of the act."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from ssj_desktop.domain.journal import GENESIS, JournalEntry, entry_hash
from ssj_desktop.models.base import canonical_json
from ssj_desktop.models.journal import JournalRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ssj_desktop.services.desk import Work

_BACKWARDS = timedelta(minutes=5)
_FORWARDS = timedelta(days=1)


def append(work: Work, action: str, subject: str, payload: Mapping[str, Any]) -> JournalEntry:
    """Add one entry to the chain of this device."""
    last = work.session.execute(
        select(JournalRow.sequence, JournalRow.hash, JournalRow.at, JournalRow.epoch)
        .order_by(JournalRow.sequence.desc())
        .limit(1)
    ).first()
    sequence, previous, last_at, epoch = last or (0, GENESIS, None, 1)
    entry = JournalEntry(
        sequence=sequence + 1,
        device=work.office.device,
        epoch=work.epoch or epoch,
        at=work.now.astimezone(UTC).isoformat(timespec="microseconds"),
        local_time=work.surroundings.local(work.now).isoformat(timespec="seconds"),
        monotonic_ns=work.surroundings.monotonic_ns(),
        clock=clock_flag(work.now, last_at),
        actor=work.actor.name,
        role=",".join(role.value for role in work.actor.roles),
        action=action,
        subject=subject,
        payload=canonical_json(payload),
        previous=previous,
    )
    entry = replace(entry, hash=entry_hash(entry))
    work.session.execute(insert(JournalRow).values(**{**asdict(entry), "at": work.now}))
    return entry


def clock_flag(now: datetime, last: datetime | None) -> str:
    """OK, BACK (earlier than the last entry − 5 min) or AHEAD (more than a day after it)."""
    if last is None:
        return "OK"
    if now < last - _BACKWARDS:
        return "BACK"
    return "AHEAD" if now > last + _FORWARDS else "OK"

"""What the store itself knows of its backups: the second place, and the last drill."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.models.journal import JournalRow
from ssj_desktop.queries.office import find_office, find_setting

SECOND_FOLDER_SETTING = "second_backup_folder"
DRILL_ACTION = "恢复演练"


@dataclass(frozen=True, slots=True)
class DrillRow:
    """The last drill as the journal has it."""

    at: datetime
    local_time: str
    passed: bool
    result: str


@dataclass(frozen=True, slots=True)
class SpanRow:
    """A run of entries: how many, from when to when, and which acts."""

    count: int = 0
    first: str = ""
    last: str = ""
    acts: tuple[tuple[str, int], ...] = ()

    @property
    def text(self) -> str:
        if not self.count:
            return "没有比备份更新的操作"
        acts = "、".join(f"{action} {count}" for action, count in self.acts[:6])
        more = f"等 {len(self.acts)} 种" if len(self.acts) > 6 else ""
        first, last = (text.replace("T", " ")[:16] for text in (self.first, self.last))
        return f"备份之后的 {self.count} 条操作（{first} 至 {last}：{acts}{more}）"


def second_folder_setting(session: Session) -> str:
    """A folder means something on one device only, so the setting's name carries its letter."""
    return f"{SECOND_FOLDER_SETTING}.{find_office(session).device}"


def find_second_folder(session: Session) -> str:
    return find_setting(session, second_folder_setting(session))


def find_last_drill(session: Session) -> DrillRow | None:
    row = session.execute(
        select(JournalRow.at, JournalRow.local_time, JournalRow.payload)
        .where(JournalRow.action == DRILL_ACTION)
        .order_by(JournalRow.sequence.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    payload = json.loads(row.payload)
    return DrillRow(row.at, row.local_time, payload["passed"], payload["result"])


def find_sequence_of(session: Session, head: str) -> int:
    """The entry with this hash; 0 when it is not in this chain."""
    query = select(JournalRow.sequence).where(JournalRow.hash == head)
    return session.scalar(query) or 0


def list_heads(session: Session) -> tuple[str, ...]:
    """All hashes of the chain, the newest first."""
    return tuple(session.scalars(select(JournalRow.hash).order_by(JournalRow.sequence.desc())))


def find_span(session: Session, after: int) -> SpanRow:
    """The entries after one."""
    later = JournalRow.sequence > after
    count, first, last = session.execute(
        select(
            func.count(), func.min(JournalRow.local_time), func.max(JournalRow.local_time)
        ).where(later)
    ).one()
    acts = session.execute(
        select(JournalRow.action, func.count())
        .where(later)
        .group_by(JournalRow.action)
        .order_by(func.count().desc(), JournalRow.action)
    )
    return SpanRow(count, first or "", last or "", tuple((a, n) for a, n in acts))

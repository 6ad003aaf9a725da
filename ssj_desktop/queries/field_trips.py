"""Before a laptop goes out and while it is out: which tasks, what goes along, what is still owed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.models.chain import SegmentRow
from ssj_desktop.queries.exchanges import heads_of, other_members
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.leases import leases_of, list_open_leases, why_not_erase
from ssj_desktop.queries.lineage import QUARANTINED, ancestry, segment_parents
from ssj_desktop.queries.membership import find_office_root, find_roster, own_keys
from ssj_desktop.queries.registries import count_rows

_ALONG = ("targets", "inspectors", "items", "experts")
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Laptop:
    """A device tasks may go out with; field laptops first."""

    device: str
    name: str
    is_field: bool

    @property
    def text(self) -> str:
        return self.name if self.is_field else f"{self.name}（不是外业机）"


@dataclass(frozen=True, slots=True)
class TaskChoice:
    """One open task that may go out; ``holder`` already has it."""

    id: str
    number: str
    target: str
    team: str
    state: str
    holder: str


@dataclass(frozen=True, slots=True)
class FieldCopy:
    """What a field laptop has out, and why its copy is still needed."""

    is_field: bool
    task_ids: tuple[str, ...]
    why_not_erase: str | None

    @property
    def text(self) -> str:
        out = f"本机带出 {len(self.task_ids)} 项任务" if self.task_ids else "本机没有带出的任务"
        if self.why_not_erase is None:
            return f"{out}，局里已收到全部录入，副本可以清除。"
        return f"{out}，{self.why_not_erase}，副本请保留。"


def list_laptops(session: Session) -> tuple[Laptop, ...]:
    found = [
        Laptop(member.device, member.name, member.role is DeviceRole.FIELD)
        for member in other_members(session)
    ]
    return tuple(sorted(found, key=lambda each: not each.is_field))


def list_task_choices(session: Session, now: datetime, today: date) -> tuple[TaskChoice, ...]:
    """Tasks whose results can still be entered, in order of their number."""
    holders = {row.task_id: row.device_name for row in list_open_leases(session, now)}
    return tuple(
        TaskChoice(
            task.id, task.number, task.name_on(today),
            "、".join(member.name for member in task.people), task.state.label,
            holders.get(task.id, ""),
        )
        for task in list_tasks(session)
        if task.is_editable
    )  # fmt: skip


def list_luggage(session: Session, device: str) -> tuple[str, ...]:
    """What goes along besides the tasks, in words: registries, the sheet, how much is new there."""
    parents = segment_parents(session)
    held = ancestry(parents, heads_of(session, device))
    sizes = session.execute(
        select(SegmentRow.id, func.length(SegmentRow.content)).where(
            SegmentRow.state != QUARANTINED
        )
    )
    lacking = [size for name, size in sizes if name not in held]
    counts = [f"{REGISTRIES[kind].label} {count_rows(session, kind)} 条" for kind in _ALONG]
    size = max(1, round(sum(lacking) / _KIB))
    return (
        *counts,
        "年度抽查计划、抽取结果、工作日历",
        "外业检查任务单一份，可打印后带去现场签字",
        f"该机还没有的数据 {len(lacking)} 段，约 {size} KB，加密，只有该机能打开",
    )


def find_field_copy(session: Session) -> FieldCopy:
    """The state of this computer, if it is a field laptop."""
    if find_office_root(session) is None:
        return FieldCopy(is_field=False, task_ids=(), why_not_erase="")
    own = own_keys(session).device
    member = find_roster(session).members.get(own)
    if member is None or member.role is not DeviceRole.FIELD:
        return FieldCopy(is_field=False, task_ids=(), why_not_erase="")
    tasks = tuple(lease.task_id for lease in leases_of(session, own))
    return FieldCopy(is_field=True, task_ids=tasks, why_not_erase=why_not_erase(session))

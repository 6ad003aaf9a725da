"""Before a laptop goes out and while it is out: which tasks, what goes along, what is still owed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.models.registries import Expert, InspectionItem, Inspector, Target
from ssj_desktop.queries.excerpts import rows_for_tasks, tasks_out_with
from ssj_desktop.queries.exchanges import other_members
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.leases import leases_of, list_open_leases, why_not_erase
from ssj_desktop.queries.membership import find_office_root, find_roster, own_keys

_ALONG = {"targets": Target, "inspectors": Inspector, "experts": Expert, "items": InspectionItem}
_SHEET = "外业检查任务单一份，可打印后带去现场签字"


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


def list_luggage(session: Session, device: str, task_ids: Iterable[str]) -> tuple[str, ...]:
    """What goes along with these tasks and those this laptop has out already, in words."""
    member = find_roster(session).members.get(device)
    if member is not None and member.role is not DeviceRole.FIELD:
        return (_SHEET, "这台不是外业机，会得到本单位的全部数据，加密，只有它能打开")
    rows = rows_for_tasks(session, {*task_ids, *tasks_out_with(session, device)})
    counts = Counter(table for table, _ in rows)
    return (
        *(
            f"{REGISTRIES[kind].noun} {counts[model.__tablename__]} {REGISTRIES[kind].counter}"
            for kind, model in _ALONG.items()
        ),
        "账号、工作日历、系统设置",
        _SHEET,
        "不带其他对象的资料；加密，只有该机能打开",
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

"""Reading field leases: which laptop has which task, for how long, and what came back twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.models.exchange import FieldLease
from ssj_desktop.models.inspections import InspectionTask, ItemResult
from ssj_desktop.models.registries import Target
from ssj_desktop.queries.attachment_routes import unattested
from ssj_desktop.queries.conflicts import list_blocking
from ssj_desktop.queries.exchanges import heads_of, other_members
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.lineage import ancestry, has_unsealed_changes, segment_parents, tips
from ssj_desktop.queries.membership import find_office_root, find_roster, list_devices
from ssj_desktop.queries.office import find_office

OVERDUE_DAYS = 7
"""A laptop out for so long is asked about; a lost one is to be revoked."""


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """One task that is out with a laptop."""

    task_id: str
    task_number: str
    target: str
    device: str
    device_name: str
    made_at: datetime
    days: int

    @property
    def is_overdue(self) -> bool:
        return self.days >= OVERDUE_DAYS

    @property
    def text(self) -> str:
        return f"{self.task_number} 由“{self.device_name}”带出 {self.days} 天"


@dataclass(frozen=True, slots=True)
class LateLaptop:
    """A laptop whose tasks are out for too long, and for how long it has been silent."""

    device: str
    name: str
    tasks: int
    days: int
    silent_days: int | None

    @property
    def is_missing(self) -> bool:
        """Not heard from either since: perhaps lost."""
        return self.silent_days is None or self.silent_days >= OVERDUE_DAYS

    @property
    def text(self) -> str:
        out = f"“{self.name}”带出 {self.tasks} 项任务已 {self.days} 天"
        if not self.is_missing:
            return f"{out}，请催交。"
        heard = "从未与本机往来" if self.silent_days is None else f"{self.silent_days} 天没有往来"
        return f"{out}，{heard}。请找到它；如已丢失，请立即撤销。"


@dataclass(frozen=True, slots=True)
class DoubleEntry:
    """One item of one task that was entered on two devices: both are kept, a person looks."""

    task_number: str
    item: str
    people: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{self.task_number}　{self.item}　{'、'.join(self.people)}"


def list_open_leases(session: Session, now: datetime) -> tuple[LeaseRow, ...]:
    """Tasks that are out, the longest first."""
    if find_office_root(session) is None:
        return ()
    members = find_roster(session).members
    query = (
        select(FieldLease, InspectionTask.number, InspectionTask.target_name)
        .join(InspectionTask, InspectionTask.id == FieldLease.task_id)
        .where(FieldLease.returned_at.is_(None))
        .order_by(FieldLease.made_at, InspectionTask.number)
    )
    return tuple(
        LeaseRow(
            lease.task_id, number, target, lease.device,
            members[lease.device].name if lease.device in members else lease.device[:8],
            lease.made_at, max(0, (now - lease.made_at).days),
        )
        for lease, number, target in session.execute(query)
    )  # fmt: skip


def list_late_laptops(session: Session, now: datetime) -> tuple[LateLaptop, ...]:
    """Laptops in use that took tasks out long ago, the longest first."""
    late = [lease for lease in list_open_leases(session, now) if lease.is_overdue]
    active = {row.device: row for row in list_devices(session, now) if row.is_active}
    return tuple(
        LateLaptop(
            device, active[device].name, sum(lease.device == device for lease in late),
            next(lease.days for lease in late if lease.device == device),
            active[device].silent_days,
        )
        for device in dict.fromkeys(lease.device for lease in late)
        if device in active and not active[device].is_own
    )  # fmt: skip


def leases_of(session: Session, device: str) -> tuple[FieldLease, ...]:
    query = select(FieldLease).where(FieldLease.device == device, FieldLease.returned_at.is_(None))
    return tuple(session.scalars(query))


def list_double_entries(session: Session) -> tuple[DoubleEntry, ...]:
    """Results of the same revision of one task: entered without knowing of each other."""
    place = (ItemResult.task_id, ItemResult.revision, ItemResult.item_number)
    twice = select(*place).group_by(*place).having(func.count() > 1)
    query = (
        select(*place, ItemResult.entered_by)
        .where(tuple_(*place).in_(twice))
        .order_by(ItemResult.task_id, ItemResult.entered_at)
    )
    found: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for task, revision, item, person in session.execute(query):
        found[task, revision, item].append(person)
    tasks = {task for task, _, _ in found}
    named = select(InspectionTask.id, InspectionTask.number).where(InspectionTask.id.in_(tasks))
    numbers = dict(session.execute(named).all())
    return tuple(
        DoubleEntry(numbers.get(task, task), item, tuple(people))
        for (task, _, item), people in found.items()
        if len(people) > 1
    )


def why_not_erase(session: Session) -> str | None:
    """A field copy is kept until somebody else has acknowledged everything in it."""
    if has_unsealed_changes(session):
        return "还有没有导出的录入"
    parents, newest = segment_parents(session), set(tips(session))
    for member in other_members(session):
        if newest <= ancestry(parents, heads_of(session, member.device)):
            return _why_keep_bytes(session)
    return "还没有收到局里电脑的回执"


def _why_keep_bytes(session: Session) -> str | None:
    """Rows and bytes come home apart: the receipt names every attachment."""
    lacking = len(unattested(session))
    return f"局里还缺 {lacking} 个附件，请再交回一次并导入新的回执" if lacking else None


TASK_COLUMNS = (
    Column("任务编号", 44, "left", "code"),
    Column("检查对象", 52),
    Column("地址", 56),
    Column("抽查事项", 60),
    Column("检查人员", 36),
    Column("结果", 20),
)


def field_paper(
    session: Session, task_ids: Sequence[str], photos: Sequence[str] = ()
) -> TablePaper:
    """外业检查任务单: what the laptop takes out, and which photos are wanted, also on paper."""
    office, wanted = find_office(session), set(task_ids)
    tasks = [task for task in list_tasks(session) if task.id in wanted]
    query = select(Target.id, Target.address).where(Target.id.in_([t.target_id for t in tasks]))
    addresses = dict(session.execute(query).all())
    rows = tuple(
        (
            task.number, task.target_name, addresses.get(task.target_id) or "",
            "；".join(f"{item.name}（{item.item}）" for item in task.items),
            "、".join(member.name for member in task.people), "",
        )
        for task in tasks
    )  # fmt: skip
    return TablePaper(
        organ=office.unit,
        title="外业检查任务单",
        head_lines=((f"共 {len(rows)} 项任务", f"需拍照片：{'、'.join(photos) or '无'}"),),
        columns=TASK_COLUMNS,
        rows=rows,
        foot_left="领取人签字：",
        foot_right="日期：",
    )


def draw_warnings(session: Session, now: datetime) -> tuple[str, ...]:
    """What to know before a pool is frozen: disputes, silent devices, tasks that are out."""
    said = []
    blocking = list_blocking(session)
    if blocking:
        said.append(f"有 {len(blocking)} 条影响抽取的冲突未处理：{'、'.join(blocking[:3])}。")
    silent = [row.name for row in list_devices(session, now) if row.is_silent]
    if silent:
        said.append(f"久未往来的设备：{'、'.join(silent)}，其中的名录修改还没有并入。")
    return tuple(said)

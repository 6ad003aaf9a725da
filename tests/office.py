"""A small office for tests: a real encrypted store with clerk and approver."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ssj_desktop.domain.passwords import AccessPolicy
from ssj_desktop.domain.plan_rules import LineDraft, parse_quotas
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.services.account_admin import change_policy
from ssj_desktop.services.accounts import AddAccount, FoundOffice, create_account, create_store
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.draws import FreezeDraw, Panelist
from ssj_desktop.services.plans import DraftPlan, SaveLine, approve_plan, draft_plan, save_line
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.services.surroundings import Surroundings

PASSWORD = "Sesame-2026"
PANEL = (Panelist("刘昕", "县纪委"), Panelist("马骉", "县政协"), Panelist("丁玉兰", "公证处"))


class Clock(Surroundings):
    """A clock that tests set; ids and M stay real."""

    __slots__ = ("moment",)

    def __init__(self) -> None:
        object.__setattr__(self, "moment", datetime(2026, 3, 16, 1, 30, tzinfo=UTC))

    def now(self) -> datetime:
        return self.moment

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(UTC)

    def pass_days(self, days: int) -> None:
        object.__setattr__(self, "moment", self.moment + timedelta(days=days))


def found(
    folder: Path,
    surroundings: Surroundings | None = None,
    unit: str = "云岭县住房和城乡建设局",
    division: str = "239921",
) -> tuple[Desk, Desk]:
    """Clerk and approver of a new store."""
    office = FoundOffice(unit, division, "张敏")
    clerk, _ = create_store(folder / "office.ssj", office, PASSWORD, surroundings, LEAST_COST)
    if surroundings is not None:  # founded on an invented day, perhaps opened on a real one
        change_policy(clerk, AccessPolicy(days=0))
    create_account(clerk, AddAccount("高建国", (Role.APPROVER,)), PASSWORD, PASSWORD, LEAST_COST)
    return clerk, clerk.signed_in_as(Actor("高建国", (Role.APPROVER,)))


def enrol_targets(desk: Desk, count: int = 20) -> None:
    for n in range(count):
        texts = {"name": f"云岭县第{n}物业公司", "number": f"91239921X{n:09d}", "industry": "物业服务企业",
                 "credit_class": "AB"[n % 2], "area": "兴华街道"}  # fmt: skip
        desk.do(enrol, Enrol("targets", texts))


def enrol_inspectors(desk: Desk, count: int = 6) -> None:
    for n in range(count):
        texts = {"name": f"检查员{n}", "certificate_number": f"23992{n:03d}", "department": "住建局",
                 "certificate_expiry": "2029-12-31", "leader": "是" if n % 2 else "否"}  # fmt: skip
        desk.do(enrol, Enrol("inspectors", texts))


def approved_line(
    clerk: Desk, approver: Desk, quotas: str = "A=10%+1,B=2+1", **changes: object
) -> str:
    """The key of the only line of an approved plan; ``changes`` go to the line's draft."""
    plan = clerk.do(draft_plan, DraftPlan(clerk.today().year))
    return approved_line_of(clerk, approver, plan, quotas, **changes)


def approved_line_of(clerk: Desk, approver: Desk, plan: str, quotas: str, **changes: object) -> str:
    """The same for a plan that was drafted already."""
    draft = LineDraft("物业抽查", ("ZJ-07-07",), (("industry", ("物业服务企业",)),), "credit_class",
                      parse_quotas(quotas), 3, 6, "住建局")  # fmt: skip
    line = clerk.do(save_line, SaveLine(plan, replace(draft, **changes)))  # type: ignore[arg-type]
    approver.do(approve_plan, plan)
    return line


def enrol_experts(desk: Desk, count: int = 3) -> None:
    for n in range(count):
        texts = {
            "name": f"专家{n}",
            "number": f"ZJ{n:04d}",
            "unit": "设计院",
            "specialties": "消防",
        }
        desk.do(enrol, Enrol("experts", texts))


def freezing(desk: Desk, line: str, request: str = "r1", **changes: object) -> FreezeDraw:
    values = {
        "place": "会议室",
        "supervisor": "高建国",
        "visit_date": desk.today(),
        "panel": PANEL,
        **changes,
    }
    return FreezeDraw(request, line, **values)  # type: ignore[arg-type]

"""A small office for tests: a real encrypted store with clerk and approver.

Founding costs half a second, so each process does it once for each moment and copies the files.
"""

import atexit
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ssj_desktop.domain.passwords import AccessPolicy
from ssj_desktop.domain.plan_rules import LineDraft, parse_quotas
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.database import open_database
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.services.account_admin import change_policy
from ssj_desktop.services.accounts import (
    SMALL_OFFICE,
    AddAccount,
    FoundOffice,
    create_account,
    create_store,
)
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.draws import FreezeDraw, Panelist
from ssj_desktop.services.plans import DraftPlan, SaveLine, approve_plan, draft_plan, save_line
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.services.surroundings import Surroundings

STORE = "office.ssj"
PASSWORD = "Sesame-2026"
UNIT, DIVISION = "云岭县住房和城乡建设局", "239921"
APPROVER = Actor("高建国", (Role.APPROVER,))
PANEL = (Panelist("刘昕", "县纪委"), Panelist("马骉", "县政协"), Panelist("丁玉兰", "公证处"))
_TEMPORARY = tempfile.gettempdir()
"""Known at import: some tests move the temporary folder to one that goes with them."""
_CLOSED: dict[tuple[object, str, str], tuple[Path, bytes]] = {}
"""By moment, unit and division: the folder with the closed store, and its data key."""


class Clock(Surroundings):
    """A clock that tests set; ids and M stay real."""

    __slots__ = ("moment",)

    def __init__(self, moment: datetime = datetime(2026, 3, 16, 1, 30, tzinfo=UTC)) -> None:
        object.__setattr__(self, "moment", moment)

    def now(self) -> datetime:
        return self.moment

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(UTC)

    def pass_days(self, days: int) -> None:
        object.__setattr__(self, "moment", self.moment + timedelta(days=days))


def found(
    folder: Path,
    surroundings: Surroundings | None = None,
    unit: str = UNIT,
    division: str = DIVISION,
) -> tuple[Desk, Desk]:
    """Clerk and approver of a new store of the test's own.

    Stores founded at one moment are copies of one: same office, device and data key. A test that
    needs two strangers has one of them from :func:`found_anew`.
    """
    moment = _moment(surroundings)
    if (moment, unit, division) not in _CLOSED:
        template = template_folder()
        founder, _ = found_anew(template, surroundings, unit, division)
        founder.close()
        _CLOSED[moment, unit, division] = template, founder.database.key
    template, key = _CLOSED[moment, unit, division]
    shutil.copytree(template, folder, dirs_exist_ok=True)
    database = open_database(folder / STORE, key)
    clerk = Desk(database, Actor("张敏", SMALL_OFFICE), surroundings or Surroundings())
    return clerk, clerk.signed_in_as(APPROVER)


def template_folder() -> Path:
    """A folder for closed stores to copy from, there until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="ssj-template-", dir=_TEMPORARY))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _moment(surroundings: Surroundings | None) -> object:
    """What tells apart the stores that different clocks found; a real clock's are of one day."""
    if isinstance(surroundings, Clock):
        return type(surroundings), surroundings.moment, getattr(surroundings, "up", None)
    return type(surroundings), (surroundings or Surroundings()).today()


def found_anew(
    folder: Path,
    surroundings: Surroundings | None = None,
    unit: str = UNIT,
    division: str = DIVISION,
) -> tuple[Desk, Desk]:
    """The same, really founded: ids and keys that no other store has."""
    office = FoundOffice(unit, division, "张敏")
    clerk, _ = create_store(folder / STORE, office, PASSWORD, surroundings, LEAST_COST)
    if surroundings is not None:  # founded on an invented day, perhaps opened on a real one
        change_policy(clerk, AccessPolicy(days=0))
    create_account(clerk, AddAccount(APPROVER.name, APPROVER.roles), PASSWORD, PASSWORD, LEAST_COST)
    return clerk, clerk.signed_in_as(APPROVER)


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

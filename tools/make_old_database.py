"""Keeps a store of the present schema for the upgrade tests: ``tests/old_databases/REVISION.ssj``.

Run it once for every schema before the next migration is added; the files are never made anew. It
holds a small year: registries, a plan, a draw, one result, and the password below.
"""

import sys
from datetime import timedelta
from pathlib import Path

from killing import scratch_folder
from sqlalchemy import select

from ssj_desktop.domain.plan_rules import LineDraft, parse_quotas
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.models.registries import InspectionItem
from ssj_desktop.services.accounts import AddAccount, FoundOffice, create_account, create_store
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.draws import FreezeDraw, Panelist, PerformDraw, draw, freeze_draw
from ssj_desktop.services.plans import DraftPlan, SaveLine, approve_plan, draft_plan, save_line
from ssj_desktop.services.registries import Enrol, Revise, enrol, revise

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "old_databases"
PASSWORD = "Sesame-2026"  # noqa: S105 - of files that hold invented rows only
PANEL = (Panelist("刘昕", "县纪委"), Panelist("马骉", "县政协"))


def live_a_year(desk: Desk, approver: Desk) -> None:
    for n in range(12):
        texts = {"name": f"云岭县第{n}物业公司", "number": f"91239921X{n:09d}", "industry": "物业服务企业",
                 "credit_class": "AB"[n % 2], "area": "兴华街道"}  # fmt: skip
        desk.do(enrol, Enrol("targets", texts))
    for n in range(4):
        texts = {"name": f"检查员{n}", "certificate_number": f"23992{n:03d}", "department": "住建局",
                 "certificate_expiry": "2029-12-31", "leader": "是" if n % 2 else "否"}  # fmt: skip
        desk.do(enrol, Enrol("inspectors", texts))
    item = desk.ask(lambda s: s.execute(select(InspectionItem.id, InspectionItem.number)).first())
    if item is None:
        raise SystemExit("没有抽查事项，无法制作。")
    desk.do(revise, Revise("items", item.id, {"status": "已认领"}, "认领"))
    plan = desk.do(draft_plan, DraftPlan(desk.today().year))
    draft = LineDraft(
        name="物业抽查",
        items=(item.number,),
        object_filter=(("industry", ("物业服务企业",)),),
        stratify_by="credit_class",
        quotas=parse_quotas("A=10%+1,B=2+1"),
        first_month=1,
        last_month=12,
        lead="住建局",
    )
    line = desk.do(save_line, SaveLine(plan, draft))
    approver.do(approve_plan, plan)
    visit = desk.today() + timedelta(days=7)
    key = desk.do(freeze_draw, FreezeDraw("old", line, "会议室", "高建国", visit, PANEL))
    desk.do(draw, PerformDraw(key, ("20260317", "88134402")))


def main() -> int:
    with scratch_folder() as folder:
        store = folder / "old.ssj"
        office = FoundOffice("云岭县住房和城乡建设局", "239921", "张敏")
        desk, _ = create_store(store, office, PASSWORD, cost=LEAST_COST)
        create_account(desk, AddAccount("高建国", (Role.APPROVER,)), PASSWORD, PASSWORD, LEAST_COST)
        live_a_year(desk, desk.signed_in_as(Actor("高建国", (Role.APPROVER,))))
        with desk.database.reading() as session:
            asked = session.connection().exec_driver_sql("SELECT version_num FROM alembic_version")
            revision = str(asked.scalar_one())
        desk.close()
        for ending in ("", ".keys"):
            target = FOLDER / f"{revision}.ssj{ending}"
            if target.exists():
                print(f"已有 {target.name}，没有改动。")
                return 1
            FOLDER.mkdir(exist_ok=True)
            target.write_bytes(Path(f"{store}{ending}").read_bytes())
    print(f"已写入 {FOLDER / revision}.ssj")
    return 0


if __name__ == "__main__":
    sys.exit(main())

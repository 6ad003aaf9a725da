"""Kills 1,000 draws at a random moment and asks for exactly one result of each (R4).

Each round starts from the same store with the sample registries and an approved plan. A worker
freezes the pool and draws with fixed digits, and asks for the same again after each restart until it
is killed; then the same two requests are made again, as a clerk would after restarting. There must be one draw with one record that
verifies, one task for each drawn target, and a result confirmed before the kill must be the one
found after it. ``--short``: 15 draws.
"""

import hashlib
import json
import random
import shutil
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from figures import Figure, tell
from killing import PASSWORD, acknowledge, acknowledged, in_child, run_and_kill, scratch_folder
from pacing import Rounds
from single_store import copy_store, damages
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop import places
from ssj_desktop.domain.draw.record import verify_record
from ssj_desktop.domain.plan_rules import LineDraft, Quota
from ssj_desktop.domain.vocabulary import QuotaMode, Role
from ssj_desktop.models.database import open_database
from ssj_desktop.models.draws import Draw, SelectedTarget
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.models.plans import PlanLine
from ssj_desktop.models.registries import InspectionItem
from ssj_desktop.services.accounts import (
    AddAccount,
    FoundOffice,
    add_account,
    create_store,
)
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.draws import FreezeDraw, Panelist, PerformDraw, draw, freeze_draw
from ssj_desktop.services.plans import DraftPlan, SaveLine, approve_plan, draft_plan, save_line
from ssj_desktop.services.registries import (
    ImportRows,
    Revise,
    import_rows,
    read_sheet,
    revise,
)
from ssj_desktop.services.surroundings import Surroundings

ROUNDS, SHORT_ROUNDS = 1000, 15
REQUEST = "soak"
READY = "ready"
DIGITS = ("20260317", "88134402")
CHANCE = random.Random(20260102)
CLERK = Actor("王芳", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.CLERK))


def template(folder: Path) -> Path:
    """A store with the sample registries and an approved plan of one line; its key beside it."""
    store = folder / "template.ssj"
    office = FoundOffice("云岭县住房和城乡建设局", "239921", "王芳")
    desk, _ = create_store(store, office, PASSWORD, cost=LEAST_COST)
    desk.do(add_account, AddAccount("李局", (Role.APPROVER,)))
    for kind, name in (("targets", "检查对象名录.xlsx"), ("inspectors", "执法检查人员名录.xlsx")):
        desk.do(import_rows, ImportRows(read_sheet(kind, places.resource("samples", name))))
    plan = desk.do(draft_plan, DraftPlan(desk.today().year))
    desk.do(save_line, SaveLine(plan, line_draft(adopted_item(desk))))
    desk.signed_in_as(Actor("李局", (Role.APPROVER,))).do(approve_plan, plan)
    Path(f"{store}.key").write_text(desk.database.key.hex(), "ascii")
    desk.close()
    return store


def lay_out(source: Path, store: Path) -> None:
    copy_store(source, store)
    shutil.copyfile(f"{source}.key", f"{store}.key")


def opened(store: Path) -> Desk:
    """As after a restart, without the door."""
    key = bytes.fromhex(Path(f"{store}.key").read_text("ascii"))
    return Desk(open_database(store, key), CLERK, Surroundings())


def adopted_item(desk: Desk) -> str:
    """The number of an item this office carries out."""
    first = select(InspectionItem.id, InspectionItem.number).limit(1)
    row = desk.ask(lambda session: session.execute(first).one())
    desk.do(revise, Revise("items", row.id, {"status": "已认领"}, "认领"))
    return str(row.number)


def line_draft(item: str) -> LineDraft:
    quotas = tuple(Quota(code, QuotaMode.RATIO, ratio=300) for code in ("A", "B", "C", "D", "N"))
    return LineDraft(
        name="物业服务企业抽查",
        items=(item,),
        object_filter=(("industry", ("物业服务企业",)),),
        stratify_by="credit_class",
        quotas=quotas,
        first_month=1,
        last_month=12,
        lead="住房和城乡建设局",
    )


def hold(desk: Desk, log: Path | None = None) -> str:
    """Freeze and draw, asking again for what may have been done already; digest of the record."""
    line = desk.ask(lambda session: session.scalars(select(PlanLine.id)).one())
    panel = (Panelist("赵见证", "县司法局"), Panelist("钱见证", "社区居委会"))
    visit = desk.today() + timedelta(days=7)
    key = desk.do(freeze_draw, FreezeDraw(REQUEST, line, "三楼会议室", "李局", visit, panel))
    desk.do(draw, PerformDraw(key, DIGITS))
    digest = desk.ask(record_digest)
    if log is not None:
        acknowledge(log, digest)
    return digest


def record_digest(session: Session) -> str:
    return hashlib.sha256(session.scalars(select(Draw.record)).one() or b"").hexdigest()


def work(store: Path, log: Path) -> None:
    """Until killed: whoever has drawn and closed opens again, and asks for the same."""
    while True:
        desk = opened(store)
        acknowledge(log, READY)
        hold(desk, log)
        desk.close()


@dataclass
class Tally:
    """What the rounds found: where the kill hit, and every fault."""

    undone: int = 0
    frozen: int = 0
    drawn: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.undone += other.undone
        self.frozen += other.frozen
        self.drawn += other.drawn
        self.faults += other.faults

    def note_state(self, state: str | None) -> None:
        self.undone += state is None
        self.frozen += state == "FROZEN"
        self.drawn += state == "DRAWN"


def check(store: Path, confirmed: list[str]) -> Tally:
    """Resume like a clerk after a restart and look at what there is; ``confirmed`` are digests."""
    tally = Tally()
    desk = opened(store)
    try:
        tally.note_state(desk.ask(lambda session: session.scalar(select(Draw.state))))
        before = desk.ask(record_digest) if confirmed else None
        digest = hold(desk)
        if before is not None and {before, *confirmed} != {digest}:
            tally.faults.append("结果在重启后变了")
        tally.faults += desk.ask(faults) + desk.ask(damages)
    finally:
        desk.close()
    return tally


def faults(session: Session) -> list[str]:
    """What is wrong with the one draw there should be."""
    rows = list(session.scalars(select(Draw)))
    if len(rows) != 1 or rows[0].record is None:
        return [f"有 {len(rows)} 次抽取"]
    verdict = verify_record(json.loads(rows[0].record))
    selected = session.scalar(select(func.count()).where(SelectedTarget.standing == "drawn"))
    tasks = session.scalar(select(func.count()).select_from(InspectionTask))
    entries = [
        session.scalar(select(func.count()).where(JournalRow.action == action))
        for action in ("冻结待抽库", "抽取")
    ]
    wrong = {
        "记录核对不符": not verdict.ok,
        f"抽中 {selected} 家而任务有 {tasks} 项": selected != tasks or not tasks,
        f"日志里冻结、抽取各有 {entries} 条": entries != [1, 1],
    }
    return [text for text, is_wrong in wrong.items() if is_wrong]


def seconds_of_one(source: Path, store: Path) -> float:
    """How long freezing and drawing take."""
    lay_out(source, store)
    desk = opened(store)
    begun = time.process_time()
    hold(desk)
    taken = time.process_time() - begun
    desk.close()
    return taken


def warm_up(source: Path, store: Path) -> float:
    """A draw without a kill, here in the parent: what it loaded, every worker has from its start.

    The processor seconds one takes a worker, so that kills fall on all of it.
    """
    lay_out(source, store)
    found = check(store, []).faults
    if found:
        raise SystemExit(f"不终止时也不符：{found}")
    return in_child(seconds_of_one, source, store)


def soak(rounds: Rounds) -> Tally:
    tally = Tally()
    with scratch_folder() as folder:
        store, log = folder / "store.ssj", folder / "confirmed.txt"
        source = template(folder)
        longest = 1.5 * warm_up(source, store)
        for _ in rounds:
            lay_out(source, store)
            log.unlink(missing_ok=True)
            if not run_and_kill(work, (store, log), log, CHANCE.uniform(0, longest)):
                raise SystemExit("一次没有终止成")
            tally.add(check(store, [line for line in acknowledged(log) if line != READY]))
    return tally


def main(arguments: list[str]) -> int:
    rounds = Rounds(SHORT_ROUNDS if "--short" in arguments else ROUNDS)
    begun = time.monotonic()
    tally = soak(rounds)
    for fault in tally.faults:
        print(fault)
    held = (
        f"终止 {rounds.text} 次抽取（冻结前 {tally.undone}，冻结后 {tally.frozen}，"
        f"抽取后 {tally.drawn}），不符 {len(tally.faults)}"
    )
    print(f"soak draws：{held}（{time.monotonic() - begun:.0f} 秒）")
    asked = "抽取中随机终止 1000 次：每次恰有一个结果，恢复后不变"
    return tell(Figure("R4", asked, held, rounds.is_whole and not tally.faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Damages 50 stores at random and repairs each from its backups.

Damage is a run of other bytes, a zeroed stretch, a cut-off end or a missing key file's neighbour.
Every store must open again, hold at least what its backup held, and say how many rows are lost.
``--short``: 5 stores.
"""

import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from figures import Figure, tell
from killing import PASSWORD, memory_folder
from pacing import Rounds
from single_store import ACTS, copy_store, damages, template
from sqlalchemy import func, select

from ssj_desktop.domain.errors import RuleViolation, SsjError
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models import keyfile
from ssj_desktop.models.copies import facts_of, find_faults
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.keyfile import Slot
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.repair import RepairPlan, plan_repair, repair
from ssj_desktop.services.surroundings import Surroundings

ROUNDS, SHORT_ROUNDS = 50, 5
WHO = Credentials("王芳", PASSWORD)


@dataclass
class Tally:
    """What the rounds found."""

    repaired: int = 0
    mended: int = 0
    rows_lost: int = 0
    replayed: int = 0
    wrong: list[str] = field(default_factory=list)


def worked_store(folder: Path, chance: random.Random) -> Path:
    """A store with a backup somewhere in the middle of its work."""
    store = folder / "office.ssj"
    desk = sign_in(store, PASSWORD)
    for number in range(12):
        act = chance.choice(list(ACTS))
        ACTS[act](desk, f"[{act}-{number}-{chance.randrange(10**6)}]")
        if number == 7:
            back_up(desk, BackupReason.MANUAL)
    desk.close()
    return store


def spoil(store: Path, chance: random.Random) -> str:
    """Damage the file in one of four ways; says which."""
    content = bytearray(store.read_bytes())
    start, length = chance.randrange(len(content)), chance.choice((1, 64, 4096, 65536))
    way = chance.choice(("翻转", "乱码", "清零", "截断"))
    if way == "翻转":
        content[start] ^= 1 << chance.randrange(8)
    elif way == "截断":
        del content[max(start, 1) :]
    else:
        filler = bytes(length) if way == "清零" else chance.randbytes(length)
        content[start : start + length] = filler[: len(content) - start]
    store.write_bytes(content)
    return f"{way}@{start}"


def one_round(store: Path, chance: random.Random, tally: Tally) -> None:
    """Spoil, plan, repair, open."""
    entries = entries_of(store)
    label = spoil(store, chance)
    try:
        plan = plan_repair(store, WHO)
    except RuleViolation:  # only unused pages were hit: looking at the store has mended them
        faults = [*find_faults(store, keyfile.unlock(slots_of(store), WHO.account, PASSWORD))]
        if faults or entries_of(store) < entries:
            tally.wrong.append(f"{label}：{faults}")
        tally.mended += 1
        return
    except SsjError as refusal:
        tally.wrong.append(f"{label}：{refusal}")
        return
    repair_one(store, plan, label, tally)


def repair_one(store: Path, plan: RepairPlan, label: str, tally: Tally) -> None:
    held = dict(plan.restore.facts.rows)
    try:
        done = repair(plan, WHO, Surroundings())
        desk = sign_in(store, PASSWORD)
    except SsjError as refusal:
        tally.wrong.append(f"{label}：{refusal}")
        return
    faults = desk.ask(damages)
    desk.close()
    now = dict(facts_of(store, plan.restore.keys.after).rows)
    short = [table for table in ("targets", "settings") if now[table] < held[table]]
    if faults or short or done.rows_lost:
        tally.wrong.append(f"{label}：{faults} {short}，失去 {done.rows_lost} 行")
    tally.repaired += 1
    tally.rows_lost += done.rows_lost
    tally.replayed += done.restored.replayed.entries if done.restored.replayed else 0


def entries_of(store: Path) -> int:
    """How long the journal of a store that opens is; −1 when its rows or pages are not sound."""
    desk = sign_in(store, PASSWORD)
    faults = desk.ask(damages)
    count = desk.ask(lambda session: session.scalar(select(func.max(JournalRow.sequence))))
    desk.close()
    return -1 if faults else count or 0


def slots_of(store: Path) -> tuple[Slot, ...]:
    return keyfile.read_slots(keyfile.keyfile_of(store))


def repair_all(rounds: Rounds, tally: Tally) -> None:
    with memory_folder() as folder:
        source = template(folder)
        for seed in rounds:
            chance = random.Random(20260105 + seed)
            place = folder / str(seed)
            place.mkdir()
            copy_store(source, place / "office.ssj")
            one_round(worked_store(place, chance), chance, tally)


def main(arguments: list[str]) -> int:
    rounds = Rounds(SHORT_ROUNDS if "--short" in arguments else ROUNDS)
    begun, tally = time.monotonic(), Tally()
    repair_all(rounds, tally)
    for text in tally.wrong:
        print(text)
    held = (
        f"{rounds.text} 个损坏的库，修复 {tally.repaired}，只伤到空闲页而自愈 {tally.mended}，"
        f"不符 {len(tally.wrong)}，镜像补回 {tally.replayed} 条操作，失去 {tally.rows_lost} 行"
    )
    print(f"soak repair：{held}（{time.monotonic() - begun:.0f} 秒）")
    asked = "50 个损坏的库都恢复到备份加日志，损失按行报告"
    return tell(Figure("R6", asked, held, rounds.is_whole and not tally.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

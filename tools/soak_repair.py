"""Damages 50 stores at random and repairs each from its backups; times a restore drill.

Damage is a run of other bytes, a zeroed stretch, a cut-off end or a missing key file's neighbour.
Every store must open again, hold at least what its backup held, and say how many rows are lost.
``--short``: 5 stores and a drill at 2,000 objects instead of 100,000.
"""

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from figures import Figure, tell
from killing import PASSWORD, scratch_folder
from single_store import ACTS, copy_store, damages, template
from sqlalchemy import func, insert, select

from ssj_desktop.domain.errors import RuleViolation, SsjError
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models import keyfile
from ssj_desktop.models.copies import facts_of, find_faults
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.keyfile import Slot
from ssj_desktop.models.registries import Target
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import back_up, drill
from ssj_desktop.services.desk import Work
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.repair import RepairPlan, plan_repair, repair
from ssj_desktop.services.surroundings import Surroundings

ROUNDS, SHORT_ROUNDS = 50, 5
OBJECTS, SHORT_OBJECTS = 100_000, 2_000
DRILL_SECONDS = 10.0
ALONE = True
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


def rounds_of(count: int, tally: Tally) -> Iterator[int]:
    with scratch_folder() as folder:
        source = template(folder)
        for seed in range(count):
            chance = random.Random(20260105 + seed)
            place = folder / str(seed)
            place.mkdir()
            copy_store(source, place / "office.ssj")
            one_round(worked_store(place, chance), chance, tally)
            yield seed


def fill(work: Work, count: int) -> None:
    """Many objects in one act, as a large import leaves them."""
    row = dict(work.session.execute(select(Target.__table__)).mappings().first() or {})
    rows = [
        {**row, "id": work.new_id(), "name": f"企业{n}", "number": f"D-{n}"} for n in range(count)
    ]
    for start in range(0, count, 10_000):
        work.session.execute(insert(Target.__table__), rows[start : start + 10_000])  # type: ignore[arg-type]
    work.note("导入", f"{count} 家", "targets")


def timed_drill(count: int) -> tuple[float, int]:
    """Seconds of a restore drill at so many objects, and the rows it brought back."""
    from ssj_desktop.domain import permissions  # noqa: PLC0415 - for this drill only

    permissions.ALLOWED["fill"] = permissions.ALLOWED["import_rows"]
    with scratch_folder() as folder:
        desk = sign_in(template(folder), PASSWORD)
        desk.do(fill, count)
        back_up(desk, BackupReason.MANUAL)
        found = drill(desk)
        there = desk.ask(lambda session: session.scalar(select(func.count()).select_from(Target)))
        faults = find_faults(desk.database.path, desk.database.key)
        desk.close()
        if not found.passed or faults or (there or 0) < count:
            raise SystemExit(f"恢复演练没有通过：{found.result}")
    return found.seconds, found.rows


def main(arguments: list[str]) -> int:
    short, begun, tally = "--short" in arguments, time.monotonic(), Tally()
    count = SHORT_ROUNDS if short else ROUNDS
    list(rounds_of(count, tally))
    seconds, rows = timed_drill(SHORT_OBJECTS if short else OBJECTS)
    for text in tally.wrong:
        print(text)
    held = (
        f"{count} 个损坏的库，修复 {tally.repaired}，只伤到空闲页而自愈 {tally.mended}，不符 {len(tally.wrong)}，"
        f"镜像补回 {tally.replayed} 条操作，失去 {tally.rows_lost} 行"
    )
    drilled = f"{rows} 行用时 {seconds} 秒"
    print(f"soak repair：{held}；恢复演练 {drilled}（{time.monotonic() - begun:.0f} 秒）")
    asked = f"100,000 个对象的恢复演练不超过 {DRILL_SECONDS:.0f} 秒"
    return tell(
        Figure("R6", "50 个损坏的库都恢复到备份加日志，损失按行报告", held, not tally.wrong),
        Figure("R6 演练", asked, drilled, seconds <= DRILL_SECONDS),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

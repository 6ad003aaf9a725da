"""Kills two computers on a shared folder 200 times: no confirmed act is lost, both end equal.

Both work and exchange at the same time, each in a process of its own; both are killed at a random
moment, stores and folder stay as they are, and work goes on. Every few rounds they meet: each
confirmed act must be in both stores, pictures with their bytes, the audit must find nothing, and the
stores must be equal.
``--short``: 8 kills.
"""

import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from figures import Figure, tell
from killing import Worker, acknowledge, acknowledged, in_child, scratch_folder, wait_for_line
from photographs import picture_of, without_bytes
from sqlalchemy import select
from sqlalchemy.orm import Session

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from exchange.two_desks import CLERK, approver_at, computers
from office import approved_line, enrol_inspectors, freezing

from ssj_desktop.domain.attachments import MOST_OF_A_TASK
from ssj_desktop.models import rows
from ssj_desktop.models.capture import covered_tables
from ssj_desktop.models.database import open_database
from ssj_desktop.models.registries import RegistryChange
from ssj_desktop.models.schema import revisions
from ssj_desktop.queries.attachments import attachments_of, list_attachments
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services.attachments import Attach, attach
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.registries import Enrol, Revise, enrol, revise
from ssj_desktop.services.surroundings import Surroundings
from ssj_desktop.services.transports import exchange_folder

KILLS, SHORT_KILLS = 200, 8
LETTERS = "AB"
ROUNDS_BETWEEN_MEETINGS = 5
LONGEST_LIFE = 1.5
PICTURE = 300_000
ACTS_BETWEEN_EXCHANGES = 3
CHANCE = random.Random(20260501)


@dataclass
class Tally:
    """What was done, and everything that went wrong."""

    kills: int = 0
    confirmed: int = 0
    meetings: int = 0
    faults: list[str] = field(default_factory=list)


def store_of(folder: Path, letter: str) -> Path:
    return folder / letter / "office.ssj"


def opened(folder: Path, letter: str) -> Desk:
    key = bytes.fromhex((folder / f"{letter}.key").read_text("ascii"))
    return Desk(open_database(store_of(folder, letter), key), CLERK, Surroundings())


def prepare(folder: Path) -> None:
    """Two founded computers; the keys lie beside them so that a worker need not compute them."""
    (folder / "shared").mkdir()
    desks = computers(folder, LETTERS)
    enrol_inspectors(desks[0])
    line = approved_line(desks[0], approver_at(desks[0]))
    frozen = desks[0].do(freeze_draw, freezing(desks[0], line))
    desks[0].do(draw, PerformDraw(frozen, ("314159", "271828", "161803")))
    for letter, desk in zip(LETTERS, desks, strict=True):
        exchange_folder(desk, folder / "shared")
        (folder / f"{letter}.key").write_text(desk.database.key.hex(), "ascii")
        desk.close()


# --- the worker -------------------------------------------------------------------------------


def work(folder: Path, letter: str, mark: str) -> None:
    """Until it is killed: enrol, revise a row both know, exchange; each act under its own mark."""
    desk, log = opened(folder, letter), folder / f"{letter}.log"
    number = 0
    while True:
        number += 1
        name = f"{mark}-{number}"
        task = room_for_pictures(desk) if number % 5 == 0 else None
        if task is not None:
            desk.do(attach, Attach(task, name, picture_of(name, PICTURE)))
        elif number % 2:
            texts = {"name": f"企业{name}", "kind": "企业", "number": f"N-{name}"}
            desk.do(enrol, Enrol("targets", texts))
        else:
            row = min(desk.ask(list_rows, "targets", RowFilter()), key=lambda each: each.id)
            desk.do(revise, Revise("targets", row.id, {"contact": name}, name))
        acknowledge(log, name)
        if number % ACTS_BETWEEN_EXCHANGES == 0:
            exchange_folder(desk, folder / "shared")


def room_for_pictures(desk: Desk) -> str | None:
    """A task that may have one more."""
    tasks = [task.id for task in desk.ask(list_tasks)]
    return next((t for t in tasks if len(desk.ask(attachments_of, t)) < MOST_OF_A_TASK - 1), None)


# --- the look at what is left -----------------------------------------------------------------


def kill_both(folder: Path, mark: str) -> int:
    """Both work at once; both are killed, each at its own moment after its first act."""
    logs = [folder / f"{letter}.log" for letter in LETTERS]
    known = [len(acknowledged(log)) for log in logs]
    workers = [Worker(work, folder, letter, f"{letter}{mark}") for letter in LETTERS]
    lives = sorted((CHANCE.uniform(0, LONGEST_LIFE), place) for place in range(len(workers)))
    for place, worker in enumerate(workers):
        wait_for_line(worker, logs[place], known[place])
    begun = time.monotonic()
    for life, place in lives:
        workers[place].process.join(max(0.0, begun + life - time.monotonic()))
        if not workers[place].is_alive():
            workers[place].result()
        workers[place].kill()
    return len(workers)


def meet(folder: Path) -> Tally:
    """Exchange until level; then compare what was confirmed, and the stores with each other."""
    tally = Tally(meetings=1)
    desks = [opened(folder, letter) for letter in LETTERS]
    for desk in (*desks, *desks):
        exchange_folder(desk, folder / "shared")
    wanted = {name for letter in LETTERS for name in acknowledged(folder / f"{letter}.log")}
    tally.confirmed = len(wanted)
    for letter, desk in zip(LETTERS, desks, strict=True):
        lost = wanted - marks(desk)
        tally.faults += [f"{letter}: {name} is lost" for name in sorted(lost)]
        tally.faults += [f"{letter}: {fault}" for fault in without_bytes(desk)]
        answer = desk.ask(full_audit)
        if not answer.is_intact:
            tally.faults.append(f"{letter}: {answer.sentence}")
    first, second = (contents(desk) for desk in desks)
    if first != second:
        tally.faults.append("the stores differ")
    for desk in desks:
        desk.close()
    return tally


def marks(desk: Desk) -> set[str]:
    """The marks of all acts in the store: an enrolment by its number, a revision by its reason, a
    picture by its title.
    """
    numbers = {
        str(row.values["number"]).removeprefix("N-")
        for row in desk.ask(list_rows, "targets", RowFilter())
    }
    query = select(RegistryChange.reason)
    titles = {row.title for row in desk.ask(list_attachments)}
    return numbers | titles | set(desk.ask(lambda session: session.scalars(query).all()))


def contents(desk: Desk) -> dict[str, list[str]]:
    """Every row of every covered table."""
    return {
        table.name: sorted(desk.ask(rows_of, rows.all_rows(table))) for table in covered_tables()
    }


def rows_of(session: Session, query: str) -> list[str]:
    return [text for _, text in session.connection().exec_driver_sql(query)]


def soak(folder: Path, kills: int) -> Tally:
    in_child(prepare, folder)
    revisions()  # what every opening reads is read before the forks
    tally, number = Tally(), 0
    while tally.kills < kills:
        number += 1
        tally.kills += kill_both(folder, str(number))
        if number % ROUNDS_BETWEEN_MEETINGS == 0 or tally.kills >= kills:
            found = in_child(meet, folder)
            tally.meetings, tally.confirmed = tally.meetings + 1, found.confirmed
            tally.faults += [f"meeting {tally.meetings}: {fault}" for fault in found.faults]
    return tally


def main(arguments: list[str]) -> int:
    begun = time.monotonic()
    with scratch_folder() as folder:
        tally = soak(folder, SHORT_KILLS if "--short" in arguments else KILLS)
    for fault in tally.faults[:20]:
        print(fault)
    held = (
        f"终止 {tally.kills} 次，确认 {tally.confirmed} 步，碰头 {tally.meetings} 次，"
        f"{len(tally.faults)} 处错误"
    )
    print(f"soak folder：{held}（{time.monotonic() - begun:.0f} 秒）")
    asked = "两个进程在共享文件夹上被终止 200 次：已确认的写入一条不丢"
    return tell(Figure("kills", asked, held, not tally.faults and tally.confirmed > 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

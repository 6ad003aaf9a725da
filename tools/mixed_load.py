"""Everything an office does in one day, by a worker that may be killed at any moment.

Two computers of one office in one folder: ``A`` works and is killed, ``B`` sent bundles beforehand
and meets A in the shared folder. Old stores are upgraded beside them.

    A/office.ssj  B/office.ssj  A.key  B.key  in/N.ssjb  out/  shared/  old/  confirmed.txt

A line of ``confirmed.txt`` is a mark, or a mark, a tab and what must stay true of it.
"""

import hashlib
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import make_old_database
from killing import acknowledge
from photographs import newest_task, photograph, picture_of
from single_store import LOAD, set_one
from sqlalchemy import select
from sqlalchemy.orm import Session

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

import office
from exchange.two_desks import CLERK, approver_at, computers

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.models.database import open_database
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.plans import PlanLine
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.backups import protect
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import FreezeDraw, PerformDraw, draw, freeze_draw
from ssj_desktop.services.field_bundles import bring_in, write_bundle_out
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.services.surroundings import Surroundings
from ssj_desktop.services.transports import exchange_folder, write_exchange_bundle

BUNDLES, ROWS_OF_A_BUNDLE = 8, 3
DIGITS = ("20260317", "88134402")
"""What the two witnesses wrote."""


@dataclass(frozen=True, slots=True)
class World:
    """Where everything lies."""

    folder: Path

    def store(self, letter: str = "A") -> Path:
        return self.folder / letter / "office.ssj"

    @property
    def log(self) -> Path:
        return self.folder / "confirmed.txt"

    @property
    def shared(self) -> Path:
        return self.folder / "shared"

    def incoming(self, number: int) -> Path:
        return self.folder / "in" / f"{number}.ssjb"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def old(self) -> Path:
        return self.folder / "old"

    def opened(self, letter: str = "A") -> Desk:
        """As after a restart, without the door."""
        key = bytes.fromhex((self.folder / f"{letter}.key").read_text("ascii"))
        return Desk(open_database(self.store(letter), key), CLERK, Surroundings())


def found_world(folder: Path) -> None:
    """Two computers, an approved plan to draw from, and bundles B has sent."""
    world = World(folder)
    for path in (world.shared, world.out, world.old, folder / "in"):
        path.mkdir()
    for letter, desk in zip("AB", computers(folder, "AB"), strict=True):
        (folder / f"{letter}.key").write_text(desk.database.key.hex(), "ascii")
        desk.close()
    desk, other = world.opened("A"), world.opened("B")
    desk.do(enrol, Enrol("targets", {"name": "底册企业", "number": "SOAK-0"}))
    office.enrol_inspectors(desk)
    office.approved_line(desk, approver_at(desk), "A=30%,B=30%", first_month=1, last_month=12)
    send_bundles(world, other)
    desk.close()
    other.close()


def send_bundles(world: World, other: Desk) -> None:
    for number in range(BUNDLES):
        for n in range(ROWS_OF_A_BUNDLE):
            texts = {"name": f"外来[in-{number}]之{n}", "number": f"IN-{number}-{n}"}
            other.do(enrol, Enrol("targets", texts))
        write_exchange_bundle(other, world.incoming(number))


def copy_world(source: World, target: World) -> None:
    shutil.rmtree(target.folder, ignore_errors=True)
    shutil.copytree(source.folder, target.folder)


# --- the acts ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """A worker at A."""

    world: World
    desk: Desk


def hold_draw(desk: Desk, request: str) -> str:
    """Freeze and draw; asking again finds what was done already. The digest of the record."""
    line = desk.ask(lambda session: session.scalars(select(PlanLine.id)).one())
    visit = desk.today() + timedelta(days=7)
    command = FreezeDraw(request, line, "三楼会议室", "高建国", visit, office.PANEL[: len(DIGITS)])
    key = desk.do(freeze_draw, command)
    desk.do(draw, PerformDraw(key, DIGITS))
    return desk.ask(digest_of, request)


def draw_one(day: Day, mark: str) -> str:
    """One more object makes it a pool of its own."""
    texts = {"name": f"企业{mark}", "number": f"N-{mark}", "industry": "物业服务企业"}
    day.desk.do(enrol, Enrol("targets", {**texts, "credit_class": "A"}))
    return hold_draw(day.desk, mark)


def resume_draws(desk: Desk) -> None:
    """What a clerk does after a restart: draws that were frozen are held to their end."""
    for request in desk.ask(frozen_requests):
        hold_draw(desk, request)


def attach_one(day: Day, mark: str) -> str:
    """A photograph of the newest task, after the first draw; the digest of its bytes."""
    if day.desk.ask(newest_task) is None:
        draw_one(day, mark.replace("attach", "draw"))
    photograph(day.desk, mark)
    return hashlib.sha256(picture_of(mark)).hexdigest()


def take_one(day: Day, mark: str) -> str:
    number = int(mark.rpartition("-")[2].rstrip("]")) % BUNDLES
    bring_in(day.desk, day.world.incoming(number))
    return str(number)


def give_one(day: Day, mark: str) -> str:
    path = day.world.out / f"{mark.strip('[]')}.ssjb"
    sha, _ = write_bundle_out(day.desk, path, ())
    return f"{path.name}={sha}"


def exchange_one(day: Day, mark: str) -> str:
    set_one(day.desk, mark)
    exchange_folder(day.desk, day.world.shared)
    return ""


def upgrade_one(day: Day, mark: str) -> str:
    """A store of an older program is opened for the first time, and worked in."""
    sources = sorted(make_old_database.FOLDER.glob("*.ssj"))
    source = sources[sum(mark.encode()) % len(sources)]
    store = day.world.old / f"{source.stem}_{mark.strip('[]')}.ssj"
    for ending in (".keys", ""):  # the program sees a store when it is there whole
        part = store.with_name(f"{store.name}.part")
        shutil.copyfile(f"{source}{ending}", part)
        part.replace(f"{store}{ending}")
    opened = sign_in(store, make_old_database.PASSWORD)
    opened.do(change_setting, ChangeSetting("升级后", mark))
    opened.close()
    return store.name


def plain(act: Callable[[Desk, str], None], day: Day, mark: str) -> str:
    act(day.desk, mark)
    return ""


Act = Callable[[Day, str], str]
DAY: dict[str, Act] = {
    **{name: partial(plain, act) for name, act in LOAD.items()},
    "draw": draw_one,
    "attach": attach_one,
    "take": take_one,
    "give": give_one,
    "folder": exchange_one,
    "migrate": upgrade_one,
}

EDITS = ("enrol", "revise", "set")
OFTEN = (*DAY, *EDITS, *EDITS)
"""Most of a day is typing; what takes long is met by more kills anyway."""


def whole_day(folder: Path) -> None:
    """Each act once, without a kill."""
    world = World(folder)
    day = Day(world, protect(sign_in(world.store(), office.PASSWORD)))
    for name, act in DAY.items():
        mark = f"[{name}-0-0]"
        acknowledge(world.log, f"{mark}\t{act(day, mark)}")
    day.desk.close()


def work(folder: Path, seed: int) -> None:
    """Act until killed; a line for each act that the program confirmed."""
    world, order = World(folder), random.Random(seed)
    day = Day(world, protect(sign_in(world.store(), office.PASSWORD)))
    resume_draws(day.desk)
    acknowledge(world.log, "ready")
    for number in range(100_000):
        name = order.choice(OFTEN)
        mark = f"[{name}-{seed}-{number}]"
        fact = DAY[name](day, mark)
        acknowledge(world.log, f"{mark}\t{fact}" if fact else mark)


# --- what the store says ----------------------------------------------------------------------


def frozen_requests(session: Session) -> list[str]:
    query = select(Draw.request_id).where(Draw.state == DrawState.FROZEN.value)
    return list(session.scalars(query))


def digest_of(session: Session, request: str) -> str:
    """Of the record of the draw with this request; nothing while it has none."""
    record = session.scalars(select(Draw.record).where(Draw.request_id == request)).first()
    return hashlib.sha256(record).hexdigest() if record else ""

"""Replicas of one office: real encrypted stores that edit, exchange, are restored and cloned."""

import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update

from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.chain import OwnDevice
from ssj_desktop.models.database import Database, create_database
from ssj_desktop.models.registries import Witness
from ssj_desktop.queries.segments import list_segments, read_segment
from ssj_desktop.services.accounts import FoundOffice, found_office
from ssj_desktop.services.desk import Actor, Desk, Work
from ssj_desktop.services.devices import found_device
from ssj_desktop.services.surroundings import Surroundings
from ssj_desktop.services.sync import (
    ApplySegments,
    ResolveConflict,
    SegmentsApplied,
    apply_segments,
    resolve_conflict,
)

KEY = bytes(range(32))
FIELDS = ("unit", "capacity", "phone")
CLERK = Actor("王芳", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.CLERK))
START = datetime(2026, 3, 16, 1, 30, tzinfo=UTC)


class RandomSurroundings(Surroundings):
    """Time, ids and chance from one seed, so that a schedule can be run again."""

    __slots__ = ("dice", "moment")

    def __init__(self, seed: str) -> None:
        object.__setattr__(self, "dice", random.Random(seed))
        object.__setattr__(self, "moment", START)

    def now(self) -> datetime:
        object.__setattr__(self, "moment", self.moment + timedelta(milliseconds=7))
        return self.moment

    def local(self, instant: datetime) -> datetime:
        return instant

    def monotonic_ns(self) -> int:
        return 0

    def new_id(self) -> str:
        digits = self.dice.randbytes(16).hex()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def chance(self, count: int) -> bytes:
        return self.dice.randbytes(count)

    def stem(self) -> str:
        return self.dice.randbytes(12).hex()

    def device_seed(self) -> bytes:
        return self.dice.randbytes(32)

    def jump(self, seconds: int) -> None:
        object.__setattr__(self, "moment", self.moment + timedelta(seconds=seconds))


class Replica:
    """One device with its store."""

    def __init__(self, path: Path, surroundings: RandomSurroundings) -> None:
        self.path, self.surroundings = path, surroundings
        self.desk = self._open()

    def _open(self) -> Desk:
        return Desk(Database(self.path, KEY), CLERK, self.surroundings)

    def act(self, deed: Callable[[Work], Any]) -> Any:
        """Run ``deed`` as a use-case whose name has a permission."""

        def change_setting(work: Work, _: None) -> Any:
            outcome = deed(work)
            work.note("试验", "试验")
            return outcome

        return self.desk.do(change_setting, None)

    def become_a_device(self) -> None:
        """A copy of another store becomes a device of its own."""

        def deed(work: Work) -> None:
            work.session.execute(delete(OwnDevice))
            found_device(work, "B")

        self.act(deed)

    def add(self, name: str, key: str | None = None, **values: str) -> str:
        def deed(work: Work) -> str:
            row_id = key or work.new_id()
            work.session.execute(
                insert(Witness).values(
                    id=row_id, code=name, name=name, initials="", enrolled_at=START,
                    revised_at=START, outside=True, **{"unit": "县纪委", **values},
                )
            )  # fmt: skip
            return row_id

        return str(self.act(deed))

    def edit(self, key: str, **values: str) -> None:
        self.act(
            lambda work: work.session.execute(
                update(Witness).where(Witness.id == key).values(**values)
            )
        )

    def remove(self, key: str) -> None:
        self.act(lambda work: work.session.execute(delete(Witness).where(Witness.id == key)))

    def resolve(self, key: str, reason: str = "核实", remove: bool = False, **values: str) -> None:
        self.desk.do(resolve_conflict, ResolveConflict("witnesses", key, reason, values, remove))

    def rows(self) -> dict[str, dict[str, Any]]:
        query = select(Witness.id, *(getattr(Witness, name) for name in FIELDS))
        found = self.desk.ask(lambda session: session.execute(query).all())
        return {row[0]: dict(zip(FIELDS, row[1:], strict=True)) for row in found}

    def segments(self) -> dict[str, bytes]:
        """Everything this device could hand on."""
        self.desk.seal()
        infos = self.desk.ask(list_segments)
        return {info.id: self.desk.ask(read_segment, info.id) or b"" for info in infos}

    def take(self, *contents: bytes) -> SegmentsApplied:
        return self.desk.do(apply_segments, ApplySegments(contents))

    def snapshot(self, path: Path) -> Path:
        self.desk.database.close()
        shutil.copy(self.path, path)
        return path

    def restore(self, path: Path) -> None:
        """An old copy of the file takes its place: a fork of the same device."""
        self.desk.database.close()
        shutil.copy(path, self.path)
        self.desk = self._open()

    def close(self) -> None:
        self.desk.database.close()


def found_template(folder: Path) -> Path:
    """A founded store that becomes the first device of every office under test."""
    path = folder / "template.ssj"
    database = create_database(path, KEY)
    desk = Desk(database, CLERK, RandomSurroundings("template"))
    desk.do(found_office, FoundOffice("云岭县住房和城乡建设局", "239921", "王芳"))
    desk.seal()
    database.close()
    return path


def office_of(count: int, folder: Path, template: Path, seed: str = "s") -> list[Replica]:
    """Devices that know each other: each handed its own row to all the others."""
    made = []
    for number in range(count):
        path = folder / f"{number}.ssj"
        shutil.copy(template, path)
        replica = Replica(path, RandomSurroundings(f"{seed}-{number}"))
        if number:
            replica.become_a_device()
        made.append(replica)
    return made


def exchange_all(replicas: list[Replica]) -> None:
    """Everybody gets everything; devices vouch for each other by the plain judge."""
    for _ in range(3):
        everything = {}
        for replica in replicas:
            everything.update(replica.segments())
        for replica in replicas:
            replica.take(*everything.values())

"""Random schedules on real stores: members of an office that exchange real bundles badly.

Five encrypted stores edit and photograph, hand bundles over that are lost, doubled, late, cut off or tampered with, are
restored and cloned; one begins as an older program and is upgraded; one is revoked. The oracle of
``sync_oracle.py`` gets nothing but who did what and which segments lay in the store then.
"""

import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from exchange.parcels import cut, flip, overwrite, turn
from exchange.two_desks import laid_out, store_keys
from office import Clock
from sqlalchemy import delete, func, insert, select, update
from sync_oracle import Act, Expected, expected_state
from sync_stores import FIELDS, TABLE, Store

from ssj_desktop.domain.errors import PermissionRefused, SsjError
from ssj_desktop.domain.segment_body import verified_blocks
from ssj_desktop.formats.segments import unpack
from ssj_desktop.models.chain import OperationRow, SegmentRow
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.registries import Witness
from ssj_desktop.queries.membership import find_roster
from ssj_desktop.services.field_bundles import bring_in
from ssj_desktop.services.membership import RevokeDevice, revoke_device
from ssj_desktop.services.sync import ResolveConflict, resolve_conflict
from ssj_desktop.services.transports import write_exchange_bundle
from ssj_desktop.services.waiting import apply_waiting

if TYPE_CHECKING:
    from ssj_desktop.domain.segment import SegmentHeader

VALUES = ("甲", "乙", "丙", None)
LETTERS = "ABCDE"
OLDER = "0012"
ROUNDS = 6


@dataclass
class StoreSchedule:
    """One seed; ``faults`` names every difference from the oracle."""

    seed: int
    folder: Path
    steps: int = 60
    letters: str = LETTERS
    revision: str = ""
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance, self.clock = random.Random(f"stores {self.seed}"), Clock()
        keys = store_keys(self.letters, self.revision)
        self.all = [
            Store(letter, path, keys[letter], self.clock)
            for letter, path in _laid_out(self).items()
        ]
        self.acts: dict[int, Act] = {}
        self.numbers: dict[tuple[str, str], int] = {}
        self.inside: dict[str, frozenset[int]] = {}
        self.headers: dict[str, SegmentHeader] = {}
        self.backups: list[tuple[Store, Path, list[int]]] = []
        self.bundles: list[Path] = []
        self.revoked, self.last, self.copies = "", frozenset[str](), 0
        self.older = self.all[-1]
        self.newest = self.older.say_schema(OLDER)

    def run(self) -> list[str]:
        """Live, meet, compare; closes the stores."""
        try:
            for _ in range(self.steps):
                getattr(self, self.chance.choice(self._deeds()))(self.chance.choice(self.all))
            self.upgrade(self.older)
            self._meet()
            self._compare()
        finally:
            for store in self.all:
                store.desk.database.close()
        return self.faults

    def _deeds(self) -> tuple[str, ...]:
        often = (
            ("edit",) * 12
            + ("exchange",) * 6
            + ("insert", "delete", "delete", *("photograph",) * 3)
        )
        rare = ("damage", "late", "backup", "restore", "clone", "revoke", "upgrade", "day")
        return (*often, "resolve", "resolve", *rare)

    # --- what people do ---------------------------------------------------------------------------

    def seen_by(self, store: Store) -> frozenset[int]:
        """The acts whose operations lie in this store."""
        known = frozenset(self.numbers[op] for op in store.unsealed())
        return known.union(*(self.inside[name] for name in self._noted(store)))

    def _noted(self, store: Store) -> frozenset[str]:
        """The segments of a store; what is in a new one is written down for the oracle."""
        held = store.held()
        for name in held - self.inside.keys():
            segment = store.segment(name)
            blocks = verified_blocks(segment.header, unpack(segment))
            inside = [(o.id, o.clock) for block in blocks for o in block.operations()]
            known = (self.numbers[op] for op in inside if op in self.numbers)
            self.inside[name], self.headers[name] = frozenset(known), segment.header
        return held

    def _record(
        self, store: Store, key: str, kind: str, sets: dict[str, Any], deed: Callable[[], None]
    ) -> None:
        """Do it and write down who did what, knowing what."""
        seen, before = self.seen_by(store), set(store.unsealed())
        deed()
        fresh = [op for op in store.unsealed() if op not in before]
        for operation in fresh:
            number = len(self.acts) + 1
            tie = (operation[1], operation[0])
            self.acts[number] = Act(number, key, kind, tuple(sets.items()), seen, tie)
            self.numbers[operation] = number
            store.own.append(number)

    def insert(self, store: Store) -> None:
        key = f"row-{self.seed}-{len(self.acts)}-{store.letter}-{self.chance.random()}"
        sets = {name: self.chance.choice(VALUES) for name in FIELDS}
        sets["unit"] = sets["unit"] or "丁"
        whole = {
            **sets, "id": key, "code": key[-30:], "name": key, "initials": "", "outside": True,
            "enrolled_at": self.clock.now(), "revised_at": self.clock.now(),
        }  # fmt: skip
        deed = insert(Witness).values(**whole)
        self._record(store, key, "I", sets, lambda: store.act(lambda w: w.session.execute(deed)))

    def edit(self, store: Store) -> None:
        rows = store.rows()
        if not rows:
            self.insert(store)
        else:
            key = self.chance.choice(sorted(rows))
            names = self.chance.sample(FIELDS, self.chance.choice((1, 1, 2)))
            sets = {name: self.chance.choice(VALUES) or "戊" for name in names}
            changed = {name: value for name, value in sets.items() if rows[key][name] != value}
            deed = update(Witness).where(Witness.id == key).values(**sets)
            self._record(
                store, key, "U", changed, lambda: store.act(lambda w: w.session.execute(deed))
            )

    def delete(self, store: Store) -> None:
        rows = store.rows()
        if rows:
            key = self.chance.choice(sorted(rows))
            deed = delete(Witness).where(Witness.id == key)
            self._record(store, key, "D", {}, lambda: store.act(lambda w: w.session.execute(deed)))

    def resolve(self, store: Store) -> None:
        disputed = sorted(store.disputed())
        if disputed:
            key, name = self.chance.choice(disputed)
            shown = store.rows()[key].get(name)
            sets = {name: self.chance.choice((shown or "丁", "甲"))} if name else {}
            command = ResolveConflict(TABLE, key, "核实", sets)
            self._record(store, key, "U", sets, lambda: store.desk.do(resolve_conflict, command))
            if (key, name) in store.disputed():
                self.faults.append(f"{self.seed}: a settled conflict stays open")

    def photograph(self, store: Store) -> None:
        store.photograph(b"\xff\xd8\xff" + self.chance.randbytes(self.chance.choice((50, 70_000))))

    # --- bundles ----------------------------------------------------------------------------------

    def write(self, store: Store) -> Path:
        """A bundle for all others."""
        path = self.folder / "stick" / f"{len(self.bundles)}.ssjb"
        write_exchange_bundle(store.desk, path)
        self.bundles.append(path)
        return path

    def take(self, store: Store, path: Path) -> None:
        try:
            bring_in(store.desk, path)
        except PermissionRefused:  # for another device, or its sender was revoked
            return

    def exchange(self, store: Store) -> None:
        """One way; now and then lost, now and then twice."""
        path = self.write(self.chance.choice(self.all))
        for _ in range(self.chance.choice((0, 1, 1, 1, 2))):
            self.take(store, path)

    def late(self, store: Store) -> None:
        if self.bundles:
            self.take(store, self.chance.choice(self.bundles))

    def damage(self, store: Store) -> None:
        """A damaged bundle is refused, and nothing has happened."""
        if not self.bundles:
            return
        content, path = self.chance.choice(self.bundles).read_bytes(), self.folder / "damaged.ssjb"
        path.write_bytes(self.chance.choice((cut, flip, overwrite, turn))(content, self.chance))
        before = store.desk.ask(_counts)
        try:
            bring_in(store.desk, path)
        except SsjError:
            if store.desk.ask(_counts) != before:
                self.faults.append(f"{self.seed}: a refused bundle left something behind")
        else:
            if path.read_bytes() != content:
                self.faults.append(f"{self.seed}: a damaged bundle was taken")

    # --- what happens to devices --------------------------------------------------------------------

    def day(self, _: Store) -> None:
        self.clock.pass_days(1)

    def backup(self, store: Store) -> None:
        path = self.folder / f"backup-{len(self.backups)}.ssj"
        shutil.copy(store.path, path)
        if store is not self.older:
            self.backups.append((store, path, list(store.own)))

    def restore(self, _: Store) -> None:
        if self.backups:
            store, path, own = self.chance.choice(self.backups)
            store.put_back(path)
            store.own = list(own)

    def clone(self, store: Store) -> None:
        """A disk is copied once: another computer goes on as the same device."""
        if self.copies or store is self.older or store.letter == "A":
            return
        self.copies, path = 1, self.folder / "clone" / "office.ssj"
        path.parent.mkdir()
        shutil.copy(store.path, path)
        twin = Store(store.letter, path, store.key, self.clock)
        twin.own = list(store.own)
        self.all.append(twin)

    def upgrade(self, _: Store) -> None:
        if self.newest:
            self.older.say_schema(self.newest)
            self.older.desk.do(apply_waiting, None)
            self.newest = ""

    def revoke(self, _: Store) -> None:
        """The administrator's computer revokes one; a clone of it is out as well."""
        if not self.revoked and len(self.acts) > self.steps // 6:
            admin, lost = self.all[0], self.all[1]
            self.write(admin)
            admin.desk.do(revoke_device, RevokeDevice(lost.device, "丢失"))
            self.revoked = lost.device
            record = admin.desk.ask(find_roster).members[lost.device]
            self.last = frozenset(record.last)

    # --- the end ------------------------------------------------------------------------------------

    def active(self) -> list[Store]:
        return [store for store in self.all if store.device != self.revoked]

    def _meet(self) -> None:
        """Everybody in use hands a bundle to everybody, until all hold the same."""
        if not any(store.knows_revoked(self.revoked) for store in self.all):
            self.revoked = ""  # whoever knew of it was put back to before
        stores = self.active()
        for _ in range(ROUNDS):
            for sender in stores:
                path = self.write(sender)
                for reader in stores:
                    if reader is not sender:
                        self.take(reader, path)
            level = len({store.held() for store in stores}) == 1
            if level and all(all(store.pictures().values()) for store in stores):
                return
        self.faults.append(f"{self.seed}: still not level after {ROUNDS} rounds")

    def _compare(self) -> None:
        counted = self._counted()
        self._compare_pictures()
        expected = expected_state([self.acts[number] for number in sorted(counted)])
        for store in self.active():
            who = f"{self.seed}: {store.letter}"
            lost = [number for number in store.own if number not in counted]
            if lost:
                self.faults.append(f"{who} lost the acts {lost}")
            self.faults += _differences(who, store, expected)

    def _compare_pictures(self) -> None:
        """Named everywhere alike, and the bytes everywhere."""
        first, *others = [store.pictures() for store in self.active()]
        if any(each != first for each in others) or not all(first.values()):
            self.faults.append(f"{self.seed}: pictures differ or are missing")

    def _counted(self) -> frozenset[int]:
        """Acts in segments of devices in use, and those of the revoked one that others stand on."""
        everything = frozenset[str]().union(*(self._noted(store) for store in self.active()))
        roots = {name for name in everything if self.headers[name].device != self.revoked}
        waiting, accepted = [*roots, *(self.last if self.revoked else ())], set[str]()
        while waiting:
            name = waiting.pop()
            if name not in accepted and name in self.headers:
                accepted.add(name)
                waiting += self.headers[name].parents
        if accepted != everything:
            self.faults.append(f"{self.seed}: segments were taken that nobody stands for")
        return frozenset[int]().union(*(self.inside[name] for name in accepted))


def _laid_out(schedule: StoreSchedule) -> dict[str, Path]:
    letters = schedule.letters
    return laid_out(schedule.folder, letters, letters, schedule.revision)


def _differences(who: str, store: Store, expected: Expected) -> list[str]:
    faults = []
    if store.rows() != expected.rows:
        faults.append(f"{who}: rows differ")
    if store.disputed() != expected.disputed:
        faults.append(f"{who}: conflicts differ")
    return faults


def _counts(session: Any) -> tuple[int, ...]:
    tables = (SegmentRow, OperationRow, JournalRow, Witness)
    return tuple(session.scalar(select(func.count()).select_from(each)) for each in tables)

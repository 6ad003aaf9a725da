"""Random schedules: several people edit, exchange badly, restore, clone and settle; then all meet."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sync_memory import MemoryReplica, Parcel, State
from sync_oracle import Act, expected_state

FIELDS = ("unit", "capacity", "phone")
KEYS = ("k1", "k2", "k3", "k4")
VALUES = ("甲", "乙", "丙", None)
ADMIN = "d0"
MOMENTS = ("2026-03-16", "2026-03-17", "2026-04-01")


@dataclass
class Schedule:
    """One seed; ``faults`` names every way in which the replicas differ from the oracle."""

    seed: int
    replica: type[MemoryReplica] = MemoryReplica
    replicas: int = 5
    steps: int = 70
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.all = [
            self.replica(f"d{number}", random.Random(f"{self.seed}-{number}"))
            for number in range(self.replicas)
        ]
        self.acts: list[Act] = []
        self.named: dict[str, int] = {}
        self.revoked, self.last = "", dict[str, frozenset[str]]()
        self.in_use: list[MemoryReplica] = []
        self.backups: list[tuple[MemoryReplica, State]] = []

    def run(self) -> list[str]:
        for _ in range(self.steps):
            getattr(self, self.chance.choice(self._deeds()))(self.chance.choice(self.all))
        return self.end()

    def end(self) -> list[str]:
        """All meet, one is lost, and those still in use are compared with the oracle."""
        self._meet()
        self._lose_one()
        self._compare()
        return self.faults

    def _deeds(self) -> tuple[str, ...]:
        often = ("edit",) * 8 + ("exchange",) * 7 + ("insert",) * 3 + ("delete",) * 2
        rare = ("jump", "backup", "restore", "clone", "revoke")
        return (*often, "resolve", "resolve", *rare)

    # --- what people do -------------------------------------------------------------------

    def _record(self, who: MemoryReplica, key: str, kind: str, sets: dict[str, Any],
                explicit: bool = False) -> None:  # fmt: skip
        before = dict(who.row(key).values or {})
        changed = sets
        if kind == "U" and not explicit:
            changed = {name: value for name, value in sets.items() if before.get(name) != value}
        operation = who.write(key, kind, sets, explicit)
        if operation is None:
            return
        number = len(self.acts) + 1
        tie = (operation.clock, operation.id)
        self.acts.append(Act(number, key, kind, tuple(changed.items()), who.state.acts, tie))
        who.state.acts |= {number}
        self.named[operation.id + operation.clock] = number

    def insert(self, who: MemoryReplica) -> None:
        """A key is random in life: only a row deleted here may come back under the same one."""
        gone = [key for key in who.state.operations if who.row(key).values is None]
        key = self.chance.choice(gone) if gone else f"k{len(self.acts)}-{who.state.device}"
        sets = {name: self.chance.choice(VALUES) for name in FIELDS}
        self._record(who, key, "I", {**sets, **self._kept()})

    def edit(self, who: MemoryReplica) -> None:
        if key := self._some_row(who):
            names = self.chance.sample(FIELDS, self.chance.choice((1, 1, 2)))
            sets = {name: self.chance.choice(VALUES) for name in names}
            self._record(who, key, "U", {**sets, **self._kept()})

    def _kept(self) -> dict[str, str]:
        """What the program writes along with every edit."""
        return {"revised_at": self.chance.choice(MOMENTS), "initials": self.chance.choice("AB")}

    def delete(self, who: MemoryReplica) -> None:
        if key := self._some_row(who):
            self._record(who, key, "D", {})

    def resolve(self, who: MemoryReplica) -> None:
        disputed = sorted(who.disputed())
        if not disputed:
            return
        key, name = self.chance.choice(disputed)
        shown = (who.row(key).values or {}).get(name)
        value = self.chance.choice((shown, *VALUES))
        self._record(who, key, "U", {name: value} if name else {}, explicit=True)
        if (key, name) in who.disputed():
            self.faults.append(f"{self.seed}: a settled conflict stays open")

    def _some_row(self, who: MemoryReplica) -> str | None:
        keys = sorted(who.rows())
        return self.chance.choice(keys) if keys else None

    # --- what happens to devices ------------------------------------------------------------

    def jump(self, who: MemoryReplica) -> None:
        who.wall += timedelta(days=self.chance.choice((-4000, -1, 1, 400)), hours=1)

    def backup(self, who: MemoryReplica) -> None:
        self.backups.append((who, who.snapshot()))

    def restore(self, _: MemoryReplica) -> None:
        if self.backups:
            who, state = self.chance.choice(self.backups)
            who.restore(state)

    def clone(self, who: MemoryReplica) -> None:
        """A disk is copied: another machine goes on as the same device."""
        other = self.chance.choice(self.all)
        if other is not who and not any(each is other for each, _ in self.backups):
            other.restore(who.snapshot())

    def revoke(self, _: MemoryReplica) -> None:
        """The administrator's computer revokes one device, once; it goes on all the same."""
        admins = [each for each in self.all if each.state.device == ADMIN]
        if admins and not self.revoked:
            self.revoked = f"d{self.chance.randrange(1, self.replicas)}"
            admins[0].revoke(self.revoked)

    def exchange(self, who: MemoryReplica) -> None:
        """Some of what one has, in any order, some of it twice."""
        other = self.chance.choice(self.all)
        parcels = list(other.parcels().values())
        some = self.chance.sample(parcels, self.chance.randint(0, len(parcels)))
        some += self.chance.choices(parcels, k=2) if parcels else []
        self.chance.shuffle(some)
        self.hand_over(who, some, other.state.revoked)

    def hand_over(
        self, who: MemoryReplica, parcels: list[Parcel], revoked: dict[str, frozenset[str]]
    ) -> None:
        who.take(parcels, revoked)
        held = [o for parcel in who.state.held.values() for o in parcel.operations]
        known = {self.named[o.id + o.clock] for o in (*held, *who.state.unsealed)}
        who.state.acts |= known
        missing = [p for h in who.state.held.values() for p in h.parents if p not in who.state.held]
        if missing:
            self.faults.append(f"{self.seed}: applied before what it stands on")

    # --- the end ----------------------------------------------------------------------------

    def _meet(self) -> None:
        """Thrice: who took in what a revoked device signed says so with a segment of its own."""
        for _ in range(3):
            everything: dict[str, Parcel] = {}
            revoked: dict[str, frozenset[str]] = {}
            for replica in self.all:
                everything.update(replica.parcels())
                revoked |= replica.state.revoked
            for replica in self.all:
                parcels = list(everything.values())
                self.chance.shuffle(parcels)
                self.hand_over(replica, parcels, revoked)
        self.last = revoked
        self.in_use = [each for each in self.all if each.state.device not in revoked]

    def _lose_one(self) -> None:
        """What one other took in before anybody knew counts everywhere; what comes later nowhere."""
        admins = [each for each in self.in_use if each.state.device == ADMIN]
        others = [each for each in self.in_use if each.state.device != ADMIN]
        if not admins or len({each.state.device for each in others}) < 2:
            return
        lost = others[0]
        friend = next(each for each in others if each.state.device != lost.state.device)
        self.insert(lost)
        self.hand_over(friend, list(lost.parcels().values()), lost.state.revoked)
        admins[0].revoke(lost.state.device)
        self._meet()
        if not friend.state.acts <= admins[0].state.acts:
            self.faults.append(f"{self.seed}: what was taken in good faith is not everywhere")
        self.insert(lost)
        late = set(lost.parcels()) - set(friend.state.held)
        for replica in self.in_use:
            self.hand_over(replica, list(lost.parcels().values()), {})
            if late & set(replica.state.held):
                self.faults.append(f"{self.seed}: what a revoked device signed later was taken")

    def _counted(self) -> set[int]:
        """Acts in what devices in use have sealed, and in what that or the revocation stands on.

        Acts of a state that was rolled back before it was ever handed on are gone with it.
        """
        known = {name: p for each in self.in_use for name, p in each.state.held.items()}
        waiting = [name for name, p in known.items() if p.label[0] not in self.last]
        waiting += [name for names in self.last.values() for name in names]
        accepted = set[str]()
        while waiting:
            name = waiting.pop()
            if name in known and name not in accepted:
                accepted.add(name)
                waiting += known[name].parents
        if accepted != known.keys():
            self.faults.append(f"{self.seed}: something was taken that nobody stands for")
        return {self.named[o.id + o.clock] for name in accepted for o in known[name].operations}

    def _compare(self) -> None:
        alive = self._counted()
        expected = expected_state([act for act in self.acts if act.number in alive])
        for number, replica in enumerate(self.in_use):
            if replica.rows() != expected.rows:
                self.faults.append(f"{self.seed}: rows of replica {number} differ")
            if replica.disputed() != expected.disputed:
                self.faults.append(f"{self.seed}: conflicts of replica {number} differ")

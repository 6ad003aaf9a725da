"""The week of issue 5, each computer a process of its own: what happens, and what must hold.

A is the office, B the computer of a colleague, F the field laptop, G a clone of its disk.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from exchange.computer import Computer
from exchange.two_desks import laid_out

Meeting = Callable[["Journey"], None]
OFFICE, LAPTOPS = "AB", "FG"


class Journey:
    """Four computers; ``meeting`` is how they meet at the end."""

    def __init__(self, folder: Path, meeting: Meeting) -> None:
        self.folder, self.meeting = folder, meeting
        stores = laid_out(folder, "ABF")
        self.all = {letter: Computer(store) for letter, store in stores.items()}
        self.reasons: set[str] = set()
        self.disputed: list[list[str]] = []
        self.pictures: set[str] = set()
        self.parcels = 0

    def at(self, letter: str) -> Computer:
        return self.all[letter]

    def edit(self, letter: str, key: str, name: str, value: str, reason: str) -> None:
        """Acknowledged, hence never to be lost."""
        self.at(letter).ask("edit", key, name, value, reason)
        self.reasons.add(reason)

    def picture(self, letter: str, task: str) -> None:
        """A photograph or a scan, never to be lost either."""
        number = len(self.pictures) + 1
        self.pictures.add(self.at(letter).ask("photograph", task, number))

    def hand(self, sender: str, readers: str, name: str = "") -> Path:
        """A bundle for these computers."""
        self.parcels += 1
        path = self.folder / "stick" / f"{name or self.parcels}.ssjb"
        devices = sorted({self.at(reader).ask("device") for reader in readers})
        self.at(sender).ask("out", str(path), devices)
        return path

    def give(self, sender: str, reader: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.at(reader).ask("bring", str(self.hand(sender, reader)))
        return answer

    def wake(self, day: int) -> None:
        for computer in self.all.values():
            computer.sleep_until(day)

    # --- the week -------------------------------------------------------------------------------

    def live(self) -> None:
        self.monday()
        self.wake(1)
        self.tuesday()
        self.wake(2)
        backup = self.wednesday()
        self.wake(3)
        self.thursday()
        self.wake(4)
        self.friday(backup)

    def monday(self) -> None:
        """Two people correct the same cell, two others; the laptop sets out with its tasks."""
        t = self.targets = self.at("A").ask("targets")
        self.edit("A", t[0], "area", "一街道", "周一局里")
        self.edit("B", t[0], "area", "二街道", "周一另一台")
        self.edit("B", t[1], "contact", "王喆", "周一另一家")
        self.disputed.append([t[0], "area"])
        self.tasks = self.at("A").ask("draw_tasks")
        self.picture("A", self.tasks[0])
        laptop, out = self.at("F").ask("device"), str(self.folder / "stick" / "field.ssjb")
        self.at("A").ask("field_out", out, laptop, self.tasks)
        assert self.at("F").ask("bring", out)["waiting"] == 0

    def tuesday(self) -> None:
        """What the laptop sends home is lost; the colleague's bundle lies in a drawer."""
        self.at("F").ask("visit", self.tasks[0], "厂房一楼")
        self.picture("F", self.tasks[0])
        self.hand("F", "A", "lost").unlink()
        self.drawer = self.hand("B", "A")
        self.edit("B", self.targets[1], "phone", "0451-5550001", "周二另一台")

    def wednesday(self) -> Path:
        """The return is taken in twice; then somebody makes a backup of the office."""
        self.at("F").ask("result", self.tasks[0])
        home = str(self.hand("F", "A"))
        first, again = self.at("A").ask("bring", home), self.at("A").ask("bring", home)
        assert first["received"] > 0
        assert again["received"] == 0
        assert self.at("F").ask("bring", first["receipt"])["refused"] == 0
        return self.at("A").copied_to(self.folder / "backup")

    def thursday(self) -> None:
        """The laptop's disk is copied, and both go on with one task; the drawer is opened late."""
        self.edit("A", self.targets[2], "contact", "刘洋", "周四局里")
        self.give("A", "B")
        self.give("A", "F")
        self.all["G"] = Computer(self.at("F").copied_to(self.folder / "G"), 3)
        self.at("F").ask("visit", self.tasks[1], "东门")
        self.at("G").ask("visit", self.tasks[1], "西门")
        self.picture("G", self.tasks[1])
        self.disputed.append([self.tasks[1], "place"])
        self.at("A").ask("bring", str(self.drawer))

    def friday(self, backup: Path) -> None:
        """The old file is put back over the office's store, and work goes on from there."""
        self.at("A").put_back(backup)
        self.edit("A", self.targets[2], "phone", "0451-5550002", "周五恢复之后")
        self.at("A").ask("result", self.tasks[1])
        self.at("G").ask("result", self.tasks[1])

    # --- what must hold -------------------------------------------------------------------------

    def meet(self) -> None:
        self.meeting(self)

    def all_are_equal(self) -> None:
        """Row for row; nothing lost, nothing waiting, nothing to doubt, every conflict shown."""
        for letter in self.all:
            self.at(letter).tell("contents")
        known = {letter: self.at(letter).answer() for letter in self.all}
        for letter in OFFICE:
            assert known[letter] == known["A"], letter
        for letter in LAPTOPS:
            assert is_part_of(known[letter], known["A"]), letter
            assert known[letter] == known["F"], letter
        self.pictures_are_everywhere()
        for letter in self.all:
            self.at(letter).tell("look")
        for letter in self.all:
            found = self.at(letter).answer()
            assert found["waiting"] == found["quarantined"] == 0, letter
            assert found["intact"], letter
            assert self._sees_all(letter, found), (letter, found)

    def pictures_are_everywhere(self) -> None:
        """The office has the bytes of all; a laptop of those its tasks name and it took or made."""
        for letter in self.all:
            found = self.at(letter).ask("pictures")
            here = {sha: digest for sha, digest in found.items() if digest}
            assert all(sha == digest for sha, digest in here.items()), letter
            assert found.keys() == self.pictures, letter
            if letter in OFFICE:
                assert here == found, letter
            else:
                assert len(here) >= 2, letter

    def _sees_all(self, letter: str, found: dict[str, Any]) -> bool:
        """A laptop answers for its tasks, the office for everything."""
        if letter in LAPTOPS:
            keys = {key for key, _ in found["conflicts"]}
            return keys >= {key for key, _ in self.disputed if key in self.tasks}
        return found["conflicts"] == sorted(self.disputed) and self.reasons <= set(found["reasons"])

    def end(self) -> None:
        for computer in self.all.values():
            computer.go_off()


def is_part_of(part: dict[str, dict[str, str]], whole: dict[str, dict[str, str]]) -> bool:
    """Whether every row is also there, with the same content."""
    return all(rows.items() <= whole.get(table, {}).items() for table, rows in part.items())


# --- how they meet ------------------------------------------------------------------------------


def by_stick(journey: Journey) -> None:
    """Everybody hands in at the office and takes one bundle home; thrice, as a clone must ask.

    The clone comes first: the office hears last from the other, and only that one is up to date.
    """
    for _ in range(3):
        for sender in "GFB":
            journey.give(sender, "A")
        for readers in ("FG", "B"):
            path = journey.hand("A", readers)
            for reader in readers:
                journey.at(reader).ask("bring", str(path))


def by_folder(journey: Journey) -> None:
    shared = journey.folder / "shared"
    shared.mkdir(exist_ok=True)
    _laptops_by_stick(journey, lambda letter: journey.at(letter).ask("folder", str(shared)))


def over_server(owner: str, login: str) -> Meeting:
    def meeting(journey: Journey) -> None:
        _laptops_by_stick(journey, lambda letter: journey.at(letter).ask("server", owner, login))

    return meeting


def _laptops_by_stick(journey: Journey, visit: Callable[[str], object]) -> None:
    """The computers of the office meet at a shared place, the laptops come to the office."""
    for _ in range(2):
        for laptop in LAPTOPS:
            journey.give(laptop, "A")
        for letter in "ABA":
            visit(letter)
        path = journey.hand("A", LAPTOPS)
        for laptop in LAPTOPS:
            journey.at(laptop).ask("bring", str(path))


def a_week_ends_equal(folder: Path, meeting: Meeting) -> None:
    """Lived, met, equal; then settled once and settled everywhere; then the laptop is lost."""
    journey = Journey(folder, meeting)
    journey.live()
    journey.meet()
    journey.all_are_equal()
    assert journey.at("B").ask("settle") == len(journey.disputed)
    journey.disputed = []
    journey.meet()
    journey.all_are_equal()
    the_laptop_is_lost(journey)
    journey.end()


def the_laptop_is_lost(journey: Journey) -> None:
    """What it entered before counts; what its finder enters counts nowhere and is kept aside."""
    laptop, task = journey.at("F").ask("device"), journey.tasks[2]
    journey.at("F").ask("visit", task, "撤销之前")
    journey.give("F", "A")
    journey.at("A").ask("revoke", laptop, "丢失")
    journey.at("G").ask("visit", task, "捡到的人")
    for sender in "AG":
        late = str(journey.hand(sender, "AB".replace(sender, "")))
        for reader in "AB".replace(sender, ""):
            if sender == "G":
                assert "撤销" in journey.at(reader).is_refused("bring", late)
            else:
                journey.at(reader).ask("bring", late)
    assert journey.at("A").ask("contents") == journey.at("B").ask("contents")

"""A simulated week of two computers that rarely meet, with everything that goes wrong on the way."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exchange.two_desks import CLERK, computers
from office import Clock
from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.models import rows
from ssj_desktop.models.capture import covered_tables
from ssj_desktop.models.database import Database
from ssj_desktop.models.registries import RegistryChange
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.conflicts import ConflictCard, list_conflicts
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services.conflicts import SettleConflict, settle_conflict
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.field_bundles import bring_in
from ssj_desktop.services.registries import Revise, revise
from ssj_desktop.services.transports import write_exchange_bundle

Meeting = Callable[[Desk], Any]


class Week:
    """The office's computer and a laptop; ``meeting`` is how they meet at the end."""

    def __init__(self, folder: Path, meeting: Meeting) -> None:
        self.folder, self.meeting = folder, meeting
        self.office, self.laptop = computers(folder)
        self.clone: Desk | None = None
        self.targets = [row.id for row in self.office.ask(list_rows, "targets", RowFilter())]
        self.confirmed: set[str] = set()

    def live(self) -> list[tuple[str, str]]:
        """Monday to Friday; returns the disputed rows and fields."""
        t = self.targets
        self.edit(self.office, t[0], "area", "一街道", "周一局里")
        self.edit(self.laptop, t[0], "area", "二街道", "周一现场")
        self.edit(self.laptop, t[1], "contact", "王喆", "周一另一家")
        self.next_day()
        self.bundle(self.laptop, "lost")  # the stick stays in a taxi
        self.edit(self.laptop, t[1], "phone", "0451-5550001", "周二现场")
        self.next_day()
        twice = self.bundle(self.laptop, "twice")
        assert bring_in(self.office, twice).report.received > 0
        assert bring_in(self.office, twice).report.received == 0
        backup = self.copy_of(self.office, "backup")
        self.next_day()
        self.edit(self.office, t[2], "contact", "刘洋", "周四局里")
        bring_in(self.laptop, self.bundle(self.office, "thursday"))
        self.clone = self.opened(self.copy_of(self.laptop, "clone"), self.laptop)
        self.edit(self.laptop, t[3], "contact", "甲", "周四原机")
        self.edit(self.clone, t[3], "contact", "乙", "周四克隆机")
        self.next_day()
        self.restore(backup)
        self.edit(self.office, t[2], "phone", "0451-5550002", "周五恢复之后")
        return [(t[0], "area"), (t[3], "contact")]

    def edit(self, desk: Desk, key: str, name: str, value: str, reason: str) -> None:
        desk.do(revise, Revise("targets", key, {name: value}, reason))
        self.confirmed.add(reason)

    def next_day(self) -> None:
        clock = self.office.surroundings
        assert isinstance(clock, Clock)
        clock.pass_days(1)

    def bundle(self, sender: Desk, name: str) -> Path:
        receiver = self.laptop if sender is self.office else self.office
        path = self.folder / f"{name}.ssjb"
        write_exchange_bundle(sender, path, [receiver.ask(own_keys).device])
        return path

    def copy_of(self, desk: Desk, name: str) -> Path:
        """The file as it lies on the disk between two acts."""
        path = self.folder / name / "office.ssj"
        shutil.copytree(desk.database.path.parent, path.parent)
        return path

    def opened(self, path: Path, like: Desk) -> Desk:
        return Desk(Database(path, like.database.key), CLERK, like.surroundings)

    def restore(self, backup: Path) -> None:
        path = self.office.database.path
        self.office.database.close()
        shutil.copy(backup, path)
        self.office = self.opened(path, self.office)

    def everybody(self) -> list[Desk]:
        assert self.clone is not None
        return [self.office, self.laptop, self.clone]

    def meet(self) -> None:
        for _ in range(2):
            for desk in self.everybody():
                self.meeting(desk)

    def all_are_equal(self) -> None:
        """Row for row, with nothing lost and nothing a person has to doubt."""
        first, *others = (contents(desk) for desk in self.everybody())
        assert all(other == first for other in others)
        for desk in self.everybody():
            kept = desk.ask(lambda s: set(s.scalars(select(RegistryChange.reason))))
            assert self.confirmed <= kept
            assert desk.ask(full_audit).is_intact

    def disputed(self, desk: Desk) -> list[tuple[str, str]]:
        return sorted((c.key, f.name) for c in desk.ask(list_conflicts) for f in c.fields)

    def settle(self, desk: Desk) -> None:
        for card in desk.ask(list_conflicts):
            desk.do(settle_conflict, SettleConflict("targets", card.key, "核实", first_side(card)))


def first_side(card: ConflictCard) -> dict[str, str]:
    return {field.name: field.sides[0].operation for field in card.fields}


def contents(desk: Desk) -> dict[str, list[str]]:
    """Every row of every covered table."""
    return {table.name: desk.ask(_texts, rows.all_rows(table)) for table in covered_tables()}


def _texts(session: Session, query: str) -> list[str]:
    return sorted(text for _, text in session.connection().exec_driver_sql(query))


def a_week_ends_equal(folder: Path, meeting: Meeting) -> None:
    """All conflicts shown on every computer, nothing lost, and settled everywhere once settled."""
    week = Week(folder, meeting)
    wanted = week.live()
    week.meet()
    week.all_are_equal()
    for desk in week.everybody():
        assert week.disputed(desk) == sorted(wanted)
    week.settle(week.laptop)
    week.meet()
    week.all_are_equal()
    assert [week.disputed(desk) for desk in week.everybody()] == [[], [], []]

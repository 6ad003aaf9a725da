"""Stores with accounts for the tests of this folder, and a machine whose clocks tests turn."""

from pathlib import Path

from office import PASSWORD, Clock, found

from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.services.accounts import AddAccount, create_account, sign_in
from ssj_desktop.services.desk import Desk

STORE = "office.ssj"
FRESH = "Another-2026"


class Machine(Clock):
    """Wall clock and time since the machine started, set apart from each other."""

    __slots__ = ("up",)

    def __init__(self, up: int = 1000) -> None:
        super().__init__()
        object.__setattr__(self, "up", up)

    def monotonic_ns(self) -> int:
        return self.up * 1_000_000_000

    def run(self, seconds: int) -> None:
        """Let real time pass while the machine is on."""
        object.__setattr__(self, "up", self.up + seconds)
        self.turn(seconds)

    def turn(self, seconds: int) -> None:
        """Somebody moves the wall clock."""
        from datetime import timedelta

        object.__setattr__(self, "moment", self.moment + timedelta(seconds=seconds))

    def restart(self, off: int = 60) -> None:
        object.__setattr__(self, "up", 20)
        self.turn(off + 20)


def office(folder: Path, machine: Machine | None = None) -> tuple[Desk, Machine]:
    """An office of 张敏 (small-office administrator and clerk) and the approver 高建国."""
    machine = machine or Machine()
    clerk, _ = found(folder, machine)
    return clerk, machine


def add(desk: Desk, name: str, *roles: Role) -> Desk:
    """A further account, signed in."""
    create_account(desk, AddAccount(name, roles), PASSWORD, PASSWORD, LEAST_COST)
    return sign_in(desk.database.path, PASSWORD, name, desk.surroundings)

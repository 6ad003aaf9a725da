"""A first look without accounts: invented data in a store of its own, marked as such.

Its password is public on purpose: nothing real may be kept there, and every page says so.
"""

from dataclasses import dataclass
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.domain.passwords import AccessPolicy
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.services.account_admin import change_policy
from ssj_desktop.services.accounts import (
    TRIAL_COST,
    AddAccount,
    FoundOffice,
    create_account,
    create_store,
    sign_in,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import ImportRows, import_rows, read_sheet

PASSWORD = "Trial-2026-open"  # noqa: S105 - public, for invented data only
CLERK, APPROVER = "试用经办", "试用审批"
_OFFICE = FoundOffice("云岭县住房和城乡建设局（试用）", "239921", CLERK, trial=True)
_SAMPLES = (("targets", "检查对象名录.xlsx"), ("inspectors", "执法检查人员名录.xlsx"))


@dataclass(frozen=True, slots=True)
class TrialPlace:
    """Where the trial of this user lies."""

    path: Path

    @property
    def exists(self) -> bool:
        return self.path.is_file()


def trial_place() -> TrialPlace:
    return TrialPlace(places.user_folder() / "trial" / "trial.ssj")


def is_trial_place(store: Path) -> bool:
    return store == trial_place().path


def open_trial(path: Path) -> Desk:
    """The trial as its clerk; made and filled with samples the first time."""
    if path.is_file():
        return sign_in(path, PASSWORD, CLERK)
    desk, _ = create_store(path, _OFFICE, PASSWORD, cost=TRIAL_COST)
    change_policy(desk, AccessPolicy(days=0))
    create_account(desk, AddAccount(APPROVER, (Role.APPROVER,)), PASSWORD, PASSWORD, TRIAL_COST)
    load_samples(desk)
    return desk


def load_samples(desk: Desk) -> None:
    """Invented targets and inspectors for a first look."""
    for kind, name in _SAMPLES:
        desk.do(import_rows, ImportRows(read_sheet(kind, places.resource("samples", name))))

"""Computers of one office for tests: a founder A with clerk and approver, and others that joined.

Founding and joining cost seconds, so each constellation is made once and then copied.
"""

import shutil
from functools import cache
from pathlib import Path

from office import PASSWORD, Clock, enrol_targets, found_anew, template_folder

from ssj_desktop.domain.membership import comparison_code
from ssj_desktop.domain.vocabulary import DeviceRole, Role
from ssj_desktop.models.database import open_database
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.queries.membership import find_roster
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.filing_files import own_code
from ssj_desktop.services.joining import (
    StartJoining,
    accept,
    create_joining_store,
    write_admission,
)
from ssj_desktop.services.membership import AdmitDevice, admit_device
from ssj_desktop.services.signing_in import open_account

CLERK = Actor("张敏", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.CLERK))
APPROVER = Actor("高建国", (Role.APPROVER,))
OLD = Path(__file__).resolve().parents[1] / "old_databases"
TARGETS = 4


def join(
    founder: Desk, folder: Path, letter: str = "B", role: DeviceRole = DeviceRole.OFFICE
) -> Desk:
    """The clerk at another computer that has been admitted and filled."""
    store = folder / letter / "office.ssj"
    command, around = StartJoining(f"{letter} 机", "张敏"), founder.surroundings
    newcomer = create_joining_store(store, command, PASSWORD, around, LEAST_COST)
    code = comparison_code(newcomer.request)
    device = founder.do(admit_device, AdmitDevice(newcomer.text, letter, role, code))
    answer = folder / f"answer-{letter}.ssjb"
    write_admission(founder, answer, founder.ask(find_roster).members[device])
    accept(newcomer.desk, answer, own_code(founder))
    return newcomer.desk


@cache
def _template(letters: str, revision: str) -> tuple[Path, dict[str, bytes]]:
    """The folder with the closed stores of these computers, and their data keys."""
    folder = template_folder()
    desks = {
        "A": _upgraded(folder / "A", revision) if revision else found_anew(folder / "A", Clock())[0]
    }
    if not revision:
        enrol_targets(desks["A"], TARGETS)
    for letter in letters[1:]:
        role = DeviceRole.FIELD if letter == "F" else DeviceRole.OFFICE
        desks[letter] = join(desks["A"], folder, letter, role)
    keys = {letter: desk.database.key for letter, desk in desks.items()}
    for desk in desks.values():
        desk.close()
    return folder, keys


def _upgraded(folder: Path, revision: str) -> Desk:
    """The founder's store as an earlier program left it, opened by this one."""
    folder.mkdir()
    for ending in ("", ".keys"):
        shutil.copy(OLD / f"{revision}.ssj{ending}", folder / f"office.ssj{ending}")
    return open_account(folder / "office.ssj", PASSWORD, "张敏", Clock())


def computers(folder: Path, letters: str = "AB") -> list[Desk]:
    """The clerk at each of these computers; A founded the office, F is a field laptop.

    A and B make an office of two; any others are of another office, which has four.
    """
    keys = store_keys(_constellation(letters))
    clock, desks = Clock(), []
    for letter, store in laid_out(folder, letters).items():
        desks.append(Desk(open_database(store, keys[letter]), CLERK, clock))
    return desks


def laid_out(folder: Path, letters: str, office: str = "", revision: str = "") -> dict[str, Path]:
    """The closed stores of these computers; ``revision`` is that of the founder's first program."""
    template = _template(office or _constellation(letters), revision)[0]
    for letter in letters:
        shutil.copytree(template / letter, folder / letter)
    return {letter: folder / letter / "office.ssj" for letter in letters}


def store_keys(office: str, revision: str = "") -> dict[str, bytes]:
    """The data keys of an office of these computers."""
    return _template(office, revision)[1]


def _constellation(letters: str) -> str:
    return "AB" if letters == "AB" else "ABCF"


def approver_at(desk: Desk) -> Desk:
    return desk.signed_in_as(APPROVER)

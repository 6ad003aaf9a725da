"""An office that has been founded once: clerk, approver, two accounts that will leave, a plan.

Founding costs seconds, so it is done once and then copied.
"""

import shutil
from functools import cache
from pathlib import Path

import office

from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.database import open_database
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.services.accounts import AddAccount, create_account
from ssj_desktop.services.desk import Actor, Desk

CLERK = Actor("张敏", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.CLERK))
APPROVER = Actor("高建国", (Role.APPROVER,))
SUSPECT, LEAVER = "离岗者", "离职者"


@cache
def _template() -> tuple[Path, bytes, str]:
    folder = office.template_folder()
    clerk, approver = office.found(folder, office.Clock())
    for name in (SUSPECT, LEAVER):
        added = AddAccount(name, (Role.APPROVER,))
        create_account(clerk, added, office.PASSWORD, office.PASSWORD, LEAST_COST)
    office.enrol_targets(clerk)
    office.enrol_inspectors(clerk)
    line = office.approved_line(clerk, approver)
    clerk.close()
    return folder, clerk.database.key, line


def copied_office(folder: Path) -> tuple[Desk, Desk, str]:
    """Clerk, approver, and the line of the plan that can be drawn: 20 targets, 6 inspectors."""
    template, key, line = _template()
    shutil.copytree(template, folder, dirs_exist_ok=True)
    clerk = Desk(open_database(folder / "office.ssj", key), CLERK, office.Clock())
    return clerk, clerk.signed_in_as(APPROVER), line

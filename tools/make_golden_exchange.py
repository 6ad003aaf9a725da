"""Keeps what this program gives to others: ``tests/golden/exchange/SCHEMA`` (see golden_office.py).

Run it once for every schema that changes the form of segments or bundles; the files are never made
anew, and every later program takes them in.
"""

import sys
from pathlib import Path

from golden_office import (
    ANSWER,
    FOLDER,
    NEWS,
    PASSWORD,
    ROWS,
    SEGMENT,
    FixedKeys,
    newcomer,
    rows_text,
)
from killing import scratch_folder
from make_old_database import live_a_year

from ssj_desktop.domain.membership import comparison_code
from ssj_desktop.domain.vocabulary import DeviceRole, Role
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.queries.excerpts import schema_of
from ssj_desktop.queries.lineage import segments_beyond, tips
from ssj_desktop.queries.membership import find_roster
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services.accounts import AddAccount, FoundOffice, create_account, create_store
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.exchange import seal_changes
from ssj_desktop.services.filing_files import own_code
from ssj_desktop.services.joining import accept, write_admission
from ssj_desktop.services.membership import AdmitDevice, admit_device
from ssj_desktop.services.registries import Revise, revise
from ssj_desktop.services.transports import write_exchange_bundle


def founded(folder: Path) -> Desk:
    office = FoundOffice("云岭县住房和城乡建设局", "239921", "张敏")
    desk, _ = create_store(folder / "a.ssj", office, PASSWORD, FixedKeys("A"), LEAST_COST)
    create_account(desk, AddAccount("高建国", (Role.APPROVER,)), PASSWORD, PASSWORD, LEAST_COST)
    live_a_year(desk, desk.signed_in_as(Actor("高建国", (Role.APPROVER,))))
    return desk


def admit(desk: Desk, folder: Path) -> str:
    """B asks to join and is answered; the name of its device."""
    asking = newcomer(folder)
    code = comparison_code(asking.request)
    device = desk.do(admit_device, AdmitDevice(asking.text, "B", DeviceRole.OFFICE, code))
    write_admission(desk, folder / ANSWER, desk.ask(find_roster).members[device])
    accept(asking.desk, folder / ANSWER, own_code(desk))
    asking.desk.close()
    return device


def edit(desk: Desk, contact: str) -> None:
    for row in desk.ask(list_rows, "targets", RowFilter())[:3]:
        desk.do(revise, Revise("targets", row.id, {"contact": contact}, "电话核实"))


def main() -> int:
    with scratch_folder() as folder:
        desk = founded(folder)
        device = admit(desk, folder)
        edit(desk, "王喆")
        write_exchange_bundle(desk, folder / NEWS, [device])
        known = desk.ask(tips)
        edit(desk, "李玥")
        seal_changes(desk)
        (segment,) = desk.ask(segments_beyond, known).values()
        (folder / SEGMENT).write_bytes(segment)
        (folder / ROWS).write_text(desk.ask(rows_text), encoding="utf-8", newline="\n")
        target = FOLDER / desk.ask(schema_of)
        desk.close()
        if target.exists():
            print(f"已有 {target.name}，没有改动。")
            return 1
        target.mkdir(parents=True)
        for name in (ANSWER, NEWS, SEGMENT, ROWS):
            (target / name).write_bytes((folder / name).read_bytes())
    print(f"已写入 {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

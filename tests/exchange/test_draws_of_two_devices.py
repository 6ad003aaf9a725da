"""Draws where devices meet: M stays at home, one pool drawn twice, numbers of each device."""

import shutil
from pathlib import Path

import pytest
from exchange.two_desks import CLERK, approver_at, computers
from office import approved_line, enrol_inspectors, freezing
from sqlalchemy import select

from ssj_desktop.domain.draw.record import read_record
from ssj_desktop.domain.draw.seed import commitment
from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.segment import read_segment_file
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.formats.segments import unpack
from ssj_desktop.models.backups import make_backup
from ssj_desktop.models.database import Database
from ssj_desktop.models.draws import Draw, SealedMachine
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.plans import AnnualPlan
from ssj_desktop.queries.draw_ledger import ledger_paper
from ssj_desktop.queries.draws import list_draws
from ssj_desktop.queries.segments import list_segments, read_segment
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import (
    EnterSlip,
    PerformDraw,
    VoidDraw,
    draw,
    enter_slip,
    freeze_draw,
    open_slips,
    void_draw,
)
from ssj_desktop.services.mirror import mirror_of
from ssj_desktop.services.plans import DraftPlan, draft_plan
from ssj_desktop.services.transports import exchange_folder

DIGITS = ("314159", "271828", "161803")


class Office:
    """Two computers that hold the same approved plan, and their shared folder."""

    def __init__(self, folder: Path) -> None:
        self.a, self.b = computers(folder)
        self.folder = folder / "shared"
        self.folder.mkdir()
        enrol_inspectors(self.a)
        self.line = approved_line(self.a, approver_at(self.a))
        self.meet()

    def meet(self) -> None:
        for desk in (self.a, self.b, self.a):
            exchange_folder(desk, self.folder)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def everything_written(desk: Desk) -> bytes:
    """All that segments carry in clear, to whomever they are handed."""
    contents = [desk.ask(read_segment, info.id) or b"" for info in desk.ask(list_segments)]
    return b"".join(unpack(read_segment_file(content)) for content in contents)


def machine_at(desk: Desk) -> str:
    return desk.ask(lambda session: session.scalars(select(SealedMachine.machine)).one())


def drawn_row(desk: Desk, key: str) -> tuple[str, str, bytes]:
    query = select(Draw.machine, Draw.commitment, Draw.record).where(Draw.id == key)
    return tuple(desk.ask(lambda session: session.execute(query).one()))


def test_the_machines_number_of_a_frozen_draw_leaves_the_device_only_with_the_result(
    office: Office,
) -> None:
    key = office.a.do(freeze_draw, freezing(office.a, office.line))
    office.a.do(open_slips, key)
    secret = machine_at(office.a)
    office.meet()
    assert len(office.b.ask(list_draws)) == 1
    assert all(secret.encode() not in everything_written(desk) for desk in (office.a, office.b))
    assert office.b.ask(lambda session: session.scalars(select(SealedMachine)).all()) == []

    office.a.do(draw, PerformDraw(key, DIGITS))
    office.meet()
    for desk in (office.a, office.b):
        machine, promised, record = drawn_row(desk, key)
        read = read_record(record)
        assert machine == secret == read["machine"]
        assert promised == commitment(read["draw"], read["hashes"]["pool"], secret)
    assert office.a.ask(lambda session: session.scalars(select(SealedMachine)).all()) == []


def test_a_draw_goes_on_only_where_it_was_frozen(office: Office) -> None:
    key = office.a.do(freeze_draw, freezing(office.a, office.line))
    office.meet()
    for use_case, command in (
        (open_slips, key),
        (enter_slip, EnterSlip(key, 1, DIGITS[0])),
        (draw, PerformDraw(key, DIGITS)),
    ):
        with pytest.raises(RuleViolation, match="A 机"):
            office.b.do(use_case, command)  # type: ignore[arg-type]
    with pytest.raises(RuleViolation, match="A 机"):
        approver_at(office.b).do(void_draw, VoidDraw(key, "停电"))
    office.a.do(draw, PerformDraw(key, DIGITS))


def test_voiding_opens_the_number_so_that_the_promise_can_be_checked(office: Office) -> None:
    key = office.a.do(freeze_draw, freezing(office.a, office.line))
    secret = machine_at(office.a)
    approver_at(office.a).do(void_draw, VoidDraw(key, "停电"))
    assert drawn_row(office.a, key)[0] == secret


def test_a_backup_between_freeze_and_result_carries_the_number(
    office: Office,
) -> None:
    """A power cut or a broken disk after the freeze: the same draw goes on from the backup."""
    office.a.do(freeze_draw, freezing(office.a, office.line))
    secret = machine_at(office.a)
    store = office.a.database
    backup = make_backup(store.path, store.key, BackupReason.MANUAL)
    kept = Desk(Database(backup.path, store.key), office.a.actor, office.a.surroundings)
    assert machine_at(kept) == secret


def test_one_pool_drawn_on_two_devices_stays_twice_and_the_first_signed_sheet_holds(
    office: Office,
) -> None:
    """Nobody's clock runs backwards: A's sheet was signed first, B draws first."""
    first = office.a.do(freeze_draw, freezing(office.a, office.line))
    second = office.b.do(freeze_draw, freezing(office.b, office.line, "r2"))
    office.b.do(draw, PerformDraw(second, DIGITS))
    office.a.do(draw, PerformDraw(first, DIGITS))
    exchange_folder(office.b, office.folder)
    report = exchange_folder(office.a, office.folder)
    assert report is not None
    office.meet()
    numbers = [f"239921-{letter}-2026-0001" for letter in "AB"]
    said = f"相同，以先签承诺单的 {numbers[0]} 为准"
    assert [remark for remark in report.remarks if said in remark]
    for desk in (office.a, office.b):
        rows = {row.number: row for row in desk.ask(list_draws)}
        assert sorted(rows) == numbers
        assert [rows[n].rival for n in numbers] == [f"待抽库与 {n} {said}" for n in numbers[::-1]]
        notes = [cells[-1] for cells in desk.ask(ledger_paper, 2026).rows]
        assert all(said in note for note in notes)
        assert len(notes) == 2
        with pytest.raises(RuleViolation, match="抽取过"):
            desk.do(freeze_draw, freezing(desk, office.line, f"r3-{desk.office.device}"))


def test_each_device_counts_its_own_draws_and_document_numbers(office: Office) -> None:
    """Numbers taken apart without having met are all different, and gapless per device."""
    voided = []
    for desk in (office.a, office.b):
        for time in range(2):
            key = desk.do(freeze_draw, freezing(desk, office.line, f"{desk.office.device}{time}"))
            approver_at(desk).do(void_draw, VoidDraw(key, "演示"))
            voided.append(key)
    last = [desk.do(freeze_draw, freezing(desk, office.line, f"{desk.office.device}9"))
            for desk in (office.a, office.b)]  # fmt: skip
    for desk, key in zip((office.a, office.b), last, strict=True):
        desk.do(draw, PerformDraw(key, DIGITS))
    office.meet()
    numbers = sorted(row.number for row in office.a.ask(list_draws))
    assert numbers == [f"239921-{d}-2026-{n:04d}" for d in "AB" for n in (1, 2, 3)]
    tasks = office.a.ask(lambda session: session.scalars(select(InspectionTask.number)).all())
    assert len(set(tasks)) == len(tasks) > 2


def test_ad_hoc_plans_of_two_devices_take_numbers_of_their_own(office: Office) -> None:
    for desk in (office.a, office.b):
        for name in ("临时一", "临时二"):
            desk.do(
                draft_plan,
                DraftPlan(2026, f"{name}{desk.office.device}", ad_hoc=True, reason="上级交办"),
            )
    office.meet()
    plans = office.a.ask(lambda session: session.scalars(select(AnnualPlan.number)).all())
    assert sorted(n for n in plans if "L" in n) == [
        f"2399212026L{end}" for end in ("001", "002", "B001", "B002")
    ]


def test_a_computer_put_back_without_its_mirror_counts_on_from_what_the_others_hold(
    office: Office, tmp_path: Path
) -> None:
    """Store and mirror are gone; the other computer still has what was drawn since the backup."""
    store = office.a.database
    old = shutil.copy(store.path, tmp_path / "old.ssj")
    gone = office.a.do(freeze_draw, freezing(office.a, office.line))
    approver_at(office.a).do(void_draw, VoidDraw(gone, "停电"))
    office.meet()
    office.a.close()
    for left in (store.path, mirror_of(store.path)):
        left.unlink()
    shutil.copy(old, store.path)
    office.a = Desk(Database(store.path, store.key), CLERK, office.b.surroundings)
    office.meet()
    office.a.do(freeze_draw, freezing(office.a, office.line, "r2"))
    numbers = [row.number for row in office.a.ask(list_draws)]
    assert numbers == ["239921-A-2026-0002", "239921-A-2026-0001"]

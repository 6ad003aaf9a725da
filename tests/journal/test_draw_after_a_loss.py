"""A draw frozen after the newest backup goes on after a repair, and M stays where it was made."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import office
import pytest
from journal.copied_office import copied_office
from sqlalchemy import select

from ssj_desktop.domain.draw.record import verify_record
from ssj_desktop.domain.errors import PermissionRefused, RuleViolation
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.formats.mirror import machine_lines, open_machine_line
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.models.draws import SealedMachine
from ssj_desktop.models.plans import AnnualPlan
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.draws import draw_record, list_draws
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.backups import back_up
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
from ssj_desktop.services.mirror import mirror_of, read_mirror
from ssj_desktop.services.plans import DraftPlan, draft_plan
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.repair import plan_repair, repair
from ssj_desktop.services.restoring import plan_restore, restore

DIGITS = ("514263", "30927718", "662135")
ME = Credentials("张敏", office.PASSWORD)


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[tuple[Desk, Desk, str]]:
    """Backed up, then frozen; nothing later has been copied anywhere."""
    clerk, approver, line = copied_office(tmp_path / "desk")
    back_up(clerk, BackupReason.MANUAL)
    yield clerk, approver, clerk.do(freeze_draw, office.freezing(clerk, line))
    clerk.close()


def repaired(desk: Desk) -> Desk:
    """The file of the store is gone altogether; backup and mirror are there."""
    store = desk.database.path
    desk.close()
    store.unlink()
    done = repair(plan_repair(store, ME), ME, desk.surroundings)
    assert done.rows_lost == 0
    return sign_in(store, office.PASSWORD, "张敏", desk.surroundings)


def machine_kept(desk: Desk, draw_id: str) -> str:
    with desk.database.reading() as session:
        row = session.get(SealedMachine, draw_id)
        return row.machine if row else ""


def test_a_draw_frozen_after_the_backup_has_the_same_result_after_the_repair(
    frozen: tuple[Desk, Desk, str], tmp_path: Path
) -> None:
    clerk, _, key = frozen
    clerk.do(open_slips, key)
    clerk.do(enter_slip, EnterSlip(key, 1, DIGITS[0]))
    shutil.copytree(clerk.database.path.parent, tmp_path / "control")
    again = repaired(clerk)
    again.do(draw, PerformDraw(key, DIGITS))
    control = sign_in(
        tmp_path / "control" / "office.ssj", office.PASSWORD, "张敏", clerk.surroundings
    )
    control.do(draw, PerformDraw(key, DIGITS))
    here, there = again.ask(draw_record, key), control.ask(draw_record, key)
    assert verify_record(here).ok
    assert here["seed"] == there["seed"]
    assert here["strata"] == there["strata"]
    assert again.ask(full_audit).is_intact
    again.close()
    control.close()


def test_a_freeze_the_mirror_missed_reaches_it_with_the_next_act(
    frozen: tuple[Desk, Desk, str],
) -> None:
    clerk, _, key = frozen
    mirror = mirror_of(clerk.database.path)
    lines = mirror.read_bytes().splitlines(keepends=True)
    machine_line = next(place for place, line in enumerate(lines) if line.startswith(b"M\t"))
    clerk.close()
    mirror.write_bytes(b"".join(lines[:machine_line]))
    later = sign_in(clerk.database.path, office.PASSWORD, "张敏", clerk.surroundings)
    later.do(change_setting, ChangeSetting("contact", "1"))
    machine = machine_kept(later, key)
    assert read_mirror(mirror, (later.database.key,)).machines == {key: machine}
    again = repaired(later)
    assert machine_kept(again, key) == machine
    again.close()


def test_the_mirror_shows_m_to_nobody_without_the_data_key(
    frozen: tuple[Desk, Desk, str],
) -> None:
    clerk, _, key = frozen
    machine = machine_kept(clerk, key)
    raw = mirror_of(clerk.database.path).read_bytes()
    assert machine.encode() not in raw
    assert bytes.fromhex(machine) not in raw
    assert read_mirror(mirror_of(clerk.database.path), (bytes(32),)).machines == {}


def test_without_a_mirror_the_draw_is_voided_and_frozen_anew(
    frozen: tuple[Desk, Desk, str],
) -> None:
    """The freeze itself is lost then; where only M is lost, the refusal names the way out."""
    clerk, approver, key = frozen
    mirror = mirror_of(clerk.database.path)
    content = mirror.read_bytes().splitlines(keepends=True)
    clerk.close()
    mirror.write_bytes(b"".join(line for line in content if not line.startswith(b"M\t")))
    again = repaired(clerk)
    with pytest.raises(RuleViolation, match="机器数") as caught:
        again.do(draw, PerformDraw(key, DIGITS))
    assert "作废" in caught.value.remedy
    again.signed_in_as(approver.actor).do(void_draw, VoidDraw(key, "机器数丢失"))
    again.close()


def restored(desk: Desk, damage: str = "") -> Desk:
    """The backup in place of the store, deliberately: what came after it is given up."""
    store = desk.database.path
    backup = list_backups(backups_folder(store))[-1].path
    desk.close()
    if damage:
        store.unlink()
    plan = plan_restore(store, backup, ME)
    restore(plan, ME, desk.surroundings)
    return sign_in(store, office.PASSWORD, "张敏", desk.surroundings)


@pytest.mark.parametrize("damage", ["", "the store is gone"])
def test_a_number_on_a_paper_is_not_given_again_after_a_restore(
    frozen: tuple[Desk, Desk, str], damage: str
) -> None:
    clerk, _, _ = frozen
    line = clerk.ask(list_draws)[0].line_id
    clerk.do(draft_plan, DraftPlan(2026, "临时", ad_hoc=True, reason="上级交办"))
    again = restored(clerk, damage)
    assert again.ask(list_draws) == ()
    again.do(freeze_draw, office.freezing(again, line, "r2"))
    again.do(draft_plan, DraftPlan(2026, "临时二", ad_hoc=True, reason="上级交办"))
    assert [row.number for row in again.ask(list_draws)] == ["239921-A-2026-0002"]
    assert ad_hoc_numbers(again) == ["2399212026L002"]
    once_more = restored(again, damage)
    once_more.do(freeze_draw, office.freezing(once_more, line, "r3"))
    assert [row.number for row in once_more.ask(list_draws)] == ["239921-A-2026-0003"]
    assert once_more.ask(full_audit).is_intact
    once_more.close()


def ad_hoc_numbers(desk: Desk) -> list[str]:
    query = select(AnnualPlan.number).where(AnnualPlan.ad_hoc)
    return desk.ask(lambda session: list(session.scalars(query)))


def test_what_was_taken_is_nobodys_to_change(frozen: tuple[Desk, Desk, str]) -> None:
    clerk, _, _ = frozen
    with pytest.raises(PermissionRefused):
        clerk.do(change_setting, ChangeSetting("numbers_taken/A/draws/2026", "0"))


def test_a_finished_draw_gets_no_second_m(frozen: tuple[Desk, Desk, str]) -> None:
    clerk, _, key = frozen
    clerk.do(draw, PerformDraw(key, DIGITS))
    again = repaired(clerk)
    assert machine_kept(again, key) == ""
    assert verify_record(again.ask(draw_record, key)).ok
    again.close()


@pytest.mark.parametrize("line", [b"", b"M", b"M\tx", b"M\tx\t!!", b"N\tx\tAAAA", b"M\tx\tAAAA"])
def test_a_foreign_or_torn_line_holds_no_m(line: bytes) -> None:
    assert open_machine_line(line, [bytes(32)]) is None


def test_m_opens_under_whichever_key_it_was_written() -> None:
    line = machine_lines({"draw-1": "ab" * 32}, bytes(32)).rstrip(b"\n")
    assert open_machine_line(line, [b"\1" * 32, bytes(32)]) == ("draw-1", "ab" * 32)

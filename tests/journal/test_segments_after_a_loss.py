"""What other computers had sent is part of the state, so a repair looks for it where it may lie."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import office
import pytest
from exchange.two_desks import computers

from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.registries import RegistryRow, list_rows
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.exchange import take_in
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.registries import Revise, revise
from ssj_desktop.services.repair import Repaired, plan_repair, repair
from ssj_desktop.services.transports import (
    exchange_folder,
    open_exchange_bundle,
    write_exchange_bundle,
)

ME = Credentials("张敏", office.PASSWORD)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk, Path]]:
    """Two computers, level over a shared folder; A has a backup of that moment."""
    a, b = computers(tmp_path)
    folder = tmp_path / "shared"
    folder.mkdir()
    for desk in (a, b, a):
        exchange_folder(desk, folder)
    back_up(a, BackupReason.MANUAL)
    yield a, b, folder
    a.close()
    b.close()


def take_in_from(b: Desk, a: Desk, folder: Path) -> None:
    """B enrols three people, and A has them from the folder."""
    office.enrol_inspectors(b, 3)
    for desk in (b, a):
        exchange_folder(desk, folder)


def work_on_what_came(a: Desk) -> None:
    """A goes on with rows that only B's segment holds, and with rows of its own."""
    came = [row for row in a.ask(list_rows, "inspectors") if row.name == "检查员1"]
    a.do(revise, Revise("inspectors", came[0].id, {"post": "科长"}, "任职"))
    office.enrol_experts(a, 2)


def repaired(desk: Desk, *folders: Path, damage: bool = False) -> tuple[Desk, Repaired]:
    """The file is gone, or one page of it is damaged; the desk of the repaired store."""
    store = desk.database.path
    desk.close()
    if damage:
        content = bytearray(store.read_bytes())
        content[4096 * 5 + 99] ^= 1
        store.write_bytes(content)
    else:
        store.unlink()
    done = repair(plan_repair(store, ME, folders), ME, desk.surroundings)
    return sign_in(store, office.PASSWORD, "张敏", desk.surroundings), done


def rows(desk: Desk) -> dict[str, tuple[RegistryRow, ...]]:
    return {kind: desk.ask(list_rows, kind) for kind in ("targets", "inspectors", "experts")}


def test_segments_are_found_again_in_the_shared_folder(desks: tuple[Desk, Desk, Path]) -> None:
    a, b, folder = desks
    take_in_from(b, a, folder)
    work_on_what_came(a)
    before = rows(a)
    again, done = repaired(a)
    assert done.restored.replayed is not None
    assert (done.restored.replayed.segments, done.restored.replayed.missing) == (1, 0)
    assert "重新并入其他电脑的 1 个数据段" in done.text
    assert rows(again) == before
    assert again.ask(full_audit).is_intact
    exchange_folder(again, folder)
    exchange_folder(b, folder)
    assert rows(b) == rows(again)
    again.close()


def test_segments_are_found_again_in_the_damaged_file(desks: tuple[Desk, Desk, Path]) -> None:
    a, b, folder = desks
    take_in_from(b, a, folder)
    work_on_what_came(a)
    before = rows(a)
    shutil.rmtree(folder)
    again, done = repaired(a, damage=True)
    assert done.restored.replayed is not None
    assert done.restored.replayed.missing == 0
    assert rows(again) == before
    assert again.ask(full_audit).is_intact
    again.close()


def test_segments_are_found_again_in_a_bundle_beside_the_backups(
    desks: tuple[Desk, Desk, Path], tmp_path: Path
) -> None:
    a, b, _ = desks
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "other.ssjb").write_bytes(b"no bundle")
    office.enrol_inspectors(b, 3)
    write_exchange_bundle(b, stick / "from-b.ssjb")
    a.do(take_in, open_exchange_bundle(a, stick / "from-b.ssjb").command)
    work_on_what_came(a)
    before = rows(a)
    again, done = repaired(a, stick)
    assert done.restored.replayed is not None
    assert (done.restored.replayed.segments, done.restored.replayed.missing) == (1, 0)
    assert rows(again) == before
    assert again.ask(full_audit).is_intact
    again.close()


def test_what_cannot_be_found_is_asked_for_again_and_own_work_waits_for_it(
    desks: tuple[Desk, Desk, Path], tmp_path: Path
) -> None:
    """Own edits of rows that are not here yet are kept, and stand when the rows arrive."""
    a, b, folder = desks
    take_in_from(b, a, folder)
    work_on_what_came(a)
    before = rows(a)
    shutil.rmtree(folder)
    again, done = repaired(a)
    assert "还缺其他电脑的 1 个数据段，下次交换时补回" in done.text
    assert len(again.ask(list_rows, "experts")) == 2
    assert again.ask(list_rows, "inspectors") == ()
    assert again.ask(full_audit).is_intact
    fresh = tmp_path / "new folder"
    fresh.mkdir()
    for desk in (again, b, again, b):
        exchange_folder(desk, fresh)
    assert rows(again) == before
    assert rows(b) == before
    assert again.ask(full_audit).is_intact
    again.close()


def test_a_bundle_carries_again_what_a_repaired_computer_lacks(
    desks: tuple[Desk, Desk, Path], tmp_path: Path
) -> None:
    """B thought A had it: the heads A sends say that it has not."""
    a, b, folder = desks
    take_in_from(b, a, folder)
    exchange_folder(b, folder)
    before = rows(a)
    shutil.rmtree(folder)
    again, _ = repaired(a)
    assert again.ask(list_rows, "inspectors") == ()
    for giver, taker in ((again, b), (b, again)):
        bundle = tmp_path / f"{giver.office.device}.ssjb"
        write_exchange_bundle(giver, bundle)
        taker.do(take_in, open_exchange_bundle(taker, bundle).command)
    assert rows(again) == before
    again.close()

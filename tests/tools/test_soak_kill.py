"""The soak of kills finds what it looks for: lost, half done and damaged acts."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import killing
import mixed_checks
import mixed_load
import psutil
import pytest
import single_store
from mixed_load import World
from single_store import Tally
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from tampering import unwatched

from ssj_desktop.formats.attachment_files import files_in
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.registries import Target
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.attachment_copies import pool_of

MARKS = [f"[{act}-7-{number}]" for number, act in enumerate(single_store.ACTS)]

# --- one computer -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worked_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which every kind of act was done once."""
    path = single_store.template(tmp_path_factory.mktemp("soak"))
    desk = sign_in(path, killing.PASSWORD)
    for mark in MARKS:
        single_store.ACTS[single_store.kind_of(mark)](desk, mark)
    desk.close()
    return path


@pytest.fixture
def store(worked_in: Path, tmp_path: Path) -> Path:
    path = tmp_path / "store.ssj"
    single_store.copy_store(worked_in, path)
    return path


def found(store: Path, marks: list[str]) -> Tally:
    tally = Tally()
    single_store.check(store, marks, tally)
    return tally


def spoil(store: Path, harm: Callable[[Session], object]) -> None:
    """Change the store behind the program's back."""
    desk = sign_in(store, killing.PASSWORD)
    with desk.database.writing() as session, unwatched(session):
        harm(session)
    desk.close()


def test_a_store_as_it_was_confirmed_passes(store: Path) -> None:
    assert found(store, MARKS).bad == 0


def test_an_act_that_is_there_without_being_confirmed_passes(store: Path) -> None:
    assert found(store, MARKS[:2]).bad == 0


def test_a_confirmed_act_that_is_missing_is_lost(store: Path) -> None:
    assert found(store, [*MARKS, "[enrol-7-99]"]).lost == ["[enrol-7-99]"]


def test_an_import_with_a_row_missing_is_half_done(store: Path) -> None:
    mark = next(mark for mark in MARKS if "import" in mark)
    spoil(store, lambda s: s.execute(delete(Target).where(Target.name == f"企业{mark}之3")))
    assert found(store, MARKS).half == [mark]


def test_rows_without_their_journal_entry_are_half_done(store: Path) -> None:
    stranger = update(Target).where(Target.number == "SOAK-0").values(name="企业[enrol-8-1]")
    spoil(store, lambda s: s.execute(stranger))
    assert found(store, MARKS).half == ["[enrol-8-1]"]


# --- a world of two computers, bundles and old stores -----------------------------------------


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every act of a day once."""
    world = World(tmp_path_factory.mktemp("world"))
    mixed_load.found_world(world.folder)
    mixed_load.whole_day(world.folder)
    return world


@pytest.fixture
def world(lived_in: World, tmp_path: Path) -> World:
    copy = World(tmp_path / "world")
    mixed_load.copy_world(lived_in, copy)
    return copy


def asked(world: World, compare: Callable[..., None], kind: str, **more: str) -> Tally:
    """One comparison with what was confirmed of a kind, and with ``more``."""
    tally, desk = Tally(), world.opened()
    facts = mixed_checks.confirmed_in(world.log).of(kind) | more
    desk.ask(compare, facts, tally)
    desk.close()
    return tally


def harm(world: World, change: Callable[[Session], object]) -> None:
    desk = world.opened()
    with desk.database.writing() as session, unwatched(session):
        change(session)
    desk.close()


def test_a_day_without_a_kill_is_whole_and_both_computers_end_equal(world: World) -> None:
    assert mixed_checks.look(world.folder).bad == 0
    tally = mixed_checks.farewell(world.folder)
    assert (tally.bad, tally.confirmed) == (0, len(mixed_load.DAY))


def test_a_draw_with_another_result_than_the_confirmed_one_is_found(world: World) -> None:
    tally = asked(world, mixed_checks.compare_draws, "draw", **{"[draw-0-0]": "0" * 64})
    assert tally.lost == ["[draw-0-0] 的结果变了"]


def test_a_confirmed_draw_that_is_not_there_is_lost(world: World) -> None:
    tally = asked(world, mixed_checks.compare_draws, "draw", **{"[draw-9-9]": "0" * 64})
    assert tally.lost == ["[draw-9-9]"]


def test_a_draw_that_lacks_a_task_is_half_done(world: World) -> None:
    first = select(InspectionTask.id).limit(1).scalar_subquery()
    harm(world, lambda s: s.execute(delete(InspectionTask).where(InspectionTask.id == first)))
    (fault,) = asked(world, mixed_checks.compare_draws, "draw").half
    assert "任务有" in fault


def test_a_second_draw_for_one_request_is_found(world: World) -> None:
    def repeat(session: Session) -> None:
        row = session.execute(select(Draw.__table__)).mappings().one()
        twin = {**row, "id": "f" * 36, "serial": 2, "state": "FROZEN"}
        session.execute(Draw.__table__.insert(), [twin])

    harm(world, repeat)
    assert asked(world, mixed_checks.compare_draws, "draw").half == ["[draw-0-0] 有 2 次抽取"]


def test_a_photograph_without_its_bytes_or_without_its_row_is_found(world: World) -> None:
    desk, tally = world.opened(), Tally()
    taken = mixed_checks.confirmed_in(world.log).of("attach")
    (sha256,) = taken.values()
    mixed_checks.look_at_pictures(desk, taken | {"[attach-9-9]": "0" * 64}, tally)
    assert (tally.lost, tally.half) == (["[attach-9-9]"], [])
    desk.attachments.path_of(sha256).write_bytes(b"x")
    mixed_checks.look_at_pictures(desk, taken, tally)
    assert tally.half == [f"附件 {sha256} 没有字节"]
    desk.close()


def test_a_bundle_of_which_a_row_is_missing_is_half_done(world: World) -> None:
    harm(world, lambda s: s.execute(delete(Target).where(Target.name == "外来[in-0]之1")))
    assert asked(world, mixed_checks.compare_bundles, "take").half == ["[in-0] 有 2 行"]


def test_a_bundle_that_was_taken_in_and_is_not_there_is_lost(world: World) -> None:
    tally = asked(world, mixed_checks.compare_bundles, "take", **{"[take-9-7]": "7"})
    assert tally.lost == ["[take-9-7] 收进的第 7 包"]


def test_a_bundle_handed_out_that_changed_or_is_gone_is_found(world: World) -> None:
    given = mixed_checks.confirmed_in(world.log).of("give")
    (file,) = world.out.glob("*.ssjb")
    tally = Tally()
    mixed_checks.look_at_bundles(world, {**given, "[give-9-9]": "give-9-9.ssjb=00"}, tally)
    assert (tally.lost, tally.damaged) == (["give-9-9.ssjb"], [])
    (world.folder / "seen.txt").unlink()
    file.write_bytes(file.read_bytes()[:-1])
    mixed_checks.look_at_bundles(world, given, tally)
    mixed_checks.look_at_bundles(world, {}, tally)
    assert tally.damaged == [f"{file.name} 的内容变了"]


def test_an_unconfirmed_bundle_that_cannot_be_read_is_damaged(world: World) -> None:
    (world.out / "give-9-9.ssjb").write_bytes(b"x" * 100)
    tally = Tally()
    mixed_checks.look_at_bundles(world, {}, tally)
    assert [text.partition("：")[0] for text in tally.damaged] == ["give-9-9.ssjb"]


def test_a_backup_with_a_damaged_page_is_found(world: World) -> None:
    desk = world.opened()
    newest = list_backups(backups_folder(world.store()))[0].path
    content = bytearray(newest.read_bytes())
    content[5000] ^= 1
    newest.write_bytes(content)
    tally = Tally()
    mixed_checks.look_at_backups(world, world.store(), desk.database.key, tally)
    desk.close()
    assert tally.damaged


def test_a_damaged_photograph_beside_a_backup_is_found(world: World) -> None:
    desk = world.opened()
    assert mixed_checks.faults_of_last_backup(desk) == []
    pool = pool_of(backups_folder(world.store()))
    photograph = next(files_in(pool))
    photograph.write_bytes(photograph.read_bytes()[:-1])
    tally = Tally()
    (world.folder / "seen.txt").unlink(missing_ok=True)
    mixed_checks.look_at_backups(world, world.store(), desk.database.key, tally)
    desk.close()
    assert "附件已损坏" in tally.damaged[0]


def test_an_old_store_changed_by_half_an_upgrade_is_found(world: World) -> None:
    for old in world.old.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    source = min(mixed_load.make_old_database.FOLDER.glob("*.ssj"))
    store = world.old / f"{source.stem}_migrate-9-9.ssj"
    single_store.copy_store(source, store)
    key = mixed_checks.soak_migrations.key_of(store)
    with mixed_checks.soak_migrations.cipher.opened(store, key) as connection:
        connection.execute("DELETE FROM inspection_tasks")
    tally = Tally()
    mixed_checks.look_at_old_stores(world, {}, tally)
    assert tally.half == [f"{store.name} 升级到一半"]
    assert tally.lost == [f"{store.name}：inspection_tasks"]
    assert list(world.old.iterdir()) == []


def test_what_was_put_into_the_folder_before_is_missed_there(world: World) -> None:
    killing.acknowledge(world.log, "[enrol-9-9]")
    killing.acknowledge(world.log, "[folder-9-9]")
    assert mixed_checks.farewell(world.folder).lost == [
        "[enrol-9-9] 不在共享文件夹里",
        "[enrol-9-9] 没有到 B",
    ]


def test_a_frozen_draw_is_held_to_its_end_after_a_restart(world: World) -> None:
    desk = world.opened()
    line = desk.ask(lambda session: session.scalars(select(mixed_load.PlanLine.id)).one())
    panel = mixed_load.office.PANEL[:2]
    desk.do(mixed_load.enrol, mixed_load.Enrol("targets", {"name": "一家", "number": "Y", "industry": "物业服务企业", "credit_class": "A"}))  # fmt: skip
    desk.do(mixed_load.freeze_draw, mixed_load.FreezeDraw("冻结", line, "会议室", "高建国", desk.today(), panel))  # fmt: skip
    mixed_load.resume_draws(desk)
    assert desk.ask(mixed_load.frozen_requests) == []
    assert len(desk.ask(mixed_load.digest_of, "冻结")) == 64
    desk.close()


# --- workers ----------------------------------------------------------------------------------


def say_and_wait(log: Path) -> None:
    killing.acknowledge(log, "1")
    time.sleep(60)


def fail() -> None:
    raise ZeroDivisionError


def test_a_half_written_line_is_no_confirmation(tmp_path: Path) -> None:
    log = tmp_path / "confirmed.txt"
    log.write_bytes("甲\n乙\n丙".encode())
    assert killing.acknowledged(log) == ["甲", "乙"]
    assert killing.acknowledged(tmp_path / "none.txt") == []


def test_a_worker_is_killed_after_its_first_line(tmp_path: Path) -> None:
    log = tmp_path / "confirmed.txt"
    assert killing.run_and_kill(say_and_wait, (log,), log, 0.01)
    assert killing.acknowledged(log) == ["1"]


def test_a_worker_can_be_killed_from_its_start(tmp_path: Path) -> None:
    assert killing.run_and_kill(time.sleep, (60,), tmp_path / "none.txt", 0.01, at_once=True)


def test_a_worker_that_ends_by_itself_was_not_killed(tmp_path: Path) -> None:
    assert not killing.run_and_kill(len, ("",), tmp_path / "none.txt", 60)


def test_a_worker_ends_with_the_drill_that_started_it(tmp_path: Path) -> None:
    """Found as a worker that kept a processor busy for an hour after its drill was stopped."""
    program = (
        f"import sys, time; sys.path.insert(0, {str(Path(killing.__file__).parent)!r})\n"
        "from killing import Worker\n"
        "if __name__ == '__main__':\n"
        "    print(Worker(time.sleep, 600).process.pid, flush=True); time.sleep(600)\n"
    )
    script = tmp_path / "drill.py"
    script.write_text(program, "utf-8")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as drill:
        assert drill.stdout is not None
        worker = psutil.Process(int(drill.stdout.readline()))
        drill.kill()
    assert psutil.wait_procs([worker], timeout=30)[1] == []


def test_a_child_gives_its_result(tmp_path: Path) -> None:
    assert killing.in_child(len, "四个字符") == 4


def test_a_worker_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        killing.run_and_kill(fail, (), tmp_path / "none.txt", 60)

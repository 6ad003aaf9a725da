"""No power cut loses what was confirmed; the recorder sees the losses of a weaker mode (R2)."""

import random
import shutil
import sys
from pathlib import Path

import pytest
import soak_power
from disk_states import SECTOR, Disk, Step, applied, record
from pacing import Rounds
from tracing import NoTracing

FOLDER = "/disk"
TRACED = sys.platform.startswith("linux") and shutil.which("strace") is not None


def states_of(
    before: dict[str, bytes], steps: list[Step], count: int = 200
) -> set[tuple[tuple[str, bytes], ...]]:
    disk = Disk(before)
    for step in steps:
        disk.play(step, FOLDER)
    return {tuple(sorted(disk.state(random.Random(n)).items())) for n in range(count)}


def contents(found: set[tuple[tuple[str, bytes], ...]], name: str) -> set[bytes | None]:
    return {dict(state).get(name) for state in found}


def test_a_write_that_was_synced_is_there_and_a_later_one_may_be() -> None:
    steps = [
        Step("write", "/disk/a", 0, b"AA"),
        Step("sync", "/disk/a"),
        Step("write", "/disk/a", 2, b"BB"),
    ]
    assert contents(states_of({"/disk/a": b""}, steps), "/disk/a") == {b"AA", b"AABB"}


def test_writes_reach_the_disk_in_any_order_and_by_sectors() -> None:
    two = [Step("write", "/disk/a", 0, b"A"), Step("write", "/disk/a", 1, b"B")]
    assert b"\0B" in contents(states_of({"/disk/a": b""}, two), "/disk/a")
    long = [Step("write", "/disk/a", 0, b"x" * 2 * SECTOR)]
    torn = contents(states_of({"/disk/a": bytes(2 * SECTOR)}, long), "/disk/a")
    assert b"x" * SECTOR + bytes(SECTOR) in torn
    assert bytes(SECTOR) + b"x" * SECTOR in torn


def test_a_name_changes_for_sure_only_when_the_folder_was_synced() -> None:
    gone = [Step("unlink", "/disk/a")]
    assert contents(states_of({"/disk/a": b"1"}, gone), "/disk/a") == {None, b"1"}
    assert contents(states_of({"/disk/a": b"1"}, [*gone, Step("sync", FOLDER)]), "/disk/a") == {
        None
    }


def test_a_renamed_file_has_its_synced_content_under_either_name() -> None:
    steps = [
        Step("create", "/disk/new"),
        Step("append", "/disk/new", 0, b"NEW"),
        Step("sync", "/disk/new"),
        Step("sync", FOLDER),
        Step("rename", "/disk/new", other="/disk/old"),
    ]
    found = states_of({"/disk/old": b"OLD"}, steps)
    assert contents(found, "/disk/old") == {b"OLD", b"NEW"}


def test_a_shorter_file_and_a_gap_read_as_the_system_gives_them() -> None:
    assert applied(b"abc", [Step("truncate", "a", 1)]) == b"a"
    assert applied(b"a", [Step("truncate", "a", 3), Step("write", "a", 4, b"z")]) == b"a\0\0\0z"


def test_a_recording_has_every_step_of_a_program(tmp_path: Path) -> None:
    """What Python writes by itself comes back step by step."""
    folder = tmp_path / "磁盘"
    folder.mkdir()
    program = (
        "import os, sys; p = sys.argv[1]\n"
        "h = os.open(p + '/a', os.O_RDWR | os.O_CREAT); os.pwrite(h, b'xyz', 5); os.fsync(h)\n"
        "os.ftruncate(h, 6); os.close(h); os.rename(p + '/a', p + '/b')\n"
        "d = os.open(p, os.O_RDONLY); os.fsync(d); os.unlink(p + '/b')\n"
    )
    words = [sys.executable, "-c", program, str(folder)]
    if not TRACED:
        with pytest.raises(NoTracing):
            record(words, folder, tmp_path / "trace")
        return
    steps = record(words, folder, tmp_path / "trace")
    assert [step.kind for step in steps] == [
        "create", "write", "sync", "truncate", "rename", "sync", "unlink",
    ]  # fmt: skip
    assert steps[1] == Step("write", f"{folder}/a", 5, b"xyz")
    assert steps[4].other == f"{folder}/b"


def test_the_shipped_mode_loses_nothing(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_connections(monkeypatch)
    if not TRACED:
        with pytest.raises(NoTracing):
            soak_power.soak(template, Rounds(1))
        return
    tally = soak_power.soak(template, Rounds(50), seed=3)
    assert tally.bad == 0
    assert tally.confirmed > 50


def test_the_drill_sees_what_a_mode_without_syncs_loses(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_connections(monkeypatch)
    if not TRACED:
        with pytest.raises(NoTracing):
            soak_power.soak(template, Rounds(1), soak_power.WEAK)
        return
    tally = soak_power.soak(template, Rounds(25), soak_power.WEAK, seed=4)
    assert tally.lost
    assert tally.damaged


def keep_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drill changes how stores are opened; put it back afterwards."""
    monkeypatch.setattr(soak_power.cipher, "connect", soak_power.cipher.connect)
    monkeypatch.setattr(soak_power.database, "connect", soak_power.database.connect)
    monkeypatch.setattr(soak_power, "ACTS_OF_A_RUN", 8)

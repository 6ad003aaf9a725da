"""Cuts the power 20,000 times in the shipped mode and counts what is lost, half done or damaged.

A child works and confirms; all it writes is recorded. For random moments legal states of the disk
are rebuilt, no state twice, opened with the key and compared with what was confirmed until then.
Half of them encrypted, half plain. ``--short``: 300 states.
"""

import itertools
import random
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disk_states import Disk, Step, files_of, record
from figures import Figure, tell
from killing import PASSWORD, acknowledge, memory_folder, scratch_folder
from pacing import Rounds
from single_store import ACTS, Tally, compare, copy_store, template
from tracing import NoTracing

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.models import cipher, database, keyfile
from ssj_desktop.models.database import Database
from ssj_desktop.services.accounts import sign_in

STATES, SHORT_STATES = 20_000, 300
ACTS_OF_A_RUN = 24
STATES_OF_A_RUN = 1000
PASSES = 6
SHIPPED, WEAK = "shipped", "weak"
_ENCRYPTED = cipher.connect


def connect_as(mode: str, *, plain: bool) -> None:
    """Let this process open stores without encryption, or without waiting for the disk."""

    def connect(path: Path, key: bytes) -> Any:
        connection = unencrypted(path) if plain else _ENCRYPTED(path, key)
        if mode == WEAK:
            connection.execute("PRAGMA synchronous = OFF")
        return connection

    cipher.connect = database.connect = connect


def unencrypted(path: Path) -> Any:
    """What ``cipher.connect`` gives, but for the key."""
    connection: Any = cipher.sqlcipher.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=10
    )
    for name, value in (
        ("journal_mode", "DELETE"),
        ("synchronous", "EXTRA"),
        ("foreign_keys", "ON"),
        ("recursive_triggers", "ON"),
    ):
        connection.execute(f"PRAGMA {name} = {value}")
    return connection


def work(store: Path, log: Path, seed: int, acts: int, mode: str, *, plain: bool) -> None:
    """A few acts of every kind, each confirmed in the log."""
    connect_as(mode, plain=plain)
    desk = sign_in(store, PASSWORD)
    order = random.Random(seed)
    for number in range(acts):
        act = order.choice(list(ACTS))
        mark = f"[{act}-{seed}-{number}]"
        ACTS[act](desk, mark)
        acknowledge(log, mark)
    desk.close()


@dataclass(frozen=True, slots=True)
class Recording:
    """What was there before, all steps after, and the key of the store."""

    folder: Path
    before: dict[str, bytes]
    steps: list[Step]
    key: bytes
    plain: bool


def make_recording(
    source: Path, scratch: Path, seed: int, mode: str = SHIPPED, *, plain: bool = False
) -> Recording:
    """What one worker writes, on a copy of ``source``."""
    folder = scratch / "disk"
    folder.mkdir()
    store, log = folder / "office.ssj", folder / "confirmed.txt"
    copy_store(source, store)
    key = keyfile.unlock(keyfile.read_slots(keyfile.keyfile_of(store)), "王芳", PASSWORD)
    if plain:
        decrypt(store, key)
    log.write_bytes(b"")
    before = files_of(folder)
    words = [
        sys.executable,
        __file__,
        "--worker",
        str(store),
        str(log),
        str(seed),
        str(ACTS_OF_A_RUN),
        mode,
        str(int(plain)),
    ]
    steps = record(words, folder, scratch / "trace.txt")
    return Recording(folder, before, steps, key, plain)


def decrypt(store: Path, key: bytes) -> None:
    """Turn the template into a file without encryption."""
    plain = store.with_suffix(".plain")
    with closing(_ENCRYPTED(store, key)) as connection:
        connection.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
        connection.execute("SELECT sqlcipher_export('plain')")
        connection.execute("DETACH DATABASE plain")
    plain.replace(store)


def states(
    recording: Recording, count: int, chance: random.Random
) -> Iterator[tuple[list[str], dict[str, bytes]]]:
    """Legal states, each once, with the marks confirmed before; cuts fall evenly on all steps."""
    seen = set[int]()
    for _ in range(PASSES):
        for marks, disk in cut_disks(recording, count - len(seen), chance):
            files = disk.state(chance)
            whole = hash((len(marks), *sorted(files.items())))
            if whole not in seen:
                seen.add(whole)
                yield marks, files


def cut_disks(
    recording: Recording, count: int, chance: random.Random
) -> Iterator[tuple[list[str], Disk]]:
    """One playing of the recording, stopped at random steps."""
    log = str(recording.folder / "confirmed.txt")
    cuts = sorted(chance.randrange(1, len(recording.steps) + 1) for _ in range(count))
    disk, confirmed = Disk(recording.before), b""
    done = 0
    for cut in cuts:
        for step in recording.steps[done:cut]:
            disk.play(step, str(recording.folder))
            if step.name == log and step.kind == "append":
                confirmed += step.data
        done = cut
        yield confirmed.decode().split("\n")[:-1], disk


class Bench:
    """A folder in memory where states are laid out, and one engine for all of them."""

    def __init__(self, folder: Path, recording: Recording, tally: Tally) -> None:
        self.folder, self.tally = folder, tally
        self._database = Database(folder / "office.ssj", recording.key)

    def check(self, marks: list[str], files: dict[str, bytes]) -> None:
        """Open the store as after a restart and compare it with the confirmed marks."""
        for old in self.folder.iterdir():
            old.unlink()
        for name, content in files.items():
            (self.folder / Path(name).name).write_bytes(content)
        try:
            self._database.recover()
            with self._database.reading() as session:
                compare(session, marks, self.tally)
        except (SsjError, AttributeError, TypeError, ValueError) as fault:
            self.tally.damaged.append(str(fault))
        finally:
            self._database.close()
        self.tally.confirmed += len(marks)


def checks(
    source: Path, tally: Tally, count: int, seed: int, mode: str = SHIPPED, *, plain: bool = False
) -> Iterator[None]:
    """One state after another is checked, without end; ``count`` are wanted of a recording."""
    chance = random.Random(20260104 + seed)
    for number in itertools.count(seed):
        with scratch_folder() as scratch, memory_folder() as found:
            recording = make_recording(source, scratch, number, mode, plain=plain)
            bench = Bench(found, recording, tally)
            for marks, files in states(recording, count, chance):
                bench.check(marks, files)
                yield


def soak(
    source: Path, rounds: Rounds, mode: str = SHIPPED, *, plain: bool = False, seed: int = 1
) -> Tally:
    tally, count = Tally(), min(rounds.count, STATES_OF_A_RUN)
    connect_as(SHIPPED, plain=plain)
    with closing(checks(source, tally, count, seed, mode, plain=plain)) as state:
        for _ in rounds:
            next(state)
    return tally


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--worker"]:
        store, log, seed, acts, mode, plain = arguments[1:]
        work(Path(store), Path(log), int(seed), int(acts), mode, plain=bool(int(plain)))
        return 0
    count = SHORT_STATES if "--short" in arguments else STATES
    begun, is_held, texts = time.monotonic(), True, []
    try:
        with scratch_folder() as folder:
            source = template(folder)
            for label, plain in (("加密", False), ("不加密", True)):
                rounds = Rounds(count // 2)
                tally = soak(source, rounds, plain=plain)
                for fault in (*tally.lost, *tally.half, *tally.damaged):
                    print(fault)
                is_held = is_held and rounds.is_whole and tally.bad == 0
                texts.append(f"{label} {rounds.text} 种断电状态：{tally.sentence}")
    except NoTracing as reason:
        print(f"soak power：此系统不能跟踪进程（{reason}），无法演练。")
        return 1
    held = "；".join(texts)
    print(f"soak power：{held}（{time.monotonic() - begun:.0f} 秒）")
    return tell(Figure("R2", "20,000 种断电状态：丢失、半途、损坏各 0", held, is_held))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

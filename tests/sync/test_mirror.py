"""The mirror beside the store: encrypted, only ever longer, caught up after a crash, played back."""

import shutil
from pathlib import Path

import pytest
from sync_replicas import KEY, RandomSurroundings, Replica, found_template

from ssj_desktop.formats.files import append_durably, last_whole_line
from ssj_desktop.formats.mirror import lines_of, open_line, parse_line
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.journal import journal_head, list_entries
from ssj_desktop.services.mirror import mirror_of
from ssj_desktop.services.replaying import replay_mirror

MARKER = "0451-5550199"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_template(tmp_path_factory.mktemp("mirror"))


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Path:
    for name in (template, mirror_of(template)):
        shutil.copy(name, tmp_path / name.name)
    return tmp_path / template.name


def opened(store: Path, time: str = "") -> Replica:
    return Replica(store, RandomSurroundings(f"mirror {store} {time}"))


def sequences(store: Path) -> list[int]:
    with mirror_of(store).open("rb") as file:
        return [line.sequence for line in lines_of(file)]


def test_every_entry_has_its_line_and_no_value_can_be_read(store: Path) -> None:
    replica = opened(store)
    key = replica.add("见证人甲", phone=MARKER)
    replica.edit(key, unit="县政协")
    entries = replica.desk.ask(list_entries, 100)
    assert sequences(store) == [entry.sequence for entry in reversed(entries)]
    raw = mirror_of(store).read_bytes()
    assert MARKER.encode() not in raw
    assert "见证人甲".encode() not in raw
    line = parse_line(last_whole_line(mirror_of(store)))
    assert line is not None
    block = open_line(line, KEY)
    assert block is not None
    assert block.entry == entries[0]
    assert [operation.sets for operation in block.operations()] == [{"unit": "县政协"}]
    assert open_line(line, bytes(32)) is None
    replica.close()


def test_lines_a_crash_left_out_are_added_with_the_next_act(store: Path) -> None:
    replica = opened(store)
    replica.add("甲")
    kept = mirror_of(store).read_bytes()
    replica.add("乙")
    replica.desk.seal()
    replica.add("丙")
    replica.close()
    mirror_of(store).write_bytes(kept + b"7\tabc")
    again = opened(store, "later")
    again.add("丁")
    assert sequences(store) == list(range(1, max(sequences(store)) + 1))
    again.close()


def test_a_mirror_is_played_back_onto_a_backup_entry_by_entry(store: Path, tmp_path: Path) -> None:
    replica = opened(store)
    key = replica.add("甲")
    backup = replica.snapshot(tmp_path / "backup.ssj")
    replica.edit(key, unit="县政协")
    other = replica.add("乙")
    replica.desk.seal()
    replica.remove(other)
    replica.edit(key, phone="1")
    head, rows = replica.desk.ask(journal_head), replica.rows()
    replica.close()
    restored = opened(backup)
    with restored.desk.database.writing() as session:
        done = replay_mirror(session, mirror_of(store), (bytes(32), KEY))
    assert (done.entries, done.operations, done.unreadable) == (4, 4, 0)
    assert restored.desk.ask(journal_head) == head
    assert restored.rows() == rows
    assert restored.desk.ask(full_audit).is_intact
    restored.edit(key, unit="以后")
    assert restored.desk.ask(full_audit).is_intact
    restored.close()


def test_a_damaged_line_ends_the_playback_and_is_counted(store: Path, tmp_path: Path) -> None:
    replica = opened(store)
    backup = replica.snapshot(tmp_path / "backup.ssj")
    for name in "甲乙丙":
        replica.add(name)
    replica.close()
    lines = mirror_of(store).read_bytes().splitlines(keepends=True)
    lines[-2] = lines[-2][:-9] + b"AAAAAAAA\n"
    mirror_of(store).write_bytes(b"".join(lines))
    restored = opened(backup)
    with restored.desk.database.writing() as session:
        done = replay_mirror(session, mirror_of(store), (KEY,))
    assert (done.entries, done.unreadable) == (1, 1)
    assert [row["unit"] for row in restored.rows().values()] == ["县纪委"]
    restored.close()


def test_an_act_counts_even_when_its_mirror_cannot_be_written(store: Path) -> None:
    mirror_of(store).unlink()
    mirror_of(store).mkdir()
    replica = opened(store)
    replica.add("甲")
    assert len(replica.rows()) == 1
    mirror_of(store).rmdir()
    replica.add("乙")
    assert sequences(store) == list(range(1, max(sequences(store)) + 1))
    replica.close()


def test_the_last_line_of_a_long_file_is_found_from_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert last_whole_line(path) == b""
    append_durably(path, b"one\n")
    assert last_whole_line(path) == b"one"
    append_durably(path, b"x" * 200_000 + b"\ntorn")
    assert last_whole_line(path) == b"x" * 200_000
    append_durably(path, b"two\n")
    assert path.read_bytes().endswith(b"\ntorn\ntwo\n")

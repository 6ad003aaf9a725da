"""Every changed, deleted, inserted, swapped or cut entry and every touched row is found and named."""

import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sync_replicas import KEY, RandomSurroundings, Replica, exchange_all, found_template, office_of
from tampering import behind_the_back, side_connection, without_triggers

from ssj_desktop.cli import main
from ssj_desktop.domain.journal import GENESIS, JournalEntry, check_chain, entry_hash
from ssj_desktop.domain.segment import read_segment_file, segment_file_bytes
from ssj_desktop.formats.segments import seal, unpack
from ssj_desktop.models.chain import OwnDevice
from ssj_desktop.models.journal import AS_STORED
from ssj_desktop.queries.audit import AuditAnswer, full_audit
from ssj_desktop.queries.journal import journal_head, list_entries
from ssj_desktop.services.journal_export import export_journal
from ssj_desktop.services.sync import ApplySegments, apply_segments

VERIFIER = Path(__file__).parents[2] / "resources" / "verify" / "verify_journal.py"


def chain(count: int, rows: str = "-") -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    previous = GENESIS
    for number in range(1, count + 1):
        entry = JournalEntry(
            number, "A", 1, f"2026-03-16T01:30:{number % 60:02d}+00:00", "本地", number, "OK", "张敏",
            "CLERK", "入库", f"第{number}行\t\\", "{}", "000000000000001-000000" if rows else "", rows, previous,
        )  # fmt: skip
        previous = entry_hash(entry)
        entries.append(replace(entry, hash=previous))
    return entries


ENTRIES = chain(200)


def broken_at(entries: list[JournalEntry]) -> int | None:
    return check_chain(entries).broken_at


@pytest.mark.parametrize("rows", ["-", ""])
def test_an_untouched_chain_of_either_form_holds(rows: str) -> None:
    check = check_chain(chain(200, rows))
    assert (check.length, check.broken_at) == (200, None)


@pytest.mark.parametrize("name", [field.name for field in fields(JournalEntry)])
def test_every_change_of_every_entry_is_named(name: str) -> None:
    for place, entry in enumerate(ENTRIES):
        value = getattr(entry, name)
        other = value + 1 if isinstance(value, int) else f"{value}0"
        changed = [*ENTRIES[:place], replace(entry, **{name: other}), *ENTRIES[place + 1 :]]
        assert broken_at(changed) == place + 1


def test_every_deleted_inserted_or_swapped_entry_is_named() -> None:
    for place in range(len(ENTRIES)):
        rest = [*ENTRIES[:place], *ENTRIES[place + 1 :]]
        assert broken_at(rest) == (place + 1 if place < 199 else None)
        assert (
            broken_at([*ENTRIES[: place + 1], ENTRIES[place], *ENTRIES[place + 1 :]]) == place + 2
        )
    for place in range(len(ENTRIES) - 1):
        swapped = [*ENTRIES[:place], ENTRIES[place + 1], ENTRIES[place], *ENTRIES[place + 2 :]]
        assert broken_at(swapped) == place + 1


def test_a_cut_chain_lacks_the_heads_beyond_the_cut() -> None:
    for length in range(200):
        heads = {entry.hash for entry in ENTRIES[:length]}
        assert check_chain(ENTRIES[:length]).length == length
        assert ENTRIES[length].hash not in heads


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with sealed and unsealed entries about three rows."""
    folder = tmp_path_factory.mktemp("audit")
    path = found_template(folder)
    replica = Replica(path, RandomSurroundings("audit"))
    for name in "甲乙丙":
        replica.add(name, key=f"row-{name}")
    replica.edit("row-甲", unit="县政协")
    replica.desk.seal()
    replica.edit("row-乙", unit="公证处")
    replica.close()
    return path


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "s.ssj"))


def answer(store: Path, head: str = "") -> AuditAnswer:
    replica = Replica(store, RandomSurroundings("reading"))
    try:
        return replica.desk.ask(full_audit, head)
    finally:
        replica.close()


def length_of(store: Path) -> int:
    return answer(store).length


def test_an_untouched_store_is_intact(store: Path) -> None:
    length = length_of(store)
    assert answer(store).sentence == f"完好，至第 {length} 条"


NOW = "'2026-03-16T01:30:00.000000+00:00'"
NEW_ROW = (
    "INSERT INTO witnesses (id, code, name, initials, enrolled_at, revised_at, unit, outside)"
    f" VALUES ('x', 'x', 'x', '', {NOW}, {NOW}, 'x', 0)"
)


@pytest.mark.parametrize(
    ("statement", "back", "what"),
    [
        ("UPDATE witnesses SET unit = 'x' WHERE id = 'row-甲'", 1, "改动"),
        ("UPDATE witnesses SET unit = 'x' WHERE id = 'row-乙'", 0, "改动"),
        ("UPDATE witnesses SET phone = '1' WHERE id = 'row-丙'", 2, "改动"),
        ("DELETE FROM witnesses WHERE id = 'row-丙'", 2, "删除"),
        (NEW_ROW, 0, "没有任何日志"),
        ("DELETE FROM row_heads WHERE key = 'row-甲'", 1, "次序"),
        ("UPDATE operations SET data = replace(data, '公证处', '公证')", 0, "不一致"),
        ("DELETE FROM operations", 0, "不一致"),
        ("UPDATE operations SET entry = 999", 0, "不一致"),
        ("UPDATE accounts SET roles = '[]'", None, "改动"),
        ("UPDATE devices SET public_key = public_key || '~'", None, "改动"),
        ("UPDATE member_records SET text = replace(text, 'ADMIN', 'FIELD')", 0, "成员记录"),
        ("UPDATE member_records SET digest = 'x'", 0, "成员记录"),
        ("UPDATE settings SET value = value || '~'", None, "改动"),
        ("UPDATE journal SET rows = NULL WHERE sequence = 3", None, "日志"),
        ("UPDATE segments SET content = substr(content, 1, length(content) - 9)", None, "数据段"),
        ("DELETE FROM segments", None, ""),
    ],
)
def test_what_another_tool_did_is_named_with_its_entry(
    store: Path, statement: str, back: int | None, what: str
) -> None:
    length = length_of(store)
    behind_the_back(store, KEY, statement)
    found = answer(store)
    assert not found.is_intact
    assert what in found.what
    if back is not None:
        assert found.broken_at == length - back
        assert found.sentence.startswith(f"第 {length - back} 条起断裂")


def test_any_older_head_proves_the_store_and_finds_an_old_backup(
    store: Path, tmp_path: Path
) -> None:
    old = Path(shutil.copy(store, tmp_path / "old.ssj"))
    replica = Replica(store, RandomSurroundings("later"))
    heads = [entry.hash for entry in replica.desk.ask(list_entries, 100)]
    for head in heads:
        assert replica.desk.ask(full_audit, head[:20]).is_intact
    replica.edit("row-甲", unit="新")
    late = replica.desk.ask(journal_head)
    replica.close()
    grouped = " ".join(late[at : at + 4] for at in range(0, 20, 4))
    assert answer(store, grouped).is_intact
    assert answer(old, grouped).sentence == f"与纸面记录 {grouped} 不一致（分叉或回滚）"
    assert not answer(store, heads[0][:19]).is_intact
    assert not answer(store, "%" * 20).is_intact


def rewrite(connection: object) -> None:
    """The whole chain anew, every hash right, one actor another."""
    previous = GENESIS
    for row in connection.execute(f"{AS_STORED} ORDER BY sequence").fetchall():  # type: ignore[attr-defined]
        entry = replace(JournalEntry(*row), actor="别人", previous=previous)
        previous = entry_hash(entry)
        connection.execute(  # type: ignore[attr-defined]
            "UPDATE journal SET actor=?, previous=?, hash=? WHERE sequence=?",
            (entry.actor, entry.previous, previous, entry.sequence),
        )


def test_a_chain_rewritten_as_a_whole_is_found_by_any_older_head(store: Path) -> None:
    replica = Replica(store, RandomSurroundings("reading"))
    heads = [entry.hash for entry in replica.desk.ask(list_entries, 100)]
    replica.close()
    behind_the_back(store, KEY, rewrite)
    replica = Replica(store, RandomSurroundings("reading"))
    for head in heads:
        assert replica.desk.ask(full_audit, head[:20]).is_forked
    assert "数据段" in replica.desk.ask(full_audit).what
    replica.close()


def test_rows_that_came_from_another_device_are_covered_too(template: Path, tmp_path: Path) -> None:
    replicas = office_of(2, tmp_path, template)
    contents = {**replicas[0].segments(), **replicas[1].segments()}
    for each in replicas:
        each.desk.do(apply_segments, ApplySegments(tuple(contents.values()), lambda *_: ""))
    replicas[0].edit("row-甲", unit="一")
    replicas[1].edit("row-甲", unit="二")
    exchange_all(replicas)
    sentences = [each.desk.ask(full_audit).sentence for each in replicas]
    assert all("完好" in sentence for sentence in sentences)
    for each in replicas:
        each.close()
    behind_the_back(replicas[0].path, KEY, "UPDATE witnesses SET unit = 'x' WHERE id = 'row-甲'")
    assert "改动" in answer(replicas[0].path).what


def test_a_foreign_segment_signed_by_a_stranger_is_found(template: Path, tmp_path: Path) -> None:
    """Slipped in by whoever has the key of the store, with the name of a device of the office."""
    replicas = office_of(2, tmp_path, template)
    contents = {**replicas[0].segments(), **replicas[1].segments()}
    for each in replicas:
        each.desk.do(apply_segments, ApplySegments(tuple(contents.values()), lambda *_: ""))
    replicas[1].edit("row-甲", unit="二")
    known = set(replicas[0].segments())
    exchange_all(replicas)
    fresh = {n: c for n, c in replicas[0].segments().items() if n not in known}
    genuine = next(
        s for s in map(read_segment_file, fresh.values()) if s.header.device == device(replicas[1])
    )
    forged = seal(genuine.header, unpack(genuine), bytes(32))
    for each in replicas:
        each.close()
    assert answer(replicas[0].path).is_intact
    with side_connection(replicas[0].path, KEY) as side, without_triggers(side):
        side.execute(
            "UPDATE segments SET id = ?, content = ? WHERE id = ?",
            (forged.identity, segment_file_bytes(forged), genuine.identity),
        )
    assert "签名" in answer(replicas[0].path).what


def device(replica: Replica) -> str:
    return replica.desk.ask(lambda session: session.scalars(select(OwnDevice.device)).one())


# --- the stand-alone verifier -----------------------------------------------------------------


def verify(folder: Path, *more: str) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(folder), *more],
        capture_output=True, encoding="utf-8", env={"PYTHONUTF8": "1"}, check=False,
    )  # fmt: skip
    return run.returncode, run.stdout.strip()


@pytest.fixture
def exported(store: Path, tmp_path: Path) -> Path:
    replica = Replica(store, RandomSurroundings("export"))
    export_journal(replica.desk, tmp_path / "out")
    replica.close()
    return tmp_path / "out"


def test_the_stand_alone_verifier_agrees_about_an_intact_journal(
    store: Path, exported: Path
) -> None:
    length = length_of(store)
    assert verify(exported) == (0, f"完好，至第 {length} 条")
    head = (exported / "journal.txt").read_text("utf-8").splitlines()[2].rpartition("\t")[2]
    assert verify(exported, "--head", head[:20])[0] == 0
    assert verify(exported, "--head", "f" * 20)[0] == 3
    assert verify(exported, "--head", head[:10])[0] == 3


def test_the_stand_alone_verifier_names_the_first_bad_entry(exported: Path) -> None:
    path = exported / "journal.txt"
    lines = path.read_bytes().splitlines(keepends=True)
    for spoilt in (
        [*lines[:2], lines[2].replace(b'"OK"', b'"BACK"'), *lines[3:]],
        [*lines[:2], *lines[3:]],
        [*lines[:2], lines[3], lines[2], *lines[4:]],
        [*lines[:2], lines[1], *lines[2:]],
        [*lines[:2], b"[]\t" + b"0" * 64 + b"\n"],
    ):
        path.write_bytes(b"".join(spoilt))
        assert verify(exported) == (3, "第 3 条起断裂")
    path.write_bytes(b"".join(lines[:-1]))
    assert verify(exported)[0] == 3


def test_the_stand_alone_verifier_checks_the_signatures(exported: Path) -> None:
    path = max(exported.glob("checkpoint-*.txt"))
    whole = path.read_text("utf-8")
    signature = whole.split(" ")[-1]
    path.write_text(whole.replace(signature, "A" * 80 + signature[80:]), "utf-8")
    assert "检查点签名不对" in verify(exported)[1]
    path.write_text(whole, "utf-8")
    assert verify(exported, "--key", "00" * 32)[0] == 3
    assert verify(exported)[0] == 0


def test_the_stand_alone_verifier_needs_a_folder(tmp_path: Path) -> None:
    assert verify(tmp_path)[0] == 2


def test_the_command_answers_and_exports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from office import PASSWORD, found
    from tampering import key_of

    clerk, _ = found(tmp_path)
    head = clerk.ask(journal_head)
    clerk.close()
    monkeypatch.setenv("SSJ_PASSWORD", PASSWORD)
    given = ["--store", str(tmp_path / "office.ssj"), "--user", "张敏", "audit"]
    assert main([*given, "--export", str(tmp_path / "out"), "--head", head[:20]]) == 0
    assert "完好，至第" in capsys.readouterr().out
    assert verify(tmp_path / "out")[0] == 0
    assert main([*given, "--head", "f" * 20]) == 3
    assert "不一致（分叉或回滚）" in capsys.readouterr().err
    key = key_of(tmp_path / "office.ssj", PASSWORD)
    behind_the_back(tmp_path / "office.ssj", key, "UPDATE inspection_items SET name = 'x'")
    assert main(given) == 3
    assert "条起断裂" in capsys.readouterr().err

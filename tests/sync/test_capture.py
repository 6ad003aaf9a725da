"""Every changed row becomes one operation of the entry that changed it, or nothing happens."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from office import PASSWORD, Clock, enrol_targets, found
from sqlalchemy import delete, insert, text, update
from tampering import key_of, side_connection

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.domain.operations import operation_line, read_operation
from ssj_desktop.models import capture, schema
from ssj_desktop.models.database import create_database
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.office import Setting
from ssj_desktop.models.registries import Target
from ssj_desktop.queries.journal import audit, list_entries
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.journal import operation_lines
from ssj_desktop.services.registries import Revise, revise

Lines = list[list[Any]]
OLD_DATABASES = Path(__file__).resolve().parents[1] / "old_databases"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return found(tmp_path, Clock())[0]


def acting(desk: Desk, act: Any) -> Lines:
    """Run ``act`` as the body of a use-case; the operations of its entry."""

    def change_setting(work: Work, _: None) -> None:  # the name has a permission
        act(work.session)
        work.note("试验", "试验")

    desk.do(change_setting, None)
    return last_lines(desk)


def last_lines(desk: Desk) -> Lines:
    (entry,) = desk.ask(list_entries, 1)
    lines = list(desk.ask(lambda session: list(operation_lines(session, entry.sequence))))
    digest = hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
    assert entry.rows == (digest if lines else "-")
    return [json.loads(line) for line in lines]


def a_target(desk: Desk) -> str:
    enrol_targets(desk, 1)
    return desk.ask(list_rows, "targets")[0].id


def test_an_insertion_is_captured_with_all_columns(desk: Desk) -> None:
    key = a_target(desk)
    change, target = sorted(last_lines(desk), key=lambda line: line[1])
    assert target[:5] == [key, "targets", key, "I", []]
    assert set(target[5]) == set(Target.__table__.columns.keys())
    assert target[5]["name"] == "云岭县第0物业公司"
    assert change[1] == "registry_changes"


def test_an_update_names_what_it_overwrote_and_only_what_changed(desk: Desk) -> None:
    key = a_target(desk)
    desk.do(revise, Revise("targets", key, {"area": "云岭镇"}, "搬迁"))
    first = next(line for line in last_lines(desk) if line[1] == "targets")
    assert first[2:5] == [key, "U", [key]]
    assert (
        set(first[5]["new"])
        == set(first[5]["old"])
        == {"area", "revised_at"}
        - ({"revised_at"} if "revised_at" not in first[5]["new"] else set())
    )
    assert (first[5]["old"]["area"], first[5]["new"]["area"]) == ("兴华街道", "云岭镇")
    desk.do(revise, Revise("targets", key, {"area": "双河镇"}, "搬迁"))
    second = next(line for line in last_lines(desk) if line[1] == "targets")
    assert second[4] == [first[0]]


def test_a_row_that_comes_back_after_deletion_stands_on_the_deletion(desk: Desk) -> None:
    key = a_target(desk)
    row = acting(desk, lambda s: s.execute(delete(Target).where(Target.id == key)))[0]
    assert row[2:5] == [key, "D", [key]]
    assert row[5]["name"] == "云岭县第0物业公司"
    values = {**row[5], "kind": "ENTERPRISE"}
    again = acting(desk, lambda s: s.execute(text(_insertion("targets", values)), values))
    assert again[0][2:5] == [key, "I", [row[0]]]
    assert again[0][0] not in (key, row[0])


def _insertion(table: str, values: dict[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in values)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(':' + name for name in values)})"


def test_a_row_whose_key_is_no_random_one_gets_a_counted_operation(desk: Desk) -> None:
    desk.do(change_setting, ChangeSetting("年度上限", "2"))
    (first,) = last_lines(desk)
    assert (first[2], first[3], first[4]) == ("年度上限", "I", [])
    assert len(first[0]) == 32
    desk.do(change_setting, ChangeSetting("年度上限", "3"))
    (second,) = last_lines(desk)
    assert second[4] == [first[0]]


def test_setting_the_same_value_again_is_no_operation(desk: Desk) -> None:
    key = a_target(desk)
    assert (
        acting(
            desk,
            lambda s: s.execute(update(Target).where(Target.id == key).values(area="兴华街道")),
        )
        == []
    )


def test_many_rows_in_one_statement_are_many_operations_with_ids_of_their_own(desk: Desk) -> None:
    enrol_targets(desk, 5)
    lines = acting(desk, lambda s: s.execute(update(Target).values(area="云岭镇")))
    assert len({line[0] for line in lines}) == 5
    assert len({line[0][:24] for line in lines}) == 1


def test_a_replacing_statement_is_captured_as_deletion_and_insertion(desk: Desk) -> None:
    desk.do(change_setting, ChangeSetting("甲", "1"))
    replace = text("INSERT OR REPLACE INTO settings (name, value) VALUES ('甲', '2')")
    assert [line[3] for line in acting(desk, lambda s: s.execute(replace))] == ["D", "I"]


@pytest.mark.parametrize(
    "value", ['引号"与\\', "换行\n制表\t", "控制\x01\x1f\x7f", "𠮷 emoji 😀", "/</script>", ""]
)
def test_the_store_writes_the_same_line_as_the_program(desk: Desk, value: str) -> None:
    """Journal and segments hash bytes; two spellings of one value would break them."""
    acting(desk, lambda s: s.execute(insert(Setting).values(name=f"名{value}", value=value)))
    (entry,) = desk.ask(list_entries, 1)
    (line,) = desk.ask(lambda session: list(operation_lines(session, entry.sequence)))
    operation = read_operation(line.decode(), "")
    assert operation.data == {"name": f"名{value}", "value": value}
    assert operation_line(operation).encode() == line


def test_bytes_enter_as_hex(desk: Desk) -> None:
    columns = {column.name: "" for column in Draw.__table__.columns if not column.nullable}
    values = {
        **columns,
        "id": "d1",
        "pool_int": b"\x00\xff",
        "panel": "[]",
        "serial": 1,
        "year": 2026,
        "prints": 0,
    }
    (line,) = acting(desk, lambda s: s.execute(text(_insertion("draws", values)), values))
    assert line[5]["pool_int"] == "~00ff"
    assert line[5]["record"] is None


def test_a_write_outside_the_desk_fails(desk: Desk) -> None:
    enrol_targets(desk, 1)
    for statement in (
        update(Target).values(area="x"),
        delete(Target),
        insert(Setting).values(name="甲", value="乙"),
    ):
        with pytest.raises(Exception, match="outside the desk"), desk.database.writing() as session:
            session.execute(statement)


OPENED = (
    "INSERT INTO open_entry (only, entry, stem, mode)"
    " VALUES (1, 999, 'abababababababababababab', 'capture')"
)


def execute_all(desk: Desk, *statements: str) -> None:
    with desk.database.writing() as session:
        for statement in statements:
            session.execute(text(statement))


def test_rows_without_a_journal_entry_cannot_be_committed(desk: Desk) -> None:
    """The entry is a deferred foreign key, and the open entry cannot be put away without it."""
    with pytest.raises(Exception, match="FOREIGN KEY"):
        execute_all(desk, OPENED, "INSERT INTO settings (name, value) VALUES ('甲', '乙')")
    with pytest.raises(Exception, match="without its journal entry"):
        execute_all(desk, OPENED, "DELETE FROM open_entry")
    assert desk.do(change_setting, ChangeSetting("甲", "1")) is None


def test_nothing_stays_open_after_an_act(desk: Desk) -> None:
    enrol_targets(desk, 1)
    assert desk.ask(lambda s: s.scalar(text("SELECT count(*) FROM open_entry"))) == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE operations SET data = '{}'", "DELETE FROM operations"]
)
def test_operations_neither_change_nor_vanish(desk: Desk, statement: str) -> None:
    enrol_targets(desk, 1)
    with pytest.raises(Exception, match="operations"), desk.database.writing() as session:
        session.execute(text(statement))


def test_a_key_never_changes(desk: Desk) -> None:
    enrol_targets(desk, 1)
    with pytest.raises(Exception, match="keys never change"):
        acting(desk, lambda s: s.execute(update(Target).values(id="x")))


def test_rows_of_an_insert_only_table_never_change(desk: Desk) -> None:
    enrol_targets(desk, 1)
    for statement in ("UPDATE registry_changes SET reason = 'x'", "DELETE FROM registry_changes"):
        with pytest.raises(Exception, match="append-only"):
            acting(desk, lambda s, sql=statement: s.execute(text(sql)))


def test_a_changed_trigger_keeps_the_store_closed(tmp_path: Path, desk: Desk) -> None:
    desk.close()
    store = tmp_path / "office.ssj"
    with side_connection(store, key_of(store, PASSWORD)) as connection:
        connection.execute("DROP TRIGGER chain_targets_update")
    with pytest.raises(StoreRefused, match="触发器"):
        sign_in(store, PASSWORD)


def test_triggers_of_an_older_program_are_replaced(tmp_path: Path, desk: Desk) -> None:
    """Their text follows the tables: a later program with other text installs its own."""
    desk.close()
    store = tmp_path / "office.ssj"
    digest = "SELECT name || char(10) || sql || char(10) FROM sqlite_master WHERE type='trigger' ORDER BY name"
    with side_connection(store, key_of(store, PASSWORD)) as connection:
        (wanted,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'chain_targets_update'"
        ).fetchone()
        connection.execute("DROP TRIGGER chain_targets_update")
        connection.execute(wanted.replace(" AFTER UPDATE", "  AFTER UPDATE"))
        texts = "".join(row[0] for row in connection.execute(digest))
        connection.execute(
            "UPDATE capture_state SET digest = ?", (hashlib.sha256(texts.encode()).hexdigest(),)
        )
    again = sign_in(store, PASSWORD)
    now = again.ask(
        lambda s: s.scalar(
            text("SELECT sql FROM sqlite_master WHERE name = 'chain_targets_update'")
        )
    )
    assert now == wanted
    again.close()


def test_a_store_from_before_the_chain_is_adopted_row_by_row(tmp_path: Path) -> None:
    """A genuine file of the schema before: one entry captures every row it held."""
    store = tmp_path / "0005.ssj"
    for name in (store.name, f"{store.name}.keys"):
        shutil.copy(OLD_DATABASES / name, tmp_path / name)
    same_day = Clock(datetime(2026, 11, 25, 4, tzinfo=UTC))  # nothing is due for sealing yet
    again = sign_in(store, PASSWORD, surroundings=same_day)
    adopted = next(e for e in again.ask(list_entries, 10) if e.rows not in ("", "-"))
    found_lines = again.ask(lambda session: list(operation_lines(session, adopted.sequence)))
    lines = [json.loads(line) for line in found_lines]
    targets = again.ask(list_rows, "targets")
    assert {line[2] for line in lines if line[1] == "targets"} == {row.id for row in targets}
    assert {line[3] for line in lines} == {"I"}
    assert len({line[0] for line in lines}) == len(lines)
    assert again.ask(audit).broken_at is None
    again.do(revise, Revise("targets", targets[0].id, {"area": "云岭镇"}, "搬迁"))
    first = next(line for line in last_lines(again) if line[1] == "targets")
    assert first[4] == [line[0] for line in lines if line[2] == targets[0].id]
    again.close()


def test_every_covered_table_of_a_new_store_has_its_triggers(tmp_path: Path) -> None:
    database = create_database(tmp_path / "a.ssj", bytes(32))
    with database.reading() as session:
        names = set(
            session.scalars(
                text(
                    "SELECT tbl_name FROM sqlite_master WHERE type='trigger' AND name LIKE 'chain_%_update'"
                )
            )
        )
        assert schema.is_current(session.connection())
    assert names - {"operations"} == {table.name for table in capture.covered_tables()}
    assert {"targets", "draws", "settings", "accounts", "devices"} <= names
    database.close()

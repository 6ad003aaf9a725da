"""An older program keeps and hands on what a newer one wrote, and applies it after its upgrade."""

from dataclasses import replace
from pathlib import Path

from exchange.two_desks import CLERK, computers
from office import PASSWORD
from sqlalchemy import text

from ssj_desktop.domain.segment import read_segment_file, segment_file_bytes
from ssj_desktop.formats.segments import seal
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.database import Database
from ssj_desktop.queries.journal import audit
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.queries.segments import WAITING, list_segments, list_tips, read_segment
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.exchange import FOLDER, TakeIn, take_in
from ssj_desktop.services.field_bundles import bring_in
from ssj_desktop.services.registries import Revise, revise
from ssj_desktop.services.signing_in import open_account
from ssj_desktop.services.transports import exchange_folder, write_exchange_bundle


def says_its_schema_is(desk: Desk, schema: str) -> Desk:
    """The same store under a program that knows only ``schema``."""
    path, key = desk.database.path, desk.database.key
    desk.close()
    with opened(path, key) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (schema,))
        connection.commit()
    return Desk(Database(path, key), CLERK, desk.surroundings)


def contacts(desk: Desk) -> set[object]:
    return {row.values["contact"] for row in desk.ask(list_rows, "targets", RowFilter())}


def test_what_a_newer_program_wrote_waits_travels_on_and_is_applied_after_the_upgrade(
    tmp_path: Path,
) -> None:
    newer, older = computers(tmp_path)
    shared = tmp_path / "shared"
    shared.mkdir()
    schema = newer.ask(lambda s: str(s.scalar(text("SELECT version_num FROM alembic_version"))))
    older = says_its_schema_is(older, "0001")
    (row, *_) = newer.ask(list_rows, "targets", RowFilter())
    newer.do(revise, Revise("targets", row.id, {"contact": "王喆"}, "核实"))
    exchange_folder(newer, shared)
    report = exchange_folder(older, shared)
    assert report is not None
    assert report.counts["waiting"] == len(older.ask(list_segments, WAITING)) > 0
    assert "王喆" not in contacts(older)
    exchange_folder(older, shared)
    assert older.ask(list_segments, WAITING)

    path = says_its_schema_is(older, schema).database.path
    upgraded = open_account(path, PASSWORD, "张敏", newer.surroundings)
    assert upgraded.ask(list_segments, WAITING) == ()
    assert "王喆" in contacts(upgraded)
    assert upgraded.ask(audit).broken_at is None
    length = upgraded.ask(audit).length
    again = open_account(path, PASSWORD, "张敏", newer.surroundings)
    assert again.ask(audit).length == length + 1  # the sign-in alone


def test_an_older_program_hands_on_by_stick_what_it_may_not_apply(tmp_path: Path) -> None:
    newer, older, third = computers(tmp_path, "ABC")
    older = says_its_schema_is(older, "0001")
    (row, *_) = newer.ask(list_rows, "targets", RowFilter())
    newer.do(revise, Revise("targets", row.id, {"contact": "王喆"}, "核实"))
    path = tmp_path / "stick" / "x.ssjb"
    for sender, reader in ((newer, older), (older, third)):
        write_exchange_bundle(sender, path, [reader.ask(own_keys).device])
        bring_in(reader, path)
    assert "王喆" not in contacts(older)
    assert "王喆" in contacts(third)


def test_a_form_of_segments_from_the_future_is_kept_handed_on_and_waits(tmp_path: Path) -> None:
    newer, older, third = computers(tmp_path, "ABC")
    path = tmp_path / "stick" / "x.ssjb"
    write_exchange_bundle(newer, path, [older.ask(own_keys).device])
    bring_in(older, path)
    identity, content = sealed_in_a_third_form(newer)
    report = older.do(take_in, TakeIn(FOLDER, "A 机", {identity: content}))
    assert (report.counts["waiting"], report.counts["refused"]) == (1, 0)
    (waiting,) = older.ask(list_segments, WAITING)
    assert (waiting.id, waiting.reason) == (identity, "由更新版本的程序写成")
    write_exchange_bundle(older, path, [third.ask(own_keys).device])
    bring_in(third, path)
    assert third.ask(read_segment, identity) == content


def sealed_in_a_third_form(desk: Desk) -> tuple[str, bytes]:
    """A segment of this device as a later program may write it, under its later schema."""
    own = desk.ask(own_keys)
    (tip,) = desk.ask(list_tips)
    last = read_segment_file(desk.ask(read_segment, tip) or b"").header
    header = replace(last, device=own.device, number=last.number + 1, schema="9999", parents=())
    segment = seal(header, b"SSJ-SEGMENT-BODY-3\nnobody knows yet\n", own.seed)
    return segment.identity, segment_file_bytes(segment)

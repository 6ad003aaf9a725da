"""The soak of the journal finds what was done to a store, and would tell of an audit that does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import soak_journal
from long_journal import lengthen

from ssj_desktop.models.database import Database
from ssj_desktop.queries.audit import AuditAnswer, full_audit
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.services.accounts import ChangeSetting, change_setting
from ssj_desktop.services.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(soak_journal, "SEALED", 20)
    made = soak_journal.worked_store(tmp_path)
    yield made
    made.close()


def test_a_journal_made_quickly_is_one_the_desk_goes_on_with(desk: Desk) -> None:
    before = desk.ask(full_audit)
    lengthen(desk, 7)
    desk.do(change_setting, ChangeSetting("contact", "1"))
    after = desk.ask(full_audit)
    assert after.is_intact
    assert after.length == before.length + 8
    sealed = [entry for entry in desk.ask(list_entries, 500) if entry.rows not in ("", "-")]
    assert len(sealed) > 12


def test_every_way_of_tampering_is_found_and_nothing_of_it_stays(desk: Desk) -> None:
    store, key = desk.database.path, desk.database.key
    figure = soak_journal.samples(store, key, 2 * len(soak_journal.WAYS))
    assert figure.is_held
    assert desk.ask(full_audit).is_intact


def test_an_audit_that_sees_nothing_or_the_wrong_entry_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, tally = Database(desk.database.path, desk.database.key), soak_journal.Tally()
    soak_journal.drop_triggers(database)
    monkeypatch.setattr(soak_journal, "full_audit", lambda _: AuditAnswer(9, "0" * 64))
    soak_journal.one_sample(database, 0, tally)
    monkeypatch.setattr(soak_journal, "full_audit", lambda _: AuditAnswer(9, "0" * 64, 10**9, "x"))
    soak_journal.one_sample(database, 0, tally)
    database.close()
    assert (len(tally.missed), len(tally.misnamed)) == (1, 1)


def test_a_fork_is_found_by_every_later_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak_journal, "SEALED", 20)
    monkeypatch.setattr(soak_journal, "UNSEALED", 3)
    monkeypatch.setattr(soak_journal, "LATER", (4, 5))
    assert soak_journal.forks(tmp_path).is_held

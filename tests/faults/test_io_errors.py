"""A failing disk is named, loses nothing, and does not end the day (R3)."""

import shutil
import sys
from pathlib import Path

import photographs
import pytest
import single_store
import soak_errors
from killing import PASSWORD
from sqlalchemy import text

from ssj_desktop.domain.errors import StoreDamaged, StoreRefused
from ssj_desktop.models import cipher
from ssj_desktop.models.registries import Target
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.desk import Desk

TRACED = sys.platform.startswith("linux") and shutil.which("strace") is not None


BESIDE_THE_STORE = ("EIO", "write,rename,mkdir", 4)
"""Photographs, attempts at the door, the mirror; the store itself is written by other calls."""


@pytest.fixture(scope="session")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photographs.template_with_visit(tmp_path_factory.mktemp("visit"))


def worked(
    visit: Path, kind: tuple[str, str, int], first: int, found: soak_errors.Found
) -> soak_errors.Outcome | None:
    """One worker; None where no process can be traced, which the drill says."""
    if TRACED:
        return soak_errors.outcomes(visit, [1], kind, first, found)[0]
    with pytest.raises(soak_errors.NoTracing):
        soak_errors.outcomes(visit, [1], kind, first, found)
    return None


@pytest.mark.parametrize("kind", [soak_errors.KINDS[1], soak_errors.FULL], ids=lambda kind: kind[0])
def test_errors_of_the_disk_are_named_and_lose_nothing(
    visit: Path, kind: tuple[str, str, int]
) -> None:
    """EIO on syncs, ENOSPC on writes; the soak has the other kinds as well."""
    found = soak_errors.Found()
    outcome = worked(visit, kind, 3, found)
    if outcome is None:
        return
    assert outcome.met == found.injected > 0
    assert set() < outcome.refused - {"[sign-in]"} < set(soak_errors.marks_of(1))
    assert (found.bad, found.unnamed) == (0, [])
    assert found.tally.confirmed > 0


def test_a_photograph_that_cannot_be_written_is_refused_and_has_no_row(visit: Path) -> None:
    found = soak_errors.Found()
    outcome = worked(visit, BESIDE_THE_STORE, 2, found)
    if outcome is None:
        return
    assert outcome.met == found.injected > 0
    assert {single_store.kind_of(mark) for mark in outcome.refused} == {"sign", "attach"}
    assert (found.bad, found.unnamed) == (0, [])


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Desk:
    store = tmp_path / "store.ssj"
    single_store.copy_store(template, store)
    return sign_in(store, PASSWORD)


def fail_once(desk: Desk, monkeypatch: pytest.MonkeyPatch, *, after_commit: bool) -> None:
    """The next commit is reported as an I/O error, before or after it took place."""
    from sqlalchemy.orm import Session

    plain = Session.commit

    def commit(session: Session) -> None:
        monkeypatch.setattr(Session, "commit", plain)
        if after_commit:
            plain(session)
        raise cipher.sqlcipher.OperationalError("disk I/O error")

    monkeypatch.setattr(Session, "commit", commit)


def count(desk: Desk, mark: str) -> int:
    return desk.ask(lambda session: session.query(Target).filter_by(name=f"企业{mark}").count())


def test_a_failed_commit_that_left_nothing_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_once(desk, monkeypatch, after_commit=False)
    with pytest.raises(StoreRefused, match="没有写入任何内容"):
        single_store.enrol_one(desk, "[enrol-1-1]")
    assert count(desk, "[enrol-1-1]") == 0
    single_store.enrol_one(desk, "[enrol-1-2]")
    assert count(desk, "[enrol-1-2]") == 1
    desk.close()


def test_a_commit_that_took_place_before_the_error_is_told_as_such(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite removes its journal, then the system fails to sync the folder."""
    fail_once(desk, monkeypatch, after_commit=True)
    with pytest.raises(StoreRefused, match="已经写进") as caught:
        single_store.enrol_one(desk, "[enrol-1-1]")
    assert "不要重做" in caught.value.remedy
    assert count(desk, "[enrol-1-1]") == 1
    desk.close()


def test_a_page_that_reads_badly_once_does_not_spoil_the_open_window(desk: Desk) -> None:
    """SQLCipher answers with its first error for the life of a connection."""
    path = desk.database.path
    good = path.read_bytes()
    path.write_bytes(good[:4096] + bytes(len(good) - 4096))
    with pytest.raises(StoreDamaged):
        desk.ask(lambda session: session.execute(text("SELECT count(*) FROM targets")).scalar())
    path.write_bytes(good)
    assert desk.ask(lambda session: session.query(Target).count()) == 1
    desk.close()

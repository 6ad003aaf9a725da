"""A power cut may tear a page that nobody uses; nothing is lost and the store is whole again (R2).

Found by the drill of power cuts: "HMAC verification failed" for a page of the free list.
"""

from collections.abc import Iterator
from pathlib import Path

import office
import pytest
from single_store import copy_store
from sqlalchemy import text

from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.copies import Soundness, check_pages
from ssj_desktop.models.database import Database
from ssj_desktop.models.mending import mend_free_pages
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import back_up, mending_text, protect
from ssj_desktop.services.desk import Desk

PAGE = 4096
FREE = -20
IN_USE = -5


@pytest.fixture(scope="module")
def with_free_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clerk, _ = office.found(tmp_path_factory.mktemp("office"), office.Clock())
    store = clerk.database.path
    with opened(store, clerk.database.key) as connection:
        connection.execute("CREATE TABLE filler (filler BLOB)")
        connection.execute(f"INSERT INTO filler VALUES (zeroblob({40 * PAGE}))")
        connection.execute("CREATE TABLE behind (filler BLOB)")
        connection.execute(f"INSERT INTO behind VALUES (zeroblob({10 * PAGE}))")
        connection.execute("DROP TABLE filler")
    clerk.close()
    return store


@pytest.fixture
def desk(with_free_pages: Path, tmp_path: Path) -> Iterator[Desk]:
    store = tmp_path / "office.ssj"
    copy_store(with_free_pages, store)
    clerk = sign_in(store, office.PASSWORD)
    yield clerk
    clerk.close()


def mendings(desk: Desk) -> list[str]:
    entries = desk.ask(list_entries)
    return [each.subject for each in entries if each.action == "修好空闲位置"]


def tear(store: Path, page: int) -> None:
    """``page`` counts from the end of the file: ten in use, before them free ones."""
    with store.open("r+b") as file:
        file.seek(page * PAGE + 512, 2)
        file.write(b"\xaa" * 512)


def test_a_torn_free_page_does_not_hinder_the_next_backup(desk: Desk) -> None:
    """The copy would end at that page and lack those in use behind it."""
    tear(desk.database.path, FREE)
    assert len(check_pages(desk.database.path, desk.database.key).idle) == 1
    done = back_up(desk, BackupReason.MANUAL)
    assert done.notice == mending_text(1)
    assert mendings(desk) == ["1 处"]
    assert check_pages(done.backup.path, desk.database.key) == Soundness()
    assert check_pages(desk.database.path, desk.database.key) == Soundness()


def test_opening_after_a_power_cut_makes_free_pages_whole(desk: Desk) -> None:
    store = desk.database.path
    desk.close()
    tear(store, FREE)
    store.with_name(f"{store.name}-journal").write_bytes(bytes(512))
    again = sign_in(store, office.PASSWORD)
    assert check_pages(store, again.database.key).idle == ()
    assert mendings(again) == ["1 处"]
    again.close()


def test_a_damaged_page_found_after_a_power_cut_does_not_hide_the_others(desk: Desk) -> None:
    """SQLCipher stays with its first error: what looked is not what is read with afterwards."""
    store, key = desk.database.path, desk.database.key
    desk.close()
    tear(store, IN_USE)
    store.with_name(f"{store.name}-journal").write_bytes(bytes(512))
    database = Database(store, key)
    database.recover()
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM journal"))
    database.close()


def test_a_backup_before_an_act_enters_what_it_mended(desk: Desk) -> None:
    protect(desk)
    tear(desk.database.path, FREE)
    assert desk.guard is not None
    desk.guard("import_rows")
    assert mendings(desk) == ["1 处"]


def test_a_backup_of_a_whole_store_has_nothing_to_say(desk: Desk) -> None:
    assert back_up(desk, BackupReason.MANUAL).notice == ""
    assert mendings(desk) == []


def test_a_page_in_use_is_damage_and_stays_as_it_is(desk: Desk) -> None:
    store = desk.database.path
    desk.close()
    content = bytearray(store.read_bytes())
    content[5 * PAGE + 777] ^= 0x55
    store.write_bytes(content)
    assert not mend_free_pages(store, desk.database.key)
    assert store.read_bytes() == content
    content[FREE * PAGE + 777] ^= 0x55
    store.write_bytes(content)
    assert not mend_free_pages(store, desk.database.key)
    assert store.read_bytes() == content


def test_a_sound_store_is_not_written(desk: Desk) -> None:
    store = desk.database.path
    desk.close()
    before = store.read_bytes()
    assert not mend_free_pages(store, desk.database.key)
    assert store.read_bytes() == before

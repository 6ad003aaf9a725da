"""Two computers and a real server: push, pull, roll-up by the same fold."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from exchange.journey import a_week_ends_equal, over_server
from exchange.postgres import as_login, running_server
from exchange.test_attachments_on_the_way import bytes_of, drawn, drop, photograph, photographed
from exchange.two_desks import TARGETS, computers

from ssj_desktop.domain.attachments import digest_of
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.exchange_report import ARRIVED, LACKING, LEFT
from ssj_desktop.domain.server_address import ServerAddress, read_address
from ssj_desktop.domain.vocabulary import ServerSafety
from ssj_desktop.queries.membership import office_root
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services import serving
from ssj_desktop.services.own_server import KeepServer, exchange_server, keep_server
from ssj_desktop.services.registries import Revise, revise
from ssj_desktop.services.transports import pull, push


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_server() as address:
        yield address


def test_what_one_computer_pushes_the_other_pulls_and_the_city_counts(
    url: str, tmp_path: Path
) -> None:
    a, b = computers(tmp_path)
    with pytest.raises(InvalidInput):
        serving.furnish(a, url, "", "", "")
    serving.furnish(a, url, "ssj_239921", "Sesame-2026", "ssj_city")
    row = b.ask(list_rows, "targets", RowFilter())[0]
    b.do(revise, Revise("targets", row.id, {"contact": "王喆"}, "核实"))
    login = as_login(url, "ssj_239921")
    assert push(b, login)[0] > 0
    assert push(b, login) == (0, 0)
    assert pull(a, login).count("changed") == 1
    assert a.ask(list_rows, "targets", RowFilter())[0].values["contact"] == "王喆"
    serving.project(a, as_login(url, "ssj_city"), "", "", "")
    with psycopg.connect(url) as connection:
        query = "SELECT count FROM ssj.rollup WHERE measure = 'targets' AND part = '全部'"
        assert connection.execute(query).fetchall() == [(TARGETS,)]


def test_attachments_lie_on_the_server_by_hash_and_come_to_whoever_lacks_them(
    tmp_path: Path,
) -> None:
    a, b = computers(tmp_path)
    task = drawn(a)
    hashes = photographed(a, task, photograph(1), photograph(2, 300_000))
    with running_server() as owner:
        serving.furnish(a, owner, "ssj_239921", "Sesame-2026", "ssj_city")
        login = as_login(owner, "ssj_239921")
        assert push(a, login)[1] == 2
        report = pull(b, login)
        assert (report.count(ARRIVED), report.count(LACKING)) == (2, 0)
        assert bytes_of(b) == bytes_of(a)
        drop(b, hashes[0])
        assert pull(b, login).count(ARRIVED) == 1
        office = a.ask(office_root)
        for name, query in (("postgres", "DELETE FROM ssj.attachments"),
                            ("postgres", "UPDATE ssj.attachments SET content = ''"),
                            ("ssj_city", "TRUNCATE ssj.attachments")):  # fmt: skip
            with psycopg.connect(as_login(owner, name)) as db, pytest.raises(psycopg.Error):
                db.execute(query)
        row = "INSERT INTO ssj.attachments (office, sha256, content) VALUES (%s, %s, %s)"
        for office_of, sha256 in ((office, "0" * 64), ("b" * 64, digest_of(b"x"))):
            with psycopg.connect(login) as db, pytest.raises(psycopg.Error):
                db.execute(row, (office_of, sha256, b"x"))


def test_a_server_from_before_attachments_takes_the_rows_and_the_report_says_so(
    tmp_path: Path,
) -> None:
    a, b = computers(tmp_path)
    with running_server() as owner:
        serving.furnish(a, owner, "ssj_239921", "Sesame-2026", "")
        with psycopg.connect(owner) as db:
            db.execute("DROP TABLE ssj.attachments")
        for desk in (a, b):
            desk.do(keep_server, KeepServer(address_of(owner), "Sesame-2026"))
        photographed(a, drawn(a), photograph(1))
        told = exchange_server(a)
        assert told is not None
        assert told.count(LEFT) == 0
        assert any("建立数据表" in remark for remark in told.remarks)
        report = exchange_server(b)
        assert report is not None
        assert report.count(LACKING) == 1
        serving.furnish(a, owner, "ssj_239921", "Sesame-2026", "")
        assert exchange_server(a) is not None
        report = exchange_server(b)
        assert report is not None
        assert (report.count(ARRIVED), report.count(LACKING)) == (1, 0)
        assert exchange_server(b) is None


def address_of(url: str) -> ServerAddress:
    port = url.rpartition(":")[2].partition("/")[0]
    return read_address("127.0.0.1", port, "postgres", "ssj_239921", ServerSafety.PLAIN)


def test_a_week_of_four_processes_ends_equal_over_a_real_server(tmp_path: Path) -> None:
    with running_server() as fresh:
        a_week_ends_equal(tmp_path, over_server(fresh, as_login(fresh, "ssj_239921")))

"""The shared server: append only, every office for itself, nothing missed under eight writers."""

import hashlib
import random
import threading
from collections.abc import Iterator

import psycopg
import pytest
from exchange.postgres import as_login, running_server

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, StoreRefused
from ssj_desktop.models.segment_server import Login, SegmentServer, furnish_server

COUNTY, OTHER = "a" * 64, "b" * 64
LOGINS = (
    Login("ssj_county", "Sesame-2026", COUNTY),
    Login("ssj_other", "Sesame-2026", OTHER),
    Login("ssj_city", "Sesame-2026", COUNTY, may_write=False),
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_server() as address:
        furnish_server(address, LOGINS, projector="ssj_city")
        yield address


@pytest.fixture
def county(url: str) -> SegmentServer:
    return SegmentServer(as_login(url, "ssj_county"), COUNTY)


def segment(text: str) -> tuple[str, bytes]:
    content = text.encode()
    return hashlib.sha256(content).hexdigest(), content


def test_what_was_pushed_is_pulled_by_whoever_lacks_it(county: SegmentServer) -> None:
    some = dict(segment(f"some {n}") for n in range(70))
    assert county.push(some, {"c" * 64: "member"}) == 70
    known = list(some)[:30]
    pulled = dict(county.pull(known))
    assert {name: pulled[name] for name in some if name not in known} == {
        name: content for name, content in some.items() if name not in known
    }
    assert not set(known) & set(pulled)
    assert county.members()["c" * 64] == "member"


def test_pushing_twice_adds_nothing(county: SegmentServer) -> None:
    twice = dict([segment("twice")])
    assert county.push(twice, {}) == 1
    assert county.push(twice, {}) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ssj.segments SET content = ''",
        "DELETE FROM ssj.segments",
        "TRUNCATE ssj.segments",
        "DELETE FROM ssj.members",
    ],
)
@pytest.mark.parametrize("login", ["ssj_county", "postgres"])
def test_nobody_changes_or_removes_a_segment_not_even_the_owner(
    url: str, login: str, statement: str
) -> None:
    with (
        psycopg.connect(as_login(url, login)) as connection,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)),
    ):
        connection.execute(statement)


def test_an_office_neither_sees_nor_adds_what_belongs_to_another(
    url: str, county: SegmentServer
) -> None:
    mine = dict([segment("mine")])
    county.push(mine, {})
    assert not set(mine) & SegmentServer(as_login(url, "ssj_other"), COUNTY).hashes()
    with pytest.raises(PermissionRefused):
        SegmentServer(as_login(url, "ssj_other"), COUNTY).push(dict([segment("forged")]), {})


def test_the_city_reads_the_county_and_adds_nothing_for_it(url: str, county: SegmentServer) -> None:
    county.push(dict([segment("for the city")]), {})
    city = SegmentServer(as_login(url, "ssj_city"), COUNTY)
    assert city.hashes() == county.hashes()
    with pytest.raises(PermissionRefused):
        city.push(dict([segment("by the city")]), {})


def test_only_the_projector_writes_the_roll_up_and_writes_it_whole(
    url: str, county: SegmentServer
) -> None:
    city = SegmentServer(as_login(url, "ssj_city"), COUNTY)
    city.project(["d" * 64], {(2026, "targets", "NORMAL"): 3, (2026, "draws", "DRAWN"): 1})
    city.project(["e" * 64], {(2026, "targets", "NORMAL"): 4})
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT year, measure, part, count, heads FROM ssj.rollup")
        assert rows.fetchall() == [(2026, "targets", "NORMAL", 4, "e" * 64)]
    with pytest.raises(PermissionRefused):
        county.project([], {(2026, "targets", "NORMAL"): 1_000_000})


def test_a_name_that_could_be_more_than_a_name_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        furnish_server(url, (Login('x"; DROP SCHEMA ssj', "p", COUNTY),))


def test_furnishing_again_changes_nothing(url: str, county: SegmentServer) -> None:
    before = county.hashes()
    furnish_server(url, LOGINS, projector="ssj_city")
    assert county.hashes() == before


def test_a_server_out_of_reach_or_without_tables_is_said_in_chinese(url: str) -> None:
    with pytest.raises(StoreRefused, match="连不上"):
        SegmentServer("postgresql://nobody@127.0.0.1:1/none", COUNTY).hashes()
    with pytest.raises(StoreRefused, match="init"):
        SegmentServer(url.removesuffix("postgres") + "template1", COUNTY).hashes()


def test_eight_writers_with_aborted_transactions_and_not_one_segment_is_missed(
    url: str, county: SegmentServer
) -> None:
    """A reader that polls all the while ends with exactly what was committed."""
    committed: list[dict[str, bytes]] = [{} for _ in range(8)]
    address = as_login(url, "ssj_county")

    def write(number: int) -> None:
        chance = random.Random(number)
        with psycopg.connect(address) as connection:
            for turn in range(25):
                batch = dict(segment(f"writer {number} {turn} {n}") for n in range(3))
                for name, content in batch.items():
                    connection.execute(
                        "INSERT INTO ssj.segments (office, hash, content) VALUES (%s, %s, %s)",
                        (COUNTY, name, content),
                    )
                if chance.random() < 0.4:
                    connection.rollback()
                else:
                    connection.commit()
                    committed[number].update(batch)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    seen = dict(county.pull(()))
    before = set(seen)
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen.update(county.pull(seen))
    seen.update(county.pull(seen))
    wanted = {name: content for each in committed for name, content in each.items()}
    assert len(wanted) > 200
    assert {name: seen[name] for name in seen if name not in before} == wanted

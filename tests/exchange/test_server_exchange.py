"""Two computers and a real server: push, pull, roll-up by the same fold."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from exchange.journey import a_week_ends_equal, over_server
from exchange.postgres import as_login, running_server
from exchange.two_desks import TARGETS, computers

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services import serving
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
    assert push(b, login) > 0
    assert push(b, login) == 0
    assert pull(a, login).count("changed") == 1
    assert a.ask(list_rows, "targets", RowFilter())[0].values["contact"] == "王喆"
    serving.project(a, as_login(url, "ssj_city"), "", "", "")
    with psycopg.connect(url) as connection:
        query = "SELECT count FROM ssj.rollup WHERE measure = 'targets' AND part = '全部'"
        assert connection.execute(query).fetchall() == [(TARGETS,)]


def test_a_week_of_four_processes_ends_equal_over_a_real_server(tmp_path: Path) -> None:
    with running_server() as fresh:
        a_week_ends_equal(tmp_path, over_server(fresh, as_login(fresh, "ssj_239921")))

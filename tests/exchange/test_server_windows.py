"""The server through windows: set up, tried, exchanged with; the pill tells what is so."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy  # noqa: F401 - before Qt
from exchange.postgres import running_server
from exchange.two_desks import TARGETS, computers
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from ssj_desktop.domain.errors import PermissionRefused, RuleViolation, StoreRefused
from ssj_desktop.domain.server_address import read_address, server_url
from ssj_desktop.domain.vocabulary import ServerSafety
from ssj_desktop.models.exchange import OwnServer
from ssj_desktop.models.segment_server import SegmentServer
from ssj_desktop.queries.exchanges import SyncState, list_exchanges
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.queries.own_server import LinkState, find_server, header_pill
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.own_server import KeepServer, exchange_server, forget_server, keep_server
from ssj_desktop.services.registries import Revise, revise
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages.furnish_dialog import FurnishDialog
from ssj_desktop.ui.pages.server_dialog import ServerDialog
from ssj_desktop.ui.pages.sync_page import SyncPage

LOGIN, SECRET = "ssj_239921", "Sesame-2026"
WAIT = 20_000


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server whose owner may come in freely, everybody else with a password."""
    with running_server() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            (hba,) = connection.execute("SHOW hba_file").fetchone() or ("",)
            rules = (
                "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
            )
            Path(hba).write_text(rules, encoding="ascii")
            connection.execute("SELECT pg_reload_conf()")
        yield address


@pytest.fixture
def ab(tmp_path: Path) -> tuple[Desk, Desk]:
    a, b = computers(tmp_path)
    return a, b


def port_of(url: str) -> str:
    return url.rpartition(":")[2].partition("/")[0]


def address(url: str, login: str = LOGIN):  # type: ignore[no-untyped-def]
    return read_address("127.0.0.1", port_of(url), "postgres", login, ServerSafety.PLAIN)


def typed(dialog: ServerDialog, url: str) -> None:
    dialog.host.setText("127.0.0.1")
    dialog.port.setText(port_of(url))
    dialog.database.setText("postgres")
    dialog.login.setText(LOGIN)
    dialog.password.setText(SECRET)
    dialog.safety.setCurrentIndex(dialog.safety.findData(ServerSafety.PLAIN.value))


def furnish_here(dialog: FurnishDialog) -> int:
    dialog.password.setText(SECRET)
    dialog.repeat.setText(SECRET)
    dialog.reader.setText("ssj_city")
    dialog.submit()
    assert not dialog.fault.text()
    return dialog.result()


def serve(desk: Desk, url: str) -> None:
    desk.do(keep_server, KeepServer(address(url), SECRET))


def change(desk: Desk, contact: str) -> None:
    row = desk.ask(list_rows, "targets", RowFilter())[0]
    desk.do(revise, Revise("targets", row.id, {"contact": contact}, "核实"))


def test_a_server_is_furnished_tried_kept_and_used_from_the_window(
    url: str, ab: tuple[Desk, Desk], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = ab
    monkeypatch.setattr(FurnishDialog, "exec", furnish_here)
    dialog = ServerDialog(None, a)
    qtbot.addWidget(dialog)
    dialog.test()
    assert "服务器地址“”不对" in dialog.fault.text()
    typed(dialog, url)
    dialog.furnish()
    assert "服务器已就绪" in dialog.result_text.text()
    assert dialog.test()
    assert dialog.result_text.text() == "连接成功，服务器上有本单位 0 段数据。"
    dialog.password.setText("Wrong-2026")
    assert not dialog.test()
    assert "不接受这个账号或密码" in dialog.fault.text()
    dialog.password.setText(SECRET)
    dialog.save()
    known = a.ask(find_server)
    assert known is not None
    assert (known.address, known.password) == (address(url), SECRET)
    assert SECRET not in str(a.ask(list_entries, 3))

    page = SyncPage(a)
    qtbot.addWidget(page)
    page.refresh()
    assert page.server_action.isEnabled()
    change(a, "王喆")
    page.meet_at_server()
    assert page.bar.text.text().startswith("发出")
    serve(b, url)
    report = exchange_server(b)
    assert report is not None
    assert (report.count("changed"), report.peer) == (1, known.address.text)
    assert b.ask(list_rows, "targets", RowFilter())[0].values["contact"] == "王喆"
    page.meet_at_server()
    exchange_server(b)
    page.meet_at_server()
    assert page.bar.text.text() == "两边一致，没有要交换的内容。"
    assert SECRET not in str(a.ask(list_exchanges))

    a.do(keep_server, KeepServer(address(url, "ssj_city"), SECRET))
    page.project()
    assert "汇总" in page.bar.text.text()
    with psycopg.connect(url) as connection:
        query = "SELECT count FROM ssj.rollup WHERE measure = 'targets' AND part = '全部'"
        assert connection.execute(query).fetchall() == [(TARGETS,)]

    again = ServerDialog(page, a)
    assert again.login.text() == "ssj_city"
    again.forget()
    assert a.ask(find_server) is None
    with pytest.raises(RuleViolation):
        a.do(forget_server, None)
    with pytest.raises(RuleViolation, match="没有设置服务器"):
        exchange_server(a)


def test_the_pill_is_online_only_while_the_server_answers_and_no_look_stops_the_window(
    ab: tuple[Desk, Desk], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, _ = ab
    threads: list[int] = []
    look = SegmentServer.hashes

    def counted(server: SegmentServer) -> frozenset[str]:
        threads.append(threading.get_ident())
        return look(server)

    monkeypatch.setattr(SegmentServer, "hashes", counted)
    window = MainWindow(a)
    qtbot.addWidget(window)
    assert window.sync.text().startswith("离线")
    with running_server() as url:
        own_server_ready(a, url)
        serve(a, url)
        window.sync.watch.look()
        qtbot.waitUntil(lambda: window.sync.text().startswith("在线"), timeout=WAIT)
        assert "项待交换" in window.sync.text()
        exchange_server(a)
        window.sync.watch.look()
        qtbot.waitUntil(lambda: "待交换" not in window.sync.text(), timeout=WAIT)
        change(a, "王喆")
        window.sync.watch.look()
        qtbot.waitUntil(lambda: "1 项待交换" in window.sync.text(), timeout=WAIT)
    window.sync.watch.look()
    qtbot.waitUntil(lambda: window.sync.text().startswith("离线"), timeout=WAIT)
    assert "连不上服务器" in window.sync.toolTip()
    assert threading.get_ident() not in threads
    a.do(forget_server, None)
    window.sync.watch.look()
    assert "连不上" not in window.sync.toolTip()
    window.end_session()


def own_server_ready(desk: Desk, url: str) -> None:
    from ssj_desktop.services.serving import furnish

    furnish(desk, url, LOGIN, SECRET, "")


def test_a_wrong_password_and_a_refused_encryption_say_what_is_wrong(
    url: str, ab: tuple[Desk, Desk]
) -> None:
    own_server_ready(ab[0], url)
    with pytest.raises(PermissionRefused, match="账号或密码"):
        SegmentServer(server_url(address(url), "Wrong-2026"), "a" * 64).hashes()
    safe = read_address("127.0.0.1", port_of(url), "postgres", LOGIN, ServerSafety.ENCRYPTED)
    with pytest.raises(StoreRefused, match="加密连接"):
        SegmentServer(server_url(safe, SECRET), "a" * 64).hashes()


def test_a_server_that_cannot_be_reached_refuses_and_changes_nothing(
    ab: tuple[Desk, Desk], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, _ = ab
    nowhere = read_address("127.0.0.1", "1", "postgres", LOGIN, ServerSafety.PLAIN)
    a.do(keep_server, KeepServer(nowhere, SECRET))
    refused: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: refused.append(box.text()))
    page = SyncPage(a)
    qtbot.addWidget(page)
    page.refresh()
    page.meet_at_server()
    assert refused == ["连不上服务器，没有交换任何内容。"]
    assert a.ask(list_exchanges) == ()


def test_the_password_of_the_server_stays_on_its_device(ab: tuple[Desk, Desk]) -> None:
    a, b = ab
    nowhere = read_address("127.0.0.1", "1", "postgres", LOGIN, ServerSafety.PLAIN)
    a.do(keep_server, KeepServer(nowhere, SECRET))
    assert OwnServer.__synced__.value == "local"
    assert b.ask(find_server) is None


ALONE = SyncState(is_shared=False, unsent=0, conflicts=0, last_at=None, silent=())
SHARED = SyncState(is_shared=True, unsent=2, conflicts=1, last_at=None, silent=("B 机",))
DAY, NINE = date(2026, 3, 16), datetime(2026, 3, 16, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "waiting", "link", "last", "text", "tone"),
    [
        (ALONE, 0, None, None, "本机", "neutral"),
        (ALONE, 0, LinkState(is_online=True), None, "在线", "ok"),
        (ALONE, 3, LinkState(is_online=False), None, "离线 · 3 项待交换", "warn"),
        (ALONE, 3, LinkState(True, 5, True), None, "在线 · 5 项待交换 · 有新数据", "warn"),
        (SHARED, 4, None, NINE, "离线 · 1 项冲突 · 4 项待交换 · 上次 09:05", "warn"),
        (ALONE, 0, LinkState(True), NINE - timedelta(days=2), "在线 · 上次 03-14", "ok"),
    ],
)  # fmt: skip
def test_the_pill_says_in_words_what_is_so(state, waiting, link, last, text, tone) -> None:  # type: ignore[no-untyped-def]
    pill = header_pill(state, waiting, link, last, DAY)
    assert (pill.text, pill.tone) == (text, tone)

"""A database that is not where it was: asked for, repaired or named anew, never founded unawares."""

from pathlib import Path

import office
import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot
from questions import answer

from ssj_desktop import app, places
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models.keyfile import keyfile_of
from ssj_desktop.queries.registries import count_rows
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.data_place import (
    default_store,
    forget_store,
    remember_store,
    remembered_store,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui import missing_store, repairing
from ssj_desktop.ui.first_run import FirstRun
from ssj_desktop.ui.missing_store import Opening, find_opening
from ssj_desktop.ui.single import lock_store
from ssj_desktop.ui.start import SignIn


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "user_folder", lambda: tmp_path / "user")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A closed store with twenty objects, ten of them since its backup."""
    folder = tmp_path / "数据"
    folder.mkdir()
    desk, _ = office.found(folder)
    office.enrol_targets(desk, 10)
    back_up(desk, BackupReason.MANUAL)
    office.enrol_inspectors(desk, 4)
    desk.close()
    return desk.database.path


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))


def test_a_place_where_nothing_ever_was_is_a_first_start(tmp_path: Path) -> None:
    assert find_opening(default_store()) == Opening(default_store(), is_new=True)
    assert find_opening(tmp_path / "office.ssj") == Opening(tmp_path / "office.ssj", is_new=True)


def test_a_store_that_is_there_is_opened_without_a_question(store: Path) -> None:
    assert find_opening(store) == Opening(store)


def test_a_store_whose_neighbours_are_left_is_missed_and_the_question_says_what_founding_means(
    store: Path, qtbot: QtBot
) -> None:
    store.unlink()
    said = answer(missing_store.LEAVE)
    assert find_opening(store) is None
    assert f"找不到数据库“{store}”" in said[0]
    assert "另建的是空库" in said[0]
    answer(missing_store.FOUND)
    assert find_opening(store) == Opening(store, is_new=True)


def test_a_folder_that_is_gone_is_missed_by_the_note_and_a_new_store_goes_to_the_usual_place(
    tmp_path: Path, qtbot: QtBot
) -> None:
    gone = tmp_path / "没有接上的硬盘" / "office.ssj"
    remember_store(gone)
    answer(missing_store.FOUND)
    assert find_opening(gone) == Opening(default_store(), is_new=True)
    assert not gone.parent.exists()


def test_a_note_that_cannot_be_read_asks_where_the_store_is(
    store: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember_store(store)
    note = places.user_folder() / "place.json"
    note.write_bytes(note.read_bytes()[:-3])
    choose(monkeypatch, store)
    answer(missing_store.OPEN)
    assert find_opening(remembered_store()) == Opening(store)
    assert remembered_store() == store


def test_only_a_store_with_its_key_file_is_opened_and_the_question_comes_again(
    store: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.unlink()
    other = store.with_name("其他.ssj")
    other.write_bytes(b"x")
    choose(monkeypatch, other)
    said = answer(missing_store.OPEN, "OK", missing_store.LEAVE)
    assert find_opening(store) is None
    assert "没有密钥文件" in said[1]
    choose(monkeypatch, "")
    answer(missing_store.OPEN, missing_store.LEAVE)
    assert find_opening(store) is None


def test_a_store_that_vanished_is_repaired_from_backup_and_mirror_at_sign_in(
    store: Path, qtbot: QtBot
) -> None:
    store.unlink()
    said = answer(missing_store.REPAIR)
    assert find_opening(store) == Opening(store)
    assert "用旁边的备份和日志镜像修复" in said[0]
    dialog = SignIn(store)
    qtbot.addWidget(dialog)
    dialog.password.setText(office.PASSWORD)
    said = answer(repairing.REPAIR, "OK")
    dialog.submit()
    assert "数据库文件不见了" in said[0]
    assert "只读查看" not in said[0]
    assert dialog.desk is not None
    assert dialog.desk.ask(count_rows, "targets") == 10
    assert dialog.desk.ask(count_rows, "inspectors") == 4
    dialog.desk.close()


def test_a_store_and_its_key_file_that_vanished_come_back_together(
    store: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.unlink()
    keyfile_of(store).unlink()
    shown: list[str] = []
    monkeypatch.setattr(SignIn, "exec", lambda dialog: shown.append(dialog.account.currentText()))
    said = answer("取回")
    assert app.ask_who(Opening(store)) is None
    assert "找不到密钥文件" in said[0]
    assert shown == ["张敏"]


def test_another_user_of_the_computer_opens_what_is_there(
    store: Path, qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first start of this user; the store is under its lock when its sign-in shows."""
    choose(monkeypatch, store)
    monkeypatch.setattr(FirstRun, "exec", lambda dialog: dialog.open_existing())
    free: list[bool] = []
    monkeypatch.setattr(
        SignIn, "exec", lambda dialog: free.append(lock_store(dialog.store) is None)
    )
    monkeypatch.setattr(app, "work", lambda *_: (0, False))
    assert app._open_once(qapp, default_store()) == 0
    assert free == [True]
    assert remembered_store() == store
    first = lock_store(default_store())
    assert first is not None
    first.unlock()


def test_a_store_founded_in_another_folder_is_under_its_lock_at_once(
    store: Path, tmp_path: Path, qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "另一处").mkdir()
    desk, _ = office.found(tmp_path / "另一处")
    locked: list[bool] = []

    def work(_: QApplication, desk: Desk) -> tuple[int, bool]:
        locked.append(lock_store(desk.database.path) is None)
        return 0, False

    monkeypatch.setattr(app, "ask_who", lambda _: desk)
    monkeypatch.setattr(app, "work", work)
    assert app.show_window(qapp, Opening(store)) == 0
    assert locked == [True]
    desk.close()


def test_a_folder_that_cannot_be_used_is_named(
    tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    said = answer("OK")
    assert app._open_once(qapp, tmp_path / "file" / "office.ssj") == 1
    assert "打不开数据文件夹" in said[0]


def test_an_erased_store_is_not_missed(store: Path) -> None:
    remember_store(store)
    forget_store(store.with_name("other.ssj"))
    assert remembered_store() == store
    forget_store(store)
    assert remembered_store() == default_store()
    assert find_opening(default_store()) == Opening(default_store(), is_new=True)


def test_a_backup_is_not_opened_as_if_it_were_the_database(
    store: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = next(store.with_name("office-backups").glob("*.ssj"))
    choose(monkeypatch, backup)
    said = answer("OK")
    assert missing_store.choose_store(None) is None
    assert "是备份，不能直接在里面办理业务" in said[0]
    assert remembered_store() == default_store()


def test_the_sign_in_of_one_database_leads_to_another(
    store: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "另一处").mkdir()
    other, _ = office.found(tmp_path / "另一处")
    other.close()
    choose(monkeypatch, other.database.path)
    monkeypatch.setattr(SignIn, "exec", lambda dialog: dialog.open_existing())
    with pytest.raises(app.Elsewhere) as way:
        app.ask_who(Opening(store))
    assert way.value.store == remembered_store() == other.database.path

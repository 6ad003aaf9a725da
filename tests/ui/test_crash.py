"""Whatever fails leaves a trace without personal data and at most one dialog."""

import gc
import json
import logging
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy  # noqa: F401 - before Qt
from office import found
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from ssj_desktop import places
from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.services import diagnostics
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import Finding
from ssj_desktop.services.steps import Stopped
from ssj_desktop.ui import errors, packing
from ssj_desktop.ui.crash import CRASH_NAME, LOG_NAME, CrashReports, Watchdog
from ssj_desktop.ui.single import Doorbell, lock_store, raise_window, ring

PHONE = "13845678901"


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> list[QMessageBox]:
    """Every dialog that would have been shown."""
    shown: list[QMessageBox] = []

    def show(box: QMessageBox) -> None:
        shown.append(box)

    monkeypatch.setattr(QMessageBox, "exec", show)
    monkeypatch.setattr(errors, "_seen", set())
    return shown


@pytest.fixture
def reports(qapp: QApplication, tmp_path: Path) -> Iterator[CrashReports]:
    made = CrashReports(tmp_path)
    yield made
    made.remove()


def log_text(folder: Path) -> str:
    return (folder / LOG_NAME).read_text(encoding="utf-8")


def fail(text: str) -> None:
    raise ValueError(f"张敏 {PHONE} {text}")


def report(bug: BaseException) -> None:
    sys.excepthook(type(bug), bug, bug.__traceback__)


def bug_of(text: str) -> BaseException:
    try:
        fail(text)
    except ValueError as bug:
        return bug
    raise AssertionError


def test_one_dialog_per_distinct_traceback_and_a_line_in_the_log_each_time(
    reports: CrashReports, dialogs: list[QMessageBox], tmp_path: Path
) -> None:
    for text in ("a", "b", "c"):
        report(bug_of(text))
    assert len(dialogs) == 1
    assert {"复制详情", "导出诊断包…"} < {each.text() for each in dialogs[0].buttons()}
    assert "test_crash.py" in dialogs[0].detailedText()
    assert log_text(tmp_path).count("ValueError") == 3


def test_neither_log_nor_dialog_names_a_person(
    reports: CrashReports, dialogs: list[QMessageBox], tmp_path: Path
) -> None:
    report(bug_of("x"))
    for text in (log_text(tmp_path), dialogs[0].detailedText()):
        assert "张敏" not in text
        assert PHONE not in text


def test_a_refusal_nobody_caught_is_shown_as_a_refusal(
    reports: CrashReports, dialogs: list[QMessageBox]
) -> None:
    report(RuleViolation("不能这样。", "请换一种办法。"))
    assert dialogs[0].text() == "不能这样。"


def test_an_exception_of_another_thread_is_shown_on_the_main_thread(
    reports: CrashReports, dialogs: list[QMessageBox], qtbot: QtBot
) -> None:
    thread = threading.Thread(target=fail, args=("thread",))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(dialogs) == 1)


def test_what_nobody_waits_for_and_what_qt_says_is_logged(
    reports: CrashReports, dialogs: list[QMessageBox], tmp_path: Path
) -> None:
    class Torn:
        def __del__(self) -> None:
            fail("del")

    Torn()
    gc.collect()
    qWarning(f"bad 'Zhang San 9' {PHONE}")
    text = log_text(tmp_path)
    assert "ValueError" in text
    assert "Qt: bad" in text
    assert PHONE not in text
    assert dialogs == []


def test_the_hooks_of_before_come_back(qapp: QApplication, tmp_path: Path) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    CrashReports(tmp_path).remove()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
    assert not [h for h in logging.getLogger("ssj").handlers if "RotatingFile" in type(h).__name__]


def test_a_window_that_hangs_leaves_all_stacks(qapp: QApplication, tmp_path: Path) -> None:
    with (tmp_path / "hang").open("wb") as file:
        dog = Watchdog(file.fileno(), qapp, seconds=0.1)
        time.sleep(0.4)
        dog.stop()
    assert "test_a_window_that_hangs" in (tmp_path / "hang").read_text(encoding="utf-8")


def test_a_window_that_beats_leaves_nothing(qapp: QApplication, tmp_path: Path) -> None:
    with (tmp_path / "hang").open("wb") as file:
        dog = Watchdog(file.fileno(), qapp, seconds=30)
        dog.beat()
        dog.stop()
    assert (tmp_path / "hang").read_bytes() == b""


def test_a_process_that_dies_leaves_its_stack(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from ssj_desktop.ui.crash import CrashReports; r = CrashReports(Path(sys.argv[1]))\n"
        "import faulthandler; faulthandler._sigsegv()\n"
    )
    call = [sys.executable, "-c", program, str(tmp_path)]
    died = subprocess.run(call, capture_output=True, check=False)
    assert died.returncode != 0
    assert "<module>" in (tmp_path / CRASH_NAME).read_text(encoding="utf-8")


def test_a_long_crash_file_moves_aside(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / CRASH_NAME).write_bytes(b"x" * 1_000_001)
    CrashReports(tmp_path).remove()
    assert (tmp_path / f"{CRASH_NAME}.1").stat().st_size == 1_000_001
    assert (tmp_path / CRASH_NAME).stat().st_size == 0


def test_a_second_start_raises_the_first_window(qtbot: QtBot, tmp_path: Path) -> None:
    store = tmp_path / "office.ssj"
    lock = lock_store(store)
    assert lock is not None
    assert lock_store(store) is None
    window = QWidget()
    qtbot.addWidget(window)
    window.showMinimized()
    bell = Doorbell(store, lambda: raise_window(window))
    assert ring(store)
    qtbot.waitUntil(lambda: not window.isMinimized() and window.isVisible())
    bell.close()
    assert not ring(store)
    lock.unlock()


def test_the_pack_can_be_written_without_a_store_and_shortens_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    folder, target = tmp_path / "user", tmp_path / "pack.zip"
    folder.mkdir()
    (folder / CRASH_NAME).write_text('File "/home/张三/app/ssj_desktop/ui/x.py", line 1\n', "utf-8")
    monkeypatch.setattr(places, "user_folder", lambda: folder)
    monkeypatch.setattr(packing.QFileDialog, "getSaveFileName", lambda *_: (str(target), "*.zip"))
    packing.export_pack(None, None)
    with zipfile.ZipFile(target) as pack:
        assert pack.read(f"logs/{CRASH_NAME}").decode() == 'File "ssj_desktop/ui/x.py", line 1\n'


def test_the_pack_is_written_beside_the_window_and_stops_between_two_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    desk, _ = found(tmp_path)
    target, threads = tmp_path / "pack.zip", []
    monkeypatch.setattr(places, "user_folder", lambda: tmp_path / "user")
    monkeypatch.setattr(packing.QFileDialog, "getSaveFileName", lambda *_: (str(target), "*.zip"))

    def second_check(_desk: Desk) -> Finding:
        threads.append(threading.current_thread())
        raise Stopped

    with monkeypatch.context() as changed:
        changed.setattr(diagnostics, "_journal", second_check)
        packing.export_pack(None, desk)
    assert not target.exists()
    assert threads != []
    assert threading.main_thread() not in threads
    packing.export_pack(None, desk)
    with zipfile.ZipFile(target) as pack:
        facts = json.loads(pack.read("facts.json"))
    assert "时钟" in {finding["name"] for finding in facts["store"]["findings"]}
    desk.close()

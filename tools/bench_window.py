"""The window against bare tools: the first one to appear, a registry page of many rows, paging down.

``--full`` goes up to a million rows (a few minutes and one gigabyte of disk). Rows of memory are
megabytes beside their limit; that of paging is the worst step beside 50 ms.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy  # noqa: F401 - before Qt

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from killing import PASSWORD
from measuring import Row, compare, report
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.services.accounts import FoundOffice, create_store
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.pages.registry_page import RegistryPage
from ssj_desktop.ui.tasks import wait_for_workers
from ssj_desktop.ui.theme import apply_theme

SIZES, FULL_SIZES = (10_000, 100_000), (10_000, 100_000, 1_000_000)
MOST_PAGE_MB, MOST_START_MB, MOST_STEP = 250, 120, 0.050
STEPS = 200
STARTS = 5
_SAY_MEMORY = "import psutil; print(psutil.Process().memory_info().rss)"
_BARE_WINDOW = f"""
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([]); window = QMainWindow(); window.show(); app.processEvents()
{_SAY_MEMORY}
"""
_FIRST_WINDOW = f"""
import sys
from pathlib import Path
from ssj_desktop import app as program
program.prepare_environment()
app = program.QApplication(sys.argv[:1]); program.apply_theme(app)
window = program.SignIn(Path(sys.argv[1])); window.show(); app.processEvents()
{_SAY_MEMORY}
"""
_PAGE = f"""
import sys
from pathlib import Path
import sqlalchemy
from PySide6.QtWidgets import QApplication
from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.ui.pages.registry_page import RegistryPage
from ssj_desktop.ui.tasks import wait_for_workers
from ssj_desktop.ui.theme import apply_theme
app = QApplication([]); apply_theme(app)
page = RegistryPage(sign_in(Path(sys.argv[1]), {PASSWORD!r}), TARGETS)
page.show(); page.refresh(); wait_for_workers()
{_SAY_MEMORY}
"""
_FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size})
INSERT INTO targets (id, code, name, initials, enrolled_at, revised_at, number, kind, industry, status, area)
SELECT lower(hex(randomblob(16))), 'HLJ' || i, '云岭县第' || i || '物业有限公司', 'ylxd' || i || 'wyyxgs',
 '2026-03-16T01:30:00.000000Z', '2026-03-16T01:30:00.000000Z', 'HLJ' || i, 'ENTERPRISE',
 CASE i % 3 WHEN 0 THEN '物业服务企业' WHEN 1 THEN '燃气经营企业' ELSE '供热企业' END, 'NORMAL', '兴华街道' FROM n
"""


def main(arguments: list[str]) -> int:
    app = QApplication([])
    apply_theme(app)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for size in FULL_SIZES if "--full" in arguments else SIZES:
            rows += registry_rows(Path(folder) / str(size), size)
        rows += start_rows(Path(folder) / str(SIZES[0]) / "office.ssj")
    return report("window", rows)


def registry_rows(folder: Path, size: int) -> list[Row]:
    """The rows lie in the store before: only looking at them is measured."""
    folder.mkdir()
    office = FoundOffice("云岭县住房和城乡建设局", "239921", "王芳")
    desk, _ = create_store(folder / "office.ssj", office, PASSWORD, cost=LEAST_COST)
    with opened(desk.database.path, desk.database.key) as connection:
        _fill(connection, size)

        def bare() -> None:
            connection.execute("SELECT id FROM targets ORDER BY name, id").fetchall()

        promised = size == FULL_SIZES[-1]
        opening = compare(
            "打开名录页", size, lambda: _opened(desk), bare, 1.5 if promised else None
        )
    page = _opened(desk)
    step = Row("翻页最长一步", size, _longest_step(page), MOST_STEP, 1.0)
    page.deleteLater()
    desk.close()
    used = int(_run(_PAGE, str(folder / "office.ssj"))) / 2**20
    memory = Row("打开名录页后内存 MB", size, used / 1e3, MOST_PAGE_MB / 1e3, 1.0)
    return [opening, memory, step]


def _fill(connection: Any, size: int) -> None:
    """Without the operations of each row, which nobody reads here and which take minutes."""
    kept = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'targets'"
    triggers = connection.execute(kept).fetchall()
    for name, _ in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute(_FILL.format(size=size))
    for _, statement in triggers:
        connection.execute(statement)


def _opened(desk: Desk) -> RegistryPage:
    page = RegistryPage(desk, TARGETS)
    page.resize(1100, 640)
    page.show()
    page.refresh()
    wait_for_workers()
    QApplication.processEvents()
    if page.table.model() is None or not page.model.rowCount():
        raise RuntimeError("no rows")
    return page


def _longest_step(page: RegistryPage) -> float:
    """CPU time of the slowest of many page-downs, its rows read and painted."""
    page.table.setFocus()
    longest = 0.0
    for _ in range(STEPS):
        begun = time.thread_time()
        QTest.keyClick(page.table, Qt.Key.Key_PageDown)
        QApplication.processEvents()
        longest = max(longest, time.thread_time() - begun)
    return longest


def start_rows(store: Path) -> list[Row]:
    """From nothing to the window that asks for the password."""
    sizes: list[int] = []

    def ours() -> None:
        sizes.append(int(_run(_FIRST_WINDOW, str(store))))

    took = compare("启动到第一个窗口", 1, ours, lambda: _run(_BARE_WINDOW), 2.5, STARTS)
    memory = max(sizes) / 2**20
    return [took, Row("第一个窗口内存 MB", 1, memory / 1e3, MOST_START_MB / 1e3, 1.0)]


def _run(code: str, *arguments: str) -> str:
    top = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, encoding="utf-8", check=True, env={**os.environ, "PYTHONPATH": top},
    )  # fmt: skip
    return done.stdout.split()[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

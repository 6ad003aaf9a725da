"""Walks a scripted day through the window and looks for blocks of its thread above 100 ms.

A timer of the event loop ticks every 5 ms; what lies between two ticks is one block. Counted is
the processor time of the thread, so that neighbours on the machine do not matter, and the time on
the wall is shown beside it. The last day is one of an office after five years: 150 draws, 2,800
tasks, 20,000 entries. ``--short``: one day each.
"""

import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from aged_office import age
from clerk_day import live_a_day
from figures import Figure, tell
from killing import scratch_folder
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from ssj_desktop.cli.demo import PASSWORD, build_demo_store
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages import load_page_modules
from ssj_desktop.ui.theme import apply_theme

LIMIT = 0.100
TICK_MILLISECONDS = 5
ALONE = True
WALKS, SHORT_WALKS = 4, 1


@dataclass
class Block:
    """The longest block of one act: seconds of the processor and on the wall."""

    cpu: float = 0.0
    wall: float = 0.0


@dataclass
class Meter:
    """Measures from tick to tick and books the time to the act under way."""

    blocks: dict[str, Block] = field(default_factory=dict)
    act: str = ""
    last: tuple[float, float] = (0.0, 0.0)

    def tick(self) -> None:
        now = (time.thread_time(), time.perf_counter())
        block = self.blocks.setdefault(self.act, Block())
        block.cpu = max(block.cpu, now[0] - self.last[0])
        block.wall = max(block.wall, now[1] - self.last[1])
        self.last = now

    def during(self, act: str, do: Callable[[], object], settle: float = 0.25) -> None:
        """Do it, then let the window settle; all of it is booked to this act."""
        self.act, self.last = act, (time.thread_time(), time.perf_counter())
        loop, ended = QEventLoop(), []

        def whole() -> None:
            touch()
            try:
                do()
            finally:
                ended.append(True)
                QTimer.singleShot(round(settle * 1000), loop.quit)

        QTimer.singleShot(0, whole)
        loop.exec()
        if not ended:
            raise RuntimeError(act)


def touch() -> None:
    """A clerk begins each act with a key or the mouse; without that the window takes her for gone."""
    shown = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    for window in shown[:1]:
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window, key)


def stop(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """A fault in a slot would only be printed, and the day would wait for ever."""
    traceback.print_exception(kind, fault, trace)
    os._exit(2)


def work(store: Path, name: str, meter: Meter) -> None:
    """From signing in to the end of the session, as the program does it."""
    desk = sign_in(store, PASSWORD, name)
    window = MainWindow(desk)
    window.show()
    window.open_ahead(load_page_modules())
    while len(window.pages) < len(window.allowed_pages()):
        meter.during("打开窗口后", lambda: None)
    live_a_day(window, meter)
    window.close()
    window.end_session()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.close()


def measured(walks: int) -> Meter:
    sys.excepthook = stop
    app = QApplication.instance() or QApplication([])
    if isinstance(app, QApplication):
        apply_theme(app)
    meter, owner = Meter(), QObject()
    timer = QTimer(owner)
    timer.timeout.connect(meter.tick)
    with scratch_folder() as folder:
        clerk, approver = build_demo_store(folder / "demo")
        name, store = clerk.actor.name, clerk.database.path
        approver.close()
        timer.start(TICK_MILLISECONDS)
        for day in range(walks):
            work(shutil.copytree(store.parent, folder / f"day{day}") / store.name, name, meter)
        timer.stop()
        age(clerk)
        clerk.close()
        timer.start(TICK_MILLISECONDS)
        work(store, name, meter)
    timer.stop()
    return meter


def main(arguments: list[str]) -> int:
    begun = time.monotonic()
    meter = measured(SHORT_WALKS if "--short" in arguments else WALKS)
    ranked = sorted(meter.blocks.items(), key=lambda each: each[1].cpu, reverse=True)
    for act, block in ranked[:12]:
        print(f"{act:<28}处理器 {block.cpu * 1e3:6.0f} ms　墙钟 {block.wall * 1e3:6.0f} ms")
    over = [act for act, block in ranked if block.cpu > LIMIT]
    worst = ranked[0][1]
    held = (
        f"{len(ranked)} 种操作，超过 {LIMIT * 1e3:.0f} ms 的 {len(over)} 种，"
        f"最长 {worst.cpu * 1e3:.0f} ms（墙钟 {worst.wall * 1e3:.0f} ms）"
    )
    print(f"soak window：{held}（{time.monotonic() - begun:.0f} 秒）")
    return tell(Figure("R7", "一天的操作中窗口线程不停顿超过 100 ms", held, not over))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Walks a scripted day through the window and looks for blocks of its thread above 100 ms.

A timer of the event loop ticks every 5 ms; what lies between two ticks is one block. Counted is
the processor time of the thread, so that neighbours on the machine do not matter, and the time on
the wall is shown beside it. ``--short``: one walk instead of five.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from figures import Figure, tell
from killing import PASSWORD, scratch_folder
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit
from soak_draws import template

from ssj_desktop.services.accounts import sign_in
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages import PAGES, load_page_modules
from ssj_desktop.ui.theme import apply_theme

LIMIT = 0.100
TICK_MILLISECONDS = 5
ALONE = True
WALKS, SHORT_WALKS = 5, 1


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

    def during(self, act: str, do: Callable[[], object]) -> None:
        """Do it, then let the window settle; all of it is booked to this act."""
        self.act, self.last = act, (time.thread_time(), time.perf_counter())
        QTimer.singleShot(0, do)
        loop = QEventLoop()
        QTimer.singleShot(250, loop.quit)
        loop.exec()


def walk(window: MainWindow, meter: Meter) -> None:
    """Every page twice, and a search typed letter by letter where there is one."""
    for times in ("初次", "再次"):
        for page in PAGES:
            meter.during(f"打开{page.title}（{times}）", lambda key=page.key: window.open_page(key))
            shown = window.stack.currentWidget()
            for search in [] if shown is None else shown.findChildren(QLineEdit, "search"):
                for text in ("云", "云岭", "云岭县", ""):
                    meter.during(f"搜索（{page.title}）", lambda f=search, t=text: f.setText(t))


def measured(walks: int) -> Meter:
    app = QApplication.instance() or QApplication([])
    if isinstance(app, QApplication):
        apply_theme(app)
    meter, owner = Meter(), QObject()
    timer = QTimer(owner)
    timer.timeout.connect(meter.tick)
    timer.start(TICK_MILLISECONDS)
    with scratch_folder() as folder:
        for _ in range(walks):
            desk = sign_in(template(folder), PASSWORD)
            window = MainWindow(desk)
            window.show()
            window.open_ahead(load_page_modules())
            while len(window.pages) < len(window.allowed_pages()):
                meter.during("打开窗口后", lambda: None)
            walk(window, meter)
            window.close()
            desk.close()
            for path in folder.glob("template*"):
                path.unlink(missing_ok=True)
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

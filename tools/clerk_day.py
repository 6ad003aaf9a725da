"""A day of a clerk at the window, act by act, for whoever measures it."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QProgressDialog, QWidget

from ssj_desktop import places
from ssj_desktop.cli.demo import PASSWORD
from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.membership import make_request, request_line
from ssj_desktop.services.registries import STARTER_ITEMS
from ssj_desktop.ui.draw_wizard.result_step import ResultStep
from ssj_desktop.ui.draw_wizard.scheme_step import SchemeStep
from ssj_desktop.ui.draw_wizard.slips_step import SlipsStep
from ssj_desktop.ui.form import RowForm
from ssj_desktop.ui.locking import LockDialog
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages import PAGES
from ssj_desktop.ui.pages.admit_dialog import AdmitDialog
from ssj_desktop.ui.pages.draws_page import DrawsPage
from ssj_desktop.ui.pages.editions_dialog import EditionsDialog
from ssj_desktop.ui.pages.import_dialog import ImportDialog
from ssj_desktop.ui.pages.inspections_page import InspectionsPage
from ssj_desktop.ui.pages.journal_page import JournalPage
from ssj_desktop.ui.pages.plans_page import PlansPage
from ssj_desktop.ui.pages.registry_page import RegistryPage
from ssj_desktop.ui.pages.status_dialog import StatusDialog
from ssj_desktop.ui.preview import Preview

W = TypeVar("W")
PAUSE_SECONDS = 11.0
"""Long enough for what the window puts off until nobody works."""


class Meter(Protocol):
    """Does an act and lets the window settle for some seconds."""

    def during(self, act: str, do: Callable[[], object], settle: float = 0.25) -> None: ...


def live_a_day(window: MainWindow, meter: Meter) -> None:
    clerk = Clerk()
    for part in (walk, keep_registry, keep_items, admit_device, hold_draw, inspect, rest):
        part(window, meter)
    meter.during("歇一会儿", lambda: None, PAUSE_SECONDS)
    clerk.deleteLater()


def walk(window: MainWindow, meter: Meter) -> None:
    """Every page twice, and a search typed letter by letter where there is one."""
    for times in ("初次", "再次"):
        for page in PAGES:
            meter.during(f"打开{page.title}（{times}）", lambda key=page.key: window.open_page(key))
            shown = window.stack.currentWidget()
            for search in [] if shown is None else shown.findChildren(QLineEdit, "search"):
                for text in ("云", "云岭", "云岭县", ""):
                    meter.during(f"搜索（{page.title}）", lambda f=search, t=text: f.setText(t))


def keep_registry(window: MainWindow, meter: Meter) -> None:
    """Run through rows, change one, print the list, import a workbook."""
    page = the(RegistryPage, window.open_page("targets"))
    for row in range(12):
        meter.during("逐行查看", lambda n=row: page.table.selectRow(n))
    meter.during("修改一个对象", page.edit)
    meter.during("打印名录", page.show_paper)
    sample = places.resource("samples", "2026年新增企业.xlsx")
    meter.during("导入一份表格", lambda: page.files.import_file(sample), settle=2.0)
    meter.during("撤销一次导入", page.files.take_back, settle=1.0)
    meter.during("批量调整状态", lambda: change_many(page), settle=1.0)
    meter.during("撤销批量调整", page.undo.undo.click, settle=1.0)
    meter.during("导入一份表格", lambda: page.files.import_file(sample), settle=2.0)


def keep_items(window: MainWindow, meter: Meter) -> None:
    """Load an edition of the item list, lay it beside the own one, bring the own one to it."""
    page = the(RegistryPage, window.open_page("items"))
    dialog = EditionsDialog(page, window.desk)
    dialog.show()
    issued = places.resource("item_lists", STARTER_ITEMS).read_text(encoding="utf-8-sig")
    lines = issued.splitlines(keepends=True)
    lines[-1] = lines[-1].replace("检查", "核查")
    with TemporaryDirectory() as folder:
        newer = Path(folder) / "清单.csv"
        newer.write_text("".join(lines), encoding="utf-8-sig")
        meter.during("载入清单版本", lambda: dialog.load_file(newer), settle=2.0)
    meter.during("与本单位清单比较", dialog.compare_own)
    meter.during("按此版更新本单位清单", dialog.adopt, settle=1.0)
    dialog.close()


def admit_device(window: MainWindow, meter: Meter) -> None:
    """The ten digits of a computer that asks to join."""
    dialog = AdmitDialog(window, "Q")
    asked = request_line(make_request("外业一号", DeviceKeys(os.urandom(32))))
    meter.during("核对设备比对码", lambda: dialog.scanned.setText(asked), settle=0.5)
    dialog.close()


def change_many(page: RegistryPage) -> None:
    """Every object of the first page at once."""
    page.model.tick(range(min(100, len(page.model.rows))), ticked=True)
    page.change_status(out=False)


def hold_draw(window: MainWindow, meter: Meter) -> None:
    """A whole ceremony with its papers."""
    plans, page = (
        the(PlansPage, window.open_page("plans")),
        the(DrawsPage, window.open_page("draws")),
    )
    meter.during("预览计划表", plans.preview)
    meter.during("新的抽取", page.start)
    scheme = the(SchemeStep, step_of(page))
    scheme.place.setText("三楼会议室")
    for place in range(scheme.panel.count())[:2]:
        scheme.panel.item(place).setCheckState(Qt.CheckState.Checked)
    meter.during("锁定名录", scheme.freeze)
    slips = the(SlipsStep, step_of(page))
    meter.during("预览承诺单", slips.show_sheet)
    meter.during("亮出数字", slips.proceed)
    slips = the(SlipsStep, step_of(page))
    for place, digits in enumerate(("314159", "271828")):
        for fields in (slips.digits, slips.repeats):
            fields[place].setText(digits)
        meter.during("录入数字、抽取", slips.proceed)
    result = the(ResultStep, step_of(page))
    meter.during("重新计算核对", result.verify)
    meter.during("预览记录表", result.show_record)
    meter.during("预览待抽库", result.show_pool)
    meter.during("返回台账", page.show_ledger)
    meter.during("均衡性分析", page.show_fairness)


def inspect(window: MainWindow, meter: Meter) -> None:
    """Enter and submit the results of a few objects."""
    page = the(InspectionsPage, window.open_page("inspections"))
    meter.during("看一眼任务", lambda: None, settle=1.0)
    for _ in range(3):
        for place in range(len(page.items)):
            meter.during("录入一项", lambda n=place: page.items[n].answer("clean"))
        meter.during("提交复核", page.submit, settle=1.0)


def rest(window: MainWindow, meter: Meter) -> None:
    """Lock, unlock, and what the auditor does."""
    meter.during("锁定", window.window_lock.lock)
    dialog = the(LockDialog, window.window_lock.dialog)
    dialog.password.setText(PASSWORD)
    meter.during("解锁", dialog.submit)
    journal = the(JournalPage, window.open_page("journal"))
    meter.during("核对日志", journal.verify)


def the(kind: type[W], found: object) -> W:
    """What is in view, known to be of a kind; TypeError when the day went another way."""
    if not isinstance(found, kind):
        raise TypeError(f"{kind.__name__} expected, {found!r} found")
    return found


def step_of(page: DrawsPage) -> QWidget | None:
    return page.wizard.stack.currentWidget() if page.wizard else None


def change_address(form: RowForm) -> None:
    for editor in form.editors:
        if editor.field.name == "address" and isinstance(editor.input, QLineEdit):
            editor.input.setText("建设路 1 号")
    form.submit()


class Clerk(QObject):
    """Looks at what opened for a moment, then does with it what a clerk would."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[int, int] = {}
        timer = QTimer(self, interval=100)
        timer.timeout.connect(self.look)
        timer.start()

    def look(self) -> None:
        opened = QApplication.activeModalWidget()
        if opened is None or isinstance(opened, QProgressDialog):
            return
        looks = self._seen[id(opened)] = self._seen.get(id(opened), 0) + 1
        if looks < 3:
            return
        del self._seen[id(opened)]
        if isinstance(opened, ImportDialog):
            opened.write()
        elif isinstance(opened, StatusDialog):
            opened.status.setCurrentIndex(1)
            opened.reason.setCurrentText("核查后调整")
            opened.accept()
        elif isinstance(opened, RowForm):
            change_address(opened)
        elif isinstance(opened, Preview):
            opened.close()
        elif isinstance(opened, QDialog) and not isinstance(opened, LockDialog):
            opened.accept()

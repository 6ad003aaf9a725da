"""Refusals as one sentence and a remedy; bugs as one dialog per distinct traceback."""

import logging
import traceback
from collections.abc import Callable, Sequence
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.scrubbing import bug_text
from ssj_desktop.ui.widgets import plain_tip

LOG = logging.getLogger("ssj")
_seen: set[str] = set()
_exporters: list[Callable[[], object]] = []


def show_refusal(parent: QWidget | None, refusal: SsjError) -> None:
    """The fact in bold, the remedy below."""
    box = QMessageBox(QMessageBox.Icon.Warning, "不能完成", refusal.message, parent=parent)
    box.setInformativeText(refusal.remedy)
    for text in box.findChildren(QLabel):  # names may look like markup
        text.setTextFormat(Qt.TextFormat.PlainText)
    box.exec()


def ask_way(parent: QWidget | None, title: str, text: str, more: str, ways: Sequence[str]) -> str:
    """A question with a button for each way on; the first is the default, the last leaves."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, plain_tip(text), parent=parent)
    box.setInformativeText(plain_tip(more))
    roles = QMessageBox.ButtonRole
    for place, way in enumerate(ways):
        last = place == len(ways) - 1
        made = box.addButton(way, roles.RejectRole if last else roles.ActionRole)
        if place == 0:
            box.setDefaultButton(made)
    box.exec()
    return box.clickedButton().text()


def attempt(parent: QWidget | None, act: Callable[[], object]) -> bool:
    """Run an act of the user; a refusal is shown, a bug travels on."""
    try:
        act()
    except SsjError as refusal:
        show_refusal(parent, refusal)
        return False
    return True


def offer_pack(export: Callable[[], object] | None) -> None:
    """What 导出诊断包 does from now on; None when there is no store."""
    _exporters[:] = [export] if export else []


def on_bug(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
    """sys.excepthook: log always, show each distinct traceback once."""
    if issubclass(kind, KeyboardInterrupt):
        QApplication.quit()
        return
    text = bug_text(bug.with_traceback(trace))
    LOG.error("%s", text)
    place = "".join(traceback.format_tb(trace)) + kind.__name__
    if place in _seen or QApplication.instance() is None:
        return
    _seen.add(place)
    if isinstance(bug, SsjError):
        show_refusal(QApplication.activeWindow(), bug)
    else:
        _show_bug(text)


def _show_bug(text: str) -> None:
    """Ask what to do with the details until the clerk goes on working."""
    box = QMessageBox(QMessageBox.Icon.Critical, "程序出错", "程序遇到没有预料到的问题。")
    box.setInformativeText(
        "正在办理的一步没有写入，已保存的内容不受影响。已写入日志；请把详情或诊断包发给技术支持，然后继续工作。"
    )
    box.setDetailedText(text)
    copy = box.addButton("复制详情", QMessageBox.ButtonRole.ActionRole)
    export = box.addButton("导出诊断包…", QMessageBox.ButtonRole.ActionRole)
    export.setEnabled(bool(_exporters))
    box.addButton("继续工作", QMessageBox.ButtonRole.AcceptRole)
    box.exec()
    if box.clickedButton() is copy:
        QApplication.clipboard().setText(text)
    elif box.clickedButton() is export:
        _exporters[0]()

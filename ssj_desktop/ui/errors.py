"""Refusals as one sentence and a remedy; bugs as one dialog per distinct traceback."""

import logging
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from ssj_desktop.domain.errors import SsjError

LOG = logging.getLogger("ssj")
_seen: set[str] = set()


def show_refusal(parent: QWidget | None, refusal: SsjError) -> None:
    """The fact in bold, the remedy below."""
    box = QMessageBox(QMessageBox.Icon.Warning, "不能完成", refusal.message, parent=parent)
    box.setInformativeText(refusal.remedy)
    box.exec()


def attempt(parent: QWidget | None, act: Callable[[], object]) -> bool:
    """Run an act of the user; a refusal is shown, a bug travels on."""
    try:
        act()
    except SsjError as refusal:
        show_refusal(parent, refusal)
        return False
    return True


def on_bug(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
    """sys.excepthook: log always, show each distinct traceback once."""
    text = "".join(traceback.format_exception(kind, bug, trace))
    LOG.error("%s", text)
    place = "".join(traceback.format_tb(trace)) + kind.__name__
    if place in _seen or QApplication.instance() is None:
        return
    _seen.add(place)
    box = QMessageBox(
        QMessageBox.Icon.Critical, "程序出错", "程序遇到没有预料到的问题，数据没有改动。"
    )
    box.setInformativeText("已写入日志。请复制详情发给技术支持，然后继续工作。")
    box.setDetailedText(text)
    copy = box.addButton("复制详情", QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Ok)
    box.exec()
    if box.clickedButton() is copy:
        QApplication.clipboard().setText(text)

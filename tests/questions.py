"""Answering the questions a window asks, as a clerk does."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox


def answer(*choices: str) -> list[str]:
    """Press these buttons, one in each question that comes; what the questions said.

    Where a question has no such button its first one is pressed.
    """
    said, waiting = list[str](), list(choices)

    def press() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            said.append(f"{box.text()}{box.informativeText()}")
            wanted = waiting.pop(0)
            button = next((each for each in box.buttons() if each.text() == wanted), None)
            (button or box.buttons()[0]).click()
        if waiting:
            QTimer.singleShot(10, press)

    QTimer.singleShot(0, press)
    return said

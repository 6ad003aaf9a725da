"""What a person would see cut off: texts wider or taller than the place they got."""

from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QWidget,
)

_SLACK = 1


def cut_off(top: QWidget) -> list[str]:
    """The texts of visible labels, buttons and boxes that do not fit where they stand."""
    for _ in range(3):  # a text that changes asks for room, and gets it in the next turns
        QApplication.processEvents()
    labels, buttons, boxes = (
        [each for each in top.findChildren(kind) if _is_shown(each)]
        for kind in (QLabel, QAbstractButton, QComboBox)
    )
    said = [f"{each.objectName() or 'label'}: {each.text()[:40]}" for each in labels if _cuts(each)]
    said += [f"button: {each.text()[:40]}" for each in buttons if _is_narrow(each)]
    low = [each for each in boxes if each.height() < each.fontMetrics().height()]
    return said + [f"box: {each.accessibleName()}" for each in low]


def _is_shown(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


def _cuts(label: QLabel) -> bool:
    text = label.text()
    if not text or not label.pixmap().isNull():
        return False
    room = label.contentsRect()
    metrics = label.fontMetrics()
    if label.wordWrap():
        return label.heightForWidth(label.width()) > label.height() + _SLACK
    wide = max(metrics.horizontalAdvance(line) for line in text.split("\n"))
    tall = metrics.height() * (text.count("\n") + 1)
    return wide > room.width() + _SLACK or tall > label.height() + 2 * _SLACK


def _is_narrow(made: QAbstractButton) -> bool:
    if not isinstance(made, (QPushButton, QCheckBox, QRadioButton)):
        return False
    metrics = made.fontMetrics()
    need = metrics.horizontalAdvance(made.text().replace("&", ""))
    if isinstance(made, QPushButton) and made.menu() is None:
        return need > made.width() - 4 or metrics.height() > made.height()
    return made.sizeHint().width() > made.width() + _SLACK


def overflows(top: QWidget, width: int, height: int) -> str:
    """What the window needs when it needs more than the smallest screen gives."""
    need = top.minimumSizeHint()
    if need.width() <= width and need.height() <= height:
        return ""
    return f"{need.width()}×{need.height()}"

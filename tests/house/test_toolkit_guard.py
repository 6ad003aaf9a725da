"""A Qt binding that drops references to None kills the process after some thousand calls."""

import gc
import sys

import PySide6
from PySide6.QtWidgets import QApplication, QLabel


def test_calls_that_return_none_leave_its_reference_count_alone(qapp: QApplication) -> None:
    """PySide6 6.12.0 under Python 3.11 lost one reference to None with every such call."""
    label = QLabel()
    gc.collect()
    before = sys.getrefcount(None)
    for number in range(500):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 250


def test_the_binding_is_of_a_release_line_known_to_be_sound() -> None:
    version = tuple(int(part) for part in PySide6.__version__.split(".")[:2])
    assert (6, 8) <= version < (6, 12)

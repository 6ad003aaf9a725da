"""Questions over all rows of a registry: at once in a small office, by the worker in a large one."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from ssj_desktop.queries.registry_pages import has_more_than
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.tasks import run_quietly

T = TypeVar("T")
LARGE = 20_000
"""Rows that are looked through in less than a tenth of a second."""


def is_large(desk: Desk, kind: str) -> bool:
    return desk.ask(has_more_than, kind, LARGE)


def ask_all(
    parent: QWidget, desk: Desk, kind: str, ask: Callable[[], T], done: Callable[[T], object]
) -> None:
    """Answers come in the order of the questions, so the last one shown is the latest."""
    if is_large(desk, kind):
        run_quietly(parent, ask, done)
    else:
        done(ask())

"""Questions whose answer grows with the years: at once while little is there, else by the worker."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.queries.sizes import has_more_than
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.tasks import run_quietly

T = TypeVar("T")
LARGE = 20_000
"""Rows of a registry that are looked through in less than a tenth of a second."""
_AT_ONCE = {**dict.fromkeys(REGISTRIES, LARGE), "draws": 20, "tasks": 200, "journal": 5_000}
"""Of each so many are read in a few hundredths of a second."""


def is_large(desk: Desk, *whats: str) -> bool:
    return any(desk.ask(has_more_than, what, _AT_ONCE[what]) for what in whats)


def ask_all(
    parent: QWidget,
    desk: Desk,
    whats: str | tuple[str, ...],
    ask: Callable[[], T],
    done: Callable[[T], object],
) -> None:
    """``whats`` it reads through: registries, draws, tasks, the journal.

    Answers come in the order of the questions, so the last one shown is the latest.
    """
    if is_large(desk, *([whats] if isinstance(whats, str) else whats)):
        run_quietly(parent, ask, done)
    else:
        done(ask())

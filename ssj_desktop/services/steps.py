"""How far a long exchange is: told to whoever waits, who may stop it between two steps."""

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

T = TypeVar("T")
Steps = Callable[[str, int, int], object]
"""Words of the step, how much is done, of how much. It may raise :class:`Stopped`."""


class Stopped(Exception):
    """Nobody wants the result any more; what was begun is undone like after any other failure."""


def in_silence(_words: str, _done: int, _total: int) -> None:
    """Nobody waits."""


def counted(items: Collection[T], steps: Steps, what: str, unit: str) -> Iterator[T]:
    """Each item, with ``第 k 段，共 n 段`` before it."""
    total = len(items)
    for done, item in enumerate(items):
        steps(f"{what}第 {done + 1} {unit}，共 {total} {unit}", done, total)
        yield item

"""Many row keys in little memory, for tables that scroll over a million rows."""

from collections.abc import Iterable, Sequence
from typing import overload

_WIDTH = 36
"""Every key is a UUID written out (models.base.Keyed)."""


class IdArray(Sequence[str]):
    """Keys in order, 36 bytes each; a list of texts would take three times as much."""

    __slots__ = ("_text",)

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._text = "".join(ids)

    def __len__(self) -> int:
        return len(self._text) // _WIDTH

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> "IdArray": ...
    def __getitem__(self, place: int | slice) -> "str | IdArray":
        if isinstance(place, slice):
            return IdArray(self[n] for n in range(*place.indices(len(self))))
        start = range(len(self))[place] * _WIDTH
        return self._text[start : start + _WIDTH]

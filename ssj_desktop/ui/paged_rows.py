"""Rows that are fetched by the page when they come into view."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

Row = TypeVar("Row")
Fetch = Callable[[Sequence[str]], tuple[Row, ...]]
PAGE = 128
_PAGES_KEPT = 48


class PagedRows(Sequence[Row], Generic[Row]):
    """A sequence over all keys of a list of which only the pages last looked at are in memory."""

    def __init__(self, ids: Sequence[str], fetch: Fetch[Row]) -> None:
        self.ids = ids
        self._fetch = fetch
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(place, slice):
            return tuple(self[n] for n in range(*place.indices(len(self))))
        number, rest = divmod(range(len(self))[place], PAGE)
        return self._page(number)[rest]

    def _page(self, number: int) -> tuple[Row, ...]:
        page = self._pages.get(number)
        if page is None:
            page = self._fetch([self.ids[n] for n in self._places(number)])
            self._pages[number] = page
            if len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        self._pages.move_to_end(number)
        return page

    def _places(self, number: int) -> range:
        return range(number * PAGE, min((number + 1) * PAGE, len(self.ids)))

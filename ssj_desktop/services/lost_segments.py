"""Where segments of other devices may still lie after the store that had taken them in is lost."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import FileRefused, SsjError
from ssj_desktop.domain.segment import FILE_ENDING, read_segment_file
from ssj_desktop.formats.bundle import read_bundle
from ssj_desktop.formats.bundle_file import open_bundle_file
from ssj_desktop.formats.segment_folder import SegmentFolder
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.exchange import Exchange
from ssj_desktop.queries.membership import find_office_root, own_keys
from ssj_desktop.queries.segments import read_segment
from ssj_desktop.services.exchange import FOLDER
from ssj_desktop.services.transports import ENDING


class LostSegments:
    """Looks in the store itself, the damaged file, shared folders, and bundles beside backups.

    A segment proves itself by its name, which the journal of this device holds; who keeps the
    copy does not matter.
    """

    def __init__(
        self, session: Session, damaged: tuple[Path, bytes], folders: Iterable[Path]
    ) -> None:
        self._session, self._damaged = session, damaged
        given = tuple(folders)
        self._folders = tuple(_shared(session, given))
        self._bundles = _segments_in_bundles(session, given)
        self._unpacked: dict[str, bytes] = {}

    def find(self, name: str) -> bytes | None:
        """The whole segment of this name, from the first place that has it."""
        return next((c for c in self._candidates(name) if _is_whole(c, name)), None)

    def _candidates(self, name: str) -> Iterator[bytes]:
        kept = read_segment(self._session, name)
        if kept is not None:
            yield kept
        yield from self._in_damaged(name)
        for folder in self._folders:
            yield from (content for _, content in folder.read([name]))
        yield from self._in_bundles(name)

    def _in_damaged(self, name: str) -> Iterator[bytes]:
        """On a connection of its own: after one bad page it answers nothing more."""
        path, key = self._damaged
        if path.is_file():
            with suppress(SsjError), opened(path, key) as connection:
                query = "SELECT content FROM segments WHERE id = ?"
                yield from (row[0] for row in connection.execute(query, (name,)))

    def _in_bundles(self, name: str) -> Iterator[bytes]:
        while name not in self._unpacked:
            more = next(self._bundles, None)
            if more is None:
                return
            self._unpacked |= more
        yield self._unpacked[name]


def _is_whole(content: bytes, name: str) -> bool:
    try:
        return read_segment_file(content).identity == name
    except FileRefused:
        return False


def _shared(session: Session, given: Iterable[Path]) -> Iterator[SegmentFolder]:
    """The folders named now, and those that exchanges went through before."""
    office = find_office_root(session)
    known = session.scalars(select(Exchange.file).where(Exchange.way == FOLDER).distinct())
    for path in dict.fromkeys((*given, *map(Path, known))):
        if office is not None and path.is_dir():
            yield SegmentFolder(path, office, own_keys(session))


def _segments_in_bundles(session: Session, folders: Iterable[Path]) -> Iterator[dict[str, bytes]]:
    """One bundle after the other, only when everything else had nothing."""
    keys = own_keys(session)
    for folder in folders:
        for path in sorted(folder.glob(f"*{ENDING}")):
            with suppress(SsjError):
                parts = read_bundle(open_bundle_file(path).envelope, keys)
                found = parts.named("segments").items()
                yield {name.removesuffix(FILE_ENDING): content for name, content in found}

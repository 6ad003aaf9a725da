"""Attachments on the shared server: an append-only table of bytes by office and hash (docs/server.md)."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator

from ssj_desktop.models.segment_server import SegmentServer


class AttachmentServer:
    """The attachments of one office, over the connection its segments go by."""

    def __init__(self, server: SegmentServer) -> None:
        self._server = server

    def is_furnished(self) -> bool:
        """A server set up by an earlier program has no place for them yet."""
        with self._server.connected() as connection:
            row = connection.execute("SELECT to_regclass('ssj.attachments')").fetchone()
        return row is not None and row[0] is not None

    def hashes(self) -> frozenset[str]:
        with self._server.connected() as connection:
            query = "SELECT sha256 FROM ssj.attachments WHERE office = %s"
            rows = connection.execute(query, (self._server.office,))
            return frozenset(row[0] for row in rows)

    def has_any(self, wanted: Collection[str]) -> bool:
        return bool(wanted) and self.is_furnished() and not self.hashes().isdisjoint(wanted)

    def push(self, hashes: Iterable[str], read: Callable[[str], bytes]) -> Iterator[str]:
        """Add one after the other, each at once: an interrupted push goes on later."""
        with self._server.connected() as connection:
            for sha256 in hashes:
                connection.execute(
                    "INSERT INTO ssj.attachments (office, sha256, content) VALUES (%s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    (self._server.office, sha256, read(sha256)),
                )
                yield sha256

    def fetch(self, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Set difference by hash; one at a time is in memory, and each proves itself."""
        there = self.hashes() if wanted and self.is_furnished() else frozenset()
        with self._server.connected() as connection:
            for sha256 in (each for each in wanted if each in there):
                row = connection.execute(
                    "SELECT content FROM ssj.attachments WHERE office = %s AND sha256 = %s",
                    (self._server.office, sha256),
                ).fetchone()
                content = bytes(row[0]) if row else b""
                if hashlib.sha256(content).hexdigest() == sha256:
                    yield sha256, content

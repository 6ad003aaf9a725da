"""Compound files (OLE2): the container of .xls and .et, and of encrypted .xlsx."""

import struct
from dataclasses import dataclass

from ssj_desktop.formats.excel.preflight import OLE_MAGIC

_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_HEADER = 512
_ENTRY = 128
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_SMALL = 4096


class DamagedFile(ValueError):
    """The structure of the file does not hold together."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class CompoundFile:
    """Streams by name; ``DamagedFile`` when a chain of sectors leads nowhere or back."""

    def __init__(self, content: bytes) -> None:
        if len(content) < _HEADER or not content.startswith(OLE_MAGIC):
            raise DamagedFile("no compound file")
        self._content = content
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise DamagedFile("sector size")
        self._sector = 1 << shift
        self._small_sector = 1 << small_shift
        self._fat = self._read_fat()
        directory, small_fat = struct.unpack_from("<I", content, 48)[0], content[60:68]
        self._entries = self._read_directory(directory)
        self._small_fat = self._numbers(self._chain(struct.unpack("<II", small_fat)[0]))
        self._small = self._chain(self._entries[0].start) if self._entries[0].size else b""

    @property
    def names(self) -> frozenset[str]:
        """Lower-case names of all streams and storages."""
        return frozenset(entry.name.lower() for entry in self._entries)

    def stream(self, name: str) -> bytes | None:
        """The bytes of a stream, or None when there is none of that name."""
        for entry in self._entries:
            if entry.kind == _STREAM and entry.name.lower() == name:
                return self._bytes_of(entry)
        return None

    def _bytes_of(self, entry: _Entry) -> bytes:
        small = entry.size < _SMALL
        found = self._small_chain(entry.start) if small else self._chain(entry.start)
        if len(found) < entry.size:
            raise DamagedFile(entry.name)
        return found[: entry.size]

    def _at(self, sector: int) -> bytes:
        begin = (sector + 1) * self._sector
        if begin >= len(self._content):
            raise DamagedFile("sector beyond the end")
        return self._content[begin : begin + self._sector]

    def _read_fat(self) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self._content, 76))
        following, count = struct.unpack_from("<II", self._content, 68)
        for _ in range(count):
            if following >= _END:
                break
            numbers = self._numbers(self._at(following))
            sectors += numbers[:-1]
            following = numbers[-1]
        fat: list[int] = []
        for sector in sectors:
            if sector < _END:
                fat += self._numbers(self._at(sector))
        return fat

    @staticmethod
    def _numbers(content: bytes) -> list[int]:
        count = len(content) // 4
        return list(struct.unpack_from(f"<{count}I", content))

    def _chain(self, sector: int) -> bytes:
        """The sectors of a chain, joined; a chain longer than the file goes in a circle."""
        blocks: list[bytes] = []
        while sector < _END:
            if len(blocks) > len(self._fat) or sector >= len(self._fat):
                raise DamagedFile("chain of sectors")
            blocks.append(self._at(sector))
            sector = self._fat[sector]
        return b"".join(blocks)

    def _small_chain(self, sector: int) -> bytes:
        blocks: list[bytes] = []
        while sector < _END:
            if len(blocks) > len(self._small_fat) or sector >= len(self._small_fat):
                raise DamagedFile("chain of small sectors")
            begin = sector * self._small_sector
            blocks.append(self._small[begin : begin + self._small_sector])
            sector = self._small_fat[sector]
        return b"".join(blocks)

    def _read_directory(self, sector: int) -> list[_Entry]:
        content = self._chain(sector)
        entries = []
        for begin in range(0, len(content) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", content, begin + 64)
            start, size = struct.unpack_from("<II", content, begin + 116)
            if kind in (_STORAGE, _STREAM, _ROOT):
                raw = content[begin : begin + max(0, min(length, 64) - 2)]
                entries.append(_Entry(raw.decode("utf-16-le", "replace"), kind, start, size))
        if not entries or entries[0].kind != _ROOT:
            raise DamagedFile("directory")
        return entries

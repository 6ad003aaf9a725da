"""Texts inside BIFF records: code pages before BIFF8, Unicode since, split over continuations."""

import codecs
import struct
from abc import ABC, abstractmethod

from ssj_desktop.formats.excel.ole import DamagedFile

_WIDE, _PHONETIC, _RICH = 0x01, 0x04, 0x08
_CODE_PAGES = {
    367: "ascii", 936: "gb18030", 932: "cp932", 949: "cp949", 950: "cp950", 1200: "utf-16-le",
    10000: "mac_roman", 10001: "shift_jis", 10006: "mac_greek", 10007: "mac_cyrillic",
    10008: "gb2312", 10029: "mac_latin2", 10079: "mac_iceland", 10081: "mac_turkish",
    32768: "mac_roman", 32769: "cp1252", 65001: "utf-8",
}  # fmt: skip


class Strings(ABC):
    """How one version of the format writes texts."""

    @abstractmethod
    def short(self, body: bytes, at: int) -> tuple[str, int]:
        """A text with a length of one byte, and where it ends."""

    @abstractmethod
    def form(self, body: bytes, at: int) -> tuple[str, int]:
        """The text of a number format."""

    @abstractmethod
    def long(self, blocks: list[bytes], at: int) -> str:
        """A text with a length of two bytes, perhaps split over continuations."""

    @abstractmethod
    def use_code_page(self, number: int) -> None:
        """What the workbook says about its bytes."""


def strings_of(is_unicode: bool) -> Strings:
    """The way texts are written in BIFF8 or before."""
    return _Unicode() if is_unicode else _Bytes()


class _Bytes(Strings):
    def __init__(self) -> None:
        self._encoding = "cp1252"

    def use_code_page(self, number: int) -> None:
        self._encoding = _CODE_PAGES.get(number, f"cp{number}")
        codecs.lookup(self._encoding)

    def short(self, body: bytes, at: int) -> tuple[str, int]:
        end = at + 1 + body[at]
        return body[at + 1 : end].decode(self._encoding, "replace"), end

    def form(self, body: bytes, at: int) -> tuple[str, int]:
        return self.short(body, at)

    def long(self, blocks: list[bytes], at: int) -> str:
        body = b"".join(blocks)
        end = at + 2 + struct.unpack_from("<H", body, at)[0]
        if end > len(body):
            raise DamagedFile("text")
        return body[at + 2 : end].decode(self._encoding)


class _Unicode(Strings):
    def use_code_page(self, number: int) -> None:
        del number  # Unicode needs none

    def short(self, body: bytes, at: int) -> tuple[str, int]:
        count, flags = body[at], body[at + 1]
        end = at + 2 + count * (2 if flags & _WIDE else 1)
        return _decode(body[at + 2 : end], wide=bool(flags & _WIDE)), end

    def form(self, body: bytes, at: int) -> tuple[str, int]:
        text = SharedStrings([body[at:]]).next_text()
        return text, len(body)

    def long(self, blocks: list[bytes], at: int) -> str:
        return SharedStrings([blocks[0][at:], *blocks[1:]]).next_text()


def _decode(raw: bytes, *, wide: bool) -> str:
    return raw.decode("utf-16-le", "replace") if wide else raw.decode("latin-1")


class SharedStrings:
    """Unicode texts one after the other over a record and its continuations.

    A text that is cut goes on after one byte that says anew whether its characters are wide.
    """

    def __init__(self, blocks: list[bytes]) -> None:
        self._blocks = blocks
        self._block, self._at = 0, 0

    def read(self) -> list[str]:
        """All texts of an SST record."""
        _, unique = struct.unpack("<II", self._raw(8))
        found = []
        for _ in range(unique):
            if self._is_over():
                raise DamagedFile("shared strings")
            found.append(self.next_text())
        return found

    def next_text(self) -> str:
        """The text that begins here, without its formatting runs and phonetic help."""
        count, flags = struct.unpack("<HB", self._raw(3))
        runs = struct.unpack("<H", self._raw(2))[0] if flags & _RICH else 0
        phonetic = struct.unpack("<I", self._raw(4))[0] if flags & _PHONETIC else 0
        text = self._characters(count, wide=bool(flags & _WIDE))
        self._raw(4 * runs + phonetic)
        return text

    def _is_over(self) -> bool:
        while self._block < len(self._blocks) and self._at >= len(self._blocks[self._block]):
            self._block, self._at = self._block + 1, 0
        return self._block >= len(self._blocks)

    def _raw(self, size: int) -> bytes:
        """So many bytes, across the borders of blocks."""
        pieces = []
        while size:
            if self._is_over():
                raise DamagedFile("text")
            piece = self._blocks[self._block][self._at : self._at + size]
            self._at += len(piece)
            size -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def _characters(self, count: int, *, wide: bool) -> str:
        pieces: list[bytes] = []
        while count:
            if self._at >= len(self._blocks[self._block]):
                if self._is_over():
                    raise DamagedFile("text")
                wide = bool(self._raw(1)[0] & _WIDE)
            block = self._blocks[self._block]
            taken = min(count, (len(block) - self._at) // (2 if wide else 1))
            if not taken:
                raise DamagedFile("text")
            end = self._at + taken * (2 if wide else 1)
            raw = block[self._at : end]
            pieces.append(raw if wide else raw.decode("latin-1").encode("utf-16-le"))
            self._at = end
            count -= taken
        return _decode(b"".join(pieces), wide=True)

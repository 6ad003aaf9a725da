"""Attachments behind the envelope of a bundle, one after the other (docs/bundle-format.md).

The signed and encrypted content names them by hash and size and holds their key, so nobody can
change, add or reorder them unseen. One at a time is in memory, however many there are.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ssj_desktop.domain.attachments import MOST_BYTES
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.formats.files import reading

MOST_CARGO = 3 << 30
"""With the envelope in front a bundle stays below what a FAT32 stick can hold in one file."""
KEY = 32
CHUNK = 1 << 16
_TAG = 16
_ASK_AGAIN = "请让对方重新导出一份，再导入。"

Pieces = Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Hash and size of each attachment in the order of the file, and the key of them all."""

    key: bytes = field(default=b"", repr=False)
    items: tuple[tuple[str, int], ...] = ()

    @property
    def length(self) -> int:
        """Bytes behind the envelope."""
        return sum(locked_size(size) for _, size in self.items)


def locked_size(size: int) -> int:
    return size + _TAG * _chunks(size)


def as_fits(sizes: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The first ones, up to what one bundle may hold; the others are asked for again."""
    chosen, room = [], MOST_CARGO
    for sha256, size in sizes:
        room -= locked_size(size)
        if room < 0:
            break
        chosen.append((sha256, size))
    return tuple(chosen)


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def _nonce(place: int, number: int, is_last: bool) -> bytes:
    return place.to_bytes(4, "big") + number.to_bytes(7, "big") + bytes([is_last])


def lock(manifest: Manifest, read: Callable[[str], bytes]) -> Pieces:
    """The bytes behind the envelope; ``read`` gives an attachment by its hash."""
    if not manifest.items:
        return
    cipher = AESGCM(manifest.key)
    for place, (sha256, size) in enumerate(manifest.items):
        content = read(sha256)
        if len(content) != size:
            raise FileRefused("附件的大小与登记不符，没有导出。", "请核对附件后再导出。")
        for number in range(_chunks(size)):
            piece = content[number * CHUNK : (number + 1) * CHUNK]
            yield cipher.encrypt(_nonce(place, number, number == _chunks(size) - 1), piece, None)


@dataclass(frozen=True, slots=True)
class Cargo:
    """The attachments of a bundle file, which begin at ``start``."""

    path: Path
    start: int
    manifest: Manifest

    @property
    def hashes(self) -> frozenset[str]:
        return frozenset(sha256 for sha256, _ in self.manifest.items)

    def fetch(self, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Those of the wanted attachments that are there, each whole; FileRefused when damaged."""
        if self.hashes.isdisjoint(wanted):
            return
        cipher, start = AESGCM(self.manifest.key), self.start
        with reading(self.path), self.path.open("rb") as file:
            for place, (sha256, size) in enumerate(self.manifest.items):
                if sha256 in wanted:
                    file.seek(start)
                    locked = file.read(locked_size(size))
                    yield sha256, _unlocked(cipher, place, sha256, size, locked)
                start += locked_size(size)

    def check(self, step: Callable[[int, int], object]) -> None:
        """Read every attachment once: damage refuses the bundle before anything is taken in."""
        total = len(self.manifest.items)
        for done, _ in enumerate(self.fetch(self.hashes), 1):
            step(done, total)


def _unlocked(cipher: AESGCM, place: int, sha256: str, size: int, locked: bytes) -> bytes:
    step, last = CHUNK + _TAG, _chunks(size) - 1
    try:
        content = b"".join(
            cipher.decrypt(
                _nonce(place, number, number == last),
                locked[number * step : (number + 1) * step],
                None,
            )
            for number in range(last + 1)
        )
    except (InvalidTag, ValueError):
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256 or len(content) != size:
        raise FileRefused("数据包里的附件已损坏，内容没有采用。", _ASK_AGAIN)
    return content


def is_listed(item: object) -> bool:
    """Whether this is hash and size of an attachment."""
    match item:
        case [str(sha256), int(size)] if type(size) is int:
            return len(sha256) == 64 and 0 < size <= MOST_BYTES
    return False

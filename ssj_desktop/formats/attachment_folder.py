"""Attachments in a shared folder: names and bytes tell nothing to who is no member.

    <folder>/ssj-<office>/attachments/<2 hex>/<64 hex>.att

The name is the HMAC of the hash under the folder key the file is locked with, so whoever looks for
a hash asks under every key it knows. Byte for byte in docs/segment-folder.md.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from ssj_desktop.domain.attachments import MOST_BYTES
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.formats.files import read_file, write_atomically
from ssj_desktop.formats.folder_keys import EXTRA, Chance, FolderKeys

MAGIC = b"SSJFATT1"


class AttachmentFolder:
    """Each device adds what is missing; nothing is ever deleted."""

    def __init__(self, root: Path, keys: FolderKeys) -> None:
        self._root, self._keys = root / "attachments", keys
        self._there: dict[str, int] | None = None

    def lacking(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Those of which there is no file of the right length under any key known here."""
        return {sha256: size for sha256, size in sizes.items() if self._find(sha256, size) is None}

    def add(self, sha256: str, content: bytes, key: str, chance: Chance) -> None:
        """Under this key; a file of another length is one that was cut off."""
        locked = self._keys.lock(key, sha256, content, chance, MAGIC)
        name = self._name(key, sha256)
        write_atomically(self._path(name), locked)
        self._listed()[name] = len(locked)

    def fetch(self, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """What opens and is what its name says; one still being copied is left for next time."""
        for sha256 in wanted:
            for key in sorted(self._keys.known):
                content = self._read(self._name(key, sha256), sha256)
                if content is not None:
                    yield sha256, content
                    break

    def has_any(self, wanted: Collection[str]) -> bool:
        names = self._listed().keys()
        return any(self._name(key, sha) in names for sha in wanted for key in self._keys.known)

    def _read(self, name: str, sha256: str) -> bytes | None:
        if name not in self._listed():
            return None
        try:
            locked = read_file(self._path(name), MOST_BYTES + EXTRA)
            content = self._keys.unlock(sha256, locked, MAGIC)
        except FileRefused:
            return None
        is_whole = content is not None and hashlib.sha256(content).hexdigest() == sha256
        return content if is_whole else None

    def _find(self, sha256: str, size: int) -> str | None:
        names = (self._name(key, sha256) for key in self._keys.known)
        there = self._listed()
        return next((name for name in names if there.get(name) == size + EXTRA), None)

    def _name(self, key: str, sha256: str) -> str:
        text = f"ssj folder attachment 1 {sha256}".encode()
        return hmac.digest(self._keys.known[key], text, "sha256").hex()

    def _path(self, name: str) -> Path:
        return self._root / name[:2] / f"{name}.att"

    def _listed(self) -> dict[str, int]:
        """Names and lengths, asked once: a network folder is slow to list."""
        if self._there is None:
            self._there = dict(_files_in(self._root))
        return self._there


def _files_in(root: Path) -> Iterator[tuple[str, int]]:
    for path in root.glob("??/*.att"):
        try:
            yield path.stem, path.stat().st_size
        except OSError:
            continue

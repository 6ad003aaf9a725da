"""A shared folder: each device adds segment files that are missing and rewrites only its own
``have`` file. What is in the segments only members can read.

    <folder>/ssj-<office>/segments/<2 hex>/<hash>.seg
                          keys/<key>-<what>.key
                          members/<digest>.txt
                          have/<device>.txt
                          attachments/<2 hex>/<64 hex>.att (``attachment_folder.py``)

Byte for byte in docs/segment-folder.md.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import FileRefused, InvalidInput
from ssj_desktop.domain.have import Have, read_have
from ssj_desktop.domain.membership import MemberRecord, read_record
from ssj_desktop.domain.segment import MOST_FILE_BYTES, MOST_HEADER_BYTES, read_segment_file
from ssj_desktop.domain.signed_text import MOST_TEXT
from ssj_desktop.formats.attachment_folder import AttachmentFolder
from ssj_desktop.formats.files import read_file, write_atomically
from ssj_desktop.formats.folder_keys import Chance, FolderKeys

T = TypeVar("T")
_SEGMENT = re.compile(r"([0-9a-f]{64})\.seg\Z")
_TEXT = re.compile(r"[0-9a-f]{32,64}\.txt\Z")
_MOST = MOST_FILE_BYTES + MOST_HEADER_BYTES + 64
_BEGINNING = 24


class SegmentFolder:
    """The part of a shared folder that belongs to one office."""

    def __init__(self, folder: Path, office: str, own: DeviceKeys) -> None:
        if not folder.is_dir():
            raise FileRefused(f"找不到共享文件夹“{folder}”。", "请检查网络或插好 U 盘后重试。")
        self.root = folder / f"ssj-{office[:16]}"
        self.office = office
        self.keys = FolderKeys(self.root, office, own)
        self.attachments = AttachmentFolder(self.root, self.keys)

    def hashes(self) -> frozenset[str]:
        """The segments whose files are there, by name; content is checked when it is read."""
        found = (_SEGMENT.match(path.name) for path in self._files("segments/??"))
        return frozenset(match[1] for match in found if match)

    def read(self, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The wanted segments that are whole and open; one still being copied is left for next time."""
        for name in wanted:
            try:
                content = self.keys.unlock(name, read_file(self._segment(name), _MOST))
                is_whole = content is not None and read_segment_file(content).identity == name
            except FileRefused:
                continue
            if content is not None and is_whole:
                yield name, content

    def locked(self, wanted: Iterable[str]) -> int:
        """How many of the wanted segments lie there under keys nobody gave to this device yet."""
        return self.keys.lacks(_beginning(self._segment(name)) for name in wanted)

    def add(self, segments: Mapping[str, bytes], key: str, chance: Chance) -> None:
        """Write what is missing under a key; what is there already is never touched."""
        missing = {n: c for n, c in segments.items() if not self._segment(n).exists()}
        self.repair(missing, key, chance)

    def repair(self, segments: Mapping[str, bytes], key: str, chance: Chance) -> None:
        """Write again what lies there damaged or cut off."""
        for name, content in segments.items():
            write_atomically(self._segment(name), self.keys.lock(key, name, content, chance))

    def damaged(self) -> frozenset[str]:
        """Names of files whose content is not what the name says."""
        return self.hashes() - {name for name, _ in self.read(self.hashes())}

    def members(self) -> tuple[MemberRecord, ...]:
        return tuple(_sound(self._files("members"), read_record))

    def add_members(self, texts: Mapping[str, str]) -> None:
        for digest, text in texts.items():
            path = self.root / "members" / f"{digest}.txt"
            if not path.exists():
                write_atomically(path, text.encode())

    def haves(self) -> tuple[Have, ...]:
        """What every device said last; a statement under another's name is not believed."""
        found = [have for have in _sound(self._files("have"), read_have) if self._is_own(have)]
        return tuple(sorted(found, key=lambda have: have.device))

    def _is_own(self, have: Have) -> bool:
        return have.office == self.office and (self.root / "have" / f"{have.device}.txt").is_file()

    def write_have(self, device: str, text: str) -> None:
        write_atomically(self.root / "have" / f"{device}.txt", text.encode())

    def _segment(self, name: str) -> Path:
        return self.root / "segments" / name[:2] / f"{name}.seg"

    def _files(self, pattern: str) -> tuple[Path, ...]:
        return tuple(sorted(self.root.glob(f"{pattern}/*")))


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_BEGINNING)
    except OSError:
        return b""


def _sound(paths: Iterable[Path], read: Callable[[str], T]) -> Iterator[T]:
    """What can be read; a stray or half copied file is nobody's statement."""
    for path in paths:
        if _TEXT.match(path.name):
            try:
                yield read(read_file(path, MOST_TEXT).decode("utf-8", "replace"))
            except (FileRefused, InvalidInput):
                continue

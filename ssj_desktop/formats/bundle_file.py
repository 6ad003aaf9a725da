"""A bundle as a file on a stick: the envelope in memory, its attachments left where they are."""

from dataclasses import dataclass
from pathlib import Path

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.formats.bundle import Contents, read_bundle
from ssj_desktop.formats.cargo import Cargo
from ssj_desktop.formats.envelope import MOST_BYTES, Envelope, envelope_size, open_envelope
from ssj_desktop.formats.files import digest_of_file, reading

_BEGINNING = 1 << 19
"""More than magic, header and signature together."""


@dataclass(frozen=True, slots=True)
class BundleFile:
    """An envelope whose signature holds, and where what lies behind it begins."""

    path: Path
    envelope: Envelope
    end: int

    def contents(self, keys: DeviceKeys) -> tuple[Contents, Cargo]:
        """Decrypt; the attachments are listed but not read yet."""
        contents = read_bundle(self.envelope, keys)
        if contents.cargo.length != self.envelope.cargo:
            raise FileRefused("数据包里附件的目录与文件不符。", "请让对方重新导出一份，再导入。")
        return contents, Cargo(self.path, self.end, contents.cargo)

    def digest(self) -> str:
        """SHA-256 of the whole file."""
        return digest_of_file(self.path)


def open_bundle_file(path: Path) -> BundleFile:
    """Form, signature and digest of the envelope hold, and the file is as long as it says."""
    with reading(path), path.open("rb") as file:
        beginning = file.read(_BEGINNING)
        end = envelope_size(beginning)
        content = beginning + file.read(max(0, min(end, MOST_BYTES + 1) - len(beginning)))
        size = path.stat().st_size
    envelope = open_envelope(content[:end])
    if size != end + envelope.cargo:
        raise FileRefused("数据包不完整。", "请重新复制文件；仍不行时请对方重新导出。")
    return BundleFile(path, envelope, end)

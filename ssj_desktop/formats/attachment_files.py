r"""Attachments as encrypted files beside the store, each under a name that follows from its content.

``STORE-attachments/ab/abcd…``: the name is the HMAC of the content's SHA-256, so that a thief who
has a photograph cannot ask the folder for it. A file is ``SSJATT1\n`` and AES-256-GCM of the
bytes under a key of its own, HKDF(secret, sha256). Equal content gives an equal file: that key
encrypts this one text only, so the nonce may be zero, and copies are compared by name and size.
"""

import hmac
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ssj_desktop import places
from ssj_desktop.domain.attachments import MOST_BYTES, digest_of
from ssj_desktop.domain.errors import FileRefused, VerificationFailed
from ssj_desktop.formats.files import read_file, write_atomically

MAGIC = b"SSJATT1\n"
DAMAGED = ".damaged"
_TAG = 16
_INFO = b"ssj attachment 1"
_NONCE = bytes(12)


def attachments_folder(store: Path) -> Path:
    return store.with_name(f"{store.stem}-attachments")


@dataclass(frozen=True, slots=True)
class AttachmentFiles:
    """The folder of one store; ``secret`` lies inside the encrypted store."""

    folder: Path
    secret: bytes = field(repr=False)

    def path_of(self, sha256: str) -> Path:
        name = hmac.digest(self.secret, f"ssj attachment name 1 {sha256}".encode(), "sha256").hex()
        return self.folder / name[:2] / name

    def put(self, content: bytes) -> str:
        """Keep these bytes and give their SHA-256; what is there and whole is not written again."""
        sha256 = digest_of(content)
        path, sealed = self.path_of(sha256), self._seal(sha256, content)
        if not _is_file_with(path, sealed):
            write_atomically(path, sealed)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The verified bytes; FileRefused when they are not here, VerificationFailed when damaged."""
        path = self.path_of(sha256)
        if not path.is_file():
            raise FileRefused("附件的字节尚未收到。", "请与保存它的电脑交换一次数据后再打开。")
        sealed = read_file(path, MOST_BYTES + len(MAGIC) + _TAG)
        content = self._open(sha256, sealed)
        if content is None or digest_of(content) != sha256:
            raise VerificationFailed(
                "附件文件已损坏，与登记的校验值不符。", "请用备份恢复，或从原来的电脑再交换一次。"
            )
        return content

    def has(self, sha256: str) -> bool:
        """Whether a file of that name is here; :meth:`get` says whether it is whole."""
        return self.path_of(sha256).is_file()

    def missing(self, hashes: Iterable[str]) -> tuple[str, ...]:
        """Those whose bytes are not here, in the order asked."""
        return tuple(sha256 for sha256 in hashes if not self.has(sha256))

    def is_whole(self, sha256: str) -> bool:
        """Whether the bytes are here and are those that were put in."""
        try:
            self.get(sha256)
        except (FileRefused, VerificationFailed):
            return False
        return True

    def set_aside(self, sha256: str) -> None:
        """A damaged file makes room for a whole one, which the next exchange asks for; it is kept."""
        path = self.path_of(sha256)
        with suppress(OSError):
            places.replace(path, path.with_name(f"{path.name}{DAMAGED}"))

    def _key(self, sha256: str) -> bytes:
        return HKDF(SHA256(), 32, salt=bytes.fromhex(sha256), info=_INFO).derive(self.secret)

    def _seal(self, sha256: str, content: bytes) -> bytes:
        return MAGIC + AESGCM(self._key(sha256)).encrypt(_NONCE, content, MAGIC)

    def _open(self, sha256: str, sealed: bytes) -> bytes | None:
        if not sealed.startswith(MAGIC):
            return None
        try:
            return AESGCM(self._key(sha256)).decrypt(_NONCE, sealed[len(MAGIC) :], MAGIC)
        except (InvalidTag, ValueError):
            return None


def files_in(folder: Path) -> Iterator[Path]:
    """Every attachment file below ``folder``, half written ones included; by name."""
    with suppress(FileNotFoundError, NotADirectoryError):
        for part in sorted(folder.iterdir()):
            if part.is_dir() and len(part.name) == len("ab"):
                yield from sorted(path for path in part.iterdir() if path.is_file())


def _is_file_with(path: Path, content: bytes) -> bool:
    """Compared whole: a damaged file is written anew when its bytes come by again."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False

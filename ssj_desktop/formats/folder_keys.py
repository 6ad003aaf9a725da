"""The keys of a shared folder: whoever can open the folder but is no member reads nothing in it.

    <folder>/ssj-<office>/keys/<32 hex of its SHA-256>-<what>.key

Each file is an envelope (docs/bundle-format.md, kind ``folder-key``) of a member that holds 32 random
bytes for other members. Byte for byte in docs/segment-folder.md.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ssj_desktop.domain.device_keys import DeviceKeys, device_of
from ssj_desktop.domain.errors import FileRefused, PermissionRefused
from ssj_desktop.formats.envelope import Envelope, Label, decrypt, open_envelope, seal
from ssj_desktop.formats.files import read_file, write_atomically

KIND = "folder-key"
MAGIC = b"SSJFSEG1"
_KEY, _ID, _NONCE, _TAG = 32, 16, 12, 16
EXTRA = len(MAGIC) + _ID + _NONCE + _TAG
"""How much longer a locked file is than what is in it."""
_MOST = 1 << 20

Chance = Callable[[int], bytes]


def key_name(key: bytes) -> str:
    """What a key is called in the folder: 32 hex characters of its digest."""
    return hashlib.sha256(key).hexdigest()[: 2 * _ID]


class FolderKeys:
    """The keys in a folder that this device can open, and who else holds them."""

    def __init__(self, root: Path, office: str, own: DeviceKeys) -> None:
        self._root, self._office, self._own = root / "keys", office, own
        self.known: dict[str, bytes] = {}
        self._holders: dict[str, set[str]] = {}
        self._senders: dict[str, set[str]] = {}
        for name, envelope in self._envelopes():
            self._take(name, envelope)

    def _envelopes(self) -> Iterator[tuple[str, Envelope]]:
        for path in sorted(self._root.glob("*.key")):
            try:
                envelope = open_envelope(read_file(path, _MOST))
            except FileRefused:
                continue
            if envelope.label.kind == KIND and envelope.label.office == self._office:
                yield path.name.partition("-")[0], envelope

    def _take(self, name: str, envelope: Envelope) -> None:
        try:
            key = decrypt(envelope, self._own)
        except (FileRefused, PermissionRefused):
            return
        if len(key) == _KEY and key_name(key) == name:
            self._keep(key, envelope.recipients, envelope.label.sender)

    def _keep(self, key: bytes, holders: Iterable[str], sender: str) -> None:
        name = key_name(key)
        self.known[name] = key
        self._holders.setdefault(name, set()).update(holders)
        self._senders.setdefault(name, set()).add(sender)

    def share(self, members: Mapping[str, bytes], made: str, chance: Chance) -> str:
        """Give every member what it lacks; the name of the key to write with from now on.

        ``members`` are the active ones, signing key to opening key. A key that anybody else holds or
        has given is written with no more: after a revocation there is a new one.
        """
        openings = {device_of(opening): opening for opening in members.values()}
        givers = {*members, self._own.public.hex()}
        fit = [
            name for name in self.known
            if self._holders[name] <= openings.keys() and self._senders[name] <= givers
        ]  # fmt: skip
        if not fit:
            key = chance(_KEY)
            fit = [key_name(key)]
            self._keep(key, (), self._own.public.hex())
        for name in self.known:
            lacking = [openings[one] for one in sorted(openings.keys() - self._holders[name])]
            if lacking:
                self._give(name, lacking, made, chance)
        return min(fit)

    def _give(self, name: str, lacking: list[bytes], made: str, chance: Chance) -> None:
        label = Label(chance(16).hex(), KIND, self._office, self._own.public.hex(), made)
        content = seal(label, lacking, self.known[name], self._own, chance)
        write_atomically(self._root / f"{name}-{label.bundle}.key", content)
        self._keep(self.known[name], map(device_of, lacking), label.sender)

    def lock(
        self, name: str, known_as: str, content: bytes, chance: Chance, magic: bytes = MAGIC
    ) -> bytes:
        """A segment or an attachment as it lies in the folder, under the key of that name."""
        nonce = chance(_NONCE)
        locked = AESGCM(self.known[name]).encrypt(nonce, content, known_as.encode())
        return magic + bytes.fromhex(name) + nonce + locked

    def unlock(self, known_as: str, content: bytes, magic: bytes = MAGIC) -> bytes | None:
        """What was locked; None when this device lacks the key. FileRefused when it was altered."""
        name, rest = content[len(magic) :][:_ID].hex(), content[len(magic) + _ID :]
        key = self.known.get(name)
        if not content.startswith(magic) or key is None:
            return None
        try:
            return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], known_as.encode())
        except (InvalidTag, ValueError):
            raise FileRefused("文件夹里的数据段已损坏。", "下次交换时会重新写入。") from None

    def lacks(self, heads: Iterable[bytes]) -> int:
        """How many of these beginnings of files are under keys nobody has given to this device."""
        end = len(MAGIC) + _ID
        return sum(
            head.startswith(MAGIC) and head[len(MAGIC) : end].hex() not in self.known
            for head in heads
        )

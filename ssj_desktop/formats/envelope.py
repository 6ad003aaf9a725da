"""The sealed envelope of a bundle: signed by its sender, readable by its recipients only.

Byte for byte in docs/bundle-format.md. Reading goes signature, digest, key, chunks; nothing of the
content is touched before the step in front of it has held.
"""

import hashlib
import json
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ssj_desktop.domain.device_keys import DeviceKeys, device_of, is_signed
from ssj_desktop.domain.errors import FileRefused, PermissionRefused

MAGIC = b"SSJBNDL1"
SUITE_INTERNATIONAL = 1
"""X25519, HKDF-SHA-256, AES-256-GCM, Ed25519, SHA-256; 2 is kept for SM2, SM3, SM4."""
MOST_HEADER = 1 << 18
MOST_BYTES = 1 << 29
CHUNK = 1 << 16
_TAG = 16
_SIGNATURE = 64
_FIXED = struct.Struct(">8sBI")
_HEX32 = re.compile(r"[0-9a-f]{32}\Z")
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_HEX96 = re.compile(r"[0-9a-f]{96}\Z")
_KIND = re.compile(r"[a-z-]{1,20}\Z")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_ASK_AGAIN = "请让对方重新导出一份，再导入。"

Chance = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Label:
    """What stands outside: anyone may read it, nobody may change it."""

    bundle: str
    kind: str
    office: str
    sender: str
    made: str

    @property
    def device(self) -> str:
        return device_of(bytes.fromhex(self.sender))


@dataclass(frozen=True, slots=True)
class Envelope:
    """A file whose signature and digest hold; ``wrapped`` maps a device to its wrapped key.

    ``cargo`` is the number of bytes that follow it in a bundle with attachments.
    """

    label: Label
    ephemeral: bytes
    wrapped: dict[str, bytes]
    ciphertext: memoryview
    cargo: int = 0

    @property
    def recipients(self) -> tuple[str, ...]:
        return tuple(self.wrapped)


def seal(
    label: Label,
    recipients: Sequence[bytes],
    content: bytes,
    keys: DeviceKeys,
    chance: Chance,
    cargo: int = 0,
) -> bytes:
    """The file: ``content`` for the owners of the opening keys in ``recipients``."""
    file_key, passing = chance(32), DeviceKeys(chance(32))
    ciphertext = _encrypt(file_key, content)
    header = {
        "bundle": label.bundle,
        "ephemeral": passing.opening.hex(),
        "kind": label.kind,
        "length": len(ciphertext),
        "made": label.made,
        "office": label.office,
        "recipients": {
            device_of(opening): _wrap(
                _wrapping_key(passing.agree(opening), passing.opening, opening), file_key
            ).hex()
            for opening in recipients
        },
        "sender": label.sender,
        "sha256": hashlib.sha256(ciphertext).hexdigest(),
        **({"cargo": cargo} if cargo else {}),
    }
    raw = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    front = _FIXED.pack(MAGIC, SUITE_INTERNATIONAL, len(raw)) + raw
    return front + keys.sign(front) + ciphertext


def open_envelope(file: bytes) -> Envelope:
    """Check form, signature and digest; FileRefused says what does not hold."""
    view = memoryview(file)
    raw, rest = _front(view)
    header = _header(raw)
    signature, ciphertext = bytes(rest[:_SIGNATURE]), rest[_SIGNATURE:]
    front = bytes(view[: _FIXED.size + len(raw)])
    if not is_signed(bytes.fromhex(header["sender"]), signature, front):
        raise FileRefused("数据包的签名不对，可能被改动过。", _ASK_AGAIN)
    if len(ciphertext) != header["length"]:
        raise FileRefused("数据包不完整。", "请重新复制文件；仍不行时请对方重新导出。")
    if hashlib.sha256(ciphertext).hexdigest() != header["sha256"]:
        raise FileRefused("数据包内容与签名不符。", _ASK_AGAIN)
    label = Label(*(header[name] for name in ("bundle", "kind", "office", "sender", "made")))
    wrapped = {device: bytes.fromhex(key) for device, key in header["recipients"].items()}
    cargo = header.get("cargo", 0)
    return Envelope(label, bytes.fromhex(header["ephemeral"]), wrapped, ciphertext, cargo)


def envelope_size(beginning: bytes) -> int:
    """Where the envelope ends that a file begins with; what is none ends where the file does."""
    try:
        raw, rest = _front(memoryview(beginning))
        length = int(_header(raw)["length"])
    except FileRefused:
        return len(beginning)
    return len(beginning) - len(rest) + _SIGNATURE + max(0, length)


def decrypt(envelope: Envelope, keys: DeviceKeys) -> bytes:
    """The content; PermissionRefused when it was not made for this device."""
    wrapped = envelope.wrapped.get(device_of(keys.opening))
    if wrapped is None:
        raise PermissionRefused(
            "这个数据包不是给本机的。", "请在它指定的电脑上导入，或请对方为本机重新导出。"
        )
    try:
        shared = keys.agree(envelope.ephemeral)
        key = _wrapping_key(shared, envelope.ephemeral, keys.opening)
        return _decrypt(AESGCM(key).decrypt(bytes(12), wrapped, MAGIC), envelope.ciphertext)
    except (InvalidTag, ValueError):
        raise FileRefused("数据包解不开，内容已损坏。", _ASK_AGAIN) from None


def _front(view: memoryview) -> tuple[bytes, memoryview]:
    if len(view) > MOST_BYTES:
        raise FileRefused(f"数据包超过 {MOST_BYTES >> 20} MB。", "请分几次导出。")
    if len(view) < _FIXED.size or bytes(view[:8]) != MAGIC:
        raise FileRefused("这不是本程序的数据包。", "请选择扩展名为 .ssjb 的文件。")
    _, suite, length = _FIXED.unpack(view[: _FIXED.size])
    if suite != SUITE_INTERNATIONAL:
        raise FileRefused("数据包使用了本程序不认识的密码算法。", "请先升级本程序。")
    if length > MOST_HEADER or _FIXED.size + length + _SIGNATURE > len(view):
        raise FileRefused("数据包的开头已损坏。", _ASK_AGAIN)
    body = view[_FIXED.size :]
    return bytes(body[:length]), body[length:]


def _header(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw)
        is_sound = isinstance(header, dict) and all(
            isinstance(header[name], str) and form.match(header[name]) for name, form in _FORMS
        )
        recipients = header["recipients"] if is_sound else {}
        if is_sound and _are_sizes(header) and _are_recipients(recipients):
            return dict(header)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise FileRefused("数据包的开头看不懂。", _ASK_AGAIN)


_FORMS = (
    ("bundle", _HEX32),
    ("kind", _KIND),
    ("office", _HEX64),
    ("sender", _HEX64),
    ("made", _AT),
    ("ephemeral", _HEX64),
    ("sha256", _HEX64),
)


def _are_sizes(header: dict[str, Any]) -> bool:
    sizes = header["length"], header.get("cargo", 0)
    return all(type(size) is int and size >= 0 for size in sizes)


def _are_recipients(recipients: Any) -> bool:
    return all(_HEX32.match(device) and _HEX96.match(key) for device, key in recipients.items())


def _wrapping_key(shared: bytes, ephemeral: bytes, recipient: bytes) -> bytes:
    derive = HKDF(SHA256(), 32, salt=ephemeral + recipient, info=b"ssj bundle 1 file key")
    return derive.derive(shared)


def _wrap(wrapping_key: bytes, file_key: bytes) -> bytes:
    """A wrapping key is used once, so its nonce may be zero."""
    return AESGCM(wrapping_key).encrypt(bytes(12), file_key, MAGIC)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _encrypt(file_key: bytes, content: bytes) -> bytes:
    cipher, chunks = AESGCM(file_key), max(1, -(-len(content) // CHUNK))
    return b"".join(
        cipher.encrypt(
            _nonce(number, number == chunks - 1),
            content[number * CHUNK : (number + 1) * CHUNK],
            None,
        )
        for number in range(chunks)
    )


def _decrypt(file_key: bytes, ciphertext: memoryview) -> bytes:
    """The last chunk says so in its nonce: a cut or lengthened file does not decrypt."""
    cipher, step = AESGCM(file_key), CHUNK + _TAG
    chunks = max(1, -(-len(ciphertext) // step))
    return b"".join(
        cipher.decrypt(
            _nonce(number, number == chunks - 1),
            bytes(ciphertext[number * step : (number + 1) * step]),
            None,
        )
        for number in range(chunks)
    )

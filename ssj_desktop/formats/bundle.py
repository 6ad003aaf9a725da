"""A bundle: manifest and parts, compressed, inside a sealed envelope (docs/bundle-format.md)."""

import hashlib
import json
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import zstandard

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.formats.cargo import Manifest, is_listed
from ssj_desktop.formats.envelope import MOST_BYTES, Chance, Envelope, Label, decrypt, seal

FORMAT = "ssj-bundle-1"
MOST_MANIFEST = 1 << 24
MOST_PARTS = 100_000
MOST_RATIO = 100
RATIO_GRACE = 1 << 20
_SIZES = struct.Struct(">QI")
_LEVEL = 9
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_NAME = re.compile(r"[a-z]{1,20}/[0-9A-Za-z._-]{1,80}\Z")
_ASK_AGAIN = "请让对方重新导出一份，再导入。"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a bundle carries.

    ``heads`` are the sender's newest segments and thereby its acknowledgement; ``facts`` is a
    small structure that the kind of bundle defines; ``parts`` maps a name such as
    ``segments/<hash>.seg`` to bytes. ``cargo`` lists the attachments that follow the envelope.
    """

    heads: tuple[str, ...]
    journal_head: str
    facts: Mapping[str, Any]
    parts: Mapping[str, bytes]
    cargo: Manifest = field(default_factory=Manifest)

    def named(self, folder: str) -> dict[str, bytes]:
        """The parts of one folder by their own names."""
        front = f"{folder}/"
        found = self.parts.items()
        return {name.removeprefix(front): part for name, part in found if name.startswith(front)}


def write_bundle(
    label: Label,
    recipients: Sequence[bytes],
    contents: Contents,
    keys: DeviceKeys,
    chance: Chance,
) -> bytes:
    """The file for the owners of the opening keys in ``recipients``, up to its attachments."""
    names = sorted(contents.parts)
    manifest: dict[str, Any] = {
        "facts": dict(contents.facts),
        "format": FORMAT,
        "heads": sorted(contents.heads),
        "journal_head": contents.journal_head,
        "parts": [
            [name, len(contents.parts[name]), hashlib.sha256(contents.parts[name]).hexdigest()]
            for name in names
        ],
    }
    if contents.cargo.items:
        manifest["cargo"] = {
            "items": [list(item) for item in contents.cargo.items],
            "key": contents.cargo.key.hex(),
        }
    raw = _written(manifest)
    body = raw + b"".join(contents.parts[name] for name in names)
    packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False).compress(body)
    content = _SIZES.pack(len(body), len(raw)) + packed
    return seal(label, recipients, content, keys, chance, contents.cargo.length)


def _written(manifest: Mapping[str, Any]) -> bytes:
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise FileRefused("要写进数据包的名称里有残缺的字符。", "请先改正名称再导出。") from None


def read_bundle(envelope: Envelope, keys: DeviceKeys) -> Contents:
    """Decrypt, unpack under the declared size, check every part; FileRefused otherwise."""
    content = decrypt(envelope, keys)
    if len(content) < _SIZES.size:
        raise FileRefused("数据包是空的。", _ASK_AGAIN)
    size, manifest_size = _SIZES.unpack(content[: _SIZES.size])
    body = _unpacked(content[_SIZES.size :], size)
    if not 0 < manifest_size <= min(len(body), MOST_MANIFEST):
        raise FileRefused("数据包的目录已损坏。", _ASK_AGAIN)
    manifest = _manifest(body[:manifest_size])
    return Contents(
        tuple(manifest["heads"]),
        manifest["journal_head"],
        manifest["facts"],
        _parts(manifest["parts"], memoryview(body)[manifest_size:]),
        _cargo(manifest.get("cargo")),
    )


def _unpacked(packed: bytes, size: int) -> bytes:
    """Never more than what was declared, and never a bomb."""
    if size > min(MOST_BYTES, MOST_RATIO * len(packed) + RATIO_GRACE):
        raise FileRefused("数据包展开后大得不合理。", "请与对方核实后再导入。")
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(packed) as reader:
            body = reader.read(size)
            is_whole = len(body) == size and not reader.read(1)
    except (zstandard.ZstdError, ValueError, MemoryError):
        is_whole = False
    if not is_whole:
        raise FileRefused("数据包展开后的大小与声明不符。", _ASK_AGAIN)
    return body


def _manifest(raw: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(raw)
        if (
            manifest["format"] == FORMAT
            and isinstance(manifest["facts"], dict)
            and _HEX64.match(manifest["journal_head"])
            and isinstance(manifest["heads"], list)
            and all(_HEX64.match(head) for head in manifest["heads"])
            and len(manifest["parts"]) <= MOST_PARTS
        ):
            return dict(manifest)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise FileRefused("数据包的目录看不懂。", "可能由更新版本的程序写成，请先升级本程序。")


def _cargo(listed: Any) -> Manifest:
    match listed:
        case None:
            return Manifest()
        case {"key": str(key), "items": list(items)}:
            names = {item[0] for item in items if is_listed(item)}
            if _HEX64.match(key) and len(names) == len(items) <= MOST_PARTS:
                return Manifest(bytes.fromhex(key), tuple((sha, size) for sha, size in items))
    raise FileRefused("数据包的目录看不懂。", _ASK_AGAIN)


def _parts(listed: Any, body: memoryview) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    place = 0
    try:
        for name, size, digest in listed:
            part = bytes(body[place : place + size]) if _is_size(size, body, place) else b""
            if not _NAME.match(name) or name in found or hashlib.sha256(part).hexdigest() != digest:
                raise FileRefused("数据包里有一部分与目录不符。", _ASK_AGAIN)
            found[name] = part
            place += size
    except (ValueError, TypeError):
        raise FileRefused("数据包的目录看不懂。", _ASK_AGAIN) from None
    if place != len(body):
        raise FileRefused("数据包里有目录之外的内容。", _ASK_AGAIN)
    return found


def _is_size(size: Any, body: memoryview, place: int) -> bool:
    return type(size) is int and 0 <= size <= len(body) - place

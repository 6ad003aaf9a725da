"""A sealed segment: signed header and compressed journal lines, byte by byte.

File: ``SSJ-SEGMENT-1``, header as canonical JSON, signature of these two lines in hex, signature
of the checkpoint in hex, each with its newline; then the compressed lines. The identity is the
SHA-256 of the first two lines, and the header contains that of the compressed lines. Signing
and compressing lie in ``formats/segments.py``: here are no keys and no library.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ssj_desktop.domain.checkpoint import SIGNATURE_BYTES, note_text, origin
from ssj_desktop.domain.errors import FileRefused

MAGIC = b"SSJ-SEGMENT-1\n"
HEAD_MAGIC = b"SSJ-SEGMENT-HEAD-1\n"
SUITE = "ed25519-sha256-zstd"
FILE_ENDING = ".seg"
MOST_HEADER_BYTES = 64 * 1024
MOST_FILE_BYTES = 256 * 1024 * 1024
MOST_SIZE = 512 * 1024 * 1024
"""Uncompressed bytes of one segment; declared in the header and checked before unpacking."""
MOST_COUNT = 2**53

_HASH = re.compile(r"[0-9a-f]{64}")
_PATTERNS = {
    "suite": re.compile(re.escape(SUITE)),
    "office": re.compile(r"[0-9A-Za-z-]{1,64}"),
    "device": re.compile(r"[0-9A-Za-z-]{1,64}"),
    "head": _HASH,
    "schema": re.compile(r"[0-9]{4,8}"),
    "clock": re.compile(r"[0-9]{15}-[0-9]{6}"),
    "sealed_at": re.compile(r"[0-9T:.+-]{20,40}"),
    "body": _HASH,
    "sm3": re.compile(r"([0-9a-f]{64})?"),
}
_LIMITS = {
    "epoch": MOST_COUNT,
    "number": MOST_COUNT,
    "first": MOST_COUNT,
    "last": MOST_COUNT,
    "operations": MOST_COUNT,
    "size": MOST_SIZE,
    "packed": MOST_FILE_BYTES,
}


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """What the device signs.

    ``device`` and ``number`` are labels; the identity is the hash. ``first`` to ``last`` are the
    journal entries inside, ``head`` the hash of the last. ``parents`` are the segments known as
    heads when this one was sealed, in order. ``schema`` is the revision of the tables, ``clock``
    the highest hybrid logical clock inside. ``size`` counts uncompressed, ``packed`` compressed
    bytes; ``body`` is the SHA-256 of the latter, ``sm3`` the SM3 of the former or empty.
    """

    office: str
    device: str
    epoch: int
    number: int
    first: int
    last: int
    head: str
    parents: tuple[str, ...]
    schema: str
    clock: str
    sealed_at: str
    operations: int
    size: int
    packed: int
    body: str
    sm3: str = ""
    suite: str = SUITE

    def signed_bytes(self) -> bytes:
        """The first two lines of the file."""
        text = json.dumps(asdict(self), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return MAGIC + text.encode() + b"\n"

    @property
    def identity(self) -> str:
        return hashlib.sha256(self.signed_bytes()).hexdigest()

    @property
    def checkpoint(self) -> str:
        """The note about the head that the second signature covers."""
        return note_text(
            origin(self.office, self.device, self.epoch), self.last, self.head, self.sm3
        )


@dataclass(frozen=True, slots=True)
class SealedSegment:
    """A whole segment; ``packed`` are the compressed lines."""

    header: SegmentHeader
    signature: bytes
    note_signature: bytes
    packed: bytes

    @property
    def identity(self) -> str:
        return self.header.identity

    @property
    def file_name(self) -> str:
        return self.identity + FILE_ENDING


def segment_file_bytes(segment: SealedSegment) -> bytes:
    """The one byte form of a segment, in files, bundles, tables and servers alike."""
    signatures = f"{segment.signature.hex()}\n{segment.note_signature.hex()}\n"
    return segment.header.signed_bytes() + signatures.encode() + segment.packed


def segment_head_bytes(segment: SealedSegment) -> bytes:
    """The signed header alone: who holds it knows what is there, not what is in it."""
    return HEAD_MAGIC + segment_file_bytes(replace(segment, packed=b""))


def read_segment_head(content: bytes) -> SealedSegment:
    """The header and its signatures; ``packed`` stays empty."""
    if not content.startswith(HEAD_MAGIC + MAGIC):
        raise _refusal("不是本程序的数据段")
    whole = content.removeprefix(HEAD_MAGIC)
    line, after = _line(whole, len(MAGIC), MOST_HEADER_BYTES)
    header = _header(line)
    signature, after = _signature(whole, after)
    note_signature, after = _signature(whole, after)
    if after != len(whole):
        raise _refusal("长度与声明不符")
    return SealedSegment(header, signature, note_signature, b"")


def read_segment_file(content: bytes) -> SealedSegment:
    """Framing, limits and hash of the compressed lines; FileRefused names what is wrong.

    Nothing is unpacked and no signature checked here: who signed is a question of membership.
    """
    if len(content) > MOST_FILE_BYTES + MOST_HEADER_BYTES:
        raise _refusal("超过允许的大小")
    if not content.startswith(MAGIC):
        raise _refusal("不是本程序的数据段")
    line, after = _line(content, len(MAGIC), MOST_HEADER_BYTES)
    header = _header(line)
    signature, after = _signature(content, after)
    note_signature, after = _signature(content, after)
    packed = content[after:]
    if len(packed) != header.packed:
        raise _refusal("长度与声明不符")
    if hashlib.sha256(packed).hexdigest() != header.body:
        raise _refusal("内容与校验值不符")
    return SealedSegment(header, signature, note_signature, packed)


def _line(content: bytes, start: int, most: int) -> tuple[bytes, int]:
    """The line from ``start`` without its newline, and where the next begins."""
    end = content.find(b"\n", start, start + most + 1)
    if end < 0:
        raise _refusal("头部不完整")
    return content[start:end], end + 1


def _signature(content: bytes, start: int) -> tuple[bytes, int]:
    line, after = _line(content, start, 2 * SIGNATURE_BYTES)
    if not re.fullmatch(rb"[0-9a-f]{%d}" % (2 * SIGNATURE_BYTES), line):
        raise _refusal("签名不完整")
    return bytes.fromhex(line.decode()), after


def _header(line: bytes) -> SegmentHeader:
    """Only the canonical form of a valid header is read."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        raise _refusal("头部不是规定的格式") from None
    names = {field.name for field in fields(SegmentHeader)}
    if not isinstance(values, dict) or set(values) != names or not _is_valid(values):
        raise _refusal("头部不是规定的格式")
    header = SegmentHeader(**{**values, "parents": tuple(values["parents"])})
    if header.signed_bytes() != MAGIC + line + b"\n":
        raise _refusal("头部不是规定的写法")
    return header


def _is_valid(values: dict[str, Any]) -> bool:
    texts = all(_matches(pattern, values[name]) for name, pattern in _PATTERNS.items())
    counts = all(_counts(values[name], most) for name, most in _LIMITS.items())
    return (
        texts and counts and values["first"] <= values["last"] and _are_parents(values["parents"])
    )


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _counts(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _are_parents(value: Any) -> bool:
    """Hashes, sorted, each once."""
    return (
        isinstance(value, list)
        and all(_matches(_HASH, parent) for parent in value)
        and value == sorted(set(value))
    )


def _refusal(fact: str) -> FileRefused:
    return FileRefused(f"数据段{fact}，没有采用。", "请让对方重新导出，并换一个存储介质再试。")

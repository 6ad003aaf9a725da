"""An excerpt: the operations about some rows, taken from segments and signed by who chose them.

Lines of signed text (``SSJ-EXCERPT-1``), an empty line, then one zstd frame. Inside are journal
entries, each followed by those of its operations that belong to the chosen rows; of the other
entries and operations there is nothing. A row that is in it is there with its whole history.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import zstandard

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import FileRefused, InvalidInput
from ssj_desktop.domain.segment import MOST_SIZE
from ssj_desktop.domain.segment_body import Block, body_of, read_blocks
from ssj_desktop.domain.signed_text import MOST_TEXT, is_hash, read_signed, sign_lines
from ssj_desktop.formats.segments import packing, read_at_most

MAGIC = "SSJ-EXCERPT-1"
_NAMES = ("office", "public", "made", "schema", "clock", "size", "body")
_END = b"\n\n"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """``public`` is the device that chose and signed, ``clock`` the highest clock it knew."""

    office: str
    public: str
    schema: str
    clock: str
    lines: bytes

    def blocks(self) -> Iterator[Block]:
        return read_blocks(self.lines) if self.lines else iter(())


def write_excerpt(
    blocks: Iterable[Block], office: str, made: str, schema: str, clock: str, keys: DeviceKeys
) -> bytes:
    """The file; nobody but this device can have made it."""
    found = tuple(blocks)
    lines = body_of(found) if found else b""
    packed = zstandard.ZstdCompressor(compression_params=packing(len(lines))).compress(lines)
    values = {
        "office": office, "public": keys.public.hex(), "made": made, "schema": schema,
        "clock": clock, "size": str(len(lines)), "body": hashlib.sha256(packed).hexdigest(),
    }  # fmt: skip
    return sign_lines(MAGIC, values, keys).encode() + b"\n" + packed


def read_excerpt(content: bytes) -> Excerpt:
    """Form, signature, hash and size hold; whether its signer counts is a question of membership."""
    end = content.find(_END, 0, MOST_TEXT)
    try:
        text = content[: end + 1].decode()
        values = read_signed(MAGIC, text, _NAMES, "public")
        size, packed = int(values["size"]), content[end + 2 :]
    except (InvalidInput, ValueError):
        raise _refusal() from None
    if end < 0 or not is_hash(values["office"]) or not 0 <= size <= MOST_SIZE:
        raise _refusal()
    if hashlib.sha256(packed).hexdigest() != values["body"]:
        raise _refusal()
    try:
        lines = read_at_most(packed, size + 1)
    except zstandard.ZstdError:
        raise _refusal() from None
    if len(lines) != size:
        raise _refusal()
    return Excerpt(values["office"], values["public"], values["schema"], values["clock"], lines)


def _refusal() -> FileRefused:
    return FileRefused("外业包里的数据已损坏，没有采用。", "请让局里重新导出一份外业包。")

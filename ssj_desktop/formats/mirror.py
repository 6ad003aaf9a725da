"""The journal beside the store: one encrypted line per entry, only ever added to.

Line: sequence, TAB, hash of the entry, TAB, base64 of AES-256-GCM over zstd of the entry and its
operations. The key of a line follows from the data key and the hash of its entry, which no two
entries share: so a fixed nonce is safe, also when a restored store writes the same sequence again.

Before the line of a freeze stands that of its machine number: ``M``, TAB, id of the draw, TAB, the
number sealed in the same way under the id. It is nowhere else outside the store.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.segment_body import Block, body_of, read_blocks

ENDING = ".journal"
_INFO = b"ssj journal mirror 1"
_MACHINE, _MACHINE_INFO = "M", b"ssj machine number of a draw 1"
_SEQUENCE = re.compile(r"[0-9]{1,18}")
_NONCE = bytes(12)
_MOST_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MirrorLine:
    """What stands in clear: place and hash of the entry; the rest needs the data key."""

    sequence: int
    hash: str
    sealed: str


def mirror_lines(blocks: Iterable[Block], data_key: bytes) -> bytes:
    return b"".join(_line(block, data_key) for block in blocks)


def _line(block: Block, data_key: bytes) -> bytes:
    packed = zstandard.ZstdCompressor(level=3).compress(body_of([block]))
    sealed = _cipher(data_key, bytes.fromhex(block.entry.hash)).encrypt(_NONCE, packed, _INFO)
    text = base64.b64encode(sealed).decode()
    return f"{block.entry.sequence}\t{block.entry.hash}\t{text}\n".encode()


def _cipher(data_key: bytes, salt: bytes, info: bytes = _INFO) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=info).derive(data_key))


def machine_lines(machines: Mapping[str, str], data_key: bytes) -> bytes:
    """M of frozen draws by their id."""
    return b"".join(_machine_line(*each, data_key) for each in machines.items())


def _machine_line(draw_id: str, machine: str, data_key: bytes) -> bytes:
    cipher = _cipher(data_key, draw_id.encode(), _MACHINE_INFO)
    sealed = cipher.encrypt(_NONCE, machine.encode(), _MACHINE_INFO)
    return f"{_MACHINE}\t{draw_id}\t{base64.b64encode(sealed).decode()}\n".encode()


def open_machine_line(line: bytes, data_keys: Iterable[bytes]) -> tuple[str, str] | None:
    """The draw and its M; None for any other line, and under any other key."""
    kind, _, rest = line.decode("ascii", "replace").partition("\t")
    draw_id, _, text = rest.partition("\t")
    for key in data_keys if kind == _MACHINE else ():
        with suppress(InvalidTag, binascii.Error, ValueError):
            sealed = base64.b64decode(text, validate=True)
            cipher = _cipher(key, draw_id.encode(), _MACHINE_INFO)
            return draw_id, cipher.decrypt(_NONCE, sealed, _MACHINE_INFO).decode()
    return None


def parse_line(line: bytes) -> MirrorLine | None:
    """The parts of a line; None for a torn or foreign one."""
    parts = line.decode("ascii", "replace").split("\t")
    fits = len(parts) == 3 and _SEQUENCE.fullmatch(parts[0]) and len(parts[1]) == 64
    return MirrorLine(int(parts[0]), parts[1], parts[2]) if fits else None


def open_line(line: MirrorLine, data_key: bytes) -> Block | None:
    """The entry with its operations; None when the line is damaged or of another data key."""
    try:
        sealed = base64.b64decode(line.sealed, validate=True)
        packed = _cipher(data_key, bytes.fromhex(line.hash)).decrypt(_NONCE, sealed, _INFO)
        body = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MOST_BYTES)
        (block,) = read_blocks(body)
    except (InvalidTag, zstandard.ZstdError, binascii.Error, ValueError, FileRefused):
        return None
    return block if block.entry.hash == line.hash else None


def lines_of(content: Iterable[bytes]) -> Iterator[MirrorLine]:
    for line in content:
        parsed = parse_line(line.rstrip(b"\n"))
        if parsed is not None:
            yield parsed

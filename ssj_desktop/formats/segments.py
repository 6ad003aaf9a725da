"""Packing, signing and unpacking of segments: zstd and Ed25519 around ``domain/segment.py``."""

import hashlib
from dataclasses import replace

import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ssj_desktop.domain.checkpoint import origin, signed_note
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.segment import SealedSegment, SegmentHeader

_LEVEL = 3
_WINDOW = 2**27
_PIECE = 2**20


def seal(header: SegmentHeader, lines: bytes, private_key: bytes) -> SealedSegment:
    """Compress ``lines`` and sign; size, hashes and SM3 of ``header`` are filled in here."""
    packed = zstandard.ZstdCompressor(compression_params=packing(len(lines))).compress(lines)
    whole = replace(
        header,
        size=len(lines),
        packed=len(packed),
        body=hashlib.sha256(packed).hexdigest(),
        sm3=sm3_of(lines),
    )
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    return SealedSegment(
        whole, key.sign(whole.signed_bytes()), key.sign(whole.checkpoint.encode()), packed
    )


def packing(size: int) -> zstandard.ZstdCompressionParameters:
    """Lines full of random hex: matches shorter than six bytes cost more than they save."""
    return zstandard.ZstdCompressionParameters.from_level(
        _LEVEL, source_size=size, min_match=6, write_content_size=1
    )


def is_signed_by(segment: SealedSegment, public_key: bytes) -> bool:
    """Whether this key made both signatures."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    try:
        key.verify(segment.signature, segment.header.signed_bytes())
        key.verify(segment.note_signature, segment.header.checkpoint.encode())
    except InvalidSignature:
        return False
    return True


def signed_checkpoint(segment: SealedSegment, public_key: bytes) -> str:
    """The checkpoint as it is handed out."""
    header = segment.header
    log = origin(header.office, header.device, header.epoch)
    return signed_note(header.checkpoint, log, public_key, segment.note_signature)


def unpack(segment: SealedSegment) -> bytes:
    """The lines; never more than the header declares, FileRefused for anything else."""
    declared = segment.header.size
    try:
        lines = read_at_most(segment.packed, declared + 1)
    except zstandard.ZstdError:
        lines = b""
    if len(lines) != declared:
        raise FileRefused("数据段解不开，没有采用。", "请让对方重新导出，并换一个存储介质再试。")
    return lines


def read_at_most(packed: bytes, most: int) -> bytes:
    """Unpacked in pieces, so that a false size costs no memory."""
    pieces: list[bytes] = []
    left = most
    with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(packed) as reader:
        while left and (piece := reader.read(min(left, _PIECE))):
            pieces.append(piece)
            left -= len(piece)
    return b"".join(pieces)


def new_private_key() -> bytes:
    """Thirty-two bytes; the public key follows from them."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def sm3_of(content: bytes) -> str:
    """SM3 in hex where this machine's OpenSSL knows it, else empty."""
    if "sm3" not in hashlib.algorithms_available:
        return ""
    return hashlib.new("sm3", content).hexdigest()

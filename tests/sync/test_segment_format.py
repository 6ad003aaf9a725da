"""The byte form of a segment: one form, strict limits, and golden files that import for ever."""

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from segments_for_tests import HEADER, KEY, LINES, sealed

from ssj_desktop.domain import segment as segments
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.segment import MAGIC, read_segment_file, segment_file_bytes
from ssj_desktop.formats.segments import (
    is_signed_by,
    new_private_key,
    public_key_of,
    signed_checkpoint,
    unpack,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "segment_1.seg"
GOLDEN_IDENTITY = "bc2cdd8794ec23a420747620a3644a0ab5ef1b7b74753af9e1a27e4556254525"


def rewritten(content: bytes, **changes: object) -> bytes:
    """The file with another header, canonical again but of course not signed."""
    _, header, rest = content.split(b"\n", 2)
    values = {**json.loads(header), **changes}
    values = {name: value for name, value in values.items() if value is not None}
    line = json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
    return MAGIC + line + b"\n" + rest


def test_a_segment_comes_back_as_it_was_written() -> None:
    segment = sealed()
    again = read_segment_file(segment_file_bytes(segment))
    assert again == segment
    assert unpack(again) == LINES
    assert is_signed_by(again, public_key_of(KEY))
    assert again.file_name == hashlib.sha256(again.header.signed_bytes()).hexdigest() + ".seg"


def test_another_key_did_not_sign_it() -> None:
    assert not is_signed_by(sealed(), public_key_of(new_private_key()))


def test_the_second_signature_is_checked_too() -> None:
    segment = replace(sealed(), note_signature=bytes(64))
    assert not is_signed_by(segment, public_key_of(KEY))


def test_other_parents_are_another_segment() -> None:
    assert sealed().identity != sealed(parents=("01" * 32,)).identity


def test_the_checkpoint_is_a_c2sp_note_of_the_head() -> None:
    segment, public = sealed(), public_key_of(KEY)
    text, signature_line = signed_checkpoint(segment, public).split("\n\n")
    origin, size, root, *extension = text.split("\n")
    assert origin == f"ssj/{HEADER.office}/{HEADER.device}/1"
    assert (size, base64.b64decode(root).hex()) == ("12", HEADER.head)
    assert extension in ([], [f"sm3 {segment.header.sm3}"])
    dash, name, signature = signature_line.rstrip("\n").split(" ")
    named = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    assert (dash, name) == ("—", origin)
    assert base64.b64decode(signature) == named + segment.note_signature


@pytest.mark.parametrize("place", range(0, len(segment_file_bytes(sealed())), 7))
def test_a_changed_byte_is_refused_or_not_signed(place: int) -> None:
    content = bytearray(segment_file_bytes(sealed()))
    content[place] ^= 1
    try:
        segment = read_segment_file(bytes(content))
    except FileRefused:
        return
    assert not is_signed_by(segment, public_key_of(KEY))


@pytest.mark.parametrize("length", range(0, len(segment_file_bytes(sealed())), 11))
def test_a_cut_file_is_refused(length: int) -> None:
    with pytest.raises(FileRefused):
        read_segment_file(segment_file_bytes(sealed())[:length])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("suite", "rot13"),
        ("office", "../up"),
        ("office", ["x"]),
        ("device", None),
        ("device", ""),
        ("epoch", -1),
        ("epoch", True),
        ("epoch", "1"),
        ("number", 2**60),
        ("first", 13),
        ("head", "AB" * 32),
        ("parents", "01" * 32),
        ("parents", ["01"]),
        ("parents", ["02" * 32, "01" * 32]),
        ("parents", ["01" * 32, "01" * 32]),
        ("schema", "six"),
        ("clock", "1773624600000"),
        ("sealed_at", "now"),
        ("operations", 1.0),
        ("size", segments.MOST_SIZE + 1),
        ("packed", 1),
        ("body", "00" * 32),
        ("sm3", "none"),
        ("more", "fields"),
    ],
)
def test_a_header_outside_its_limits_is_refused(name: str, value: object) -> None:
    with pytest.raises(FileRefused):
        read_segment_file(rewritten(segment_file_bytes(sealed()), **{name: value}))


def test_a_header_written_another_way_is_refused() -> None:
    content = segment_file_bytes(sealed()).replace(b'"epoch":1', b'"epoch": 1')
    with pytest.raises(FileRefused, match="写法"):
        read_segment_file(content)


@pytest.mark.parametrize("header", [b"{", b"[]", b"[" * 60_000, b"x" * 70_000])
def test_a_header_that_is_no_object_is_refused(header: bytes) -> None:
    with pytest.raises(FileRefused):
        read_segment_file(MAGIC + header + b"\n" + segment_file_bytes(sealed())[-200:])


def test_a_file_above_the_limit_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(segments, "MOST_FILE_BYTES", 10)
    monkeypatch.setattr(segments, "MOST_HEADER_BYTES", 10)
    with pytest.raises(FileRefused, match="大小"):
        read_segment_file(segment_file_bytes(sealed()))


@pytest.mark.parametrize("size", [0, 1, len(LINES) - 1, len(LINES) + 1, 500_000_000])
def test_lines_that_are_not_as_long_as_declared_are_refused(size: int) -> None:
    segment = sealed()
    lying = replace(segment, header=replace(segment.header, size=size))
    with pytest.raises(FileRefused, match="解不开"):
        unpack(lying)


def test_what_is_not_compressed_is_refused() -> None:
    with pytest.raises(FileRefused, match="解不开"):
        unpack(replace(sealed(), packed=b"no zstd at all"))


def test_ten_thousand_fold_compression_stays_under_the_declared_size() -> None:
    segment = sealed(b"a" * 20_000_000)
    assert len(segment.packed) < 5_000
    with pytest.raises(FileRefused):
        unpack(replace(segment, header=replace(segment.header, size=1_000)))


def test_the_golden_segment_of_the_first_format_reads_for_ever() -> None:
    segment = read_segment_file(GOLDEN.read_bytes())
    assert segment.identity == GOLDEN_IDENTITY
    assert unpack(segment) == LINES
    assert is_signed_by(segment, public_key_of(KEY))

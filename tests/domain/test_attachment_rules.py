"""What may be attached, and what a photograph says about the time it was taken."""

import struct

import pytest

from ssj_desktop.domain.attachments import (
    MOST_BYTES,
    MOST_OF_A_TASK,
    checked_title,
    digest_of,
    file_name,
    is_hash,
    look_at,
    proposed_title,
    refuse_too_many,
    size_text,
)
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.exif import taken_at
from ssj_desktop.domain.vocabulary import AttachmentKind

MOMENT = b"2026:03:16 09:30:00\0"


def exif(text: bytes = MOMENT, order: str = "<", inner_tag: int = 0x8769) -> bytes:
    """A TIFF block with one directory that leads to another with DateTimeOriginal."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    outer = struct.pack(f"{order}HHHIII", 1, inner_tag, 4, 1, 26, 0)
    inner = struct.pack(f"{order}HHHIII", 1, 0x9003, 2, len(text), 44, 0)
    return mark + struct.pack(f"{order}I", 8) + outer + inner + text


def jpeg(tiff: bytes | None = None) -> bytes:
    """The head of a JPEG: JFIF, perhaps EXIF, and the beginning of the picture."""
    segments = [(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")]
    if tiff is not None:
        segments.append((0xE1, b"Exif\0\0" + tiff))
    parts = [struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body for kind, body in segments]
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xda\0\4\0\0"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (jpeg(), AttachmentKind.JPEG),
        (b"\x89PNG\r\n\x1a\n....", AttachmentKind.PNG),
        (b"%PDF-1.7\n", AttachmentKind.PDF),
    ],
)
def test_the_kind_is_told_by_the_first_bytes(content: bytes, kind: AttachmentKind) -> None:
    seen = look_at(content)
    assert (seen.kind, seen.size, seen.sha256) == (kind, len(content), digest_of(content))


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"", "空的"),
        (b"MZ\x90\0 not a picture", "不是 JPG、PNG 图片"),
        (b"<svg onload='x'/>", "不是 JPG、PNG 图片"),
        (b"\xff\xd8\xff" + bytes(MOST_BYTES), "10.0 MB"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(content: bytes, fact: str) -> None:
    with pytest.raises(InvalidInput, match=fact):
        look_at(content)


def test_ten_megabytes_exactly_are_accepted() -> None:
    assert look_at(b"%PDF-" + bytes(MOST_BYTES - 5)).size == MOST_BYTES


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_camera_clock_is_read_in_both_byte_orders(order: str) -> None:
    assert look_at(jpeg(exif(order=order))).taken_at == "2026-03-16 09:30:00"


@pytest.mark.parametrize(
    "content",
    [
        jpeg(),
        jpeg(b""),
        jpeg(b"XX*\0\0\0\0\x08"),
        jpeg(exif(inner_tag=0x1234)),
        jpeg(exif(b"yesterday at noon  \0")),
        jpeg(exif(b"2026:13:45 09:30:00\0")),
        jpeg(exif("二零二六年三月".encode())),
        jpeg(exif()[:30]),
        b"\xff\xd8\xff\xe1",
        b"\xff\xd8\x00\xe1\x00\x04\0\0",
        b"\xff\xd8\xff\xe1\x00\x01\0\0",
    ],
)
def test_a_photograph_without_a_readable_time_has_none(content: bytes) -> None:
    assert taken_at(content) == ""


def test_a_title_is_one_line_of_sixty_characters() -> None:
    assert checked_title("  配电箱\n 东侧 ") == "配电箱 东侧"
    assert checked_title("字" * 60) == "字" * 60
    for wrong in ("", " \n", "字" * 61, "a\0b"):
        with pytest.raises(InvalidInput):
            checked_title(wrong)


def test_a_task_has_at_most_fifty_attachments() -> None:
    refuse_too_many(MOST_OF_A_TASK - 1)
    with pytest.raises(RuleViolation, match="已有 50 个附件"):
        refuse_too_many(MOST_OF_A_TASK)


def test_an_exported_file_is_named_after_task_title_and_hash() -> None:
    name = file_name("2026-001", "东侧/配电箱 1.", AttachmentKind.JPEG, "ab" * 32)
    assert name == "2026-001_东侧_配电箱_1__abababab.jpg"


def test_the_proposed_title_never_is_the_name_of_the_file() -> None:
    assert proposed_title("王某身份证.JPG", 3) == "现场照片 3"
    assert proposed_title("王某.PDF", 1) == "扫描件 1"


def test_sizes_are_given_in_the_unit_people_read() -> None:
    assert [size_text(n) for n in (1, 1025, 3 << 20)] == ["1 KB", "2 KB", "3.0 MB"]


def test_a_hash_is_sixty_four_small_hex_digits() -> None:
    assert is_hash("ab" * 32)
    assert not any(map(is_hash, ("AB" * 32, "ab" * 31, "ab" * 32 + "\n")))

"""Pictures from anywhere: made small and upright, or refused with a sentence."""

import io
import struct
import zlib

import pytest
from PIL import Image

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.formats.pictures import refuse_broken, small_jpeg, small_picture

JPEG, PNG = AttachmentKind.JPEG, AttachmentKind.PNG


def photo(width: int = 400, height: int = 300, form: str = "JPEG", **options: object) -> bytes:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x8825] = {1: "N", 2: (47.0, 50.0, 0.0)}
    return photo(exif=exif)


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")  # fmt: skip


def test_a_picture_is_made_to_fit_and_keeps_its_shape() -> None:
    for content, kind in ((photo(), JPEG), (photo(form="PNG"), PNG)):
        small = small_picture(content, kind, 100)
        assert (small.width, small.height, len(small.rgb)) == (100, 75, 100 * 75 * 3)


def test_a_picture_taken_upright_is_shown_upright() -> None:
    small = small_picture(turned(6), JPEG, 100)
    assert (small.width, small.height) == (75, 100)


def test_the_printed_copy_does_not_say_where_it_was_taken() -> None:
    assert 0x8825 in Image.open(io.BytesIO(turned(1))).getexif()
    copy = small_jpeg(turned(1), JPEG, 100)
    assert dict(Image.open(io.BytesIO(copy)).getexif()) == {}
    assert copy == small_jpeg(turned(1), JPEG, 100)


def test_what_is_transparent_is_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    assert small_picture(out.getvalue(), PNG, 4).rgb == b"\xff" * 48


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (photo()[:900], JPEG),
        (photo(form="PNG")[:200], PNG),
        (b"\xff\xd8\xff\xe0 no picture", JPEG),
        (photo(form="PNG"), JPEG),
        (photo(form="GIF"), PNG),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), PNG),
        (png_that_claims(60_000, 60_000), PNG),
        (png_that_claims(9_000, 9_000), PNG),
        (png_that_claims(100, 100), PNG),
        (b"%PDF-1.7", AttachmentKind.PDF),
    ],
)
def test_a_picture_that_does_not_open_is_refused_with_a_sentence(
    content: bytes, kind: AttachmentKind
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        small_picture(content, kind, 100)
    assert refusal.value.remedy


def test_a_scan_as_pdf_is_not_looked_at_as_a_picture() -> None:
    refuse_broken(b"%PDF-1.7", AttachmentKind.PDF)
    refuse_broken(photo(), JPEG)
    with pytest.raises(InvalidInput, match="打不开"):
        refuse_broken(photo()[:900], JPEG)

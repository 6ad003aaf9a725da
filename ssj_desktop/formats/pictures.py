"""Pictures of attachments, made small: for thumbnails, for the viewer and for paper.

A picture comes from somebody's telephone or from a stranger: only the decoder of its own kind is
tried, a declared size beyond any camera is refused before anything is unpacked, and whatever the
decoder complains of becomes one sentence.
"""

import io
from collections.abc import Callable
from typing import TypeVar

from PIL import Image, ImageOps

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.formats.pdf.raster import PageImage

T = TypeVar("T")
MOST_PIXELS = 80_000_000
"""More than the largest telephone camera; Pillow itself begins to warn a little above it."""
_CHECKED_SIDE = 64
_QUALITY = 85


def small_picture(content: bytes, kind: AttachmentKind, most: int) -> PageImage:
    """At most ``most`` pixels wide and high, upright; InvalidInput when it does not open."""
    image = _opened(content, kind, most)
    return PageImage(image.width, image.height, image.tobytes())


def small_jpeg(content: bytes, kind: AttachmentKind, most: int) -> bytes:
    """The same as a JPEG without anything a camera wrote beside the picture, such as the place."""
    out = io.BytesIO()
    _opened(content, kind, most).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def refuse_broken(content: bytes, kind: AttachmentKind) -> None:
    """InvalidInput for a picture that is cut off, damaged or absurdly large."""
    if kind is not AttachmentKind.PDF:
        _opened(content, kind, _CHECKED_SIDE)


def _opened(content: bytes, kind: AttachmentKind, most: int) -> Image.Image:
    if kind is AttachmentKind.PDF:
        raise InvalidInput("PDF 文件不是图片。", "请打开它查看。")
    with _guarded(lambda: Image.open(io.BytesIO(content), formats=(kind.value,))) as image:
        if image.width * image.height > MOST_PIXELS:
            raise InvalidInput(
                f"图片有 {image.width} × {image.height} 像素，太大了。", "请调小后再添加。"
            )
        return _guarded(lambda: _reduced(image, most))


def _reduced(image: Image.Image, most: int) -> Image.Image:
    image.draft("RGB", (most, most))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((most, most))
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    layer = upright.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _guarded(decode: Callable[[], T]) -> T:
    """A damaged or hostile file makes a decoder raise nearly anything."""
    try:
        return decode()
    except Exception as problem:
        raise InvalidInput(
            "这张图片打不开，可能没有传完或已损坏。", "请重新从手机或相机复制一次。"
        ) from problem

"""When a photograph says it was taken: DateTimeOriginal of the EXIF in a JPEG, and nothing else.

Only what a camera really writes is read (Exif 2.32, 4.6); anything odd counts as not there. The
value is a text of the file: anybody can change it, so it is shown and never relied upon.
"""

import re
import struct
from collections.abc import Iterator
from datetime import datetime

_EXIF = b"Exif\0\0"
_APP1, _SCAN = 0xE1, 0xDA
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_TO_EXIF, _TAKEN = 0x8769, 0x9003
_FORM = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d\Z")
_TEXT_BYTES = 20
_ENTRY = 12


def taken_at(content: bytes) -> str:
    """``2026-03-16 09:30:00`` as the camera's clock had it; empty when the file does not say."""
    try:
        for kind, segment in _segments(content):
            if kind == _APP1 and segment.startswith(_EXIF):
                return _taken(segment[len(_EXIF) :])
    except (struct.error, KeyError, ValueError):
        return ""
    return ""


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and payload of each segment in front of the picture itself."""
    place = 2
    while True:
        mark, kind, length = struct.unpack_from(">BBH", content, place)
        if mark != 0xFF or kind == _SCAN or length < 2:
            return
        yield kind, content[place + 4 : place + 2 + length]
        place += 2 + length


def _taken(tiff: bytes) -> str:
    order = _ORDERS[tiff[:4]]
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    inner = _entries(tiff, order, first)[_TO_EXIF]
    place = _entries(tiff, order, inner)[_TAKEN]
    text = tiff[place : place + _TEXT_BYTES].rstrip(b"\0 ").decode("ascii")
    if not _FORM.match(text):
        return ""
    return datetime.fromisoformat(text.replace(":", "-", 2)).isoformat(" ")


def _entries(tiff: bytes, order: str, place: int) -> dict[int, int]:
    """The value or the place of the value of each tag of one directory."""
    (count,) = struct.unpack_from(f"{order}H", tiff, place)
    found = (
        struct.unpack_from(f"{order}HHII", tiff, place + 2 + number * _ENTRY)
        for number in range(count)
    )
    return {tag: value for tag, _, _, value in found}

"""Photographs for the demonstration, drawn by the program: real JPEGs with a camera's time in them."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta

from PIL import Image, ImageDraw, ImageFilter

from ssj_desktop.services.attachments import Attach, attach
from ssj_desktop.services.desk import Desk

_SIZE = (1200, 900)
_EXIF_BLOCK, _TAKEN = 0x8769, 0x9003
Draw = ImageDraw.ImageDraw


def _board(draw: Draw) -> None:
    """A notice board with sheets, one of them missing."""
    draw.rectangle((160, 180, 1040, 640), fill="#6b4a2f")
    draw.rectangle((185, 205, 1015, 615), fill="#d9e2d0")
    for place in range(8):
        x, y = 215 + place % 4 * 200, 235 + place // 4 * 190
        if place != 5:
            draw.rectangle((x, y, x + 160, y + 160), fill="#fbfaf3")
            for line in range(6):
                draw.line(
                    (x + 14, y + 24 + line * 21, x + 146 - line % 3 * 20, y + 24 + line * 21),
                    "#888",
                    4,
                )
    for x in (240, 940):
        draw.rectangle((x, 640, x + 24, 860), fill="#4d4d4d")


def _box(draw: Draw) -> None:
    """A distribution box with its breakers."""
    draw.rectangle((380, 120, 820, 800), fill="#b9bec4", outline="#6d7278", width=8)
    for row in range(4):
        for column in range(6):
            x, y = 430 + column * 58, 190 + row * 130
            draw.rectangle((x, y, x + 44, y + 92), fill="#f2f2ee", outline="#777")
            lever = y + (50 if (row, column) == (2, 3) else 18)
            draw.rectangle((x + 14, lever, x + 30, lever + 26), fill="#2b2b2b")
    draw.line((300, 860, 430, 760, 470, 640), "#c0392b", 10)


def _stairs(draw: Draw) -> None:
    """A corridor with something left in the way."""
    draw.polygon([(0, 0), (420, 250), (420, 620), (0, 900)], fill="#cfc9bd")
    draw.polygon([(1200, 0), (780, 250), (780, 620), (1200, 900)], fill="#c4bdaf")
    draw.polygon([(0, 900), (420, 620), (780, 620), (1200, 900)], fill="#8f8a80")
    draw.rectangle((420, 250, 780, 620), fill="#e9e5da")
    draw.rectangle((540, 330, 660, 620), fill="#5a6b7a")
    draw.rectangle((820, 600, 1010, 800), fill="#a9743f", outline="#5f3f1f", width=6)


def _meter(draw: Draw) -> None:
    """A pressure gauge."""
    draw.ellipse((330, 180, 870, 720), fill="#f6f6f2", outline="#444", width=18)
    for step in range(11):
        turned = 0.75 + step * 0.15
        draw.arc((370, 220, 830, 680), turned * 180, turned * 180 + 4, "#222", 30)
    draw.line((600, 450, 760, 330), "#c0392b", 12)
    draw.ellipse((575, 425, 625, 475), fill="#333")


_SCENES: tuple[tuple[str, Callable[[Draw], None]], ...] = (
    ("公示栏，缺公共收益一页", _board),
    ("地下室配电箱", _box),
    ("二单元楼道堆物", _stairs),
    ("消防水压表", _meter),
)


def _photograph(scene: Callable[[Draw], None], taken: datetime) -> bytes:
    image = Image.linear_gradient("L").resize(_SIZE).point(lambda grey: 150 + grey // 4)
    coloured = Image.merge("RGB", (image, image, image.point(lambda grey: min(255, grey + 12))))
    scene(ImageDraw.Draw(coloured))
    exif = Image.Exif()
    exif[_EXIF_BLOCK] = {_TAKEN: f"{taken:%Y:%m:%d %H:%M:%S}"}
    out = io.BytesIO()
    coloured.filter(ImageFilter.GaussianBlur(1.2)).save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


def photograph(desk: Desk, task_id: str, item: str = "") -> None:
    """Four photographs of one visit, a few minutes apart."""
    begun = desk.surroundings.local(desk.surroundings.now()).replace(hour=9, minute=40, second=0)
    for place, (title, scene) in enumerate(_SCENES):
        content = _photograph(scene, begun + timedelta(minutes=7 * place))
        desk.do(attach, Attach(task_id, title, content, item if place == 0 else ""))

"""Pages as pictures, for preview, printing and tests.

PDFium serves one caller at a time; whichever thread comes second waits.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2

_TURN = threading.Lock()


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as RGB bytes, three per pixel, rows without padding."""

    width: int
    height: int
    rgb: bytes


@contextmanager
def _opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _TURN:
        pdf = pypdfium2.PdfDocument(content)
        try:
            yield pdf
        finally:
            pdf.close()


def page_image(content: bytes, number: int, dpi: int) -> PageImage:
    """One page, counted from 0."""
    with _opened(content) as pdf:
        return _image(pdf[number], dpi)


def page_sizes(content: bytes, dpi: int) -> tuple[tuple[int, int], ...]:
    """Width and height of every page in pixels at ``dpi``, without drawing any."""
    with _opened(content) as pdf:
        sizes = (pdf.get_page_size(number) for number in range(len(pdf)))
        return tuple((round(w * dpi / 72), round(h * dpi / 72)) for w, h in sizes)


def _image(page: pypdfium2.PdfPage, dpi: int) -> PageImage:
    picture = page.render(scale=dpi / 72).to_pil().convert("RGB")
    return PageImage(picture.width, picture.height, picture.tobytes())

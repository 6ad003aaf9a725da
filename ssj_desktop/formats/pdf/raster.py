"""Pages as pictures, for preview, printing and tests."""

from dataclasses import dataclass

import pypdfium2


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as RGB bytes, three per pixel, rows without padding."""

    width: int
    height: int
    rgb: bytes


def page_images(content: bytes, dpi: int = 110) -> tuple[PageImage, ...]:
    """Every page at ``dpi``."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        return tuple(_image(pdf[number], dpi) for number in range(len(pdf)))
    finally:
        pdf.close()


def page_image(content: bytes, number: int, dpi: int) -> PageImage:
    """One page, counted from 0."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        return _image(pdf[number], dpi)
    finally:
        pdf.close()


def page_sizes(content: bytes, dpi: int) -> tuple[tuple[int, int], ...]:
    """Width and height of every page in pixels at ``dpi``, without drawing any."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        sizes = (pdf.get_page_size(number) for number in range(len(pdf)))
        return tuple((round(w * dpi / 72), round(h * dpi / 72)) for w, h in sizes)
    finally:
        pdf.close()


def _image(page: pypdfium2.PdfPage, dpi: int) -> PageImage:
    picture = page.render(scale=dpi / 72).to_pil().convert("RGB")
    return PageImage(picture.width, picture.height, picture.tobytes())


def page_count(content: bytes) -> int:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return len(pdf)
    finally:
        pdf.close()

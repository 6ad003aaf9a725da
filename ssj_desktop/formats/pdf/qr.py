"""QR codes as vectors: ids and hashes only."""

import segno

from ssj_desktop.formats.pdf.sheet import MM, Sheet

_QUIET_MODULES = 2


def draw_qr(sheet: Sheet, x: float, y: float, side_mm: float, text: str) -> None:
    """A level M code with its top left corner at (x, y); upper-case text stays small."""
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    side = side_mm * MM
    module = side / (len(matrix) + 2 * _QUIET_MODULES)
    sheet.canvas.setFillGray(0)
    path = sheet.canvas.beginPath()
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            if dark:
                left = x + (column + _QUIET_MODULES) * module
                top = y + (row + _QUIET_MODULES) * module
                path.rect(left, sheet.page_height - top - module, module, module)
    sheet.canvas.drawPath(path, stroke=0, fill=1)

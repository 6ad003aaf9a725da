"""The parsers of foreign files that this program runs as children of itself, by their flags."""

from collections.abc import Sequence

from ssj_desktop.formats.excel import child as excel_child
from ssj_desktop.formats.pdf import child as pdf_child
from ssj_desktop.formats.pdf.reader import READ_FLAG

CHILDREN = {excel_child.FLAG: excel_child.main, READ_FLAG: pdf_child.main}


def run_as_child(arguments: Sequence[str]) -> int | None:
    """The exit code when this process was started as such a child; None otherwise."""
    child = CHILDREN.get(arguments[0]) if len(arguments) > 1 else None
    return None if child is None else child(arguments[1])

"""The parsers of foreign files that this program runs as children of itself, by their flags.

Each is imported only in the process that becomes it: the window needs neither to open.
"""

from collections.abc import Sequence

WORKBOOK_FLAG = "--read-workbook"
RECORD_FLAG = "--read-record"


def run_as_child(arguments: Sequence[str]) -> int | None:
    """The exit code when this process was started as such a child; None otherwise."""
    if len(arguments) < 2 or arguments[0] not in (WORKBOOK_FLAG, RECORD_FLAG):
        return None
    if arguments[0] == WORKBOOK_FLAG:
        from ssj_desktop.formats.excel.child import main as read  # noqa: PLC0415 - heavy
    else:
        from ssj_desktop.formats.pdf.child import main as read  # noqa: PLC0415 - heavy
    return read(arguments[1])

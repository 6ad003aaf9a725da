"""The capped child process that opens foreign PDFs, so that a hostile one cannot hurt the program.

Called as ``python -m ssj_desktop.formats.pdf.child FILE`` or, in the program folder, as
``ssj --read-record FILE``; answers with the bytes of record.json or one refusal.
"""

import json
import sys
from pathlib import Path

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.formats.excel.caps import cap_this_process
from ssj_desktop.formats.pdf.reader import FOUND, RECORD, REFUSED, attachments_of

_MOST_MEMORY = 1024**3


def main(path: str) -> int:
    """Open one PDF; the answer goes to standard output."""
    cap_this_process(_MOST_MEMORY)
    try:
        answer = FOUND + attachments_of(Path(path).read_bytes(), RECORD)[RECORD]
    except FileRefused as refusal:
        answer = REFUSED + json.dumps([refusal.message, refusal.remedy]).encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

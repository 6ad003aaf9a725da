"""The capped child process that parses workbooks and CSV files, so that a hostile one cannot hurt the program.

Called as ``python -m ssj_desktop.formats.excel.child FILE`` or, in the program folder, as
``ssj --read-workbook FILE``; answers with one pickle-free JSON object on standard output.
"""

import gc
import sys
from pathlib import Path

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Workbook
from ssj_desktop.formats.csv_text import read_csv
from ssj_desktop.formats.excel.answer import refusal_bytes, workbook_bytes
from ssj_desktop.formats.excel.biff import is_raw_biff, read_xls
from ssj_desktop.formats.excel.caps import cap_this_process
from ssj_desktop.formats.excel.preflight import OLE_MAGIC, ZIP_MAGIC
from ssj_desktop.formats.excel.xlsx import read_xlsx


def main(path: str) -> int:
    """Parse one file; the answer goes to standard output."""
    cap_this_process()
    gc.disable()  # a short life with many cells: looking for cycles would double the time
    try:
        answer = workbook_bytes(_read(Path(path)))
    except FileRefused as refusal:
        answer = refusal_bytes(refusal)
    except MemoryError:
        answer = refusal_bytes(
            FileRefused(
                f"“{Path(path).name}”内容过大，读取被中止。", "请删去多余内容或拆分后再导入。"
            )
        )
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


def _read(path: Path) -> Workbook:
    content = path.read_bytes()
    if content.startswith(OLE_MAGIC) or is_raw_biff(content):
        return read_xls(path.name, content)
    if content.startswith(ZIP_MAGIC):
        return read_xlsx(path.name, content)
    return read_csv(path, content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

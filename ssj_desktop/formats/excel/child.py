"""The capped child process that parses workbooks, so that a hostile one cannot hurt the program.

Called as ``python -m ssj_desktop.formats.excel.child FILE`` or, in the program folder, as
``ssj --read-workbook FILE``; answers with one pickled-free JSON object on standard output.
"""

import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from ssj_desktop.domain.errors import FileRefused, SsjError
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook
from ssj_desktop.formats.excel.preflight import OLE_MAGIC, check_archive
from ssj_desktop.formats.excel.xlsx import read_xlsx

FLAG = "--read-workbook"
MOST_MEMORY = 3 * 1024**3


def main(path: str) -> int:
    """Parse one file; the answer goes to standard output."""
    _cap_memory()
    try:
        answer: dict[str, Any] = {"workbook": asdict(_read(Path(path)))}
    except SsjError as refusal:
        answer = {"message": refusal.message, "remedy": refusal.remedy}
    sys.stdout.buffer.write(json.dumps(answer).encode())
    return 0


def _cap_memory() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not there on Windows, where the time cap stands alone

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _read(path: Path) -> Workbook:
    content = path.read_bytes()
    if content.startswith(OLE_MAGIC):
        return _read_old(path.name, content)
    check_archive(path.name, content)
    return read_xlsx(path.name, content)


def _read_old(name: str, content: bytes) -> Workbook:
    """.xls and .et through calamine."""
    import python_calamine  # noqa: PLC0415 - only for the old format

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        sheets = tuple(
            Sheet(title, tuple(_old_rows(book.get_sheet_by_name(title).to_python())))
            for title in book.sheet_names
        )
    except Exception as problem:
        raise FileRefused(
            f"“{name}”打不开：可能已加密或损坏。",
            "请去掉密码，另存为“Excel 工作簿（.xlsx）”后再导入。",
        ) from problem
    return Workbook(name, sheets)


def _old_rows(rows: list[list[Any]]) -> list[SheetRow]:
    found = []
    for number, values in enumerate(rows, start=1):
        cells = {c: cell for c, value in enumerate(values) if (cell := _old_cell(value))}
        if cells:
            found.append(SheetRow(number, cells))
    return found


def _old_cell(value: Any) -> Cell | None:
    match value:
        case bool():
            return Cell("是" if value else "否")
        case float() if abs(value) >= 10**15:
            return Cell(f"{value:.5E}", damaged=True)
        case float():
            return Cell(str(int(value)) if value == int(value) else repr(value))
        case datetime():
            return Cell(value.date().isoformat())
        case date():
            return Cell(value.isoformat())
    text = str(value)
    return Cell(text) if text.strip() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

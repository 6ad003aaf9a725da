"""Reading any file an office hands in: xlsx, xls, et, csv."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook
from ssj_desktop.formats.csv_text import read_csv
from ssj_desktop.formats.excel.child import FLAG
from ssj_desktop.formats.excel.preflight import MOST_BYTES, OLE_MAGIC, ZIP_MAGIC
from ssj_desktop.formats.files import read_file

_MOST_SECONDS = 120


def read_workbook(path: Path) -> Workbook:
    """The sheets of a file as text with places.

    FileRefused for anything that cannot be read whole: missing, too large, damaged, encrypted,
    hostile, or not a table.
    """
    content = read_file(path, MOST_BYTES)
    if not content.strip():
        raise FileRefused(f"“{path.name}”是空文件。", "请选择有内容的文件。")
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return _read_in_child(path)
    if path.suffix.lower() in (".csv", ".txt"):
        return read_csv(path, content)
    raise FileRefused(
        f"“{path.name}”不是 Excel 工作簿或 CSV。",
        "请用 Excel 或 WPS 另存为“Excel 工作簿（.xlsx）”。",
    )


def _command(path: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, FLAG, str(path)]
    return [sys.executable, "-m", "ssj_desktop.formats.excel.child", str(path)]


def _read_in_child(path: Path) -> Workbook:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    too_much = FileRefused(
        f"“{path.name}”内容过大或已损坏，读取被中止。", "请删去多余内容后另存再导入。"
    )
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the file is an argument
            _command(path.resolve()),
            capture_output=True,
            timeout=_MOST_SECONDS,
            check=False,
            creationflags=flags,
        )
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise too_much from None
    if "message" in answer:
        raise FileRefused(answer["message"], answer["remedy"])
    return _workbook(answer["workbook"])


def _workbook(value: dict[str, Any]) -> Workbook:
    sheets = tuple(
        Sheet(sheet["name"], tuple(_row(row) for row in sheet["rows"]), sheet["hidden"])
        for sheet in value["sheets"]
    )
    return Workbook(value["name"], sheets, tuple(value["notices"]))


def _row(value: dict[str, Any]) -> SheetRow:
    cells = {int(column): Cell(**cell) for column, cell in value["cells"].items()}
    return SheetRow(value["number"], cells, value["hidden"])

"""Reading any file an office hands in: xlsx, xls, et, csv."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ssj_desktop.domain.errors import FileRefused, ReadingCancelled
from ssj_desktop.domain.pausing import without_cycle_search
from ssj_desktop.domain.sheets import Workbook
from ssj_desktop.formats.csv_text import is_text_table
from ssj_desktop.formats.excel.answer import read_answer
from ssj_desktop.formats.excel.biff import is_raw_biff
from ssj_desktop.formats.excel.caps import MOST_SECONDS
from ssj_desktop.formats.excel.child import FLAG
from ssj_desktop.formats.excel.preflight import MOST_BYTES, OLE_MAGIC, RESAVE, ZIP_MAGIC
from ssj_desktop.formats.files import read_file

_WAIT_SECONDS = 0.1
_WEB_SIGNS = (b"<html", b"<!doctype html", b"<table", b"<meta", b"mime-version:")
_XML_SIGNS = (b"urn:schemas-microsoft-com:office:spreadsheet", b"<?mso-application")
_OTHER_SIGNS = (
    (b"%PDF-", "PDF 文件"), (b"{\\rtf", "Word 文档"), (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"),
    (b"Rar!", "压缩包"), (b"7z\xbc\xaf", "压缩包"), (b"\x1f\x8b", "压缩包"), (b"ID;P", "SYLK 文件"),
)  # fmt: skip


def never() -> bool:
    return False


def read_workbook(path: Path, is_cancelled: Callable[[], bool] = never) -> Workbook:
    """The sheets of a file as text with places.

    FileRefused for anything that cannot be read whole: missing, too large, damaged, encrypted,
    hostile, or not a table. ReadingCancelled when ``is_cancelled`` says so.
    """
    content = read_file(path, MOST_BYTES)
    if not content.strip(b" \t\r\n\x00"):
        raise FileRefused(f"“{path.name}”是空文件。", "请选择有内容的文件。")
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)) or is_raw_biff(content):
        return _read_in_child(path, is_cancelled)
    _refuse_other_kinds(path.name, content)
    if path.suffix.lower() in (".csv", ".txt", ".tsv") or is_text_table(content):
        return _read_in_child(path, is_cancelled)
    raise FileRefused(f"“{path.name}”不是 Excel 工作簿或 CSV。", RESAVE)


def _refuse_other_kinds(name: str, content: bytes) -> None:
    """Systems hand out web pages and XML under the name .xls; say so instead of guessing."""
    head = content[:4096].lower().lstrip(b"\xef\xbb\xbf \t\r\n")
    plain = head.replace(b"\x00", b"")
    if any(sign in plain for sign in _XML_SIGNS):
        raise FileRefused(f"“{name}”其实是 XML 表格，不是 Excel 工作簿。", RESAVE)
    if any(sign in plain for sign in _WEB_SIGNS) and b"<" in plain[:200] + plain[-1:]:
        raise FileRefused(f"“{name}”其实是网页，不是 Excel 工作簿。", RESAVE)
    for sign, kind in _OTHER_SIGNS:
        if content.startswith(sign):
            raise FileRefused(f"“{name}”其实是{kind}，不是 Excel 工作簿。", RESAVE)


def _command(path: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, FLAG, str(path)]
    return [sys.executable, "-m", "ssj_desktop.formats.excel.child", str(path)]


def _surroundings() -> dict[str, str]:
    """The child finds this package wherever the program was started."""
    package = str(Path(__file__).resolve().parents[3])
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (package, known)))}


def _read_in_child(path: Path, is_cancelled: Callable[[], bool]) -> Workbook:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    child = subprocess.Popen(  # noqa: S603 - our own program, the file is an argument
        _command(path.resolve()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_surroundings(),
        creationflags=flags,
    )
    try:
        with without_cycle_search():
            return read_answer(path.name, _answer_of(child, is_cancelled))
    except ValueError:
        raise FileRefused(
            f"“{path.name}”内容过大或已损坏，读取被中止。", "请删去多余内容后另存再导入。"
        ) from None


def _answer_of(child: "subprocess.Popen[bytes]", is_cancelled: Callable[[], bool]) -> bytes:
    """What the child wrote; it is ended and waited for whatever happens."""
    try:
        for _ in range(round(MOST_SECONDS / _WAIT_SECONDS)):
            if is_cancelled():
                raise ReadingCancelled("已取消读取。", "没有改动任何内容。")
            try:
                return child.communicate(timeout=_WAIT_SECONDS)[0]
            except subprocess.TimeoutExpired:
                continue
        return b""
    finally:
        child.kill()
        child.communicate()

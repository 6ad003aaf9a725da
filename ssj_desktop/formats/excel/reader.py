"""Reading any file an office hands in: xlsx, xls, et, csv."""

from collections.abc import Callable
from pathlib import Path

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.pausing import without_cycle_search
from ssj_desktop.domain.sheets import Workbook
from ssj_desktop.formats.capped import ask_child, command_of, never
from ssj_desktop.formats.children import WORKBOOK_FLAG
from ssj_desktop.formats.csv_text import is_text_table
from ssj_desktop.formats.excel.answer import read_answer
from ssj_desktop.formats.excel.biff import is_raw_biff
from ssj_desktop.formats.excel.caps import MOST_SECONDS
from ssj_desktop.formats.excel.preflight import MOST_BYTES, OLE_MAGIC, RESAVE, ZIP_MAGIC
from ssj_desktop.formats.files import read_file

_WEB_SIGNS = (b"<html", b"<!doctype html", b"<table", b"<meta", b"mime-version:")
_XML_SIGNS = (b"urn:schemas-microsoft-com:office:spreadsheet", b"<?mso-application")
_OTHER_SIGNS = (
    (b"%PDF-", "PDF 文件"), (b"{\\rtf", "Word 文档"), (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"),
    (b"Rar!", "压缩包"), (b"7z\xbc\xaf", "压缩包"), (b"\x1f\x8b", "压缩包"), (b"ID;P", "SYLK 文件"),
)  # fmt: skip


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
    return command_of("ssj_desktop.formats.excel.child", WORKBOOK_FLAG, path)


def _read_in_child(path: Path, is_cancelled: Callable[[], bool]) -> Workbook:
    try:
        with without_cycle_search():
            answer = ask_child(_command(path.resolve()), MOST_SECONDS, is_cancelled)
            return read_answer(path.name, answer)
    except ValueError:
        raise FileRefused(
            f"“{path.name}”内容过大或已损坏，读取被中止。", "请删去多余内容后另存再导入。"
        ) from None

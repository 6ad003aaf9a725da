"""Getting the record back out of a PDF somebody hands in."""

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.formats.capped import ask_child, command_of
from ssj_desktop.formats.children import RECORD_FLAG

if TYPE_CHECKING:
    from pikepdf import AttachedFileSpec

RECORD = "record.json"
FOUND, REFUSED = b"F", b"R"
_MOST_BYTES = 200 * 1024 * 1024
_MOST_SECONDS = 60
_ORIGINAL = "请使用原始文件。"


def record_in(path: Path) -> bytes:
    """The bytes of record.json in the PDF, opened by a capped child: a hostile one kills only that.

    FileRefused when it is no PDF, damaged, encrypted, bloated, or carries no record.
    """
    command = command_of("ssj_desktop.formats.pdf.child", RECORD_FLAG, path.resolve())
    answer = ask_child(command, _MOST_SECONDS)
    kind, content = answer[:1], answer[1:]
    if kind == FOUND:
        return content
    if kind == REFUSED:
        raise FileRefused(*json.loads(content))
    raise FileRefused(f"“{path.name}”内容过大或已损坏，读取被中止。", _ORIGINAL)


def attachments_of(content: bytes, only: str = "") -> dict[str, bytes]:
    """Name → bytes; FileRefused when the file is no PDF, damaged, or carries nothing."""
    import pikepdf  # noqa: PLC0415 - heavy, and only a child opens foreign PDFs

    if not content.startswith(b"%PDF-"):
        raise FileRefused("这个文件不是 PDF。", "请选择随机抽取记录表的 PDF 或 record.json。")
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            found = {
                name: _bytes_of(specification)
                for name, specification in pdf.attachments.items()
                if only in ("", name)
            }
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        raise FileRefused("这个 PDF 已损坏或有密码。", _ORIGINAL) from None
    if not found:
        raise FileRefused(
            f"这个 PDF 里没有{only or '附'}{'附件' if only else '件'}。",
            "请使用随机抽取记录表的 PDF。",
        )
    return found


def _bytes_of(specification: "AttachedFileSpec") -> bytes:
    """The size a file declares is a claim; what counts is what comes out."""
    content = specification.get_file().read_bytes()
    if len(content) > _MOST_BYTES:
        raise FileRefused("这个 PDF 的附件过大，读取被中止。", _ORIGINAL)
    return content

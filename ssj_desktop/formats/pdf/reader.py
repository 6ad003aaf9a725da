"""Getting the attachments back out of a PDF somebody hands in."""

import io

import pikepdf

from ssj_desktop.domain.errors import FileRefused

_MOST_BYTES = 200 * 1024 * 1024


def attachments_of(content: bytes) -> dict[str, bytes]:
    """Name → bytes; FileRefused when the file is no PDF, damaged, or carries nothing."""
    if not content.startswith(b"%PDF-"):
        raise FileRefused("这个文件不是 PDF。", "请选择随机抽取记录表的 PDF 或 record.json。")
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            found = {
                name: specification.get_file().read_bytes()
                for name, specification in pdf.attachments.items()
                if _declared_size(specification) <= _MOST_BYTES
            }
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        raise FileRefused("这个 PDF 已损坏或有密码。", "请使用原始文件。") from None
    if not found:
        raise FileRefused("这个 PDF 里没有附件。", "请使用带 record.json 附件的记录表 PDF。")
    return found


def _declared_size(specification: pikepdf.AttachedFileSpec) -> int:
    return specification.get_file().size or 0

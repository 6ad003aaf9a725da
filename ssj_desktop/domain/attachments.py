"""Rules of attachments: photographs of the visit and scans of signed papers (方案 二（七）: 检查留痕).

An attachment is known by the SHA-256 of its bytes. The kind is told by the first bytes, never by
the name of the file: that name may hold a person's name and is not kept.
"""

import hashlib
import re
from dataclasses import dataclass

from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.exif import taken_at
from ssj_desktop.domain.vocabulary import AttachmentKind

MOST_BYTES = 10 << 20
MOST_OF_A_TASK = 50
MOST_TITLE = 60
_BEGINNINGS = {
    b"\xff\xd8\xff": AttachmentKind.JPEG,
    b"\x89PNG\r\n\x1a\n": AttachmentKind.PNG,
    b"%PDF-": AttachmentKind.PDF,
}
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_ENDINGS = {AttachmentKind.JPEG: "jpg", AttachmentKind.PNG: "png", AttachmentKind.PDF: "pdf"}


@dataclass(frozen=True, slots=True)
class Sighted:
    """What the bytes themselves say; ``taken_at`` is empty unless a camera wrote it there."""

    kind: AttachmentKind
    size: int
    sha256: str
    taken_at: str


def look_at(content: bytes) -> Sighted:
    """InvalidInput for what is no JPEG, PNG or PDF, is empty, or larger than 10 MB."""
    if not content:
        raise InvalidInput("这个文件是空的。", "请换一个文件。")
    refuse_too_large(len(content))
    kind = kind_of(content)
    taken = taken_at(content) if kind is AttachmentKind.JPEG else ""
    return Sighted(kind, len(content), digest_of(content), taken)


def refuse_too_large(size: int) -> None:
    if size > MOST_BYTES:
        raise InvalidInput(
            f"文件有 {size / (1 << 20):.1f} MB，附件每个最多 {MOST_BYTES >> 20} MB。",
            "请把照片调小，或把扫描件分成几份。",
        )


def kind_of(content: bytes) -> AttachmentKind:
    """Told by the first bytes, whatever the name says."""
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    raise InvalidInput(
        "这个文件不是 JPG、PNG 图片，也不是 PDF。", "请先在手机或扫描仪上另存为 JPG 或 PDF。"
    )


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def is_hash(text: str) -> bool:
    return _HASH.match(text) is not None


def checked_title(typed: str) -> str:
    """The title as it is kept: one line of at most sixty characters."""
    title = " ".join(typed.split())
    if not title:
        raise InvalidInput("附件没有标题。", "请写明拍的是什么，例如：配电箱。")
    if len(title) > MOST_TITLE or not title.isprintable():
        raise InvalidInput(
            f"附件标题“{title[:20]}…”不能用。", f"请写成 {MOST_TITLE} 字以内的一行。"
        )
    return title


def refuse_too_many(present: int) -> None:
    """RuleViolation when the task has as many attachments as it may have."""
    if present >= MOST_OF_A_TASK:
        raise RuleViolation(
            f"这项任务已有 {present} 个附件，最多 {MOST_OF_A_TASK} 个。", "请先作废用不上的附件。"
        )


def file_name(number: str, title: str, kind: AttachmentKind, sha256: str) -> str:
    """What an exported attachment is called: task, title, and enough of the hash to tell it."""
    plain = re.sub(r'[\\/:*?"<>|.\s]+', "_", title)
    return f"{number}_{plain}_{sha256[:8]}.{_ENDINGS[kind]}"


def proposed_title(name: str, number: int) -> str:
    """What stands in the field before the clerk types: never the name of the file."""
    return f"扫描件 {number}" if name.lower().endswith(".pdf") else f"现场照片 {number}"


def size_text(size: int) -> str:
    """``860 KB`` or ``3.4 MB``."""
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{-(-size // 1024)} KB"

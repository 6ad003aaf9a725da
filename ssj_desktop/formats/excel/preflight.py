"""Small named checks on a workbook before anything parses it, and its parts as they inflate."""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping

from ssj_desktop.domain.errors import FileRefused

MOST_BYTES = 30 * 1024 * 1024
_MOST_INFLATED = 300 * 1024 * 1024
_MOST_RATIO = 100
_RATIO_GRACE = 100 * 1024
_MOST_ENTRIES = 1_000
_BLOCK = 1 << 20
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
RESAVE = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入。"
_ENCRYPTED_FLAG = 0x1
_OTHER_KINDS = (
    ("xl/workbook.bin", "“Excel 二进制工作簿（.xlsb）”"),
    ("content.xml", "“OpenDocument 表格（.ods）”"),
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "演示文稿"),
    ("index/document.iwa", "Numbers 表格"),
)
_DAMAGE = (  # RuntimeError: zipfile meets a password or a method it does not know
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError,
    OverflowError, IndexError,
)  # fmt: skip

Parts = Mapping[str, bytes]


def open_parts(name: str, content: bytes) -> Parts:
    """The XML parts of a workbook by lower-case name; FileRefused for bombs and unsuitable files."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _few_entries(name, archive)
            _no_password(name, archive)
            _right_kind(name, archive)
            parts = _inflate(name, archive)
    except _DAMAGE:
        raise FileRefused(f"“{name}”已损坏，或不是 Excel 工作簿。", RESAVE) from None
    for check in _CHECKS:
        check(name, parts)
    return parts


def part_name(entry: str) -> str:
    """Some programs write back slashes, a leading slash, or other capitals."""
    return entry.replace("\\", "/").lstrip("/").lower()


def _few_entries(name: str, archive: zipfile.ZipFile) -> None:
    names = [part_name(entry) for entry in archive.namelist()]
    if len(names) > _MOST_ENTRIES:
        raise FileRefused(f"“{name}”内部文件过多（{len(names)} 个）。", RESAVE)
    if len(set(names)) != len(names):
        raise FileRefused(f"“{name}”内部有重名文件。", RESAVE)


def _no_password(name: str, archive: zipfile.ZipFile) -> None:
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in archive.infolist()):
        raise FileRefused(f"“{name}”设了密码。", "请去掉密码后另存，再导入。")


def _right_kind(name: str, archive: zipfile.ZipFile) -> None:
    names = {part_name(entry) for entry in archive.namelist()}
    for part, kind in _OTHER_KINDS:
        if part in names and "xl/workbook.xml" not in names:
            raise FileRefused(f"“{name}”其实是{kind}，不是 Excel 工作簿。", RESAVE)


def _inflate(name: str, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Counts the bytes that really come out; the sizes in the directory may lie."""
    parts: dict[str, bytes] = {}
    total = 0
    for entry in archive.infolist():
        blocks: list[bytes] = []
        grown = 0
        with archive.open(entry) as stream:
            while block := stream.read(_BLOCK):
                grown += len(block)
                total += len(block)
                bomb = grown > _RATIO_GRACE and grown > _MOST_RATIO * max(entry.compress_size, 1)
                if bomb or total > _MOST_INFLATED:
                    raise FileRefused(
                        f"“{name}”展开后过大，不予读取。", "请删去多余内容或拆分后再导入。"
                    )
                blocks.append(block)
        if part_name(entry.filename).endswith((".xml", ".rels")):
            parts[part_name(entry.filename)] = b"".join(blocks)
    return parts


def _without_dtd(name: str, parts: Parts) -> None:
    for content in parts.values():
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise FileRefused(f"“{name}”含有不允许的内容（DTD）。", RESAVE)


def _transitional(name: str, parts: Parts) -> None:
    if any(
        b"purl.oclc.org/ooxml/spreadsheetml" in content[:4096]
        for part, content in parts.items()
        if part.rpartition("/")[2].startswith("workbook")
    ):
        raise FileRefused(f"“{name}”是“Strict Open XML”格式。", RESAVE)


_CHECKS: tuple[Callable[[str, Parts], None], ...] = (_without_dtd, _transitional)

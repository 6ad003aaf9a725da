"""Small named checks on a workbook before anything parses it."""

import io
import zipfile
import zlib
from collections.abc import Callable

from ssj_desktop.domain.errors import FileRefused

MOST_BYTES = 30 * 1024 * 1024
_MOST_INFLATED = 300 * 1024 * 1024
_MOST_RATIO = 100
_RATIO_GRACE = 100 * 1024
_MOST_ENTRIES = 1_000
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
_RESAVE = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入。"


_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError,
)  # fmt: skip


def check_archive(name: str, content: bytes) -> None:
    """Refuse bombs, damaged and unsuitable archives; FileRefused names the fault."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for check in _CHECKS:
                check(name, archive)
    except _DAMAGE:
        raise FileRefused(f"“{name}”已损坏，或不是 Excel 工作簿。", _RESAVE) from None


def _few_entries(name: str, archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(names) > _MOST_ENTRIES:
        raise FileRefused(f"“{name}”内部文件过多（{len(names)} 个）。", _RESAVE)
    if len(set(names)) != len(names):
        raise FileRefused(f"“{name}”内部有重名文件。", _RESAVE)


def _is_workbook(name: str, archive: zipfile.ZipFile) -> None:
    if "xl/workbook.xml" not in archive.namelist():
        raise FileRefused(f"“{name}”不是 Excel 工作簿。", _RESAVE)


def _inflates_modestly(name: str, archive: zipfile.ZipFile) -> None:
    """Counts the bytes that really come out; the sizes in the directory may lie."""
    total = 0
    for entry in archive.infolist():
        grown = 0
        with archive.open(entry) as stream:
            while block := stream.read(1 << 20):
                grown += len(block)
                total += len(block)
                bomb = grown > _RATIO_GRACE and grown > _MOST_RATIO * max(entry.compress_size, 1)
                if bomb or total > _MOST_INFLATED:
                    raise FileRefused(
                        f"“{name}”展开后过大，不予读取。", "请删去多余内容或拆分后再导入。"
                    )


def _without_dtd(name: str, archive: zipfile.ZipFile) -> None:
    for entry in archive.namelist():
        if entry.endswith((".xml", ".rels")):
            with archive.open(entry) as stream:
                if b"<!DOCTYPE" in stream.read(4096):
                    raise FileRefused(f"“{name}”含有不允许的内容（DTD）。", _RESAVE)


def _transitional(name: str, archive: zipfile.ZipFile) -> None:
    with archive.open("xl/workbook.xml") as stream:
        if b"purl.oclc.org/ooxml" in stream.read(4096):
            raise FileRefused(f"“{name}”是“Strict Open XML”格式。", _RESAVE)


_CHECKS: tuple[Callable[[str, zipfile.ZipFile], None], ...] = (
    _few_entries,
    _is_workbook,
    _inflates_modestly,
    _without_dtd,
    _transitional,
)

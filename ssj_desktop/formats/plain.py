"""What no file can hold: control characters and halves of characters, refused by name."""

import re

from ssj_desktop.domain.errors import FileRefused

UNWRITABLE = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff]"
)


def writable(text: str) -> str:
    """The same text; FileRefused when a workbook, a CSV or a web page cannot hold it."""
    met = UNWRITABLE.search(text)
    if met is None:
        return text
    shown = UNWRITABLE.sub("\ufffd", text[:20])
    raise FileRefused(
        f"“{shown}”含有控制字符 U+{ord(met[0]):04X}，不能写入文件。", "请先在名录中改正。"
    )

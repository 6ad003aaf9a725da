"""Rules of publication (方案 二（八）): the gate, masking, the clock."""

import re

from ssj_desktop.domain.errors import InvalidInput

WORKING_DAYS = 20
"""抽查任务完成后 20 个工作日内公示 (方案 二（八）)."""

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<![0-9A-Za-z-])(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?![0-9A-Za-z-])")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def _is_id_number(text: str) -> bool:
    total = sum(int(c) * w for c, w in zip(text, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == text[-1].upper()


def personal_marks(text: str) -> list[str]:
    """ID numbers (GB 11643 check digit) and phone numbers inside a text."""
    ids = [match for match in _ID_NUMBER.findall(text) if _is_id_number(match)]
    return ids + _PHONE.findall(text)


def mask(text: str) -> str:
    """The text with the middle of ID numbers and phones starred out."""
    for mark in personal_marks(text):
        text = text.replace(mark, mark[:3] + "*" * (len(mark) - 5) + mark[-2:])
    return text


def check_assessment(assessment: str) -> None:
    """The assessment of public reaction is a gate and must say something."""
    if len(assessment.strip()) < 2:
        raise InvalidInput("没有填写研判意见。", "请写明公示后是否可能引发舆情，以及意见。")

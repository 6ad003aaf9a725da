"""Numbers of a spreadsheet as the text a clerk sees: dates, times, leading zeros, whole numbers."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite

from ssj_desktop.domain.sheets import Cell

PLAIN, DATE, TIME = "", "date", "time"
EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LONGEST_SAFE_NUMBER = 10**15
_AFTER_LAST_DAY = 2_958_466
_FALSE_LEAP_DAY = 60
_BUILT_IN_DATES = {14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_BUILT_IN_TIMES = {*range(18, 22), *range(32, 36), *range(45, 48), 55, 56}
_NOT_SHOWN = re.compile(r'"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|\\.|_.|\*.', re.IGNORECASE)
_WORDS = re.compile(r"general|standard|通用格式|常规|am/pm|a/p|上午/下午", re.IGNORECASE)
_DATE_SIGNS = re.compile(r"[yd年月日]|m{3,}", re.IGNORECASE)
_TIME_SIGNS = re.compile(r"[hs时分秒]", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,18}")


def style_of(number: int, code: str) -> str:
    """How a number format shows a number: PLAIN, DATE, TIME, or the zeros it is padded with."""
    if not code:
        if number in _BUILT_IN_DATES:
            return DATE
        return TIME if number in _BUILT_IN_TIMES else PLAIN
    shown = _NOT_SHOWN.sub("", code.split(";", maxsplit=1)[0])
    if _ZEROS.fullmatch(shown) and shown == code.split(";", maxsplit=1)[0]:
        return shown
    shown = _WORDS.sub("", shown)
    if "#" in shown or "?" in shown:
        return PLAIN
    if _DATE_SIGNS.search(shown):
        return DATE
    return TIME if _TIME_SIGNS.search(shown) else PLAIN


def styles_of(numbers: list[int], codes: Mapping[int, str]) -> list[str]:
    """The style of every cell format of a workbook."""
    return [style_of(number, codes.get(number, "")) for number in numbers]


def number_text(raw: str, style: str, epoch: date) -> str:
    """The text of a stored number; what is no number stays as it is."""
    try:
        value = float(raw)
    except ValueError:
        return raw
    return value_text(value, style, epoch)


def value_text(value: float, style: str, epoch: date) -> str:
    """The text of a number in a cell."""
    if not isfinite(value):
        return Cell(str(value), error=True)
    if style in (DATE, TIME) and 0 <= value < _AFTER_LAST_DAY:
        return _moment(value, style, epoch)
    if abs(value) >= _LONGEST_SAFE_NUMBER:
        return Cell(f"{value:.5E}", damaged=True)
    if value == int(value):
        text = str(int(value))
        return text.zfill(len(style)) if style.isdigit() and value >= 0 else text
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def _moment(value: float, style: str, epoch: date) -> str:
    days, seconds = divmod(round(value * 86_400), 86_400)
    if style == TIME and days == 0:
        return _clock(seconds)
    if epoch == EPOCH_1900 and days < _FALSE_LEAP_DAY:
        days += 1  # the spreadsheet believes in 29 February 1900
    if days == 1 and value < 1:
        return _clock(seconds)
    day = (datetime(epoch.year, epoch.month, epoch.day) + timedelta(days)).date()  # noqa: DTZ001 - a day, no instant
    return f"{day.isoformat()} {_clock(seconds)}" if seconds else day.isoformat()


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

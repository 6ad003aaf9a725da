"""The witnessed random seed: hashes, machine number and witnesses' digits become one text."""

import re
from collections.abc import Sequence

from ssj_desktop.domain.draw.canonical import sha256, tag, text_bytes
from ssj_desktop.domain.draw.freezing import Frozen
from ssj_desktop.domain.draw.scheme import ABSENT, Scheme
from ssj_desktop.domain.errors import InvalidInput

LEAST_WITNESSES = 2
LEAST_IN_SINGLE_FILING = 1
_DIGITS = re.compile(r"[0-9]{6,20}")
_PUBLIC = re.compile(r"[0-9A-Za-z]([0-9A-Za-z .,:+-]{0,62}[0-9A-Za-z])?")
_HEX = re.compile(r"[0-9a-f]{64}")


def commitment(draw: str, pool_hash: str, machine: str, *, rehearsal: bool = False) -> str:
    """What is printed before the draw so that M cannot be changed afterwards."""
    lines = [[tag("M", rehearsal=rehearsal)], [draw], [pool_hash], [machine]]
    return sha256(text_bytes(lines))


def digits_problem(digits: str) -> str | None:
    """What is wrong with one witness's digits, or None; "-" stands for a missing slip."""
    if digits == ABSENT or _DIGITS.fullmatch(digits):
        return None
    if not digits.isascii() or not digits.isdigit():
        return "只能填数字 0–9"
    return f"还差 {6 - len(digits)} 位" if len(digits) < 6 else "最多 20 位"


def least_witnesses(scheme: Scheme) -> int:
    """Two; in a single filing the applicant alone writes digits against the sealed M."""
    return LEAST_IN_SINGLE_FILING if scheme.is_single_filing else LEAST_WITNESSES


def check_witnesses(witnesses: Sequence[str], least: int = LEAST_WITNESSES) -> None:
    """At least ``least`` valid slips of 6 to 20 digits, "-" for a missing one; else InvalidInput."""
    for position, digits in enumerate(witnesses, start=1):
        problem = digits_problem(digits)
        if problem:
            raise InvalidInput(
                f"第 {position} 位见证人的数字不对：{problem}。", "请填写 6–20 位数字。"
            )
    valid = sum(digits != ABSENT for digits in witnesses)
    if valid < least:
        raise InvalidInput(
            f"有效的见证数字只有 {valid} 份。", f"至少要有 {least} 位见证人各写 6 位以上数字。"
        )


def check_hex(value: str, place: str) -> None:
    if not _HEX.fullmatch(value):
        raise InvalidInput(f"{place}不是 64 位十六进制数。", "请填写 64 位小写十六进制数。")


def seed_text(
    scheme: Scheme,
    frozen: Frozen,
    previous: str,
    machine: str,
    witnesses: Sequence[str],
    public: str = ABSENT,
) -> bytes:
    """The seed text; its SHA-256 is R. Raises InvalidInput on malformed contributions."""
    check_witnesses(witnesses, least_witnesses(scheme))
    if scheme.panel and len(scheme.panel) != len(witnesses):
        raise InvalidInput(
            f"见证人有 {len(scheme.panel)} 位，见证数字却有 {len(witnesses)} 份。",
            "请按见证人的次序各填一份，缺席的填“-”。",
        )
    check_hex(previous, "上一记录链头（prev）")
    check_hex(machine, "机器数 M（machine）")
    if public != ABSENT and not _PUBLIC.fullmatch(public):
        raise InvalidInput(
            "公开数 X 只能含数字、英文字母和中间的空格、“.”“,”“:”“+”“-”。",
            "请照公布的样子填写，没有时填“-”。",
        )
    rows = [
        ["draw", scheme.draw],
        ["device", scheme.device],
        ["pool", frozen.pool.sha256],
        ["poolpub", frozen.poolpub.sha256],
        ["plan", frozen.plan.sha256],
        ["staff", frozen.staff.sha256],
        ["prev", previous],
        ["M", machine],
        *([f"W{n}", digits] for n, digits in enumerate(witnesses, start=1)),
        ["X", public],
    ]
    return text_bytes([[tag("SEED", rehearsal=scheme.rehearsal)], *rows])


def seed_of(text: bytes) -> str:
    """R."""
    return sha256(text)

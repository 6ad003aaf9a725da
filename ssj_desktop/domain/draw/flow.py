"""The ceremony as a state machine without a window (draw rule cs1, section 1)."""

from collections.abc import Sequence

from ssj_desktop.domain.draw.scheme import ABSENT
from ssj_desktop.domain.draw.seed import LEAST_WITNESSES, digits_problem
from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.vocabulary import Term


class DrawState(Term):
    """Where a draw stands; a number once taken stays taken."""

    FROZEN = "FROZEN", "已冻结"
    OPENED = "OPENED", "见证数字已亮出"
    DRAWN = "DRAWN", "已抽取"
    VOID = "VOID", "已作废"


STEPS = ("选择计划与事项", "锁定名录", "现场见证与种子", "抽取与匹配", "签字归档")


def draw_number(division: str, device: str, year: int, serial: int) -> str:
    """E.g. 230921-A-2026-0007; serials are gapless per office, device and year."""
    return f"{division}-{device}-{year}-{serial:04d}"


def why_not_void(state: DrawState) -> str | None:
    """Void only between freeze and the first slip; afterwards a draw can only be continued."""
    return {
        DrawState.FROZEN: None,
        DrawState.OPENED: "见证数字已经亮出，只能用同一组数字继续。",
        DrawState.DRAWN: "结果已经产生，不能作废；如需更正请另行抽取并注明原编号。",
        DrawState.VOID: "这次抽取已经作废。",
    }[state]


def refuse_void(state: DrawState, reason: str) -> None:
    why_not = why_not_void(state)
    if why_not:
        raise RuleViolation("现在不能作废。", why_not)
    if not reason.strip():
        raise RuleViolation("作废要写明原因。", "请填写原因，由第二人审批。")


def why_not_draw(
    digits: Sequence[str], repeats: Sequence[str] | None = None, least: int = LEAST_WITNESSES
) -> str | None:
    """The reason beside the disabled button, or None when all slips are in order."""
    for position, entry in enumerate(digits, start=1):
        problem = digits_problem(entry) if entry else "还没有填写"
        if problem:
            return f"第 {position} 位见证人：{problem}"
    for position, (first, second) in enumerate(
        zip(digits, repeats or digits, strict=True), start=1
    ):
        if first != second:
            return f"第 {position} 位见证人：两次输入不一致"
    missing = least - sum(entry != ABSENT for entry in digits)
    return f"还差 {missing} 位见证人" if missing > 0 else None

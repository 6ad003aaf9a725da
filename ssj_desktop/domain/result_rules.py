"""Rules of results (方案 二（六）、二（八）) that need no store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ssj_desktop.domain.errors import InvalidInput, RuleViolation, SsjError
from ssj_desktop.domain.vocabulary import FollowUp, ResultCode, TargetStatus, TaskState

PROBLEMS = frozenset({ResultCode.PROBLEM_CORRECTED, ResultCode.PROBLEM_PENDING})
ALONE = frozenset({ResultCode.NO_PROBLEM_FOUND, ResultCode.NO_SUCH_ACTIVITY})
REGISTRY_CHANGE = {
    ResultCode.DEREGISTERED: TargetStatus.DEREGISTERED,
    ResultCode.REVOKED: TargetStatus.REVOKED,
    ResultCode.ANNULLED: TargetStatus.ANNULLED,
    ResultCode.MOVED_OUT: TargetStatus.MOVED_OUT,
    ResultCode.CLOSED: TargetStatus.SUSPENDED,
    ResultCode.UNREACHABLE: TargetStatus.UNREACHABLE,
}
EDITABLE = (TaskState.OPEN, TaskState.ENTERING, TaskState.RETURNED)


@dataclass(frozen=True, slots=True)
class Entry:
    """What was found for one item."""

    item: str
    codes: tuple[ResultCode, ...]
    finding: str = ""
    follow_up: FollowUp = FollowUp.NONE
    rectify_by: date | None = None
    note: str = ""


def check_entry(entry: Entry, visit_on: date | None) -> None:
    """InvalidInput or RuleViolation names what is missing or contradicts."""
    if not entry.codes:
        raise InvalidInput("没有选择检查结果。", "请至少选一项。")
    if len(entry.codes) > 1 and ALONE & set(entry.codes):
        label = next(code.label for code in entry.codes if code in ALONE)
        raise RuleViolation(f"“{label}”不能与其他结果同选。", "请只保留一种。")
    has_problem = bool(PROBLEMS & set(entry.codes))
    if has_problem and not entry.finding.strip():
        raise InvalidInput("发现问题却没有写明问题。", "请填写问题描述。")
    if (
        has_problem
        and entry.follow_up is FollowUp.NONE
        and ResultCode.PROBLEM_PENDING in entry.codes
    ):
        raise InvalidInput("问题没有后续处理。", "请选择责令限期改正、立案处罚、移送等。")
    _check_deadline(entry, visit_on)


def _check_deadline(entry: Entry, visit_on: date | None) -> None:
    if entry.follow_up is FollowUp.ORDER_TO_CORRECT and entry.rectify_by is None:
        raise InvalidInput("责令改正没有期限。", "请填写改正期限。")
    if entry.rectify_by and visit_on and entry.rectify_by < visit_on:
        raise InvalidInput("改正期限早于检查日期。", "请核对日期。")


def excludes(code: ResultCode, other: ResultCode) -> bool:
    """Whether two results of one item contradict each other."""
    return code is not other and bool({code, other} & ALONE)


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """What is still open before a task can go to review; ``item`` "" for the visit itself."""

    item: str
    text: str


def open_points(
    entries: Mapping[str, Entry | None], visit_on: date | None, officers: int
) -> tuple[OpenPoint, ...]:
    """Every gap and every faulty entry, in the order of the screen."""
    found = []
    for item, entry in entries.items():
        fault = entry_fault(entry, visit_on) if entry else "未录入"
        if fault:
            found.append(OpenPoint(item, f"{item} {fault}"))
    rest = gaps((), (), visit_on, officers)
    return (*found, *(OpenPoint("", text) for text in rest))


def entry_fault(entry: Entry, visit_on: date | None) -> str:
    """Why an entry cannot be stored yet; empty when it can."""
    try:
        check_entry(entry, visit_on)
    except SsjError as refusal:
        return refusal.message.rstrip("。")
    return ""


def gaps(
    items: Sequence[str], entered: Sequence[str], visit_on: date | None, officers: int
) -> tuple[str, ...]:
    """What is still missing before a task can go to review: links of the entry screen."""
    found = [f"事项 {item} 未录入" for item in items if item not in entered]
    if visit_on is None:
        found.append("检查日期未填")
    if officers < 2:
        found.append("执法人员不足 2 人")
    return tuple(found)


def registry_status(codes: Sequence[ResultCode]) -> TargetStatus | None:
    """The status an outcome gives to the target in the registry (迁出、吊销、注销 …)."""
    return next((REGISTRY_CHANGE[code] for code in codes if code in REGISTRY_CHANGE), None)

"""Rules of the annual plan (方案 二（五）) that need no store."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.vocabulary import InspectionMethod, QuotaMode, Targeting

UNRATED = "N"
NO_STRATA = "ALL"
WHOLE = 10_000  # 100 % in 1/100 %
STRATIFY_BY = {
    "credit_class": "信用风险等级",
    "area": "所在区域",
    "industry": "行业类别",
    "": "不分层",
}
SHARE, CHANCE = "分摊", "概率"
_RATIO = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%?")


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of a stratum: ``ratio`` in 1/100 %, ``number`` of objects."""

    code: str
    mode: QuotaMode
    ratio: int = 0
    number: int = 0
    minimum: int = 0
    substitutes: int = 0

    @property
    def text(self) -> str:
        """E.g. "A：不低于 5%，候补 2"."""
        if self.mode is QuotaMode.NUMBER:
            wanted = f"{self.number} 家"
        elif self.mode is QuotaMode.TOTAL:
            wanted = self.mode.label
        elif self.mode is QuotaMode.PROBABILITY:
            wanted = f"概率 {ratio_text(self.ratio)}"
        else:
            wanted = f"{self.mode.label.removesuffix('比例')} {ratio_text(self.ratio)}"
        tail = f"，候补 {self.substitutes}" if self.substitutes else ""
        return f"{stratum_label(self.code)}：{wanted}{tail}"


@dataclass(frozen=True, slots=True)
class LineDraft:
    """What a plan line says; ``object_filter`` maps a target field to the values it may have.

    ``total`` is shared out over the strata of mode TOTAL; ``batches`` divides the visits where
    every object is drawn; ``expert_seats`` names the specialty of each expert's seat ("" for any).
    """

    name: str
    items: tuple[str, ...]
    object_filter: tuple[tuple[str, tuple[str, ...]], ...]
    stratify_by: str
    quotas: tuple[Quota, ...]
    first_month: int
    last_month: int
    lead: str
    partners: tuple[str, ...] = ()
    method: InspectionMethod = InspectionMethod.ON_SITE
    targeting: Targeting = Targeting.UNDIRECTED
    team_size: int = 2
    total: int | None = None
    batches: int = 0
    expert_seats: tuple[str, ...] = ()

    @property
    def is_single_filing(self) -> bool:
        """消防备案抽查: one object at a time, with a fixed probability."""
        return any(quota.mode is QuotaMode.PROBABILITY for quota in self.quotas)

    @property
    def quota_text(self) -> str:
        """All quotas in words, the total and the batches included."""
        parts = [quota.text for quota in self.quotas]
        if self.total is not None:
            parts.append(f"总数 {self.total} 家")
        if self.batches:
            parts.append(f"分 {self.batches} 批")
        return "；".join(parts)


def stratum_label(code: str) -> str:
    return {UNRATED: "未评定", NO_STRATA: "全部"}.get(code, code)


def ratio_text(ratio: int) -> str:
    """1/100 % as people write it: 500 → 5%, 1250 → 12.5%."""
    whole, rest = divmod(ratio, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def parse_ratio(text: str) -> int:
    """What people write as 1/100 %; InvalidInput outside 0–100 %."""
    match = _RATIO.fullmatch(text.strip().replace("％", "%"))
    ratio = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else -1
    if not 0 <= ratio <= WHOLE:
        raise InvalidInput(f"比例“{text}”不对。", "请填写 0–100 的百分数，例如 5%。")
    return ratio


def parse_quotas(text: str) -> tuple[Quota, ...]:
    """Quotas in short form: ``A=5%+2,B=10%,D=3`` (ratio or number, then substitutes).

    ``≤20%`` asks for at most, ``分摊`` for a share of the line's total, ``概率50%`` is the single
    filing; InvalidInput names the part that cannot be read.
    """
    quotas = []
    for part in re.split(r"[,，、;；]\s*", text.strip()):
        code, sign, wanted = part.partition("=")
        if not sign or not code.strip():
            raise InvalidInput(f"“{part}”看不明白。", "请按“A=5%+2,B=10%”的样子填写。")
        quotas.append(_parse_quota(code.strip(), wanted.strip()))
    return tuple(quotas)


def _parse_quota(code: str, wanted: str) -> Quota:
    amount, _, spare = wanted.partition("+")
    if spare and not spare.isdigit():
        raise InvalidInput(f"候补数“{spare}”不对。", "请填写整数，例如 5%+2。")
    substitutes = int(spare or 0)
    if amount == SHARE:
        return Quota(code, QuotaMode.TOTAL, substitutes=substitutes)
    if amount.startswith(CHANCE):
        return Quota(code, QuotaMode.PROBABILITY, parse_ratio(amount.removeprefix(CHANCE)))
    if amount.startswith(("≤", "<=")):
        return Quota(
            code, QuotaMode.RATIO_MAX, parse_ratio(amount.lstrip("≤<=")), substitutes=substitutes
        )
    if amount.endswith(("%", "％")):
        return Quota(code, QuotaMode.RATIO, parse_ratio(amount), minimum=1, substitutes=substitutes)
    if not amount.isdigit():
        raise InvalidInput(f"“{code}={wanted}”看不明白。", "请填写比例（5%）或家数（3）。")
    return Quota(code, QuotaMode.NUMBER, number=int(amount), substitutes=substitutes)


def check_line(line: LineDraft) -> None:
    """InvalidInput for a line that could not be drawn."""
    if not line.name.strip():
        raise InvalidInput("抽查任务名称不能为空。", "请填写任务名称。")
    if not line.items:
        raise InvalidInput("没有选择抽查事项。", "请至少选择一项。")
    if not line.quotas:
        raise InvalidInput("没有设定抽查比例或数量。", "请为每个分层填写比例或家数。")
    _check_once([quota.code for quota in line.quotas])
    _check_modes(line)
    if line.stratify_by not in STRATIFY_BY:
        raise InvalidInput(
            f"不能按“{line.stratify_by}”分层。", "请改为信用等级、区域、行业或不分层。"
        )
    if not 1 <= line.first_month <= line.last_month <= 12:
        raise InvalidInput("抽查月份不对。", "请填写 1–12 月，起始月不晚于结束月。")
    if not line.lead.strip():
        raise InvalidInput("没有填写牵头部门。", "请选择牵头部门。")
    if not 2 <= line.team_size <= 9:
        raise InvalidInput("每组执法人员不得少于 2 人。", "请填写 2–9。")


def _check_modes(line: LineDraft) -> None:
    shared = any(quota.mode is QuotaMode.TOTAL for quota in line.quotas)
    if shared != (line.total is not None):
        raise InvalidInput("总数和“分摊”要一起填写。", "请填写总数，并把参加分摊的层写成“分摊”。")
    if line.is_single_filing and (len(line.quotas) > 1 or line.stratify_by):
        raise InvalidInput("按概率抽取不能分层。", "请选择不分层，写成“ALL=概率50%”。")
    whole = all(q.mode is QuotaMode.RATIO and q.ratio == WHOLE for q in line.quotas)
    if line.batches and (line.batches < 2 or not whole):
        raise InvalidInput("分批只用于全部检查的任务。", "请把各层写成 100%，批数不少于 2。")


def _check_once(codes: Sequence[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise InvalidInput(f"分层“{code}”写了两次。", "请只留一条。")


def season_warning(method: InspectionMethod, first_month: int, last_month: int) -> str | None:
    """Site checks in the frozen months deserve a second look (background: 5–10 月 season)."""
    winter = {11, 12, 1, 2, 3} & set(range(first_month, last_month + 1))
    if method is InspectionMethod.ON_SITE and winter:
        return "现场检查安排在冬季停工期（11 月至次年 3 月），请确认。"
    return None

"""What a password must be and how long it lasts (等保 2.0 第二级; the office may be stricter)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from ssj_desktop.domain.errors import InvalidInput, RuleViolation

_BOUNDS = {
    "length": (8, 64, "密码最短长度"),
    "classes": (2, 4, "密码字符种类"),
    "remembered": (0, 24, "不得重复的旧密码个数"),
    "days": (0, 365, "密码有效天数（0 为不限）"),
    "failures": (3, 10, "锁定前允许的失败次数"),
    "idle_minutes": (1, 60, "无操作锁屏分钟数"),
}
POLICY_SETTINGS = tuple(f"access.{name}" for name in _BOUNDS)


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Password and locking rules; only the security administrator changes them."""

    length: int = 10
    classes: int = 3
    remembered: int = 5
    days: int = 90
    failures: int = 5
    idle_minutes: int = 10

    def label(self, name: str) -> str:
        return _BOUNDS[name][2]

    def bounds(self, name: str) -> tuple[int, int]:
        return _BOUNDS[name][:2]


def policy_from(settings: Mapping[str, str]) -> AccessPolicy:
    """The office's policy; a value that is missing or out of bounds is the default."""
    policy = AccessPolicy()
    for field in fields(AccessPolicy):
        text = settings.get(f"access.{field.name}", "")
        low, high, _ = _BOUNDS[field.name]
        if text.isascii() and text.isdigit() and low <= int(text) <= high:
            policy = replace(policy, **{field.name: int(text)})
    return policy


def check_policy(policy: AccessPolicy) -> None:
    """Refuse a policy outside what the program stands for."""
    for name, (low, high, label) in _BOUNDS.items():
        if not low <= getattr(policy, name) <= high:
            raise InvalidInput(f"{label}不在 {low}–{high} 之间。", "请改正后再保存。")


def check_password(password: str, policy: AccessPolicy | None = None) -> None:
    """Refuse a password that is too short or of too few kinds of characters."""
    rule = policy or AccessPolicy()
    kinds = (
        any(c.islower() for c in password),
        any(c.isupper() for c in password),
        any(c.isdigit() for c in password),
        any(not c.isalnum() for c in password),
    )
    if len(password) < rule.length or sum(kinds) < rule.classes:
        raise InvalidInput(
            "密码太简单。",
            f"至少 {rule.length} 个字符，并含大写字母、小写字母、数字、符号中的"
            f"{'零一二三四'[rule.classes]}类。",
        )


def check_pin(pin: str) -> None:
    """A witness's PIN only confirms inside an open store; it never unlocks one."""
    if not (pin.isascii() and pin.isdigit() and 6 <= len(pin) <= 12) or len(set(pin)) < 3:
        raise InvalidInput("见证人 PIN 不合要求。", "请设 6–12 位数字，且不能只有一两种数字。")


def refuse_reused(is_former: bool, policy: AccessPolicy) -> None:
    if is_former:
        raise RuleViolation(f"这个密码在最近 {policy.remembered} 次中用过。", "请换一个新密码。")


def expires_at(set_at: datetime | None, policy: AccessPolicy) -> datetime | None:
    """When a password must be changed; None for never."""
    if set_at is None or not policy.days:
        return None
    return set_at + timedelta(days=policy.days)

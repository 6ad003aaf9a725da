"""Which roles may meet in one account (等保 2.0 第二级: 三员分立)."""

from collections.abc import Iterable, Mapping

from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.vocabulary import Role

ADMINS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
OFFICE_WORK = frozenset({Role.CLERK, Role.APPROVER, Role.INSPECTOR, Role.WITNESS})


def refuse_mixed(roles: Iterable[Role], *, small_office: bool) -> None:
    """Raise when these roles must not meet in one account.

    小单位模式 alone lets one person hold the first two and, since such an office has nobody else,
    prepare as 经办人 too; approving always stays with somebody else.
    """
    held = frozenset(roles)
    for pair, fact in _NEVER:
        if pair <= held:
            raise RuleViolation(fact, "请分开设两个账号。")
    if Role.AUDITOR in held and len(held) > 1:
        raise RuleViolation("审计员不能兼任其他角色。", "请为审计员单独设一个账号。")
    if held & ADMINS:
        _refuse_with_admin(held, small_office)


_NEVER = (
    (frozenset({Role.CLERK, Role.APPROVER}), "经办人和审批人不能是同一个账号。"),
    (frozenset({Role.CLERK, Role.WITNESS}), "经办人不能兼任见证人。"),
    (frozenset({Role.APPROVER, Role.WITNESS}), "审批人不能兼任见证人。"),
    (frozenset({Role.APPROVER, Role.INSPECTOR}), "检查人员不能兼任审批人。"),
)


def _refuse_with_admin(held: frozenset[Role], small_office: bool) -> None:
    if held & (OFFICE_WORK - {Role.CLERK}):
        raise RuleViolation("管理员不能兼任审批人、见证人或检查人员。", "请分开设账号。")
    if small_office:
        return
    if held >= ADMINS:
        raise RuleViolation(
            "系统管理员和安全管理员不能是同一个账号。", "请分开设账号，或启用小单位模式。"
        )
    if held & OFFICE_WORK:
        raise RuleViolation("管理员账号不能办理业务。", "请为业务另设账号，或启用小单位模式。")


def combined_admins(accounts: Mapping[str, Iterable[Role]]) -> tuple[str, ...]:
    """Accounts that only 小单位模式 allows, in the given order."""
    return tuple(name for name, roles in accounts.items() if _needs_small_office(frozenset(roles)))


def _needs_small_office(held: frozenset[Role]) -> bool:
    return held >= ADMINS or bool(held & ADMINS and held & OFFICE_WORK)

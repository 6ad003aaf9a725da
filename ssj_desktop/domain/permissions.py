"""What a role may do; one row per use-case (等保 2.0 第二级: duties are kept apart)."""

from collections.abc import Iterable

from ssj_desktop.domain.errors import PermissionRefused
from ssj_desktop.domain.vocabulary import Role

_CLERK = frozenset({Role.CLERK})
_APPROVER = frozenset({Role.APPROVER})
_ADMIN = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
_FIELD = frozenset({Role.CLERK, Role.INSPECTOR})
_SYSTEM = frozenset({Role.SYSTEM_ADMIN})
_SECURITY = frozenset({Role.SECURITY_ADMIN})
_EVERYONE = frozenset(Role)

ALLOWED: dict[str, frozenset[Role]] = {
    "found_office": _ADMIN,
    "adopt_store": _EVERYONE,
    "take_root_key": _SECURITY,
    "admit_device": _ADMIN,
    "revoke_device": _ADMIN,
    "restore_administrator": _ADMIN,
    "record_sign_in": _EVERYONE,
    "keep_slot": _EVERYONE,
    "replace_slot": _SECURITY,
    "keep_recovery": _SECURITY,
    "add_account": _SYSTEM,
    "link_person": _SYSTEM,
    "suspend_account": _SYSTEM,
    "resume_account": _SYSTEM,
    "mark_removed": _SYSTEM,
    "note_data_key": _ADMIN,
    "note_unlock": _ADMIN,
    "set_pin": _ADMIN,
    "grant_roles": _SECURITY,
    "set_policy": _SECURITY,
    "set_office_mode": _SECURITY,
    "apply_segments": _EVERYONE - {Role.AUDITOR, Role.WITNESS},
    "resolve_conflict": _CLERK,
    "change_setting": _ADMIN | _CLERK,
    "choose_second_folder": _ADMIN | _CLERK,
    "record_drill": frozenset(Role),
    "record_restore": _ADMIN,
    "import_holidays": _ADMIN | _CLERK,
    "load_starter_items": _CLERK,
    "enrol": _CLERK,
    "revise": _CLERK,
    "change_status": _CLERK,
    "import_rows": _CLERK,
    "revert_import": _CLERK,
    "draft_plan": _CLERK,
    "save_line": _CLERK,
    "remove_line": _CLERK,
    "revise_plan": _CLERK,
    "approve_plan": _APPROVER,
    "file_plan": _CLERK,
    "add_peer_office": _ADMIN,
    "prepare_filing": _CLERK,
    "countersign_filing": _APPROVER,
    "answer_filing": _APPROVER,
    "take_filings": _CLERK | _APPROVER,
    "furnish_rehearsal": _ADMIN | _CLERK,
    "freeze_draw": _CLERK,
    "open_slips": _CLERK,
    "enter_slip": _CLERK,
    "draw": _CLERK,
    "unseal_draw": _APPROVER,
    "apply_amendment": _FIELD,
    "decide_amendment": _APPROVER,
    "void_draw": _APPROVER,
    "count_print": _CLERK | _APPROVER,
    "schedule_visit": _FIELD,
    "enter_result": _FIELD,
    "submit_task": _FIELD,
    "review_task": _APPROVER,
    "prepare_disclosure": _CLERK,
    "assess_disclosure": _CLERK,
    "approve_disclosure": _APPROVER,
    "exempt_disclosure": _APPROVER,
    "record_publication": _CLERK,
    "withdraw_disclosure": _APPROVER,
}


def refuse_unless_allowed(use_case: str, roles: Iterable[Role]) -> None:
    """Raise PermissionRefused unless one of ``roles`` may run ``use_case``."""
    allowed = ALLOWED[use_case]
    if allowed.isdisjoint(roles):
        needed = "、".join(sorted(role.label for role in allowed))
        raise PermissionRefused("当前账号没有这项权限。", f"请由{needed}账号登录后办理。")


def refuse_same_person(preparer: str | None, decider: str, act: str) -> None:
    """No account both prepares and decides the same thing."""
    if preparer == decider:
        raise PermissionRefused(f"{act}不能由经办人本人办理。", "请换另一位有权限的人员登录。")

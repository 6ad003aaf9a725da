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
_READERS = frozenset({Role.CLERK, Role.APPROVER, Role.AUDITOR})

ALLOWED: dict[str, frozenset[Role]] = {
    "found_office": _ADMIN,
    "adopt_store": _EVERYONE,
    "apply_waiting": _EVERYONE,
    "show_root_key": _SECURITY,
    "take_root_key": _SECURITY,
    "begin_joining": _ADMIN,
    "accept_admission": _ADMIN,
    "watch_office": _ADMIN,
    "admit_device": _ADMIN,
    "take_in": _ADMIN | _FIELD | _APPROVER,
    "preview_exchange": _ADMIN | _FIELD | _APPROVER,
    "amend_report": _ADMIN | _FIELD | _APPROVER,
    "forget_behind": _ADMIN | _FIELD | _APPROVER,
    "keep_server": _ADMIN | _CLERK,
    "forget_server": _ADMIN | _CLERK,
    "lease_tasks": _CLERK,
    "restore_tasks": _ADMIN,
    "return_leases": _ADMIN | _FIELD | _APPROVER,
    "revoke_device": _ADMIN,
    "restore_administrator": _ADMIN,
    "record_sign_in": _EVERYONE,
    "note_changed_keys": frozenset(Role),
    "note_keys_taken_back": frozenset(Role),
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
    "settle_conflict": _CLERK,
    "settle_all": _CLERK,
    "change_setting": _ADMIN | _CLERK,
    "choose_second_folder": _ADMIN | _CLERK,
    "record_drill": frozenset(Role),
    "record_mending": frozenset(Role),
    "record_restore": _ADMIN,
    "import_holidays": _ADMIN | _CLERK,
    "load_starter_items": _CLERK,
    "enrol": _CLERK,
    "revise": _CLERK,
    "change_status": _CLERK,
    "unmask": _FIELD | _APPROVER,
    "note_private_export": _CLERK | _APPROVER,
    "keep_draft": _FIELD,
    "import_rows": _CLERK,
    "revert_import": _CLERK,
    "check_staff": _CLERK,
    "load_edition": _CLERK,
    "adopt_edition": _CLERK,
    "note_publication": _CLERK,
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
    "enter_slip": _CLERK | {Role.WITNESS},
    "confirm_slip": frozenset({Role.WITNESS}),
    "draw": _CLERK,
    "unseal_draw": _APPROVER,
    "apply_amendment": _FIELD,
    "decide_amendment": _APPROVER,
    "void_draw": _APPROVER,
    "count_print": _CLERK | _APPROVER,
    "schedule_visit": _FIELD,
    "enter_result": _FIELD,
    "submit_task": _FIELD,
    "attach": _FIELD,
    "void_attachment": _FIELD,
    "note_attachment_export": _READERS | {Role.INSPECTOR},
    "review_task": _APPROVER,
    "prepare_disclosure": _CLERK,
    "assess_disclosure": _CLERK,
    "approve_disclosure": _APPROVER,
    "exempt_disclosure": _APPROVER,
    "record_publication": _CLERK,
    "withdraw_disclosure": _APPROVER,
}

READABLE: dict[str, frozenset[Role]] = {
    "registries": _READERS,
    "registry_pages": _READERS,
    "registry_papers": _READERS,
    "import_preview": _READERS,
    "staff_check": _READERS,
    "item_lists": _READERS,
    "plans": _READERS,
    "pools": _READERS,
    "draws": _READERS,
    "draw_papers": _READERS,
    "draw_ledger": _READERS,
    "inspections": _READERS,
    "inspections.list_tasks_for": _READERS | {Role.INSPECTOR},
    "attachments": _READERS | {Role.INSPECTOR},
    "attachment_papers": _READERS | {Role.INSPECTOR},
    "disclosures": _READERS,
    "filings": _READERS,
    "fairness": _READERS,
    "overview": _READERS,
    "journal.list_entries": _READERS | _SECURITY,
    "journal.find_entries": _READERS | _SECURITY,
}
"""Topics of queries with business data, or one query of a topic; what is not named is open.

系统管理员 has no business data, 检查人员 only the own tasks (trust 3).
"""

PAGES: dict[str, frozenset[Role]] = {
    "inspections": _READERS | {Role.INSPECTOR},
    "journal": _READERS | _SECURITY,
    "accounts": _ADMIN | {Role.AUDITOR},
    "settings": _ADMIN | _CLERK,
    **dict.fromkeys(("backups", "sync", "devices", "health", "manual"), _READERS | _ADMIN),
}
"""Pages that are not for readers of business data alone."""


def may_open(page: str, roles: Iterable[Role]) -> bool:
    return not PAGES.get(page, _READERS).isdisjoint(roles)


def may_read(topic: str, query: str, roles: Iterable[Role]) -> bool:
    readers = READABLE.get(f"{topic}.{query}", READABLE.get(topic, _EVERYONE))
    return not readers.isdisjoint(roles)


def refuse_unless_readable(topic: str, query: str, roles: Iterable[Role]) -> None:
    """Raise PermissionRefused when the query shows what these roles must not see."""
    if not may_read(topic, query, roles):
        raise PermissionRefused(
            "当前账号不能查看这些业务数据。", "请由经办人、审批人或审计员账号登录后查看。"
        )


def refuse_unless_allowed(use_case: str, roles: Iterable[Role]) -> None:
    """Raise PermissionRefused unless one of ``roles`` may run ``use_case``."""
    allowed = ALLOWED[use_case]
    if allowed.isdisjoint(roles):
        needed = "、".join(sorted(role.label for role in allowed))
        raise PermissionRefused("当前账号没有这项权限。", f"请由{needed}账号登录后办理。")


def refuse_foreign_task(person: str | None, team: Iterable[str], roles: Iterable[Role]) -> None:
    """检查人员 works on the own tasks only; 经办人 on all of them."""
    if Role.CLERK not in set(roles) and (not person or person not in team):
        raise PermissionRefused("这不是分到您的检查任务。", "请由检查组成员或经办人办理。")


def refuse_same_person(preparer: str | None, decider: str, act: str) -> None:
    """No account both prepares and decides the same thing."""
    if preparer == decider:
        raise PermissionRefused(f"{act}不能由经办人本人办理。", "请换另一位有权限的人员登录。")

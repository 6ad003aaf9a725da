"""What a conflict is about, in the clerk's words, and which conflicts a draw has to wait for."""

from ssj_desktop.domain.fields import REGISTRIES

ELIGIBILITY: dict[str, frozenset[str]] = {
    "targets": frozenset(
        {"code", "number", "kind", "industry", "credit_class", "area", "status", ""}
    ),
    "inspectors": frozenset(
        {
            "code", "certificate_number", "certificate_expiry", "department", "level",
            "categories", "specialties", "areas", "leader", "cap", "conflicts", "status", "",
        }
    ),
    "experts": frozenset({"code", "specialties", "areas", "cap", "conflicts", "status", ""}),
    "inspection_items": frozenset({"number", "item_class", "ratio_ceiling", "status", ""}),
}  # fmt: skip
"""Fields that decide who is in the pool and who may visit; "" is the row itself."""

_REGISTRY_OF = {
    "targets": "targets",
    "inspectors": "inspectors",
    "inspection_items": "items",
    "witnesses": "witnesses",
    "experts": "experts",
}
_TABLES = {
    "annual_plans": "年度抽查计划",
    "plan_lines": "计划任务",
    "draws": "随机抽取",
    "draw_amendments": "替补和回避",
    "inspection_tasks": "检查任务",
    "item_results": "检查结果",
    "attachments": "附件",
    "attachment_voids": "附件作废",
    "disclosures": "公示",
    "settings": "系统设置",
    "accounts": "账号",
    "changed_days": "放假安排",
    "import_batches": "导入批次",
    "field_leases": "外业任务",
    "returned_excerpts": "外业机带回的副本",
    "peer_offices": "往来单位",
    "devices": "设备",
}
_FIELDS = {
    "": "整条记录",
    "name": "名称",
    "state": "状态",
    "reason": "原因",
    "strata": "比例或数量",
    "items": "抽查事项",
    "first_month": "起始月份",
    "last_month": "截止月份",
    "lead": "牵头部门",
    "partners": "配合部门",
    "method": "检查方式",
    "targeting": "抽查类型",
    "total": "抽取总数",
    "team_size": "检查组人数",
    "visit_on": "检查日期",
    "visit_date": "检查日期",
    "place": "地点",
    "entered_by": "录入人",
    "review_opinion": "复核意见",
    "reviewed_by": "复核人",
    "completed_on": "完成日期",
    "value": "设置值",
    "roles": "角色",
    "active": "是否启用",
    "filing_number": "备案编号",
    "filed_to": "备案机关",
    "published_on": "公示日期",
    "assessment": "研判意见",
    "returned_at": "收回时间",
}


def registry_of(table: str) -> str | None:
    """The registry whose rows lie in this table."""
    return _REGISTRY_OF.get(table)


def table_label(table: str) -> str:
    kind = _REGISTRY_OF.get(table)
    return REGISTRIES[kind].label if kind else _TABLES.get(table, f"其他（{table}）")


def field_label(table: str, field: str) -> str:
    """The label of the form; a name nobody gave a label is shown as it is."""
    kind = _REGISTRY_OF.get(table)
    for described in REGISTRIES[kind].fields if kind else ():
        if described.name == field:
            return described.label
    return _FIELDS.get(field, f"栏目 {field}")


def affects_draw(table: str, field: str) -> bool:
    """Whether the draw depends on it: then it is settled before the pool is frozen."""
    return field in ELIGIBILITY.get(table, frozenset())

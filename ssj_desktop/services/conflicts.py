"""Settling conflicts: take this, take that, type new; one card or all of one device."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from ssj_desktop.domain.conflict_rules import registry_of
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.pinyin import initials
from ssj_desktop.models.rows import table_of
from ssj_desktop.queries.conflicts import ConflictCard, DisputedField, list_blocking, list_conflicts
from ssj_desktop.services.desk import Work
from ssj_desktop.services.sync import ResolveConflict, resolve_conflict


@dataclass(frozen=True, slots=True)
class SettleConflict:
    """Per field the chosen side's operation, or what was typed instead, and the reason."""

    table: str
    key: str
    reason: str
    chosen: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettleAll:
    """全部采用该设备: every open card as the device with this letter has it."""

    device: str
    reason: str


def settle_conflict(work: Work, command: SettleConflict) -> None:
    """Write the decision; it travels to all devices like any other edit."""
    card = _find_card(work, command.table, command.key)
    values, remove = dict[str, Any](), False
    for disputed in card.fields:
        if disputed.is_alarm:
            raise RuleViolation(
                "同一条记录有两种内容，属于篡改告警。",
                "两份都已保留，请审计员核查，不能在这里选择。",
            )
        if disputed.name in command.typed and not disputed.is_deletion:
            typed = command.typed[disputed.name]
            values[disputed.name] = _stored(card.table, disputed, typed)
            continue
        side = _side(disputed, command.chosen.get(disputed.name, ""))
        if disputed.is_deletion:
            remove = side.removes
        else:
            values[disputed.name] = side.value
    if remove:
        values = {}
    else:
        values |= _derived(card.table, values)
    resolve_conflict(
        work, ResolveConflict(command.table, command.key, command.reason, values, remove)
    )


def _find_card(work: Work, table: str, key: str) -> ConflictCard:
    for card in list_conflicts(work.session):
        if (card.table, card.key) == (table, key):
            return card
    raise RuleViolation("这条冲突已经处理。", "请刷新后查看。")


def _side(disputed: DisputedField, operation: str) -> Any:
    for side in disputed.sides:
        if side.operation == operation:
            return side
    raise InvalidInput(f"“{disputed.label}”还没有选择。", "请采用其中一边，或另填。")


def _stored(table: str, disputed: DisputedField, text: str) -> Any:
    """What was typed, as the column stores it; the form's own parser judges it."""
    kind, known = registry_of(table), table_of(table)
    if kind is None or known is None:
        raise InvalidInput(f"“{disputed.label}”不能另填。", "请采用其中一边。")
    described = next((f for f in REGISTRIES[kind].fields if f.name == disputed.name), None)
    if described is None:
        raise InvalidInput(f"“{disputed.label}”不能另填。", "请采用其中一边。")
    value = described.parse(text)
    bind = known.columns[disputed.name].type.bind_processor(sqlite_dialect())
    return bind(value) if bind else value


def _derived(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The initials of a settled name; of the clashing edits nobody knows whose were kept."""
    if registry_of(table) is None or "name" not in values:
        return {}
    return {"initials": initials(str(values["name"]))}


def settle_all(work: Work, command: SettleAll) -> int:
    """Take one device's word for every card it is a side of; how many were settled."""
    settled = 0
    for card in list_conflicts(work.session):
        chosen = {
            disputed.name: side.operation
            for disputed in card.fields
            for side in disputed.sides
            if side.device == command.device
        }
        if len(chosen) == len(card.fields) and not any(f.is_alarm for f in card.fields):
            settle_conflict(work, SettleConflict(card.table, card.key, command.reason, chosen))
            settled += 1
    if not settled:
        raise RuleViolation(f"没有可以全部采用 {command.device} 机的冲突。", "请逐条处理。")
    return settled


def refuse_open_conflicts(work: Work) -> None:
    """A pool is frozen only when nobody disputes who is in it (spec/sync.md 6)."""
    titles = list_blocking(work.session)
    if titles:
        shown = "、".join(titles[:3])
        raise RuleViolation(
            f"有 {len(titles)} 条影响抽取的冲突还没有处理：{shown}。",
            "请在“数据同步”页处理后再锁定名录。",
        )

"""Changing the status of several rows at once: 移出名录库 keeps the rows and their records."""

from collections.abc import Sequence
from dataclasses import dataclass

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.services.desk import Work
from ssj_desktop.services.registries import Revise, revise

MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """The label of the new status, for which rows and why."""

    kind: str
    row_ids: Sequence[str]
    status: str
    reason: str


def change_status(work: Work, command: ChangeStatus) -> None:
    """All rows or none; each keeps its own history and its own journal entry (方案 二（三）)."""
    registry = REGISTRIES[command.kind]
    if not command.row_ids:
        raise InvalidInput("没有选择任何行。", "请先在列表中勾选。")
    if len(command.row_ids) > MOST_AT_ONCE:
        raise InvalidInput(
            f"一次最多调整 {MOST_AT_ONCE} {registry.counter}。", "请分几次办理，或用导入更新。"
        )
    if not command.reason.strip():
        raise InvalidInput("没有写明原因。", "请填写调整状态的原因。")
    texts = {"status": command.status}
    for row_id in command.row_ids:
        revise(work, Revise(command.kind, row_id, texts, command.reason.strip()))

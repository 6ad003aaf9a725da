"""A store that does not open because it is damaged: repair it, only look into it, or leave it."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.looking import look_in
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.repair import RepairPlan, plan_repair, repair
from ssj_desktop.services.surroundings import Surroundings
from ssj_desktop.ui.errors import ask_way
from ssj_desktop.ui.tasks import wait_for
from ssj_desktop.ui.widgets import plain_tip

REPAIR, LOOK, LEAVE = "用备份修复", "只读查看", "先不处理"


def open_damaged(parent: QWidget, store: Path, who: Credentials) -> Desk | None:
    """The desk of a repaired store, one that only reads, or None."""
    plan: RepairPlan | None = None
    try:
        plan = wait_for(parent, "正在检查数据库和备份……", partial(plan_repair, store, who))
        text = (
            f"可以用备份“{plan.restore.backup.name}”修复，日志镜像能补回的会补回。"
            f"只用备份会失去：{plan.loss_text}。损坏的文件另存一份。"
        )
    except StoreRefused as refusal:
        text = f"不能修复：{refusal}"
    choice = _ask(parent, store, plan, text)
    if choice == LOOK:
        return look_in(store, who)
    if choice != REPAIR or plan is None:
        return None
    done = wait_for(parent, "正在修复，请不要关机……", partial(repair, plan, who, Surroundings()))
    QMessageBox.information(
        parent,
        "已修复",
        plain_tip(f"{done.text}共 {done.restored.rows} 行。损坏的文件在：{done.restored.kept}"),
    )
    return sign_in(store, who.password, who.account)


def _ask(parent: QWidget, store: Path, plan: RepairPlan | None, text: str) -> str:
    is_there = store.exists()
    found = f"数据库有 {len(plan.faults)} 处损坏。" if plan else "数据库已损坏。"
    found = found if is_there else "数据库文件不见了。"
    look = "也可以先只读查看，把还能读出的导出。" if is_there else ""
    ways = [*([REPAIR] if plan else []), *([LOOK] if is_there else []), LEAVE]
    return ask_way(parent, "数据库已损坏", found, f"{text}{look}", ways)

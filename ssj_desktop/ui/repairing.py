"""A store that does not open because it is damaged: what would be lost, then the repair."""

from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.repair import plan_repair, repair
from ssj_desktop.services.surroundings import Surroundings
from ssj_desktop.ui.widgets import plain_tip


def offer_repair(parent: QWidget, store: Path, who: Credentials) -> bool:
    """True when the store was repaired; a refusal says why it cannot be."""
    plan = plan_repair(store, who)
    box = QMessageBox(
        QMessageBox.Icon.Warning,
        "数据库已损坏",
        plain_tip(f"数据库有 {len(plan.faults)} 处损坏。"),
        parent=parent,
    )
    box.setInformativeText(
        plain_tip(
            f"可以用备份“{plan.restore.backup.name}”修复，日志镜像能补回的会补回。"
            f"只用备份会失去：{plan.loss_text}。损坏的文件另存一份。"
        )
    )
    go = box.addButton("用备份修复", QMessageBox.ButtonRole.AcceptRole)
    box.addButton("先不修复", QMessageBox.ButtonRole.RejectRole)
    box.exec()
    if box.clickedButton() is not go:
        return False
    done = repair(plan, who, Surroundings())
    QMessageBox.information(
        parent,
        "已修复",
        plain_tip(f"{done.text}共 {done.restored.rows} 行。损坏的文件在：{done.restored.kept}"),
    )
    return True

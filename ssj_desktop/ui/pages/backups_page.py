"""备份与恢复: what backups there are, a second place, the drill, repair and restore."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QMessageBox,
)

from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.queries.backups import find_last_drill, find_second_folder
from ssj_desktop.services.backups import (
    BackupDone,
    BackupRow,
    ChooseSecondFolder,
    Drill,
    back_up,
    choose_second_folder,
    drill,
    list_backup_rows,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import Finding, examine
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.restoring import RestorePlan, plan_restore, restore
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.packing import export_pack
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import run_task, wait_for
from ssj_desktop.ui.widgets import Card, Page, Pill, button, label, plain_tip


def build(desk: Desk) -> "BackupsPage":
    return BackupsPage(desk)


class BackupsPage(Page):
    """Everything slow runs on a worker; a restore ends the session."""

    areas = frozenset({"backups", "office"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("备份与恢复")
        self.desk = desk
        self.state = Pill()
        self.head.add(
            self.state,
            button("体检", self.examine),
            button("恢复演练", self.drill),
            button("立即备份", self.back_up, "primary"),
        )
        self.second, self.last = label("", wrap=True), label("", wrap=True)
        place = Card("第二备份位置")
        place.box.addWidget(self.second)
        place.box.addWidget(self.last)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(button("导出诊断包…", lambda: export_pack(self, self.desk)))
        row.addWidget(button("不用第二位置", lambda: self.set_second("")))
        row.addWidget(button("选择文件夹…", self.choose_second))
        place.box.addLayout(row)
        self.box.addWidget(place)
        columns: list[ColumnSpec[BackupRow]] = [
            ColumnSpec("最后一条操作", lambda row: row.at, 14),
            ColumnSpec("序号", lambda row: str(row.sequence), 6),
            ColumnSpec("缘由", lambda row: row.reason, 7),
            ColumnSpec("大小", lambda row: f"{row.size // 1024} KB", 8),
            ColumnSpec("位置", lambda row: row.place, 8),
            ColumnSpec("文件", lambda row: row.path.name, 30, stretch=True),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "备份")
        card = Card()
        card.box.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("用选中的备份恢复…", self.restore_chosen, "danger"))
        card.box.addLayout(foot)
        self.box.addWidget(card, 1)

    def refresh(self) -> None:
        rows = list_backup_rows(self.desk)
        self.model.show(rows)
        self.head.subtitle.setText(f"{len(rows)} 份")
        folder = self.desk.ask(find_second_folder)
        self.second.setText(folder or "没有设置。电脑损坏时会失去全部备份，请选另一块盘或移动盘。")
        last = self.desk.ask(find_last_drill)
        told = f"{last.local_time[:10]}：{last.result}" if last else "还没有做过（每月自动一次）"
        self.last.setText(f"恢复演练　{told}")

    def back_up(self) -> None:
        work = partial(back_up, self.desk, BackupReason.MANUAL)
        run_task(self, "正在备份并核对……", work, self._backed_up)

    def _backed_up(self, done: BackupDone) -> None:
        self.refresh()
        if done.notice:
            state = "第二位置没有写成" if done.second_fault else "已备份，有提示"
            self.state.show_state(state, "warn")
            QMessageBox.information(self, "备份", plain_tip(done.notice))
        else:
            self.state.show_state("已备份并核对", "ok")

    def drill(self) -> None:
        run_task(self, "正在演练恢复……", partial(drill, self.desk), self._drilled)

    def _drilled(self, found: Drill) -> None:
        self.refresh()
        self.state.show_state(
            "恢复演练通过" if found.passed else found.result, "ok" if found.passed else "bad"
        )

    def examine(self) -> None:
        run_task(self, "正在体检……", partial(examine, self.desk), self._examined)

    def _examined(self, findings: tuple[Finding, ...]) -> None:
        lines = [f"{'✓' if each.ok else '！'} {each.name}：{each.text}" for each in findings]
        QMessageBox.information(self, "体检", plain_tip("\n".join(lines)))

    def choose_second(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "第二备份位置（另一块盘或移动盘）")
        if folder:
            self.set_second(folder)

    def set_second(self, folder: str) -> None:
        act = partial(self.desk.do, choose_second_folder, ChooseSecondFolder(folder))
        if attempt(self, act):
            self.refresh()

    def chosen(self) -> Path | None:
        selected = self.table.selected_rows()
        return self.model.rows[selected[0]].path if selected else None

    def restore_chosen(self) -> None:
        """Password, what would be lost, a last question; then the program asks to sign in again."""
        backup = self.chosen()
        if backup is None:
            QMessageBox.information(self, "恢复", "请先在表中选一份备份。")
            return
        password, given = QInputDialog.getText(
            self, "恢复", f"{self.desk.actor.name} 的密码：", QLineEdit.EchoMode.Password
        )
        if given:
            who = Credentials(self.desk.actor.name, password)
            plan = partial(plan_restore, self.desk.database.path, backup, who)
            run_task(self, "正在检查备份……", plan, partial(self._confirm, who))

    def _confirm(self, who: Credentials, plan: RestorePlan) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Warning, "恢复", plain_tip(f"会失去：{plan.loss_text}。"), parent=self
        )
        box.setInformativeText("现有数据库另存一份，不会删除。恢复后程序退出，请重新登录。")
        go = box.addButton("恢复", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("取消", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is go:
            work = partial(restore, plan, who, self.desk.surroundings)
            self.desk.database.close()
            if attempt(self, partial(wait_for, self, "正在恢复，请不要关机……", work)):
                QMessageBox.information(self, "恢复", "已恢复。程序现在退出，请重新打开并登录。")
                QApplication.quit()

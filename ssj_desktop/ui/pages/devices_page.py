"""设备管理: the devices of the office, admitting and revoking, what is out with laptops."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

from ssj_desktop.queries.leases import LeaseRow, list_open_leases
from ssj_desktop.queries.membership import DeviceRow, find_roster, list_devices
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.filing_files import own_code
from ssj_desktop.services.joining import write_admission
from ssj_desktop.services.membership import (
    RevokeDevice,
    admit_device,
    revoke_device,
    take_root_key,
)
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.pages.admit_dialog import AdmitDialog
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.widgets import Card, Page, UndoBar, button, label, plain_tip

_BUNDLES = "加入回复 (*.ssjb)"


def build(desk: Desk) -> "DevicesPage":
    return DevicesPage(desk)


class DevicesPage(Page):
    """Who belongs to the office and when each was last heard from."""

    areas = frozenset({"devices", "sync", "inspections"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("设备管理")
        self.desk = desk
        self.revoke_button = button("撤销设备…", self.revoke, "danger")
        self.head.add(
            button("抄录单位根密钥…", self.take_root),
            self.revoke_button,
            button("设备加入…", self.admit, "primary"),
        )
        self.bar = UndoBar()
        self.box.addWidget(self.bar)
        columns: list[ColumnSpec[DeviceRow]] = [
            ColumnSpec("字母", lambda r: r.letter, 4),
            ColumnSpec("设备名称", lambda r: r.name, 16, stretch=True),
            ColumnSpec("类别", lambda r: r.role, 6),
            ColumnSpec("状态", lambda r: r.state, 7, tone=_tone),
            ColumnSpec(
                "上次来往", lambda r: r.heard, 9, tone=lambda r: "warn" if r.is_silent else ""
            ),
            ColumnSpec("设备标识", lambda r: r.device[:16], 13),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "设备")
        self.table.selectionModel().currentRowChanged.connect(self._on_select)
        card = Card()
        card.box.addWidget(self.table, 1)
        self.code = label("", "hint")
        card.box.addWidget(self.code)
        self.box.addWidget(card, 2)
        self.box.addWidget(self._leases(), 1)

    def _leases(self) -> Card:
        columns: list[ColumnSpec[LeaseRow]] = [
            ColumnSpec("任务编号", lambda r: r.task_number, 16),
            ColumnSpec("检查对象", lambda r: r.target, 20, stretch=True),
            ColumnSpec("带出设备", lambda r: r.device_name, 12),
            ColumnSpec(
                "已带出",
                lambda r: f"{r.days} 天",
                7,
                tone=lambda r: "warn" if r.is_overdue else "neutral",
            ),
        ]
        self.leases = RowsModel(columns, self)
        card = Card("在外业机上的任务")
        card.box.addWidget(make_table(self.leases, "在外业机上的任务"), 1)
        self.reminder = label("", "notice", wrap=True)
        card.box.addWidget(self.reminder)
        return card

    def refresh(self) -> None:
        now = self.desk.surroundings.now()
        rows = self.desk.ask(list_devices, now)
        self.model.show(rows)
        leases = self.desk.ask(list_open_leases, now)
        self.leases.show(leases)
        late = {row.device_name for row in leases if row.is_overdue}
        self.reminder.setText(
            f"“{'、'.join(sorted(late))}”带出已久。请催交；如已丢失，请立即撤销该设备。"
            if late
            else ""
        )
        self.reminder.setVisible(bool(late))
        self.head.subtitle.setText(f"共 {len(rows)} 台")
        if rows:
            self.code.setText(f"本单位比对码 {own_code(self.desk)}（新设备导入加入回复时核对）")
            self.table.selectRow(max(0, self.table.currentIndex().row()))
        self._on_select()

    def current(self) -> DeviceRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _on_select(self, *_: object) -> None:
        row = self.current()
        self.revoke_button.setEnabled(row is not None and row.is_active and not row.is_own)

    def admit(self) -> None:
        used = {row.letter for row in self.model.rows}
        free = next((c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in used), "")
        dialog = AdmitDialog(self, free)
        found: list[str] = []
        while dialog.exec():
            if attempt(self, lambda: found.append(self.desk.do(admit_device, dialog.command()))):
                self.export_admission(found[0])
                return

    def export_admission(self, device: str) -> None:
        member = self.desk.ask(find_roster).members[device]
        name, _ = QFileDialog.getSaveFileName(
            self, "导出加入回复", f"加入回复_{member.name}.ssjb", _BUNDLES
        )
        if name and attempt(self, partial(write_admission, self.desk, Path(name), member)):
            self.bar.offer(f"加入回复已写出并核对。请在“{member.name}”上导入，可以安全拔出 U 盘。")

    def revoke(self) -> None:
        row = self.current()
        if row is None:
            return
        reason, ok = QInputDialog.getText(self, f"撤销“{row.name}”", "原因，例如：笔记本丢失")
        if ok:
            command = RevokeDevice(row.device, reason)
            attempt(self, partial(self.desk.do, revoke_device, command))

    def take_root(self) -> None:
        """Shown once, to be written on the recovery sheet."""
        question = "根密钥只显示这一次，显示后本机不再保存。请准备好恢复单，确认要现在抄录吗？"
        if (
            QMessageBox.question(self, "抄录单位根密钥", plain_tip(question))
            != QMessageBox.StandardButton.Yes
        ):
            return
        found: list[str] = []
        if attempt(self, lambda: found.append(self.desk.do(take_root_key, None))):
            QMessageBox.information(self, "单位根密钥（请抄到恢复单上）", plain_tip(found[0]))


def _tone(row: DeviceRow) -> str:
    return "ok" if row.is_active else "neutral"

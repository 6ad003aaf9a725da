"""设备管理: the devices of the office, admitting and revoking, what is out with laptops."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from ssj_desktop.domain.membership import MemberRecord
from ssj_desktop.queries.leases import LeaseRow, list_open_leases
from ssj_desktop.queries.membership import DeviceRow, find_roster, is_admin_device, list_devices
from ssj_desktop.queries.recovery import holds_root_key
from ssj_desktop.services.carrying import lacking_by_device
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.filing_files import own_code
from ssj_desktop.services.joining import write_admission
from ssj_desktop.services.membership import (
    AdmitDevice,
    admit_device,
    restore_administrator,
    revoke_device,
    take_root_key,
)
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.pages.admit_dialog import AdmitDialog
from ssj_desktop.ui.pages.admitted_dialog import AdmittedDialog
from ssj_desktop.ui.pages.late_laptops import LateLaptops
from ssj_desktop.ui.pages.revoke_dialog import RevokeDialog
from ssj_desktop.ui.pages.root_key_dialogs import RestoreAdministrator, TakeRootKey
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import attempt_slowly, run_quietly, run_task
from ssj_desktop.ui.widgets import Card, Page, button, label, plain_tip

_BUNDLES = "加入回复 (*.ssjb)"


def build(desk: Desk) -> "DevicesPage":
    return DevicesPage(desk)


class DevicesPage(Page):
    """Who belongs to the office and when each was last heard from."""

    areas = frozenset({"devices", "sync", "inspections"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("设备管理")
        self.desk = desk
        self.lacking: dict[str, int] = {}
        self.root_button = button("抄录单位根密钥…", self.take_root)
        self.restore_button = button("恢复为管理机…", self.restore_admin)
        self.revoke_button = button("撤销设备…", self.revoke, "danger")
        self.answer_button = button("导出加入回复…", self.export_selected)
        self.admit_button = button("设备加入…", self.admit, "primary")
        self.head.add(
            self.root_button, self.restore_button, self.revoke_button, self.answer_button,
            self.admit_button,
        )  # fmt: skip
        self.late = LateLaptops(desk)
        self.box.addWidget(self.late)
        self.silent = label("", "notice", wrap=True)
        self.box.addWidget(self.silent)
        self.box.addWidget(self._devices(), 2)
        self.box.addWidget(self._leases(), 1)

    def _devices(self) -> Card:
        columns: list[ColumnSpec[DeviceRow]] = [
            ColumnSpec("字母", lambda r: r.letter, 4),
            ColumnSpec("设备名称", lambda r: r.name, 16, stretch=True),
            ColumnSpec("类别", lambda r: r.role, 6),
            ColumnSpec("状态", lambda r: r.state, 7, tone=_tone),
            ColumnSpec(
                "上次来往", lambda r: r.heard, 9, tone=lambda r: "warn" if r.is_silent else ""
            ),
            ColumnSpec(
                "缺附件", self._lacking, 6, tone=lambda r: "warn" if self._lacking(r) else ""
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
        return card

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
        return card

    def refresh(self) -> None:
        now = self.desk.surroundings.now()
        rows = self.desk.ask(list_devices, now)
        self.lacking = lacking_by_device(self.desk)
        self.model.show(rows)
        self.leases.show(self.desk.ask(list_open_leases, now))
        self.late.refresh()
        silent = [f"“{row.name}”（{row.heard}）" for row in rows if row.is_silent]
        self.silent.setText(f"久未往来：{'、'.join(silent)}。抽取前请先与它们交换。")
        self.silent.setVisible(bool(silent))
        self.head.subtitle.setText(f"共 {len(rows)} 台")
        if rows:
            run_quietly(self, partial(own_code, self.desk), self._show_code)
            self.table.selectRow(max(0, self.table.currentIndex().row()))
        self._show_rights()
        self._on_select()

    def _show_code(self, code: str) -> None:
        self.code.setText(f"本单位比对码 {code}（新设备导入加入回复时核对）")

    def _lacking(self, row: DeviceRow) -> str:
        """What it said last, of this computer what is true now."""
        count = self.lacking.get(row.device, 0)
        return f"{count} 个" if count else ""

    def _show_rights(self) -> None:
        """Only what this account may do, on this computer, and only as long as it makes sense."""
        is_admin = self.desk.ask(is_admin_device)
        may_take = self.desk.why_not(take_root_key) is None and self.desk.ask(holds_root_key)
        may_restore = self.desk.why_not(restore_administrator) is None and not is_admin
        self.root_button.setVisible(may_take)
        self.restore_button.setVisible(may_restore)
        why = self.desk.why_not(admit_device)
        if why is None and not is_admin:
            why = "本机不是管理机，请在管理机上办理。"
        self.admit_button.setEnabled(why is None)
        self.admit_button.setToolTip(plain_tip(why or ""))

    def current(self) -> DeviceRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _on_select(self, *_: object) -> None:
        row = self.current()
        other = row is not None and row.is_active and not row.is_own
        may_admit = self.admit_button.isEnabled()
        self.answer_button.setEnabled(other and may_admit)
        self.revoke_button.setEnabled(
            other and may_admit and self.desk.why_not(revoke_device) is None
        )

    def admit(self) -> None:
        used = {row.letter for row in self.model.rows}
        free = next((c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in used), "")
        dialog = AdmitDialog(self, free)
        found: list[str] = []
        while dialog.exec():
            act = partial(self._admit, dialog.command(), found)
            if attempt_slowly(self, "正在登记设备……", act):
                self.export_admission(found[0])
                return

    def _admit(self, command: AdmitDevice, found: list[str]) -> None:
        found.append(self.desk.do(admit_device, command))

    def export_selected(self) -> None:
        row = self.current()
        if row is not None:
            self.export_admission(row.device)

    def export_admission(self, device: str) -> None:
        """The answer may be written again at any time; it always holds everything up to now."""
        member = self.desk.ask(find_roster).members[device]
        name, _ = QFileDialog.getSaveFileName(
            self, "导出加入回复", f"加入回复_{member.name}.ssjb", _BUNDLES
        )
        if name:
            path = Path(name)
            work = partial(self._write_admission, path, member)
            run_task(self, "正在写出加入回复……", work, partial(self.show_admitted, path, member))

    def _write_admission(self, path: Path, member: MemberRecord) -> str:
        """The file, and the digits of the office that stand on the other screen."""
        write_admission(self.desk, path, member)
        return own_code(self.desk)

    def show_admitted(self, path: Path, member: MemberRecord, code: str) -> None:
        AdmittedDialog(self, member.name, path.name, code).exec()

    def revoke(self) -> None:
        row = self.current()
        if row is not None:
            RevokeDialog(self, self.desk, row.device, row.name).exec()

    def take_root(self) -> None:
        attempt(self, lambda: TakeRootKey(self, self.desk).exec())
        self.refresh()

    def restore_admin(self) -> None:
        RestoreAdministrator(self, self.desk).exec()


def _tone(row: DeviceRow) -> str:
    return "ok" if row.is_active else "neutral"

"""A laptop that is out for too long: a sentence each, with the way to revoke it beside it."""

from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ssj_desktop.queries.leases import LateLaptop, list_late_laptops
from ssj_desktop.queries.membership import is_admin_device
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.membership import revoke_device
from ssj_desktop.ui.pages.revoke_dialog import RevokeDialog
from ssj_desktop.ui.widgets import button, clear_layout, label


class LateLaptops(QFrame):
    """Takes no room when every laptop is back in time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.desk = desk
        self.rows: tuple[LateLaptop, ...] = ()
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(12, 4, 12, 4)

    def refresh(self) -> None:
        self.rows = self.desk.ask(list_late_laptops, self.desk.surroundings.now())
        clear_layout(self.box)
        may_revoke = self.desk.why_not(revoke_device) is None and self.desk.ask(is_admin_device)
        for row in self.rows:
            self.box.addLayout(self._line(row, may_revoke=may_revoke and row.is_missing))
        self.setVisible(bool(self.rows))

    def _line(self, row: LateLaptop, *, may_revoke: bool) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(label(row.text, wrap=True), 1)
        if may_revoke:
            line.addWidget(button("撤销设备…", partial(self.revoke, row), "danger"))
        return line

    def revoke(self, row: LateLaptop) -> None:
        RevokeDialog(self, self.desk, row.device, row.name).exec()

"""系统设置: text size, yearly ceiling, contact line, next year's holidays, accounts."""

from pathlib import Path

from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
)

from ssj_desktop.queries.disclosures import CONTACT_SETTING
from ssj_desktop.queries.office import find_setting, list_accounts
from ssj_desktop.queries.pools import CEILING_SETTING, DEFAULT_CEILING
from ssj_desktop.services.accounts import ChangeSetting, change_setting
from ssj_desktop.services.calendar import ImportHolidays, import_holidays, read_holidays
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.pages.registry_files import TABLES
from ssj_desktop.ui.tasks import carry_out, run_counted_task
from ssj_desktop.ui.theme import TEXT_SIZE_SETTING, TEXT_SIZES, apply_theme
from ssj_desktop.ui.widgets import Card, Page, button, label


def build(desk: Desk) -> "SettingsPage":
    return SettingsPage(desk)


class SettingsPage(Page):
    """Each change is saved by itself and journalled."""

    areas = frozenset({"office"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("系统设置")
        self.desk = desk
        self.text_size = QComboBox()
        self.text_size.addItems(list(TEXT_SIZES))
        self.ceiling, self.contact = QLineEdit(), QLineEdit()
        self.accounts = label("", wrap=True)
        form = QFormLayout()
        form.addRow(label("界面字号"), self.text_size)
        form.addRow(label("同一对象每年最多检查次数"), self.ceiling)
        form.addRow(label("异议受理（印在公示表页脚）"), self.contact)
        form.addRow(label("账号"), self.accounts)
        card = Card()
        card.box.addLayout(form)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("导入放假安排…", self.choose_holidays))
        foot.addWidget(button("保存", self.save, "primary"))
        card.box.addLayout(foot)
        card.box.addStretch(1)
        self.box.addWidget(card, 1)

    def refresh(self) -> None:
        ask = self.desk.ask
        self.text_size.setCurrentText(ask(find_setting, TEXT_SIZE_SETTING, "标准"))
        self.ceiling.setText(ask(find_setting, CEILING_SETTING, DEFAULT_CEILING))
        self.contact.setText(ask(find_setting, CONTACT_SETTING))
        rows = ask(list_accounts)
        self.accounts.setText("\n".join(f"{row.name}　{row.role_text}" for row in rows))

    def save(self) -> None:
        """Store what differs; the text size shows at once."""
        ask = self.desk.ask
        ceiling = self.ceiling.text().strip()
        wanted = {
            TEXT_SIZE_SETTING: self.text_size.currentText(),
            CEILING_SETTING: ceiling if ceiling.isdigit() else DEFAULT_CEILING,
            CONTACT_SETTING: self.contact.text().strip(),
        }
        for name, value in wanted.items():
            if ask(find_setting, name) != value:
                carry_out(self, self.desk, change_setting, ChangeSetting(name, value))
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, wanted[TEXT_SIZE_SETTING])

    def choose_holidays(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "导入放假安排", "", TABLES)
        if name:
            path = Path(name)
            read = lambda progress: read_holidays(path, lambda: progress.cancelled)  # noqa: E731 - one word of a call
            run_counted_task(self, f"正在读取 {path.name} …", read, self._import_holidays)

    def _import_holidays(self, command: ImportHolidays) -> None:
        carry_out(self, self.desk, import_holidays, command)

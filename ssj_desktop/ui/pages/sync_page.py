"""数据同步: one button in, one out, the last exchange in figures, and the conflicts to settle."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.exchange_report import (
    COUNTED,
    LACKING,
    ExchangeReport,
    exchange_paper,
)
from ssj_desktop.queries.conflicts import ConflictCard, list_conflicts
from ssj_desktop.queries.exchanges import SyncState, find_last_report, find_sync_state
from ssj_desktop.queries.leases import list_double_entries
from ssj_desktop.queries.own_server import find_server
from ssj_desktop.services.conflicts import SettleAll, SettleConflict, settle_all, settle_conflict
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.field_bundles import (
    BroughtIn,
    Incoming,
    bring_in,
    lease_tasks,
    look_into,
    write_bundle_out,
    write_field_bundle,
)
from ssj_desktop.services.own_server import exchange_server, project_own
from ssj_desktop.services.returned_excerpts import restore_tasks
from ssj_desktop.services.steps import Steps
from ssj_desktop.services.transports import exchange_folder
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.pages.bring_in_dialog import BringInDialog
from ssj_desktop.ui.pages.conflict_card import ConflictEditor
from ssj_desktop.ui.pages.field_out_dialog import FieldOutDialog
from ssj_desktop.ui.pages.field_strip import FieldStrip
from ssj_desktop.ui.pages.server_dialog import ServerDialog
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.tasks import attempt_slowly, carry_out, wait_for, wait_in_steps
from ssj_desktop.ui.widgets import Card, Page, Pill, UndoBar, button, label, plain_tip

_BUNDLES = "数据包 (*.ssjb)"
_SHOWN = 3
_STOPPED = "已取消。已并入和已发出的都完整，其余没有改动；随时可以再交换。"


def build(desk: Desk) -> "SyncPage":
    return SyncPage(desk)


class SyncPage(Page):
    """The page of look/sync_conflicts.png."""

    areas = frozenset({"sync", "devices", "targets", "plans", "inspections"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("数据同步")
        self.desk = desk
        self.cards: tuple[ConflictCard, ...] = ()
        self.report: ExchangeReport | None = None
        self.server_button = self._server_button()
        self.folder_button = button("共享文件夹…", self.meet_in_folder)
        self.head.add(
            self.server_button,
            self.folder_button,
            button("导入数据包", self.take_in),
            self._out_button(),
        )
        self.strip = FieldStrip(desk)
        self.box.addWidget(self.strip)
        self.bar = UndoBar()
        self.box.addWidget(self.bar)
        self.box.addWidget(self._strip())
        self.list = QListWidget()
        self.list.setAccessibleName("待处理冲突")
        self.list.currentRowChanged.connect(self._show_card)
        self.editor = ConflictEditor(self.settle, self.step)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self._left())
        self.editor.tab_after = self.all_button
        splitter.addWidget(self.editor)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([270, 830])
        self.box.addWidget(splitter, 1)

    def _server_button(self) -> QPushButton:
        made = button("服务器", self.meet_at_server)
        menu = QMenu(self)
        self.server_action = menu.addAction("与服务器交换", self.meet_at_server)
        menu.addAction("服务器设置…", self.set_server)
        self.project_action = menu.addAction("汇总各单位（上级用）", self.project)
        made.setMenu(menu)
        return made

    def _out_button(self) -> QPushButton:
        made = button("导出数据包", self.hand_out)
        menu = QMenu(self)
        menu.addAction("给其他电脑的数据包…", self.hand_out)
        self.field_action = menu.addAction("外业包（带任务下乡）…", self.take_out)
        made.setMenu(menu)
        return made

    def _strip(self) -> Card:
        """新增、变更、冲突、等待、拒收 of the last exchange."""
        card = Card()
        row = QHBoxLayout()
        self.figures = {}
        for name, word, text in COUNTED:
            figure = label("0", "figure")
            figure.setAccessibleName(word)
            figure.setToolTip(plain_tip(text))
            self.figures[name] = figure
            row.addWidget(label(word, "hint"))
            row.addWidget(figure)
            row.addSpacing(24)
        row.addStretch(1)
        self.seal = Pill()
        self.safe = label("", "hint")
        self.print_button = button("打印交换记录", self.print_report)
        for widget in (self.seal, self.safe, self.print_button):
            row.addWidget(widget)
        card.box.addLayout(row)
        return card

    def _left(self) -> QWidget:
        card = Card()
        head = QHBoxLayout()
        self.count = label("", "hint")
        head.addWidget(label("待处理冲突", "section"), 1)
        head.addWidget(self.count)
        card.box.addLayout(head)
        card.box.addWidget(self.list, 1)
        self.blocking = label("", "notice", wrap=True)
        card.box.addWidget(self.blocking)
        self.doubles = label("", "notice", wrap=True)
        card.box.addWidget(self.doubles)
        self.all_button = button("全部采用一台设备…", self.settle_device)
        card.box.addWidget(self.all_button)
        side = QWidget()
        box = QVBoxLayout(side)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card)
        return side

    def refresh(self) -> None:
        kept = self.list.currentRow()
        self.cards = self.desk.ask(list_conflicts)
        self.report = self.desk.ask(find_last_report, self.desk.surroundings.local)
        self._show_report()
        self.strip.refresh()
        for office_only in (self.server_button, self.folder_button):
            office_only.setVisible(not self.strip.copy.is_field)
        server = self.desk.ask(find_server)
        self.server_action.setEnabled(server is not None)
        self.project_action.setEnabled(server is not None)
        may_lease = self.desk.why_not(lease_tasks) is None
        self.field_action.setEnabled(may_lease and not self.strip.copy.is_field)
        self.list.blockSignals(True)
        self.list.clear()
        for card in self.cards:
            mark = "　影响抽取" if card.affects_draw else ""
            item = QListWidgetItem(f"{card.title}{mark}\n{card.labels}")
            item.setToolTip(plain_tip(f"{card.about}：{card.labels}"))
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.count.setText(f"{len(self.cards)} 条")
        blocking = [card.title for card in self.cards if card.affects_draw]
        self.blocking.setVisible(bool(blocking))
        self.blocking.setText("影响抽取的冲突处理前，不能锁定名录。" if blocking else "")
        doubles = self.desk.ask(list_double_entries)
        self.doubles.setText("\n".join(f"两处录入：{each.text}" for each in doubles[:_SHOWN]))
        self.doubles.setVisible(bool(doubles))
        self.all_button.setVisible(bool(self.cards))
        self.list.setCurrentRow(min(max(kept, 0), len(self.cards) - 1))
        self._show_card(self.list.currentRow())

    def _show_report(self) -> None:
        report, state = self.report, self.desk.ask(find_sync_state, self.desk.surroundings.now())
        for name, figure in self.figures.items():
            figure.setText(str(report.count(name) if report else 0))
        self.print_button.setEnabled(report is not None)
        lacking = report.count(LACKING) if report else 0
        self.seal.show_state(
            f"缺 {lacking} 个附件" if lacking else "签名有效" if report else "",
            "warn" if lacking else "ok",
        )
        self.safe.setText("")
        self.head.subtitle.setText(_last(report, state))

    def _show_card(self, row: int) -> None:
        if 0 <= row < len(self.cards):
            self.editor.show_card(self.cards[row], f"第 {row + 1} 条，共 {len(self.cards)} 条")
        else:
            self.editor.show_card(None)

    def step(self, places: int) -> None:
        """上一条, 稍后处理: go round."""
        if self.cards:
            self.list.setCurrentRow((self.list.currentRow() + places) % len(self.cards))
            self.list.setFocus()

    def settle(self, command: SettleConflict) -> None:
        if carry_out(self, self.desk, settle_conflict, command):
            self.bar.offer("已处理，下次交换时其他电脑也会改过来。")

    def settle_device(self) -> None:
        letters = sorted({device for card in self.cards for device in card.devices})
        if not letters:
            return
        texts = [f"{letter} 机" for letter in letters]
        chosen, ok = QInputDialog.getItem(self, "全部采用", "以哪台设备为准", texts, 0, False)
        if not ok:
            return
        reason, ok = QInputDialog.getText(self, f"全部采用 {chosen}", "理由")
        if ok:
            command = SettleAll(letters[texts.index(chosen)], reason)
            act = partial(self.desk.do, settle_all, command)
            attempt_slowly(self, "正在处理……", act)

    def take_in(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "导入数据包", "", _BUNDLES)
        if name:
            self.bring_in(Path(name))

    def bring_in(self, path: Path) -> None:
        """Look into the bundle, ask, take it in; a half done exchange there is not."""
        found: list[Incoming | None] = []
        look = partial(look_into, self.desk, path)
        if not attempt(self, lambda: found.append(wait_in_steps(self, "正在核对数据包……", look))):
            return
        if found[0] is None:
            return
        why_not = self.desk.why_not(restore_tasks) or ""
        dialog = BringInDialog(self, path.name, found[0], why_not)
        if dialog.exec():
            work = partial(bring_in, self.desk, path, restore=dialog.restore.isChecked())
            attempt(self, lambda: self.show_brought(wait_in_steps(self, "正在导入……", work)))

    def show_brought(self, brought: BroughtIn | None) -> None:
        self.refresh()
        if brought is None:
            self.bar.offer(_STOPPED)
            return
        self.safe.setText("可以拔出 U 盘")
        receipt = f"回执“{brought.receipt.name}”请带回外业机导入。" if brought.receipt else ""
        self.bar.offer(_outcome(brought.report) + receipt)

    def hand_out(self) -> None:
        letter = self.desk.office.device
        name, _ = QFileDialog.getSaveFileName(self, "导出数据包", f"交换包_{letter}.ssjb", _BUNDLES)
        if name:
            work = partial(write_bundle_out, self.desk, Path(name), ())
            self.write(Path(name), work, "")

    def take_out(self) -> None:
        """外业包."""
        dialog = FieldOutDialog(self, self.desk)
        if not dialog.exec():
            return
        name, _ = QFileDialog.getSaveFileName(
            self, "导出外业包", f"外业包_{dialog.chosen_name}.ssjb", _BUNDLES
        )
        if name:
            tasks, photos = dialog.chosen_tasks(), dialog.chosen_photos()
            work = partial(
                write_field_bundle, self.desk, Path(name), dialog.chosen_device, tasks, photos,
                dialog.with_attachments,
            )  # fmt: skip
            self.write(Path(name), work, f"{len(tasks)} 项任务交给“{dialog.chosen_name}”。")

    def write(self, path: Path, work: Callable[[Steps], tuple[str, int]], what: str) -> None:
        def act() -> None:
            written = wait_in_steps(self, "正在导出并核对……", work)
            self.refresh()
            if written is None:
                self.bar.offer(f"已取消，没有写出“{path.name}”。")
                return
            count = written[1]
            self.safe.setText("可以拔出 U 盘")
            self.bar.offer(f"{what}已写出 {count} 段到“{path.name}”并读回核对，可以安全拔出 U 盘。")

        attempt(self, act)

    def meet_at_server(self) -> None:
        work = partial(exchange_server, self.desk)
        self.meet("正在与服务器交换……", work)

    def set_server(self) -> None:
        if ServerDialog(self, self.desk).exec():
            self.refresh()

    def project(self) -> None:
        """Count what lies on the server for every known office; replaces the roll-up there."""
        act = partial(project_own, self.desk)
        attempt(self, lambda: self.bar.offer("".join(wait_for(self, "正在汇总……", act))))

    def meet_in_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "选择共享文件夹")
        if name:
            self.meet("正在交换……", partial(exchange_folder, self.desk, Path(name)))

    def meet(self, text: str, work: Callable[[Steps], ExchangeReport | None]) -> None:
        """None stands for level stores here, so a stopped exchange tells itself apart."""
        met: list[ExchangeReport | None] = []

        def act() -> None:
            wait_in_steps(self, text, lambda steps: met.append(work(steps)))
            self.refresh()
            self.bar.offer(_met_words(met[0]) if met else _STOPPED)

        attempt(self, act)

    def print_report(self) -> None:
        if self.report is None:
            return
        show_paper(self, self.desk, partial(exchange_paper, self.report, self.desk.office.unit))


def _met_words(report: ExchangeReport | None) -> str:
    return _outcome(report) if report else "两边一致，没有要交换的内容。"


def _outcome(report: ExchangeReport) -> str:
    """What is missing is said first: it is no full success."""
    return report.sentence if report.is_whole else f"{report.remarks[-1]}。{report.sentence}"


def _last(report: ExchangeReport | None, state: SyncState) -> str:
    if report is None:
        return "还没有与其他电脑交换过。" if state.is_shared else "只有这一台电脑。"
    return f"与{report.peer or report.way}，{report.at}　待交换 {state.unsent} 段"

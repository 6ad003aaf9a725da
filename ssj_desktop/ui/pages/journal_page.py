"""操作日志: who did what, and whether chain, rows and paper agree."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit

from ssj_desktop.domain.journal import JournalEntry, head_groups
from ssj_desktop.queries.audit import AuditAnswer, full_audit
from ssj_desktop.queries.journal import find_entries
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.journal_export import export_journal
from ssj_desktop.ui.asking import ask_all
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import run_task
from ssj_desktop.ui.widgets import Card, Page, Pill, button, label

_MOST_SHOWN = 500


def build(desk: Desk) -> "JournalPage":
    return JournalPage(desk)


class JournalPage(Page):
    """The newest entries first; nothing here can be changed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("操作日志")
        self.desk = desk
        self.state = Pill()
        self.head.add(
            self.state,
            button("导出日志…", self.choose_folder),
            button("核对日志", self.verify, "primary"),
        )
        self.box.addWidget(self._filter_card())
        columns: list[ColumnSpec[JournalEntry]] = [
            ColumnSpec("序号", lambda e: str(e.sequence), 5),
            ColumnSpec("时间", lambda e: e.local_time.replace("T", " ")[:19], 14),
            ColumnSpec("人员", lambda e: e.actor, 7),
            ColumnSpec("操作", lambda e: e.action, 9),
            ColumnSpec("对象", lambda e: e.subject, 20, stretch=True),
            ColumnSpec("校验值", lambda e: head_groups(e.hash)[:14], 11),
        ]
        self.model = RowsModel(columns, self)
        card = Card()
        card.box.setContentsMargins(1, 1, 1, 1)
        card.box.addWidget(make_table(self.model, "操作日志"))
        self.fault = label("", "fault", wrap=True)
        self.fault.setContentsMargins(16, 4, 16, 8)
        self.fault.hide()
        card.box.addWidget(self.fault)
        self.box.addWidget(card, 1)

    def _filter_card(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText("人员、操作、对象或日期，如 张敏 抽取 2026-03")
        self.search.setAccessibleName("筛选日志")
        self.search.textChanged.connect(self.refresh)
        self.paper = QLineEdit()
        self.paper.setPlaceholderText("纸面记录上的日志链头（至少 20 位）")
        self.paper.setAccessibleName("纸面链头")
        self.paper.returnPressed.connect(self.verify)
        row.addWidget(self.search, 3)
        row.addWidget(label("与纸面核对"))
        row.addWidget(self.paper, 2)
        card.box.addLayout(row)
        return card

    def refresh(self) -> None:
        ask = partial(self.desk.ask, find_entries, self.search.text(), _MOST_SHOWN)
        ask_all(self, self.desk, "journal", ask, self._show_entries)

    def _show_entries(self, rows: tuple[JournalEntry, ...]) -> None:
        self.model.show(rows)
        self.head.subtitle.setText(f"最近 {len(rows)} 条" if rows else "没有符合条件的记录")

    def verify(self) -> None:
        """Chain, rows, sealed segments and the head on a paper, away from the window's thread."""
        audit = partial(self.desk.ask, full_audit, self.paper.text())
        run_task(self, "正在核对日志和每一行数据…", audit, self.show_answer)

    def show_answer(self, answer: AuditAnswer) -> None:
        self.state.show_state(
            "完好" if answer.is_intact else "不一致", "ok" if answer.is_intact else "bad"
        )
        self.head.subtitle.setText(answer.sentence if answer.is_intact else "")
        self.fault.setVisible(not answer.is_intact)
        if not answer.is_intact:
            self.fault.setText(f"{answer.sentence}。请保留现场，不要再录入，并联系上级。")

    def choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "把日志和检查点写成文本，供别的工具核对")
        if name:
            self.export(Path(name))

    def export(self, folder: Path) -> None:
        run_task(
            self, "正在导出日志…", partial(export_journal, self.desk, folder), self._say_written
        )

    def _say_written(self, written: tuple[Path, ...]) -> None:
        self.head.subtitle.setText(f"已导出 {len(written)} 个文件")

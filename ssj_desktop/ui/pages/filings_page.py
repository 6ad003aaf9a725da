"""上下级备案: what was filed upwards, what came from below, and the answers."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QInputDialog

from ssj_desktop.domain.vocabulary import FilingVerdict
from ssj_desktop.queries.filings import (
    FilingEntry,
    PeerOfficeRow,
    filing_paper,
    list_filings,
    list_peer_offices,
)
from ssj_desktop.queries.plans import list_plans
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.filing_files import (
    read_card,
    take_bundle_file,
    write_bundle_file,
    write_card,
)
from ssj_desktop.services.filings import (
    AnswerFiling,
    CountersignFiling,
    FilingsTaken,
    PrepareFiling,
    add_peer_office,
    answer_filing,
    countersign_filing,
    prepare_filing,
)
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.preview import Preview
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import attempt_slowly, carry_out, run_quietly, wait_for
from ssj_desktop.ui.widgets import Card, Page, UndoBar, button, label

_CARDS, _BUNDLES = "单位名片 (*.ssjo)", "备案数据包 (*.ssjb)"


def build(desk: Desk) -> "FilingsPage":
    return FilingsPage(desk)


class FilingsPage(Page):
    """One list for both directions; the detail row acts on the selected filing."""

    areas = frozenset({"filings", "plans"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("上下级备案")
        self.desk = desk
        self.head.add(
            button("导出名片…", self.export_card),
            button("登记往来单位…", self.add_office),
            button("收取备案包…", self.take),
            button("报送变动汇总…", self.file_summary),
            button("报送计划…", self.file_plan, "primary"),
        )
        self.bar = UndoBar()
        self.box.addWidget(self.bar)
        columns: list[ColumnSpec[FilingEntry]] = [
            ColumnSpec("方向", lambda r: "收到" if r.incoming else "报出", 4),
            ColumnSpec("报送单位", lambda r: r.filing.unit, 12),
            ColumnSpec("内容", lambda r: r.kind.label, 8),
            ColumnSpec("标题", lambda r: r.filing.title, 20, stretch=True),
            ColumnSpec("报送时间", lambda r: r.filing.made_at[:10], 6),
            ColumnSpec("状态", lambda r: r.state, 13, tone=lambda r: r.tone),
            ColumnSpec("答复", lambda r: r.answered_by, 9),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "备案")
        self.table.selectionModel().currentRowChanged.connect(self._on_select)
        card = Card()
        card.box.addWidget(self.table, 1)
        self.empty = label("还没有备案。先与上级互换单位名片，再报送已审定的计划。", "hint")
        card.box.addWidget(self.empty)
        card.box.addLayout(self._acts())
        self.box.addWidget(card, 3)
        self.box.addWidget(self._offices(), 1)

    def _acts(self) -> QHBoxLayout:
        self.why = label("", "hint")
        self.paper_button = button("查看备案文件", self.show_paper)
        self.out_button = button("导出数据包…", self.export)
        self.sign_button = button("加签转报…", self.countersign)
        self.return_button = button("退回…", partial(self.answer, FilingVerdict.RETURNED), "danger")
        self.file_button = button("准予备案…", partial(self.answer, FilingVerdict.FILED), "primary")
        row = QHBoxLayout()
        row.addWidget(self.why, 1)
        for widget in (self.paper_button, self.out_button, self.sign_button, self.return_button,
                       self.file_button):  # fmt: skip
            row.addWidget(widget)
        return row

    def _offices(self) -> Card:
        columns: list[ColumnSpec[PeerOfficeRow]] = [
            ColumnSpec("层级", lambda r: r.level.label, 4),
            ColumnSpec("往来单位", lambda r: r.unit, 20, stretch=True),
            ColumnSpec("行政区划", lambda r: r.division, 8),
            ColumnSpec("比对码", lambda r: r.code, 9),
        ]
        self.offices = RowsModel(columns, self)
        card = Card("往来单位")
        card.box.addWidget(make_table(self.offices, "往来单位"))
        return card

    def refresh(self) -> None:
        rows = self.desk.ask(list_filings)
        kept = self.table.currentIndex().row()
        self.model.show(rows)
        run_quietly(self, partial(self.desk.ask, list_peer_offices), self.offices.show)
        waiting = sum(1 for row in rows if row.incoming and not row.receipts)
        self.head.subtitle.setText(f"共 {len(rows)} 件，待答复 {waiting} 件")
        self.empty.setVisible(not rows)
        if rows:
            self.table.selectRow(max(0, min(kept, len(rows) - 1)))
        self._on_select()

    def current(self) -> FilingEntry | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _on_select(self, *_: object) -> None:
        row = self.current()
        may_answer = row is not None and row.why_not_answer is None
        self.why.setText(f"不能答复：{row.why_not_answer}" if row and row.why_not_answer else "")
        self.paper_button.setEnabled(row is not None)
        self.out_button.setEnabled(row is not None)
        self.return_button.setEnabled(may_answer)
        self.file_button.setEnabled(may_answer)
        self.sign_button.setEnabled(may_answer and row is not None and not row.countersigns)

    def export_card(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "导出本单位名片", "单位名片.ssjo", _CARDS)
        if name:
            attempt(self, partial(self._export_card, Path(name)))

    def _export_card(self, path: Path) -> None:
        code = wait_for(self, "正在写出名片……", partial(write_card, self.desk, path))
        self.bar.offer(f"名片已导出。请在电话里把比对码读给对方：{code}")

    def add_office(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "登记往来单位", "", _CARDS)
        if name:
            attempt(self, partial(self._add_office, Path(name)))

    def _add_office(self, path: Path) -> None:
        card, command = read_card(path)
        question = f"请打电话给“{card.unit}”，填写对方读出的 10 位比对码"
        code, ok = QInputDialog.getText(self, "核对比对码", question)
        if ok:
            act = partial(self.desk.do, add_peer_office, replace(command, code=code))
            wait_for(self, "正在核对比对码……", act)

    def file_plan(self) -> None:
        plans = [plan for plan in self.desk.ask(list_plans) if plan.is_live]
        texts = [f"{plan.name}　第 {plan.version} 版（{plan.state.label}）" for plan in plans]
        if not plans:
            self.bar.offer("还没有已审定的计划。请先在“年度抽查计划”页审定。")
            return
        text, ok = QInputDialog.getItem(self, "报送计划", "计划版本", texts, 0, False)
        if ok:
            self._prepare(PrepareFiling(plans[texts.index(text)].id))

    def _prepare(self, command: PrepareFiling) -> None:
        act = partial(self.desk.do, prepare_filing, command)
        attempt_slowly(self, "正在制作备案件……", act)

    def file_summary(self) -> None:
        first = date(self.desk.today().year, 1, 1)
        question = f"汇总从哪天到今天的名录变动（默认 {first.isoformat()}）"
        text, ok = QInputDialog.getText(self, "报送变动汇总", question, text=first.isoformat())
        if not ok:
            return
        try:
            command = PrepareFiling(first=date.fromisoformat(text), last=self.desk.today())
        except ValueError:
            command = PrepareFiling()
        self._prepare(command)

    def export(self) -> None:
        row, peers = self.current(), self.desk.ask(list_peer_offices)
        if row is None:
            return
        if not peers:
            self.bar.offer("还没有登记往来单位。请先互换单位名片。")
            return
        unit, ok = QInputDialog.getItem(
            self, "导出数据包", "交给哪个单位", [peer.unit for peer in peers], 0, False
        )
        name = ""
        if ok:
            name, _ = QFileDialog.getSaveFileName(
                self, "导出数据包", f"备案_{row.digest[:8]}.ssjb", _BUNDLES
            )
        if name:
            attempt(self, partial(self._export, row.digest, unit, Path(name)))

    def _export(self, digest: str, unit: str, path: Path) -> None:
        def write() -> None:
            write_bundle_file(self.desk, digest, unit, path)

        wait_for(self, "正在写出数据包……", write)
        self.bar.offer(f"已写出“{path.name}”并读回核对，可以安全拔出 U 盘。")

    def take(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "收取备案包", "", _BUNDLES)
        if name:
            attempt(self, partial(self._take, Path(name)))

    def _take(self, path: Path) -> None:
        def read() -> FilingsTaken:
            return take_bundle_file(self.desk, path)

        taken = wait_for(self, "正在读取数据包……", read)
        self.bar.offer(f"收到备案 {len(taken.filings)} 件，答复或加签 {len(taken.answers)} 件。")

    def countersign(self) -> None:
        row = self.current()
        opinion, ok = QInputDialog.getText(self, "加签转报", "意见", text="同意转报")
        if row and ok:
            command = CountersignFiling(row.digest, opinion)
            carry_out(self, self.desk, countersign_filing, command)

    def answer(self, verdict: FilingVerdict) -> None:
        row, is_filed = self.current(), verdict is FilingVerdict.FILED
        asked = "备案编号" if is_filed else "退回意见"
        text, ok = QInputDialog.getText(self, verdict.label, asked)
        if row and ok:
            number, opinion = (text, "") if is_filed else ("", text)
            command = AnswerFiling(row.digest, verdict, number, opinion)
            carry_out(self, self.desk, answer_filing, command)

    def show_paper(self) -> None:
        row = self.current()
        for sha256 in row.filing.paper_hashes[:1] if row else ():
            Preview(self, row.filing.title, self.desk.ask(filing_paper, sha256)).exec()  # type: ignore[union-attr]

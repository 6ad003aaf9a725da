"""Steps 4 and 5: the result as stored, the record for signing, the files for outsiders."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QInputDialog, QVBoxLayout, QWidget

from ssj_desktop.domain.draw.files import STANDINGS, draw_files
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.record import verify_record
from ssj_desktop.domain.draw.ticket import printed
from ssj_desktop.domain.plan_rules import stratum_label
from ssj_desktop.formats.draw_papers import record_papers
from ssj_desktop.formats.html.kit import write_with_kit
from ssj_desktop.formats.office_papers import OfficePaper
from ssj_desktop.queries.draw_ledger import pool_paper, void_paper
from ssj_desktop.queries.draws import (
    DrawDetail,
    SelectedRow,
    draw_record,
    find_draw,
    recomputed,
)
from ssj_desktop.queries.record_papers import record_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import UnsealDraw, count_print, unseal_draw
from ssj_desktop.ui.papers import LAYING_OUT, show_paper
from ssj_desktop.ui.preview import Preview
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import attempt_slowly, carry_out, wait_for
from ssj_desktop.ui.widgets import Card, Pill, button, label

_TONES = {"drawn": "ok", "substitute": "neutral", "would-be": "warn"}


class ResultStep(QWidget):
    """What it shows is read back from the stored record."""

    def __init__(self, desk: Desk, detail: DrawDetail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.detail = desk, detail
        columns: list[ColumnSpec[SelectedRow]] = [
            ColumnSpec(
                "结果", lambda r: STANDINGS[r.standing], 8, tone=lambda r: _TONES[r.standing]
            ),
            ColumnSpec("层", lambda r: stratum_label(r.stratum), 4),
            ColumnSpec("名称", lambda r: self._hidden(r.name), 20, stretch=True),
            ColumnSpec("编码", lambda r: self._hidden(r.code), 12),
            ColumnSpec("票号（前 18 位）", lambda r: printed(r.ticket), 12),
            ColumnSpec("检查组（▲ 组长）", lambda r: r.team or "—", 14),
        ]
        self.model = RowsModel(columns, self)
        self.model.show(
            sorted(detail.selected, key=lambda row: tuple(STANDINGS).index(row.standing))
        )
        self.pill = Pill()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._card(), 1)

    def _card(self) -> Card:
        row = self.detail.row
        drawn = [s for s in self.detail.selected if s.standing == "drawn"]
        title = (
            f"{row.number}　抽中 {len(drawn)} 家"
            if row.state is DrawState.DRAWN
            else f"{row.number}　{row.state.label}"
        )
        card = Card(title)
        if self.is_sealed:
            day = self.detail.sealed_until
            card.box.addWidget(label(f"名单封存至 {day}，到期自动显示。", "notice", wrap=True))
        if row.void_reason:
            card.box.addWidget(label(f"作废原因：{row.void_reason}", "notice", wrap=True))
        if row.rival:
            card.box.addWidget(label(f"{row.rival}。", "notice", wrap=True))
        card.box.addWidget(make_table(self.model, "抽取结果"), 1)
        foot = QHBoxLayout()
        foot.addWidget(self.pill)
        foot.addStretch(1)
        if row.state is DrawState.VOID:
            foot.addWidget(button("作废单预览与打印", self.show_void, "primary"))
        if row.state is DrawState.DRAWN:
            if self.is_sealed:
                foot.addWidget(button("提前启封…", self.unseal, "danger"))
            foot.addWidget(button("待抽库清单", self.show_pool))
            foot.addWidget(button("重新计算核对", self.verify))
            foot.addWidget(button("导出全部文件", self.export))
            foot.addWidget(button("记录表预览与打印", self.show_record, "primary"))
        card.box.addLayout(foot)
        return card

    @property
    def is_sealed(self) -> bool:
        return self.detail.is_sealed(self.desk.today())

    def _hidden(self, text: str) -> str:
        return "（封存）" if self.is_sealed else text

    def unseal(self) -> None:
        reason, ok = QInputDialog.getText(self, "提前启封", "原因（记入操作日志，须由第二人办理）")
        command = UnsealDraw(self.detail.row.id, reason)
        if ok and carry_out(self, self.desk, unseal_draw, command):
            self.detail = self.desk.ask(find_draw, self.detail.row.id)
            self.model.show(self.model.rows)

    def show_void(self) -> None:
        self._preview("作废单", partial(self.desk.ask, void_paper, self.detail.row.id))

    def show_pool(self) -> None:
        self._preview("待抽库清单", partial(self.desk.ask, pool_paper, self.detail.row.id))

    def _preview(self, name: str, ask: Callable[[], OfficePaper]) -> None:
        show_paper(self, self.desk, ask, f"{name} {self.detail.row.number}")

    def verify(self) -> None:
        record = self.desk.ask(draw_record, self.detail.row.id)
        verification = wait_for(self, "正在重新计算……", partial(verify_record, record))
        wrong = [check.name for check in verification.checks if not check.ok]
        text = f"{'、'.join(wrong)}不一致" if wrong else "重新计算全部一致"
        self.pill.show_state(text, "bad" if wrong else "ok")

    def files(self, copy: int = 0) -> dict[str, bytes]:
        """Every file of the draw, papers included; a printed copy says which one it is."""
        draw_id = self.detail.row.id
        files = draw_files(self.desk.ask(recomputed, draw_id), self.desk.ask(draw_record, draw_id))
        when = self.detail.row.drawn_at or self.desk.surroundings.now()
        paper = self.desk.ask(record_paper, draw_id)
        if copy:
            paper = replace(paper, page_foot=f"{paper.page_foot}　　第 {copy} 次打印")
        return files | record_papers(paper, files, when)

    def show_record(self) -> None:
        copy = self.desk.do(count_print, self.detail.row.id)
        files = wait_for(self, LAYING_OUT, partial(self.files, copy))
        workbook = files["record.xlsx"]
        Preview(
            self, f"随机抽取记录表 {self.detail.row.number}", files["record.pdf"], lambda: workbook
        ).exec()

    def export(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "选择文件夹")
        if folder:
            target = Path(folder) / self.detail.row.number
            write = lambda: write_with_kit(target, self.files())  # noqa: E731 - one word of a call
            if attempt_slowly(self, f"正在写 {target.name} …", write):
                self.pill.show_state(f"已写入 {target.name}", "ok")

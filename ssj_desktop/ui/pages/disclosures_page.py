"""结果公示: what is due, the gate of assessment and approval, the tables."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QInputDialog

from ssj_desktop.domain.vocabulary import DisclosureState
from ssj_desktop.formats.files import write_all
from ssj_desktop.formats.html.site import site_files
from ssj_desktop.queries.disclosures import (
    DisclosureRow,
    DisclosureSubject,
    disclosure_paper,
    list_disclosures,
    list_subjects,
)
from ssj_desktop.queries.publication import public_site
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.disclosures import (
    AssessDisclosure,
    ExemptDisclosure,
    PrepareDisclosure,
    RecordPublication,
    WithdrawDisclosure,
    approve_disclosure,
    assess_disclosure,
    exempt_disclosure,
    prepare_disclosure,
    record_publication,
    withdraw_disclosure,
)
from ssj_desktop.ui.asking import ask_all
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import attempt_slowly, carry_out
from ssj_desktop.ui.widgets import Card, Page, button, label

_TONES = {
    DisclosureState.PREPARED: "warn", DisclosureState.ASSESSED: "warn", DisclosureState.APPROVED: "ok",
    DisclosureState.PUBLISHED: "ok", DisclosureState.EXEMPTED: "neutral", DisclosureState.WITHDRAWN: "neutral",
}  # fmt: skip


def build(desk: Desk) -> "DisclosuresPage":
    return DisclosuresPage(desk)


def _tone(days_left: int) -> str:
    if days_left < 0:
        return "bad"
    return "warn" if days_left <= 5 else "neutral"


class DisclosuresPage(Page):
    """Subjects that wait above, publications below."""

    areas = frozenset({"disclosures", "inspections", "draws", "plans", "calendar"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("结果公示")
        self.desk = desk
        subjects: list[ColumnSpec[DisclosureSubject]] = [
            ColumnSpec("待公示事项", lambda s: s.title, 24, stretch=True),
            ColumnSpec("类别", lambda s: s.kind.label, 9),
            ColumnSpec("完成日期", lambda s: s.completed_on.isoformat(), 9),
            ColumnSpec("公示期限", lambda s: str(s.deadline), 13),
            ColumnSpec(
                "", lambda s: f"还有 {s.days_left} 个工作日", 11, tone=lambda s: _tone(s.days_left)
            ),
        ]
        self.subjects = RowsModel(subjects, self)
        self.subject_table = make_table(self.subjects, "待公示事项")
        upper = Card("待公示（完成后 20 个工作日内）")
        upper.box.addWidget(self.subject_table)
        self.nothing = label("没有待公示的事项。", "hint")
        upper.box.addWidget(self.nothing)
        self.prepare_button = button("准备公示", self.prepare, "primary")
        upper.box.addWidget(self.prepare_button, 0, Qt.AlignmentFlag.AlignRight)
        rows: list[ColumnSpec[DisclosureRow]] = [
            ColumnSpec("公示", lambda r: r.title, 24, stretch=True),
            ColumnSpec("条数", lambda r: str(r.rows), 5),
            ColumnSpec("状态", lambda r: r.state.label, 8, tone=lambda r: _TONES[r.state]),
            ColumnSpec("期限", lambda r: str(r.deadline), 13),
            ColumnSpec("", lambda r: r.clock_text, 13),
            ColumnSpec("渠道", lambda r: r.channel or r.exemption_basis or "—", 12),
        ]
        self.model = RowsModel(rows, self)
        self.table = make_table(self.model, "公示")
        self.table.selectionModel().currentRowChanged.connect(self._show_buttons)
        lower = Card("公示：研判 → 审批 → 公示")
        lower.box.addWidget(self.table)
        lower.box.addLayout(self._buttons())
        self.box.addWidget(upper, 2)
        self.box.addWidget(lower, 3)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.hint = label("", "hint", wrap=True)
        row.addWidget(self.hint, 1)
        self.assess_button = button("研判…", self.assess)
        self.approve_button = button("审批", self.approve)
        self.exempt_button = button("不予公示…", self.exempt, "danger")
        self.publish_button = button("登记已公示…", self.publish)
        self.withdraw_button = button("撤下…", self.withdraw, "danger")
        self.preview_button = button("预览、导出", self.preview)
        self.site_button = button("写出公示网页…", self.write_site)
        for widget in (self.assess_button, self.approve_button, self.exempt_button,
                       self.publish_button, self.withdraw_button, self.preview_button, self.site_button):  # fmt: skip
            row.addWidget(widget)
        return row

    def refresh(self) -> None:
        ask_all(self, self.desk, ("draws", "tasks"), self._ask, self._show)

    def _ask(self) -> tuple[tuple[DisclosureSubject, ...], tuple[DisclosureRow, ...]]:
        today = self.desk.today()
        return self.desk.ask(list_subjects, today), self.desk.ask(list_disclosures, today)

    def _show(self, found: tuple[tuple[DisclosureSubject, ...], tuple[DisclosureRow, ...]]) -> None:
        kept = self.table.currentIndex().row()
        waiting, rows = found
        self.subjects.show(waiting)
        self.model.show(rows)
        self.nothing.setVisible(not waiting)
        self.prepare_button.setEnabled(bool(waiting))
        self.head.subtitle.setText(f"待公示 {len(waiting)} 项")
        if waiting:
            self.subject_table.selectRow(0)
        if rows:
            self.table.selectRow(min(max(kept, 0), len(rows) - 1))
        self._show_buttons()

    def current(self) -> DisclosureRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and self.model.rows else None

    def _show_buttons(self, *_: object) -> None:
        row = self.current()
        state = row.state if row else None
        open_states = (DisclosureState.PREPARED, DisclosureState.ASSESSED)
        self.assess_button.setVisible(state is DisclosureState.PREPARED)
        self.approve_button.setVisible(state is DisclosureState.ASSESSED)
        self.exempt_button.setVisible(state in open_states)
        self.publish_button.setVisible(state is DisclosureState.APPROVED)
        self.withdraw_button.setVisible(state is DisclosureState.PUBLISHED)
        self.preview_button.setVisible(row is not None)
        self.hint.setText(f"研判意见：{row.assessment}" if row and row.assessment else "")

    def prepare(self) -> None:
        index = self.subject_table.currentIndex()
        if index.isValid():
            subject = self.subjects.rows[index.row()]
            command = PrepareDisclosure(subject.kind, subject.subject_id)
            act = partial(self.desk.do, prepare_disclosure, command)
            attempt_slowly(self, "正在准备公示……", act)

    def _asked(self, title: str, question: str) -> str | None:
        text, ok = QInputDialog.getText(self, title, question)
        return text if ok else None

    def assess(self) -> None:
        row, text = self.current(), self._asked("公示研判", "公示后是否可能引发舆情、社情，意见：")
        if row and text is not None:
            carry_out(self, self.desk, assess_disclosure, AssessDisclosure(row.id, text))

    def approve(self) -> None:
        row = self.current()
        if row:
            carry_out(self, self.desk, approve_disclosure, row.id)

    def exempt(self) -> None:
        row, text = self.current(), self._asked("不予公示", "依据的法律条款：")
        if row and text is not None:
            carry_out(self, self.desk, exempt_disclosure, ExemptDisclosure(row.id, text))

    def publish(self) -> None:
        row, text = self.current(), self._asked("登记已公示", "公示渠道（网站或公示系统）：")
        if row and text is not None:
            command = RecordPublication(row.id, self.desk.today(), text)
            carry_out(self, self.desk, record_publication, command)

    def withdraw(self) -> None:
        row, text = self.current(), self._asked("撤下公示", "原因：")
        if row and text is not None:
            carry_out(self, self.desk, withdraw_disclosure, WithdrawDisclosure(row.id, text))

    def preview(self) -> None:
        row = self.current()
        if row:
            ask = partial(self.desk.ask, disclosure_paper, row.id, self.desk.today())
            show_paper(self, self.desk, ask, row.title)

    def _write_site(self, target: Path) -> None:
        write_all(target, site_files(self.desk.ask(public_site, self.desk.today())))

    def write_site(self) -> None:
        """The static pages with the verification page, for the department's web site."""
        folder = QFileDialog.getExistingDirectory(self, "选择文件夹")
        if folder:
            target = Path(folder) / "公示网站"
            if attempt_slowly(self, "正在写公示网页……", partial(self._write_site, target)):
                self.hint.setText(f"已写入“{target.name}”，打开 index.html 查看。")

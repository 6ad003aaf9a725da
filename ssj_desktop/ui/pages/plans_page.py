"""年度抽查计划: versions, lines, approval, filing, print preview."""

from functools import partial

from PySide6.QtWidgets import QComboBox, QInputDialog

from ssj_desktop.queries.plans import LineRow, PlanRow, list_lines, list_plans, plan_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.plans import (
    DraftPlan,
    FilePlan,
    RemoveLine,
    RevisePlan,
    SaveLine,
    approve_plan,
    draft_plan,
    file_plan,
    remove_line,
    revise_plan,
    save_line,
)
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.pages.line_dialog import LineDialog
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.tasks import attempt_slowly, carry_out
from ssj_desktop.ui.widgets import Card, Page, Pill, button, label

_TONES = {
    "编制中": "warn",
    "已审定": "neutral",
    "已备案": "ok",
    "已公示": "ok",
    "已被新版替代": "neutral",
}


def build(desk: Desk) -> "PlansPage":
    return PlansPage(desk)


class PlansPage(Page):
    """One plan version at a time; the newest first."""

    areas = frozenset({"plans"})

    def __init__(self, desk: Desk) -> None:
        super().__init__("年度抽查计划")
        self.desk = desk
        self.versions: tuple[PlanRow, ...] = ()
        self.choice = QComboBox()
        self.choice.setAccessibleName("计划版本")
        self.choice.currentIndexChanged.connect(self._show_lines)
        self.state = Pill()
        self.new = button("编制计划", self.draft)
        self.ad_hoc_button = button("临时任务…", self.draft_ad_hoc)
        self.approve_button = button("审定", self.approve)
        self.file_button = button("登记备案", self.file)
        self.revise_button = button("调整计划", self.revise)
        self.print_button = button("预览打印", self.preview)
        self.add_button = button("增加任务", self.add_line, "primary")
        self.head.add(
            self.choice, self.state, self.new, self.ad_hoc_button, self.approve_button, self.file_button,
            self.revise_button, self.print_button, self.add_button,
        )  # fmt: skip
        columns: list[ColumnSpec[LineRow]] = [
            ColumnSpec("序号", lambda r: str(r.position), 4),
            ColumnSpec("抽查任务", lambda r: r.draft.name, 20, stretch=True),
            ColumnSpec("抽查事项", lambda r: "、".join(r.item_names), 13),
            ColumnSpec("基数", lambda r: f"{r.base_count} 家", 5),
            ColumnSpec("比例或数量", lambda r: r.quota_text, 15),
            ColumnSpec("时间", lambda r: r.months, 6),
            ColumnSpec("牵头部门", lambda r: r.draft.lead, 9),
        ]
        self.model = RowsModel(columns, self)
        self.table = make_table(self.model, "计划任务")
        self.table.doubleClicked.connect(self.edit_line)
        card = Card()
        card.box.addWidget(self.table)
        self.empty = label("还没有年度计划。点“编制计划”开始，再逐项增加抽查任务。", "hint")
        card.box.addWidget(self.empty)
        self.box.addWidget(card, 1)
        self.remove_button = button("删去所选任务", self.remove, "danger")
        self.box.addWidget(self.remove_button)

    def refresh(self) -> None:
        kept = self.choice.currentIndex()
        self.versions = self.desk.ask(list_plans)
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([_version_text(plan) for plan in self.versions])
        self.choice.setCurrentIndex(min(max(kept, 0), len(self.versions) - 1))
        self.choice.blockSignals(False)
        self._show_lines()

    def current(self) -> PlanRow | None:
        place = self.choice.currentIndex()
        return self.versions[place] if 0 <= place < len(self.versions) else None

    def _show_lines(self) -> None:
        plan = self.current()
        self.model.show(self.desk.ask(list_lines, plan.id) if plan else ())
        self.empty.setVisible(plan is None)
        self.state.show_state(
            plan.state.label if plan else "", _TONES[plan.state.label] if plan else "neutral"
        )
        draft, live = bool(plan and plan.is_draft), bool(plan and plan.is_live)
        for widget, shown in (
            (self.approve_button, draft), (self.add_button, draft), (self.remove_button, draft),
            (self.file_button, bool(plan and plan.state.value == "APPROVED")),
            (self.revise_button, live), (self.print_button, plan is not None), (self.new, plan is None or not draft),
        ):  # fmt: skip
            widget.setVisible(shown)

    def draft(self) -> None:
        year, ok = QInputDialog.getInt(self, "编制计划", "年度", self.desk.today().year, 2000, 2100)
        if ok:
            carry_out(self, self.desk, draft_plan, DraftPlan(year))

    def draft_ad_hoc(self) -> None:
        """临时抽查任务: name and reason first, then its one line."""
        name, ok = QInputDialog.getText(self, "临时抽查任务", "任务名称")
        if not ok:
            return
        reason, ok = QInputDialog.getText(self, "临时抽查任务", "原因或依据（印在抽取记录上）")
        command = DraftPlan(self.desk.today().year, name, ad_hoc=True, reason=reason)
        found: list[str] = []
        if ok and attempt(self, lambda: found.append(self.desk.do(draft_plan, command))):
            ids = [plan.id for plan in self.versions]
            self.choice.setCurrentIndex(ids.index(found[0]))

    def approve(self) -> None:
        plan = self.current()
        if plan:
            carry_out(self, self.desk, approve_plan, plan.id)

    def file(self) -> None:
        plan = self.current()
        to, ok = QInputDialog.getText(self, "登记备案", "备案机关（上一级主管部门）")
        if plan and ok:
            carry_out(self, self.desk, file_plan, FilePlan(plan.id, to, self.desk.today()))

    def revise(self) -> None:
        plan = self.current()
        reason, ok = QInputDialog.getText(self, "调整计划", "调整原因（印在变更对照表上）")
        if plan and ok:
            carry_out(self, self.desk, revise_plan, RevisePlan(plan.id, reason))

    def add_line(self) -> None:
        plan = self.current()
        if plan:
            self._edit(LineDialog(self, self.desk, None), plan.id, None)

    def edit_line(self) -> None:
        plan, row = self.current(), self._row()
        if plan and row and plan.is_draft:
            self._edit(LineDialog(self, self.desk, row.draft), plan.id, row.id)

    def _edit(self, dialog: LineDialog, plan_id: str, line_id: str | None) -> None:
        dialog.kept_draft.begin(line_id or plan_id)
        while dialog.exec():
            draft = dialog.draft()
            if draft is None:
                continue
            act = partial(self.desk.do, save_line, SaveLine(plan_id, draft, line_id))
            if attempt_slowly(self, "正在核对基数……", act):
                dialog.kept_draft.drop()
                return

    def remove(self) -> None:
        row = self._row()
        if row:
            carry_out(self, self.desk, remove_line, RemoveLine(row.id))

    def _row(self) -> LineRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() else None

    def preview(self) -> None:
        plan = self.current()
        if plan:
            ask = partial(self.desk.ask, plan_paper, plan.id)
            show_paper(self, self.desk, ask, f"{plan.year}年度抽查计划表")


def _version_text(plan: PlanRow) -> str:
    if plan.ad_hoc:
        return f"{plan.year} 临时　{plan.name}　第 {plan.version} 版"
    return f"{plan.year} 年度　第 {plan.version} 版"

"""Steps 1 and 2: choose the plan line, the people, and freeze."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.draw.scheme import ABSENT
from ssj_desktop.queries.draws import list_repeatable
from ssj_desktop.queries.leases import draw_warnings
from ssj_desktop.queries.plans import LineRow, list_lines, list_plans
from ssj_desktop.queries.pools import DrawForecast, forecast, pool_objects
from ssj_desktop.queries.registries import RegistryRow, list_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import FreezeDraw, Panelist, freeze_draw
from ssj_desktop.ui.asking import ask_all
from ssj_desktop.ui.draw_wizard.exclusion_dialog import ExclusionDialog
from ssj_desktop.ui.form_draft import FormDraft
from ssj_desktop.ui.object_box import ObjectBox
from ssj_desktop.ui.tasks import attempt_slowly, run_quietly, wait_for
from ssj_desktop.ui.widgets import Card, button, label, scrolled


class SchemeStep(QWidget):
    """Everything fixed before a witness writes a digit."""

    def __init__(
        self, desk: Desk, frozen: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.desk, self._frozen = desk, frozen
        self.request_id = desk.surroundings.new_id()
        self.lines = self._live_lines()
        self._line_shown, self._asked = "", 0
        self.witnesses: tuple[RegistryRow, ...] = desk.ask(list_rows, "witnesses")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        scheme, forecast = Card("抽查任务与见证安排"), Card("冻结前核对")
        row.addWidget(scheme, 3)
        row.addWidget(forecast, 2)
        self._fill_scheme(scheme)
        self._fill_forecast(forecast)
        self._show_forecast()
        inputs = {
            "line": self.line, "place": self.place, "supervisor": self.supervisor,
            "visit": self.visit, "public_source": self.public_source, "sealed": self.sealed,
            "panel": self.panel,
        }  # fmt: skip
        self.draft = FormDraft(self, desk, "draw scheme", inputs, self.kept)
        self.draft.begin()

    def _live_lines(self) -> list[LineRow]:
        live = [plan for plan in self.desk.ask(list_plans) if plan.is_live]
        return [line for plan in live for line in self.desk.ask(list_lines, plan.id)]

    def _fill_scheme(self, card: Card) -> None:
        self.line = QComboBox()
        self.line.setAccessibleName("计划任务")
        self.line.addItems([line.draft.name for line in self.lines])
        self.line.currentIndexChanged.connect(self._show_forecast)
        self.place = QLineEdit()
        self.place.setPlaceholderText("例如：局机关三楼 305 会议室")
        self.supervisor = QLineEdit()
        self.supervisor.setPlaceholderText("监督人姓名")
        today = self.desk.today()
        self.visit = QDateEdit(QDate(today.year, today.month, today.day).addDays(7))
        self.visit.setDisplayFormat("yyyy-MM-dd")
        self.visit.setCalendarPopup(True)
        self.visit.dateChanged.connect(self._show_forecast)
        self.public_source = QLineEdit()
        self.public_source.setPlaceholderText("可不填；例如：当日福彩3D开奖号码")
        self.sealed = QCheckBox("检查前封存名单")
        self.object = ObjectBox("备案对象")
        self.object.currentTextChanged.connect(self._show_reason)
        self.replaces = QComboBox()
        self.replaces.setAccessibleName("原抽取编号")
        self.exclusions: dict[str, str] = {}
        self.exclude_button = button("排除对象…", self.choose_exclusions)
        self.panel = QListWidget()
        self.panel.setAccessibleName("见证人")
        for witness in self.witnesses:
            item = QListWidgetItem(f"{witness.name}　{witness.values['unit']}")
            item.setCheckState(Qt.CheckState.Unchecked)
            self.panel.addItem(item)
        for field in (self.place, self.supervisor):
            field.textChanged.connect(self._show_reason)
        self.panel.itemChanged.connect(self._show_reason)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow("计划任务", self.line)
        form.addRow("抽取地点", self.place)
        form.addRow("监督人", self.supervisor)
        form.addRow("拟检查日期", self.visit)
        form.addRow("公开数来源", self.public_source)
        form.addRow("", self.sealed)
        form.addRow("原抽取编号", self.replaces)
        form.addRow("", self.exclude_button)
        form.addRow("备案对象", self.object)
        self.form = form
        form.addRow("见证人（至少 2 位，含 1 位外单位）", self.panel)
        card.box.addWidget(scrolled(form, modest=True), 1)

    def _fill_forecast(self, card: Card) -> None:
        self.facts = label("", wrap=True)
        facts = QVBoxLayout()
        facts.setContentsMargins(0, 0, 0, 0)
        facts.addWidget(self.facts)
        facts.addWidget(
            label(
                "冻结后名录与人员固定，取得抽取编号。如需更改，只能在见证数字亮出之前作废。",
                "notice",
                wrap=True,
            )
        )
        self.exchange = label("", "notice", wrap=True)
        facts.addWidget(self.exchange)
        facts.addStretch(1)
        card.box.addWidget(scrolled(facts, modest=True), 1)
        self.kept = label("", "hint")
        card.box.addWidget(self.kept)
        self.reason = label("", "hint", wrap=True)
        self.freeze_button = button("锁定名录", self.freeze, "primary")
        card.box.addWidget(self.reason)
        card.box.addWidget(self.freeze_button)

    def current(self) -> LineRow | None:
        place = self.line.currentIndex()
        return self.lines[place] if 0 <= place < len(self.lines) else None

    def _show_forecast(self) -> None:
        warnings = partial(self.desk.ask, draw_warnings, self.desk.surroundings.now())
        run_quietly(self, warnings, self._show_warnings)
        line = self.current()
        self._show_objects(line)
        self._show_earlier(line)
        self._asked += 1
        if line is None:
            self.facts.setText("没有可以抽取的任务。请先在年度抽查计划中审定。")
        else:
            self.facts.setText("正在核对……")
            ask = partial(self.desk.ask, forecast, line, self.visit_day(), self.desk.today().year)
            run_quietly(self, ask, partial(self._show_facts, self._asked, line))
        self._show_reason()

    def _show_warnings(self, said: tuple[str, ...]) -> None:
        self.exchange.setText("\n".join(said))
        self.exchange.setVisible(bool(said))

    def _show_facts(self, number: int, line: LineRow, found: DrawForecast) -> None:
        """The answer, unless another line or day was chosen meanwhile."""
        if number != self._asked:
            return
        excluded = "，".join(f"{reason} {count} 家" for reason, count in found.excluded.items())
        strata = "，".join(f"{code} {count} 家" for code, count in sorted(found.strata.items()))
        lines = [
            f"名录库基数：{found.base} 家", f"参加抽取：{found.eligible} 家（{strata}）",
            f"按规定排除：{excluded or '无'}", f"抽取规则：{line.quota_text}",
            f"执法人员：{found.officers} 人，每组 {line.draft.team_size} 人；回避 {found.recusals} 条",
        ]  # fmt: skip
        if found.unresolved:
            lines.append("下列回避单位不在本次名录中：" + "；".join(found.unresolved[:5]))
        self.facts.setText("\n".join(lines))

    def _show_objects(self, line: LineRow | None) -> None:
        """Only a single filing chooses its one object."""
        is_single = line is not None and line.draft.is_single_filing
        self.form.setRowVisible(self.object, is_single)
        if line is not None and is_single and not self.object.codes:
            ask = partial(self.desk.ask, pool_objects, line)
            ask_all(self, self.desk, "targets", ask, self.object.fill)

    def _show_earlier(self, line: LineRow | None) -> None:
        """A redraw names the draw it repeats; without an earlier one there is nothing to name."""
        if line is None or self._line_shown == line.id:
            return
        self._line_shown = line.id
        self.replaces.clear()
        self.replaces.addItem("不是重抽", "")
        for number in self.desk.ask(list_repeatable, line.draft.name):
            self.replaces.addItem(f"另行抽取，原编号 {number}", number)
        self.form.setRowVisible(self.replaces, self.replaces.count() > 1)
        self._take_exclusions({})

    def choose_exclusions(self) -> None:
        line = self.current()
        if line is None:
            return
        ask = partial(self.desk.ask, pool_objects, line)
        objects = wait_for(self, "正在读取名单……", ask)
        dialog = ExclusionDialog(self, objects, self.exclusions)
        if dialog.exec():
            self._take_exclusions(dialog.chosen)

    def _take_exclusions(self, chosen: Mapping[str, str]) -> None:
        self.exclusions = dict(chosen)
        count = f"（已选 {len(chosen)} 家）" if chosen else ""
        self.exclude_button.setText(f"排除对象…{count}")

    def _least(self) -> int:
        line = self.current()
        return 1 if line is not None and line.draft.is_single_filing else 2

    def visit_day(self) -> date:
        chosen = self.visit.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    def _chosen(self) -> list[RegistryRow]:
        return [
            witness
            for place, witness in enumerate(self.witnesses)
            if self.panel.item(place).checkState() == Qt.CheckState.Checked
        ]

    def _show_reason(self) -> None:
        missing = self._least() - len(self._chosen())
        reason = ""
        if self.current() is None:
            reason = "没有可以抽取的任务"
        elif not self.place.text().strip():
            reason = "还没有填写抽取地点"
        elif self._least() == 1 and self.object.code() is None:
            reason = "还没有选择备案对象"
        elif missing > 0:
            reason = f"还差 {missing} 位见证人" + (
                "（先在见证人名录中登记）" if len(self.witnesses) < 2 else ""
            )
        self.reason.setText(reason)
        self.freeze_button.setEnabled(not reason)

    def command(self) -> FreezeDraw:
        """What the service gets."""
        line = self.current()
        panel = tuple(
            Panelist(
                w.name,
                str(w.values["unit"]),
                str(w.values["capacity"] or ""),
                bool(w.values["outside"]),
            )
            for w in self._chosen()
        )
        return FreezeDraw(
            self.request_id, line.id if line else "", self.place.text(), self.supervisor.text(),
            self.visit_day(), panel, public_source=self.public_source.text().strip() or ABSENT,
            only=self.object.code() or "", sealed=self.sealed.isChecked(),
            exclusions=self.exclusions, replaces=self.replaces.currentData() or "",
        )  # fmt: skip

    def freeze(self) -> None:
        found: list[str] = []
        command, forget = self.command(), self.draft.dropping()

        def act() -> None:
            found.append(self.desk.do(freeze_draw, command))
            forget()

        if attempt_slowly(self, "正在备份并锁定名录……", act):
            self._frozen(found[0])
        else:
            self.draft.keeper.touch()

"""One line of a plan: items, objects, strata with their quotas, months, departments."""

import re
from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.plan_rules import (
    CHANCE,
    SHARE,
    STRATIFY_BY,
    LineDraft,
    Quota,
    parse_quotas,
    ratio_text,
    season_warning,
)
from ssj_desktop.domain.vocabulary import InspectionMethod, ItemStatus, QuotaMode, Targeting
from ssj_desktop.queries.plans import count_strata
from ssj_desktop.queries.registries import RowFilter, list_rows, list_values
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.asking import ask_all
from ssj_desktop.ui.form_draft import FormDraft
from ssj_desktop.ui.tasks import wait_for
from ssj_desktop.ui.widgets import GrowingDialog, button, label, scrolled

_START = {"A": "5%+2", "B": "10%+1", "C": "30%+1", "D": "100%", "N": "5%+1", "ALL": "5%+1"}


def _checks(name: str, choices: list[tuple[str, str]], chosen: tuple[str, ...]) -> QListWidget:
    box = QListWidget()
    box.setAccessibleName(name)
    for key, text in choices:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, key)
        item.setCheckState(Qt.CheckState.Checked if key in chosen else Qt.CheckState.Unchecked)
        box.addItem(item)
    return box


def _checked(box: QListWidget) -> tuple[str, ...]:
    items = [box.item(row) for row in range(box.count())]
    return tuple(
        str(item.data(Qt.ItemDataRole.UserRole))
        for item in items
        if item.checkState() == Qt.CheckState.Checked
    )


class LineDialog(GrowingDialog):
    """Fills a LineDraft; the service has the last word."""

    def __init__(self, parent: QWidget, desk: Desk, line: LineDraft | None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setWindowTitle("抽查任务")
        self.resize(860, 640)
        chosen = dict(line.object_filter) if line else {}
        adopted = RowFilter(equals={"status": ItemStatus.ADOPTED})
        items = [
            (str(r.values["number"]), f"{r.values['number']}　{r.name}")
            for r in desk.ask(list_rows, "items", adopted)
        ]
        ask = partial(desk.ask, list_values, "targets", "industry")
        known = wait_for(parent, "正在读取行业类别……", ask)
        industries = [(v, v) for v in known]
        self.name = QLineEdit(line.name if line else "")
        self.items = _checks("抽查事项", items, line.items if line else ())
        self.industries = _checks("行业类别", industries, chosen.get("industry", ()))
        self.industries.itemChanged.connect(self._count)
        self.by = QComboBox()
        for key, text in STRATIFY_BY.items():
            self.by.addItem(text, key)
        self.by.setCurrentIndex(self.by.findData(line.stratify_by if line else "credit_class"))
        self.by.currentIndexChanged.connect(self._count)
        self.quotas = QLineEdit(_quota_text(line) if line else "")
        self.quotas.setModified(line is not None)
        self.quotas.setPlaceholderText("例如：A=5%+2,B=10%+1,C=30%,D=100%")
        self.total = QLineEdit(str(line.total) if line and line.total is not None else "")
        self.total.setPlaceholderText("各层写“分摊”时填写")
        self.batches = _spin(0, 99, line.batches if line else 0)
        self.batches.setSpecialValueText("不分批")
        self.experts = QLineEdit("、".join(line.expert_seats) if line else "")
        self.experts.setPlaceholderText("每个专家席位写一个专业，例如：消防、燃气；不需要的留空")
        self.counts = label("", "hint", wrap=True)
        self._departments(line)
        self.first, self.last, self.team = (
            _spin(1, 12, line.first_month if line else 5),
            _spin(1, 12, line.last_month if line else 10),
            _spin(2, 9, line.team_size if line else 2),
        )
        self.method, self.targeting = QComboBox(), QComboBox()
        self.method.addItems([term.label for term in InspectionMethod])
        self.targeting.addItems([term.label for term in Targeting])
        if line is not None:
            self.method.setCurrentText(line.method.label)
            self.targeting.setCurrentText(line.targeting.label)
        self.season = label("", "hint", wrap=True)
        self.fault = label("", "fault", wrap=True)
        self.kept = label("", "hint")
        self._lay_out()
        self._count()
        for changed in (
            self.first.valueChanged, self.last.valueChanged, self.method.currentTextChanged
        ):  # fmt: skip
            changed.connect(self._look_at_season)
        self._look_at_season()
        self.kept_draft = FormDraft(self, desk, "plan line", self._inputs(), self.kept)

    def _inputs(self) -> dict[str, QWidget]:
        return {
            "name": self.name, "items": self.items, "industries": self.industries,
            "total": self.total, "experts": self.experts, "lead": self.lead,
            "partners": self.partners, "by": self.by, "quotas": self.quotas,
            "first": self.first, "last": self.last, "team": self.team, "batches": self.batches,
            "method": self.method, "targeting": self.targeting,
        }  # fmt: skip

    def reject(self) -> None:
        """Given up: nothing of it is to come back."""
        self.kept_draft.drop()
        super().reject()

    def _departments(self, line: LineDraft | None) -> None:
        names = list(self.desk.ask(list_values, "inspectors", "department"))
        self.lead = QComboBox()
        self.lead.setEditable(True)
        self.lead.addItems(names)
        self.lead.setCurrentText(line.lead if line else (names[0] if names else ""))
        self.partners = _checks("配合部门", [(n, n) for n in names], line.partners if line else ())
        self.partners.setMaximumHeight(80)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("任务名称　*", self.name)
        form.addRow("抽查事项　*", self.items)
        form.addRow("行业类别（不选为全部）", self.industries)
        form.addRow("分层依据", self.by)
        form.addRow("各层比例或数量　*", self.quotas)
        form.addRow("", self.counts)
        form.addRow("总数", self.total)
        form.addRow("专家席位", self.experts)
        form.addRow("牵头部门　*", self.lead)
        form.addRow("配合部门", self.partners)
        row = QHBoxLayout()
        for text, widget in (("起始月", self.first), ("结束月", self.last), ("每组人数", self.team), ("批数", self.batches),
                             ("检查方式", self.method), ("抽查类型", self.targeting)):  # fmt: skip
            row.addWidget(label(text))
            row.addWidget(widget)
        form.addRow(row)
        form.addRow("", self.season)
        buttons = QHBoxLayout()
        buttons.addWidget(self.fault, 1)
        buttons.addWidget(self.kept)
        buttons.addWidget(button("取消", self.reject))
        buttons.addWidget(button("保存", self._save, "primary"))
        box = QVBoxLayout(self)
        box.addWidget(scrolled(form), 1)
        box.addLayout(buttons)

    def _filter(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        chosen = _checked(self.industries)
        return (("industry", chosen),) if chosen else ()

    def _count(self) -> None:
        """Counts per stratum now, and a start for the quotas."""
        ask = partial(self.desk.ask, count_strata, self._filter(), self.by.currentData())
        ask_all(self, self.desk, "targets", ask, self._show_counts)

    def _show_counts(self, counts: Mapping[str, int]) -> None:
        words = "，".join(f"{code} {count} 家" for code, count in counts.items())
        self.counts.setText(
            f"现有：{words or '没有对象'}。写法：层=比例或家数+候补；N 为未评定，ALL 为不分层；还可写“A=分摊”和“ALL=概率50%”。"
        )
        if not self.quotas.isModified():
            start = [f"{code}={_START.get(code, '5%+1')}" for code in counts]
            self.quotas.setText(",".join(start) if len(start) <= 12 else "")

    def _look_at_season(self, *_: object) -> None:
        method = InspectionMethod.of(self.method.currentText())
        warning = season_warning(method, self.first.value(), self.last.value())
        self.season.setText(warning or "")
        self.season.setVisible(bool(warning))

    def _save(self) -> None:
        if self.draft() is not None:
            self.accept()

    def draft(self) -> LineDraft | None:
        """The line as typed, or None with the fault shown."""
        try:
            return LineDraft(
                name=self.name.text(),
                items=_checked(self.items),
                object_filter=self._filter(),
                stratify_by=self.by.currentData(),
                quotas=parse_quotas(self.quotas.text()),
                first_month=self.first.value(),
                last_month=self.last.value(),
                lead=self.lead.currentText(),
                partners=tuple(p for p in _checked(self.partners) if p != self.lead.currentText()),
                method=InspectionMethod.of(self.method.currentText()),
                targeting=Targeting.of(self.targeting.currentText()),
                team_size=self.team.value(),
                total=_whole(self.total.text()),
                batches=self.batches.value(),
                expert_seats=tuple(re.split(r"[、,，;；\s]+", self.experts.text().strip()))
                if self.experts.text().strip()
                else (),
            )
        except InvalidInput as problem:
            self.fault.setText(str(problem))
            return None


def _whole(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdigit():
        raise InvalidInput(f"总数“{text}”不是整数。", "请填写阿拉伯数字，例如 12。")
    return int(text)


def _spin(least: int, most: int, value: int) -> QSpinBox:
    made = QSpinBox()
    made.setRange(least, most)
    made.setValue(value)
    return made


def _quota_text(line: LineDraft) -> str:
    parts = []
    for quota in line.quotas:
        spare = f"+{quota.substitutes}" if quota.substitutes else ""
        parts.append(f"{quota.code}={_wanted(quota)}{spare}")
    return ",".join(parts)


def _wanted(quota: Quota) -> str:
    """What ``parse_quotas`` reads."""
    return {
        QuotaMode.NUMBER: str(quota.number),
        QuotaMode.TOTAL: SHARE,
        QuotaMode.PROBABILITY: CHANCE + ratio_text(quota.ratio),
        QuotaMode.RATIO: ratio_text(quota.ratio),
        QuotaMode.RATIO_MAX: "≤" + ratio_text(quota.ratio),
    }[quota.mode]

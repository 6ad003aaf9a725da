"""Step 3: the pre-draw sheet is signed, slips are turned together, digits are typed twice."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from ssj_desktop.domain.draw.flow import why_not_draw
from ssj_desktop.domain.draw.seed import digits_problem
from ssj_desktop.formats.pdf.predraw import render_predraw
from ssj_desktop.queries.draws import DrawDetail, predraw_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.preview import Preview
from ssj_desktop.ui.widgets import Card, Pill, button, label


class SlipsStep(QWidget):
    """Masked entry with a repeat; the result follows at once, without preview or confirmation."""

    def __init__(self, desk: Desk, detail: DrawDetail, drawn: Callable[[str], None]) -> None:
        super().__init__()
        self.desk, self.detail, self._drawn = desk, detail, drawn
        self.digits: list[QLineEdit] = []
        self.repeats: list[QLineEdit] = []
        self.pills: list[Pill] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._entry_card(), 3)
        row.addWidget(self._facts_card(), 2)
        self._check()

    def _entry_card(self) -> Card:
        card = Card("见证人依次输入数字")
        text = "每位见证人在纸条上写 6–20 位数字，同时亮出后录入两遍；缺席的填“-”。数字连同已锁定名录的校验值一起生成随机种子，任何人单独无法决定结果。"
        card.box.addWidget(label(text, "hint", wrap=True))
        grid = QGridLayout()
        for column, title in enumerate(("见证人", "见证数字", "再输一遍", "状态")):
            grid.addWidget(label(title, "hint"), 0, column)
        for place, name in enumerate(self.detail.panel, start=1):
            grid.addWidget(label(name, wrap=True), place, 0)
            for column, store in ((1, self.digits), (2, self.repeats)):
                field = QLineEdit()
                field.setEchoMode(QLineEdit.EchoMode.Password)
                field.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
                field.setAccessibleName(f"{name}{'见证数字' if column == 1 else '再输一遍'}")
                field.textChanged.connect(self._check)
                store.append(field)
                grid.addWidget(field, place, column)
            self.pills.append(Pill("未输入"))
            grid.addWidget(self.pills[-1], place, 3)
        card.box.addLayout(grid)
        card.box.addWidget(label("待抽库校验值（SHA-256 前 16 位）", "hint"))
        head = self.detail.pool_hash[:16].upper()
        card.box.addWidget(label(" ".join(head[n : n + 4] for n in range(0, 16, 4)), "figure"))
        card.box.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(button("承诺单预览与打印", self.show_sheet))
        foot.addStretch(1)
        self.reason = label("", "hint")
        self.draw_button = button("开始抽取", self.perform, "primary")
        foot.addWidget(self.reason)
        foot.addWidget(self.draw_button)
        card.box.addLayout(foot)
        return card

    def _facts_card(self) -> Card:
        card = Card("本次抽取")
        detail = self.detail
        lines = [
            f"抽取编号　{detail.row.number}", f"抽查任务　{detail.row.title}",
            f"参加抽取　{detail.eligible} 家（已排除 {detail.base - detail.eligible} 家）",
            f"拟抽数量　{detail.quota} 家", f"执法人员　{detail.officers} 人，回避 {detail.recusals} 条",
            f"锁定时间　{detail.row.frozen_at.astimezone():%Y-%m-%d %H:%M:%S}",
        ]  # fmt: skip
        card.box.addWidget(label("\n".join(lines), wrap=True))
        card.box.addWidget(
            label(
                "见证数字亮出之后只能继续，不能作废重来。请先打印承诺单并签字。",
                "notice",
                wrap=True,
            )
        )
        card.box.addStretch(1)
        return card

    def _texts(self, fields: list[QLineEdit]) -> list[str]:
        return [field.text().strip() for field in fields]

    def _check(self) -> None:
        digits, repeats = self._texts(self.digits), self._texts(self.repeats)
        for pill, first, second in zip(self.pills, digits, repeats, strict=True):
            pill.show_state(*_state(first, second))
        reason = why_not_draw(digits, repeats)
        self.reason.setText(reason or "")
        self.draw_button.setEnabled(reason is None)

    def show_sheet(self) -> None:
        paper = self.desk.ask(predraw_paper, self.detail.row.id)
        pdf = render_predraw(paper, self.desk.surroundings.now())
        Preview(self, f"抽取前承诺单 {self.detail.row.number}", pdf).exec()

    def perform(self) -> None:
        """Slips and result in one transaction."""
        command = PerformDraw(self.detail.row.id, tuple(self._texts(self.digits)))
        if attempt(self, partial(self.desk.do, draw, command)):
            self._drawn(self.detail.row.id)


def _state(first: str, second: str) -> tuple[str, str]:
    if not first:
        return "未输入", "neutral"
    problem = digits_problem(first)
    if problem:
        return problem, "bad"
    return ("已输入", "ok") if first == second else ("两次不一致", "warn")

"""Step 3: the pre-draw sheet is signed, slips are turned together, digits are typed twice."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.scheme import ABSENT
from ssj_desktop.domain.draw.seed import digits_problem
from ssj_desktop.queries.draw_ledger import pool_paper
from ssj_desktop.queries.draws import DrawDetail, find_draw
from ssj_desktop.queries.predraw_papers import predraw_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import EnterSlip, PerformDraw, draw, enter_slip, open_slips
from ssj_desktop.ui.draw_wizard.confirm_dialog import ConfirmDialog
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.tasks import attempt_slowly
from ssj_desktop.ui.widgets import Card, Pill, button, label, scrolled

_HOW = (
    "每位见证人在纸条上写 6–20 位数字，先不示人；签好承诺单后同时亮出，逐位录入两遍，缺席的填“-”。"
    "数字连同已锁定名录的校验值一起生成随机种子，任何人单独无法决定结果。"
)


class SlipsStep(QWidget):
    """Masked entry with a repeat; each slip is kept at once, the last one together with the result."""

    def __init__(
        self,
        desk: Desk,
        detail: DrawDetail,
        changed: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk, self.detail, self._changed = desk, detail, changed
        self.digits: list[QLineEdit] = []
        self.repeats: list[QLineEdit] = []
        self.pills: list[Pill] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        entry, facts = Card("见证人依次输入数字"), Card("本次抽取")
        row.addWidget(entry, 3)
        row.addWidget(facts, 2)
        self._fill_entry(entry)
        self._fill_facts(facts)
        self._check()

    @property
    def is_open(self) -> bool:
        return self.detail.row.state is DrawState.OPENED

    def _fill_entry(self, card: Card) -> None:
        card.box.addWidget(label(_HOW, "hint", wrap=True))
        card.box.addLayout(self._grid())
        card.box.addWidget(label("待抽库校验值（SHA-256 前 16 位）", "hint"))
        head = self.detail.pool_hash[:16].upper()
        card.box.addWidget(label(" ".join(head[n : n + 4] for n in range(0, 16, 4)), "figure"))
        card.box.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(button("待抽库清单", self.show_pool))
        foot.addWidget(button("承诺单预览与打印", self.show_sheet))
        foot.addWidget(button("见证人 PIN 确认", self.confirm))
        foot.addStretch(1)
        self.reason = label("", "hint")
        self.draw_button = button("", self.proceed, "primary")
        foot.addWidget(self.reason)
        foot.addWidget(self.draw_button)
        card.box.addLayout(foot)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        for column, title in enumerate(("见证人", "见证数字", "再输一遍", "状态")):
            grid.addWidget(label(title, "hint"), 0, column)
        for place, name in enumerate(self.detail.panel, start=1):
            grid.addWidget(label(name, wrap=True), place, 0)
            for column, store in ((1, self.digits), (2, self.repeats)):
                store.append(
                    self._field(f"{name}{'见证数字' if column == 1 else '再输一遍'}", place)
                )
                grid.addWidget(store[-1], place, column)
            self.pills.append(Pill("未输入"))
            grid.addWidget(self.pills[-1], place, 3)
        self.public = QLineEdit()
        self.public.setAccessibleName("公开数")
        self.public.setPlaceholderText(self.detail.public_source)
        self.public.textChanged.connect(self._check)
        if self.detail.public_source != ABSENT:
            place = len(self.detail.panel) + 1
            grid.addWidget(label("公开数 X"), place, 0)
            grid.addWidget(self.public, place, 1, 1, 2)
        return grid

    def _field(self, name: str, place: int) -> QLineEdit:
        field = QLineEdit(self.detail.slips.get(place, ""))
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        field.setAccessibleName(name)
        field.setReadOnly(place in self.detail.slips)
        field.setEnabled(self.is_open)
        field.textChanged.connect(self._check)
        field.returnPressed.connect(self.focusNextChild)
        return field

    def _fill_facts(self, card: Card) -> None:
        detail = self.detail
        lines = [
            f"抽取编号　{detail.row.number}", f"抽查任务　{detail.row.title}",
            f"参加抽取　{detail.eligible} 家（已排除 {detail.base - detail.eligible} 家）",
            f"拟抽数量　{detail.quota} 家" if detail.quota else "按概率抽取，只抽一次",
            f"执法人员　{detail.officers} 人，回避 {detail.recusals} 条",
            f"锁定时间　{detail.row.frozen_at.astimezone():%Y-%m-%d %H:%M:%S}",
        ]  # fmt: skip
        facts = QVBoxLayout()
        facts.setContentsMargins(0, 0, 0, 0)
        facts.addWidget(label("\n".join(lines), wrap=True))
        warning = (
            "见证数字已经亮出：只能用同一组数字继续，不能作废重来。"
            if self.is_open
            else "见证数字亮出之后只能继续，不能作废重来。请先打印承诺单并签字。"
        )
        facts.addWidget(label(warning, "notice", wrap=True))
        facts.addStretch(1)
        card.box.addWidget(scrolled(facts, modest=True), 1)

    def _texts(self, fields: list[QLineEdit]) -> list[str]:
        return [field.text().strip() for field in fields]

    def _waiting(self) -> list[int]:
        """Positions whose slip is not kept yet."""
        return [n for n in range(1, len(self.digits) + 1) if n not in self.detail.slips]

    def _check(self) -> None:
        digits, repeats = self._texts(self.digits), self._texts(self.repeats)
        for place, pill in enumerate(self.pills, start=1):
            kept = place in self.detail.slips
            state = ("已录入", "ok") if kept else _state(digits[place - 1], repeats[place - 1])
            pill.show_state(*state)
        waiting = self._waiting()
        if not self.is_open:
            text, reason = "纸条已同时亮出", ""
        else:
            text = "录入并抽取" if len(waiting) == 1 else f"录入第 {waiting[0]} 位"
            reason = self._why_not(waiting)
        self.draw_button.setText(text)
        self.reason.setText(reason)
        self.draw_button.setEnabled(not reason)

    def _why_not(self, waiting: list[int]) -> str:
        """The reason beside the disabled button, for the slip that is next."""
        place = waiting[0]
        first, second = (
            self.digits[place - 1].text().strip(),
            self.repeats[place - 1].text().strip(),
        )
        problem = digits_problem(first) if first else "还没有填写"
        if problem:
            return f"第 {place} 位见证人：{problem}"
        if first != second:
            return f"第 {place} 位见证人：两次输入不一致"
        if len(waiting) > 1:
            return ""
        given = [text for text in self._texts(self.digits) if text != ABSENT]
        missing = self.detail.least - len(given)
        if missing > 0:
            return f"还差 {missing} 位见证人"
        promised = self.detail.public_source != ABSENT
        return "还没有填写公开数" if promised and not self.public.text().strip() else ""

    def show_sheet(self) -> None:
        ask = partial(self.desk.ask, predraw_paper, self.detail.row.id)
        show_paper(self, self.desk, ask, f"抽取前承诺单 {self.detail.row.number}")

    def show_pool(self) -> None:
        ask = partial(self.desk.ask, pool_paper, self.detail.row.id)
        show_paper(self, self.desk, ask, f"待抽库清单 {self.detail.row.number}")

    def confirm(self) -> None:
        ConfirmDialog(self, self.desk, self.detail.row.id).exec()

    def proceed(self) -> None:
        """Turn the slips, keep the next one, or draw with the last one: one button, one way on."""
        is_kept = self.is_open and len(self._waiting()) > 1
        if not attempt_slowly(self, "正在写入……", self._next_act()):
            return
        if is_kept:
            self._lock_kept()
        else:
            self._changed(self.detail.row.id)

    def _lock_kept(self) -> None:
        """Kept slips cannot be typed over; what stands in the other rows stays."""
        self.detail = self.desk.ask(find_draw, self.detail.row.id)
        for place in self.detail.slips:
            for field in (self.digits[place - 1], self.repeats[place - 1]):
                field.setReadOnly(True)
        self._check()
        self.digits[self._waiting()[0] - 1].setFocus()

    def _next_act(self) -> Callable[[], object]:
        draw_id, waiting = self.detail.row.id, self._waiting()
        if not self.is_open:
            return partial(self.desk.do, open_slips, draw_id)
        if len(waiting) > 1:
            digits = self.digits[waiting[0] - 1].text().strip()
            return partial(self.desk.do, enter_slip, EnterSlip(draw_id, waiting[0], digits))
        public = self.public.text().strip() or ABSENT
        return partial(
            self.desk.do, draw, PerformDraw(draw_id, tuple(self._texts(self.digits)), public)
        )


def _state(first: str, second: str) -> tuple[str, str]:
    if not first:
        return "未输入", "neutral"
    problem = digits_problem(first)
    if problem:
        return problem, "bad"
    return ("待录入", "neutral") if first == second else ("两次不一致", "warn")

"""操作日志: who did what, and whether the chain holds."""

from ssj_desktop.domain.journal import JournalEntry, head_groups
from ssj_desktop.queries.journal import audit, list_entries
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.widgets import Card, Page, Pill, button


def build(desk: Desk) -> "JournalPage":
    return JournalPage(desk)


class JournalPage(Page):
    """The newest entries first; nothing here can be changed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("操作日志")
        self.desk = desk
        self.state = Pill()
        self.head.add(self.state, button("核对日志", self.verify, "primary"))
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
        self.box.addWidget(card, 1)

    def refresh(self) -> None:
        rows = self.desk.ask(list_entries)
        self.model.show(rows)
        self.head.subtitle.setText(f"最近 {len(rows)} 条")

    def verify(self) -> None:
        check = self.desk.ask(audit)
        if check.broken_at is None:
            self.state.show_state(f"完好，至第 {check.length} 条", "ok")
        else:
            self.state.show_state(f"第 {check.broken_at} 条起断裂", "bad")

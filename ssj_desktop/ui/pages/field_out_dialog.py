"""外业包: which tasks go out, with which laptop, what goes along, which photos are wanted."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.attachments import size_text
from ssj_desktop.queries.attachment_routes import luggage_of_attachments
from ssj_desktop.queries.field_trips import (
    TaskChoice,
    list_laptops,
    list_luggage,
    list_task_choices,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.empty import EmptyState, TableOrEmpty
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table
from ssj_desktop.ui.widgets import Card, GrowingDialog, button, label

PHOTOS = ("门头", "现场全貌", "问题部位", "整改前后", "证照原件", "签字记录")
_SOFT = "带出只是标明任务由哪台电脑在办；局里仍能查看，同一事项两边都录了会列出来核对。"


class FieldOutDialog(GrowingDialog):
    """Fills what the service needs: device, tasks, photos."""

    def __init__(self, parent: QWidget | None, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("导出外业包")
        self.setObjectName("page")
        self.resize(1040, 640)
        self.desk = desk
        self.choices = desk.ask(list_task_choices, desk.surroundings.now(), desk.today())
        self.laptops = desk.ask(list_laptops)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 14, 20, 14)
        box.addWidget(label("导出外业包", "title"))
        box.addWidget(label(_SOFT, "hint", wrap=True))
        middle = QHBoxLayout()
        middle.addWidget(self._task_card(), 3)
        middle.addLayout(self._side(), 2)
        box.addLayout(middle, 1)
        foot = QHBoxLayout()
        self.missing = label("", "hint")
        self.go = button("导出…", self.accept, "primary")
        foot.addWidget(self.missing, 1)
        foot.addWidget(button("取消", self.reject))
        foot.addWidget(self.go)
        box.addLayout(foot)
        self.search_for("")
        self._show_luggage()

    def _task_card(self) -> Card:
        card = Card()
        head = QHBoxLayout()
        self.count = label("", "section")
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText("搜索编号、对象、人员")
        self.search.setAccessibleName("搜索任务")
        self.search.textChanged.connect(self.search_for)
        head.addWidget(self.count, 1)
        head.addWidget(self.search, 1)
        head.addWidget(button("全选", self.tick_all, "link"))
        head.addWidget(button("全不选", self.untick_all, "link"))
        card.box.addLayout(head)
        columns: list[ColumnSpec[TaskChoice]] = [
            ColumnSpec("", lambda _: "", 3, tick=True),
            ColumnSpec("任务编号", lambda r: r.number, 13),
            ColumnSpec("检查对象", lambda r: r.target, 10, stretch=True),
            ColumnSpec("检查人员", lambda r: r.team, 8, spare=True),
            ColumnSpec("已带出", lambda r: r.holder, 7, tone=lambda r: "warn" if r.holder else ""),
        ]
        self.model = RowsModel(columns, self)
        self.model.tick_key = lambda row: row.id
        self.model.ticks_changed.connect(self._show_luggage)
        table = make_table(self.model, "可以带出的任务")
        self.body = TableOrEmpty(
            table, EmptyState("没有可以带出的任务。完成抽取后会生成检查任务。")
        )
        card.box.addWidget(self.body, 1)
        return card

    def _side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        to = Card("带到哪台电脑")
        self.device = QComboBox()
        self.device.setAccessibleName("带到哪台电脑")
        for laptop in self.laptops:
            self.device.addItem(laptop.text, laptop.device)
        self.device.currentIndexChanged.connect(self._show_luggage)
        to.box.addWidget(self.device)
        side.addWidget(to)
        along = Card("一起带走")
        self.luggage = label("", "hint", wrap=True)
        along.box.addWidget(self.luggage)
        self.attachments = QCheckBox()
        along.box.addWidget(self.attachments)
        side.addWidget(along)
        wanted = Card("需拍照片（印在任务单上）")
        grid = QGridLayout()
        self.photos = [QCheckBox(name) for name in PHOTOS]
        for place, each in enumerate(self.photos):
            grid.addWidget(each, place // 2, place % 2)
        wanted.box.addLayout(grid)
        side.addWidget(wanted)
        side.addStretch(1)
        return side

    def search_for(self, text: str) -> None:
        """Narrow the table; what is ticked stays ticked."""
        words = text.split()
        rows = [
            row
            for row in self.choices
            if all(word in f"{row.number} {row.target} {row.team}" for word in words)
        ]
        self.model.show(rows)
        self.body.show_rows(len(self.choices))
        self._check()

    def tick_all(self) -> None:
        self.model.tick(range(len(self.model.rows)), ticked=True)

    def untick_all(self) -> None:
        self.model.untick()

    def _show_luggage(self) -> None:
        device = self.device.currentData(Qt.ItemDataRole.UserRole)
        tasks = self.chosen_tasks()
        lines = self.desk.ask(list_luggage, device, tasks) if device else ()
        self.luggage.setText("\n".join(f"· {line}" for line in lines))
        self._show_attachments(tasks)
        self._check()

    def _show_attachments(self, tasks: tuple[str, ...]) -> None:
        """Asked only where there is something to take along."""
        count, size = self.desk.ask(luggage_of_attachments, tasks)
        self.attachments.setText(f"已有的照片和扫描件（{count} 个，{size_text(size)}）")
        self.attachments.setVisible(bool(count))

    @property
    def with_attachments(self) -> bool:
        return self.attachments.isVisibleTo(self) and self.attachments.isChecked()

    def _check(self) -> None:
        self.count.setText(f"已选 {len(self.model.ticked)} 项，共 {len(self.choices)} 项")
        lacks = [
            text
            for text, there in (
                ("外业机（请先在“设备管理”页登记）", bool(self.laptops)),
                ("要带出的任务", bool(self.model.ticked)),
            )
            if not there
        ]
        self.missing.setText(f"还差：{'、'.join(lacks)}" if lacks else "")
        self.go.setEnabled(not lacks)

    @property
    def chosen_device(self) -> str:
        return str(self.device.currentData(Qt.ItemDataRole.UserRole))

    @property
    def chosen_name(self) -> str:
        return self.laptops[self.device.currentIndex()].name

    def chosen_tasks(self) -> tuple[str, ...]:
        """In the order of their numbers."""
        return tuple(row.id for row in self.choices if row.id in self.model.ticked)

    def chosen_photos(self) -> tuple[str, ...]:
        return tuple(each.text() for each in self.photos if each.isChecked())

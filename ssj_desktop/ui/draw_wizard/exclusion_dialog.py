"""排除对象: left out by hand for a reason of the closed list; both are printed and hashed."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.exclusions import read_exclusion
from ssj_desktop.domain.vocabulary import ExclusionReason
from ssj_desktop.ui.object_box import ObjectBox
from ssj_desktop.ui.widgets import GrowingDialog, button, label

_BY_HAND = (
    ExclusionReason.MERGED_VISIT,
    ExclusionReason.NO_OFFICER,
    ExclusionReason.CLOSED,
    ExclusionReason.OTHER,
)
_HOW = (
    "本年度已抽中、达到频次上限、停业的对象已自动排除，不必再选。"
    "排除的对象仍在名单里、仍有票号；票号低于截止票号的，记录表会印出“若未排除将被抽中”。"
)


class ExclusionDialog(GrowingDialog):
    """``chosen`` maps the code of an object to the reason, its explanation after a colon."""

    def __init__(
        self, parent: QWidget, objects: Sequence[tuple[str, str]], chosen: Mapping[str, str]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("排除对象")
        self.resize(640, 420)
        self.names = dict(objects)
        self.chosen = dict(chosen)
        self.object = ObjectBox("检查对象")
        self.object.fill(objects)
        self.reason = QComboBox()
        self.reason.setAccessibleName("排除原因")
        self.reason.addItems([reason.label for reason in _BY_HAND])
        self.note = QLineEdit()
        self.note.setAccessibleName("说明")
        self.note.setPlaceholderText("说明；原因选“其他”时必填，印在承诺单和记录表上")
        self.note.returnPressed.connect(self.add)
        self.hint = label("", "fault", wrap=True)
        self.hint.hide()
        self.list = QListWidget()
        self.list.setAccessibleName("已选择排除")
        box = QVBoxLayout(self)
        box.addWidget(label(_HOW, "notice", wrap=True))
        row = QHBoxLayout()
        row.addWidget(self.object, 3)
        row.addWidget(self.reason, 1)
        box.addLayout(row)
        below = QHBoxLayout()
        below.addWidget(self.note, 1)
        add = button("加入", self.add)
        add.setAutoDefault(False)
        below.addWidget(add)
        box.addLayout(below)
        box.addWidget(self.hint)
        box.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.addWidget(button("移出所选", self.remove))
        foot.addStretch(1)
        foot.addWidget(button("完成", self.accept, "primary"))
        box.addLayout(foot)
        self._show()

    def add(self) -> None:
        code = self.object.code()
        if code is None:
            self._tell("先从名单中选一个对象。")
            return
        try:
            exclusion = read_exclusion(f"{self.reason.currentText()}：{self.note.text()}")
        except SsjError as fault:
            self._tell(str(fault))
            return
        self.chosen[code] = exclusion.text
        self.note.clear()
        self._tell("")
        self._show()

    def _tell(self, hint: str) -> None:
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

    def remove(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            del self.chosen[item.data(Qt.ItemDataRole.UserRole)]
            self._show()

    def _show(self) -> None:
        self.list.clear()
        for code, reason in self.chosen.items():
            self.list.addItem(f"{self.names.get(code, code)}　{code}　{reason}")
            self.list.item(self.list.count() - 1).setData(Qt.ItemDataRole.UserRole, code)

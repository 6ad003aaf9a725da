"""导入数据包: who sent it and what it would change, before anything is written."""

from functools import partial

from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ssj_desktop.domain.attachments import size_text
from ssj_desktop.domain.exchange_report import COUNTED
from ssj_desktop.services.field_bundles import Incoming
from ssj_desktop.ui.preview import Preview
from ssj_desktop.ui.widgets import Card, GrowingDialog, Pill, button, label, plain_tip

_RESTORE_MEANS = (
    "局里的库可能恢复过较早的备份。请先与其他电脑、共享文件夹或服务器交换；都没有这些数据时再勾选。"
)
_TONES = {"conflicts": "warn", "waiting": "warn", "refused": "bad"}


class BringInDialog(GrowingDialog):
    """Accepted means: take it in."""

    def __init__(
        self, parent: QWidget | None, file: str, incoming: Incoming, why_not_restore: str = ""
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("导入数据包")
        self.setObjectName("page")
        self.resize(680, 420)
        self.incoming = incoming
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 22)
        head = QHBoxLayout()
        head.addWidget(label(f"来自“{incoming.report.peer}”的{incoming.kind}", "title"), 1)
        head.addWidget(Pill("签名有效", "ok"))
        box.addLayout(head)
        box.addWidget(label(f"{file}　制作时间 {incoming.made}", "hint", wrap=True))
        box.addWidget(self._figures())
        for text in self._remarks():
            box.addWidget(label(text, "hint", wrap=True))
        self.restore = QCheckBox(f"用外业机带回的副本补回局里丢失的任务（缺 {incoming.lost} 段）")
        self.restore.setToolTip(plain_tip(why_not_restore or _RESTORE_MEANS))
        self.restore.setEnabled(not why_not_restore)
        self.restore.setVisible(bool(incoming.lost and incoming.report.count("waiting")))
        box.addWidget(self.restore)
        box.addStretch(1)
        foot = QHBoxLayout()
        if incoming.sheet is not None:
            foot.addWidget(button("看任务单…", partial(self.show_sheet, incoming.sheet)))
        foot.addWidget(label("导入前会先备份。", "hint"), 1)
        foot.addWidget(button("取消", self.reject))
        foot.addWidget(button("导入", self.accept, "primary"))
        box.addLayout(foot)

    def _figures(self) -> QFrame:
        card, grid = Card(), QGridLayout()
        for row, (name, word, text) in enumerate(COUNTED):
            count = self.incoming.report.count(name)
            grid.addWidget(label(word), row, 0)
            figure = Pill(str(count), _TONES.get(name, "ok") if count else "neutral")
            figure.setAccessibleName(word)
            grid.addWidget(figure, row, 1)
            grid.addWidget(label(text, "hint", wrap=True), row, 2)
        grid.setColumnStretch(2, 1)
        grid.setHorizontalSpacing(16)
        card.box.addLayout(grid)
        return card

    def _remarks(self) -> tuple[str, ...]:
        said = list(self.incoming.report.remarks)
        if self.incoming.attachments:
            total = sum(size for _, size in self.incoming.attachments)
            said.append(f"{len(self.incoming.attachments)} 个附件，{size_text(total)}，已逐个核对")
        if self.incoming.tasks:
            photos = "、".join(self.incoming.photos)
            said.append(
                f"{self.incoming.tasks} 项任务" + (f"，需拍照片：{photos}" if photos else "")
            )
        return tuple(text for text in (*said, self.incoming.then) if text)

    def show_sheet(self, sheet: bytes) -> None:
        Preview(self, "外业检查任务单", sheet).exec()

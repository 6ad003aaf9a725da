"""What an exchange did, for the screen and for the printed page (交换记录)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ssj_desktop.domain.papers import Column, TablePaper

COUNTED = (
    ("new", "新增", "对方新建、本机原来没有的记录"),
    ("changed", "变更", "对方修改过的记录"),
    ("conflicts", "冲突", "两边都改过、需要人来定的字段"),
    ("waiting", "等待", "缺前面的数据段或本程序版本过旧，已保存，待补齐"),
    ("refused", "拒收", "签名、登记或权限不符，已隔离，未删除"),
)
ARRIVED, LEFT, LACKING = "attachments_in", "attachments_out", "attachments_lacking"
CARRIED = (
    (ARRIVED, "附件收到", "照片和扫描件的内容，逐个核对过校验值"),
    (LEFT, "附件发出", "对方还没有的照片和扫描件"),
    (LACKING, "附件还缺", "已有登记、内容还没有收到；有它的电脑见说明"),
)
_COLUMNS = (
    Column("项目", 30, "center"),
    Column("数量", 30, "right", "number"),
    Column("说明", 140),
)


@dataclass(frozen=True, slots=True)
class ExchangeReport:
    """One exchange; ``sent`` and ``received`` count segments, ``counts`` rows and fields."""

    at: str
    actor: str
    way: str
    peer: str
    file: str
    digest: str
    sent: int
    received: int
    counts: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    id: str = field(default="", compare=False)

    def count(self, name: str) -> int:
        return self.counts.get(name, 0)

    @property
    def sentence(self) -> str:
        """One line for the terminal and the bar."""
        parts = [f"{label} {self.count(name)}" for name, label, _ in COUNTED]
        files = "".join(f"，{label} {self.count(name)}" for name, label in self.carried)
        return f"发出 {self.sent} 段，收到 {self.received} 段：{'，'.join(parts)}{files}。"

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """What there is to say about attachments, by name of the count."""
        return tuple((name, label) for name, label, _ in CARRIED if self.count(name))

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing that the rows name."""
        return not self.count(LACKING)


def exchange_paper(report: ExchangeReport, unit: str) -> TablePaper:
    """数据交换记录: one page to print after each exchange."""
    rows = [(label, str(report.count(name)), text) for name, label, text in COUNTED]
    rows += [
        (word, str(report.count(name)), text) for name, word, text in CARRIED if report.count(name)
    ]
    rows += [("说明", "", remark) for remark in report.remarks]
    return TablePaper(
        organ=unit,
        title="数据交换记录",
        head_lines=(
            (f"时间：{report.at}", f"经办人：{report.actor}"),
            (f"方式：{report.way}", f"对方：{report.peer or '—'}"),
            (f"文件：{report.file or '—'}", f"发出 {report.sent} 段，收到 {report.received} 段"),
            (f"SHA-256：{report.digest or '—'}", ""),
        ),
        columns=_COLUMNS,
        rows=tuple(rows),
        foot_left="经办人签字：",
        foot_right="核对人签字：",
    )

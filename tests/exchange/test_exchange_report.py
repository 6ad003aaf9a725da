"""The page that is printed after an exchange."""

from ssj_desktop.domain.exchange_report import ExchangeReport, exchange_paper
from ssj_desktop.domain.filing import level_of
from ssj_desktop.domain.vocabulary import OfficeLevel

REPORT = ExchangeReport(
    "2026-09-14 10:58", "张敏", "数据包", "B 机", "b.ssjb", "a" * 64, 2, 3,
    {"new": 128, "changed": 36, "conflicts": 3}, ("签名不对（1 段）",),
)  # fmt: skip


def test_the_page_has_five_figures_and_every_remark() -> None:
    paper = exchange_paper(REPORT, "云岭县住建局")
    assert [row[:2] for row in paper.rows] == [
        ("新增", "128"), ("变更", "36"), ("冲突", "3"), ("等待", "0"), ("拒收", "0"), ("说明", ""),
    ]  # fmt: skip
    assert paper.rows[-1][2] == "签名不对（1 段）"
    assert "b.ssjb" in paper.head_lines[2][0]


def test_one_sentence_tells_the_whole_exchange() -> None:
    assert REPORT.sentence == "发出 2 段，收到 3 段：新增 128，变更 36，冲突 3，等待 0，拒收 0。"


def test_the_level_of_an_office_follows_from_its_division_code() -> None:
    levels = [level_of(code) for code in ("230000", "230900", "230921")]
    assert levels == [OfficeLevel.PROVINCE, OfficeLevel.CITY, OfficeLevel.COUNTY]

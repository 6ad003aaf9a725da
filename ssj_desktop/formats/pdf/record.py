"""随机抽取记录表 on paper, with the machine-readable record attached."""

from collections.abc import Mapping
from datetime import datetime

from ssj_desktop.domain.papers import Column, RecordPaper
from ssj_desktop.formats.pdf.archival import archive
from ssj_desktop.formats.pdf.forms import hash_table, section, signature_line, title_block
from ssj_desktop.formats.pdf.qr import draw_qr
from ssj_desktop.formats.pdf.sheet import MM, Margins, Sheet
from ssj_desktop.formats.pdf.tables import Grid, Style, facts
from ssj_desktop.formats.pdf.text import wrap

TITLE = "“双随机、一公开”随机抽取记录表"
STRATA = (
    Column("分层", 18, "center"), Column("家数 N", 24, "center", "number"),
    Column("抽取规则", 28, "center"), Column("精确值", 24, "center", "number"),
    Column("抽取数", 22, "center", "number"), Column("候补数", 22, "center", "number"),
    Column("截止票号（前 18 位）", 42, "center", "ticket"),
)  # fmt: skip
DRAWN = (
    Column("序", 8, "center", "number"), Column("层", 9, "center"),
    Column("票号（前 18 位）", 37, "center", "ticket"),
    Column("统一社会信用代码", 36, "center", "code"), Column("名称", 49), Column("执法检查人员", 31),
)  # fmt: skip
SUBSTITUTES = (*DRAWN[:4], Column("名称", 80))
WOULD_BE = (*DRAWN[:5], Column("排除原因", 31))
WITNESSES = (
    Column("序", 10, "center", "number"), Column("姓名", 24, "center"), Column("单位及身份", 66),
    Column("见证数字", 34, "center", "number"), Column("签名", 46),
)  # fmt: skip
_ROWS = Style(size=9.1, pad=2.6)
CANDIDATES = (
    Column("对象", 36, "left", "code"), Column("席位", 12, "center", "number"),
    Column("可选人数", 16, "center", "number"),
    Column("依次考虑的人员（任务数，票号前 6 位，结果）", 111),
)  # fmt: skip


def render_record(paper: RecordPaper, attachments: Mapping[str, bytes], when: datetime) -> bytes:
    """The PDF of a draw record."""
    sheet = Sheet(Margins(16, 19, 18, 21), paper.page_foot, paper.watermark)
    title_block(sheet, paper.organ, TITLE, f"抽取编号：{paper.number}", paper.ordinal)
    facts(sheet, paper.facts)
    section(sheet, "一、分层与抽取数量", "N 为冻结时参加抽取的家数；票号不大于截止票号的即为抽中")
    Grid(sheet, STRATA).draw(paper.strata)
    section(sheet, "二、抽中对象", "各分层内按票号由小到大排列；▲ 为组长")
    Grid(sheet, DRAWN, _ROWS, group=lambda row: row[1]).draw(paper.drawn)
    section(sheet, "三、候补对象", "替补只能按此次序递补，不得挑选；理由和证据另附")
    Grid(sheet, SUBSTITUTES, _ROWS, group=lambda row: row[1]).draw(paper.substitutes)
    section(sheet, "四、若未排除将被抽中的对象", paper.would_be_note)
    Grid(sheet, WOULD_BE, _ROWS, group=lambda row: row[1]).draw(paper.would_be)
    _witnesses(sheet, paper)
    _signatures(sheet)
    section(
        sheet,
        "六、校验值",
        "随机种子 R 为种子文本的 SHA-256；种子文本和全部数据见本 PDF 的附件",
        240,
    )
    hash_table(sheet, paper.hashes)
    _recipe(sheet, paper)
    _annex(sheet, paper)
    return archive(sheet.finish(), f"{TITLE} {paper.number}", paper.organ, when, attachments)


def _witnesses(sheet: Sheet, paper: RecordPaper) -> None:
    note = "见证数字由见证人各自写在纸条上，同时亮出，当场录入"
    section(sheet, "五、见证", note, 32 * len(paper.witnesses) + 160)
    rows = [
        (
            str(place),
            signer.name,
            f"{signer.unit}　{signer.capacity}".strip("　"),
            signer.digits,
            "",
        )
        for place, signer in enumerate(paper.witnesses, start=1)
    ]
    Grid(sheet, WITNESSES, Style(size=10.5, row_height=32)).draw(rows)


def _signatures(sheet: Sheet) -> None:
    sheet.ensure(126)
    top = sheet.y
    for label in ("操作人（签名）：", "监督人（签名）："):
        signature_line(sheet, label)
    sheet.y += 26
    sheet.text(sheet.left, sheet.y, "签署日期：　　　　　　年　　月　　日　　时　　分", "Fang", 11)
    sheet.y += 26
    sheet.text(sheet.left, sheet.y, "见证人拒绝签名的，注明原因：", "Fang", 10.5)
    sheet.line(sheet.left + 152, sheet.y + 3, sheet.left + 152 + 62 * MM, sheet.y + 3, 0.7)
    sheet.seal_place(sheet.right - 24 * MM, top + 64)
    sheet.y = max(sheet.y, top + 64 + 20 * MM)


def _recipe(sheet: Sheet, paper: RecordPaper) -> None:
    side = 31.0
    room = sheet.right - sheet.left - (side + 8) * MM
    lines = [line for step in paper.recipe for line in wrap(step, "Fang", 9.8, room)]
    sheet.ensure(max(len(lines) * 15 + 34, side * MM + 30))
    sheet.y += 18
    top = sheet.y
    head = "外部核对方法（不需要本软件，任何人可做；以第 1 个抽中对象为例）"
    sheet.text(sheet.left, sheet.y, head, "Hei", 10.5)
    for line in lines:
        sheet.y += 15
        sheet.text(sheet.left, sheet.y + 3, line, "Fang", 9.8)
    draw_qr(sheet, sheet.right - side * MM, top - 8, side, paper.qr_text)
    caption = top + side * MM + 2
    sheet.text(sheet.right - side * MM / 2, caption, "编号、种子、链头", "Fang", 9, "center")
    sheet.y = max(sheet.y, caption)


def _annex(sheet: Sheet, paper: RecordPaper) -> None:
    if not paper.candidates:
        return
    sheet.start_page()
    section(sheet, "附页　执法人员匹配过程", "先看任务数，再看票号；只在其余席位仍能排满时选定")
    Grid(sheet, CANDIDATES, Style(size=8.8, row_height=17), group=lambda row: row[0]).draw(
        paper.candidates
    )

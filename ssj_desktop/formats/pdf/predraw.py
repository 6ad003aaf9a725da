"""随机抽取前承诺单: what is fixed before any witness writes a digit."""

from datetime import datetime

from ssj_desktop.domain.papers import Column, PredrawPaper
from ssj_desktop.formats.pdf.archival import archive
from ssj_desktop.formats.pdf.forms import hash_table, section, title_block
from ssj_desktop.formats.pdf.qr import draw_qr
from ssj_desktop.formats.pdf.sheet import MM, Margins, Sheet
from ssj_desktop.formats.pdf.tables import Grid, Style, facts

_PROMISE = (
    "　　下列名单、方案、人员和机器数在任何见证数字写出之前已经固定，本单签名后不得更改。",
    "抽取结果只由下列校验值、封存的机器数 M 和见证人现场写出的数字决定，时间不参与计算。",
)
_DRIFT = (
    Column("变动", 18, "center"),
    Column("家数", 13, "center", "number"),
    Column("对象及原因", 92),
    Column("经办人、日期", 48, "center"),
)
_ANNEX = (
    Column("变动", 22, "center"), Column("序", 13, "center", "number"), Column("对象及原因", 88),
    Column("经办人、日期", 48, "center"),
)  # fmt: skip
_SIGNERS = (
    Column("身份", 17, "center"), Column("姓名", 19, "center"), Column("单位", 40), Column("签名", 47),
)  # fmt: skip


def render_predraw(paper: PredrawPaper, when: datetime) -> bytes:
    """The PDF of the pre-draw sheet."""
    sheet = Sheet(Margins(16, 21, 18, 23), paper.page_foot, paper.watermark)
    title_block(sheet, paper.organ, paper.title, f"抽取编号：{paper.number}", paper.ordinal)
    for line in _PROMISE:
        sheet.y += 18
        sheet.text(sheet.left, sheet.y - 3, line, "Fang", 11)
    sheet.y += 6
    facts(sheet, paper.facts)
    section(sheet, f"一、{paper.drift_title}")
    Grid(sheet, _DRIFT).draw(paper.drift)
    section(sheet, "二、承诺的校验值", "每 4 位一组；SM3 并列备查，不参与计算", 200)
    hash_table(sheet, paper.hashes)
    _signers(sheet, paper)
    if paper.annex:
        sheet.start_page()
        section(sheet, "附页　名录库差异明细")
        Grid(sheet, _ANNEX, group=lambda row: row[0]).draw(paper.annex)
    return archive(sheet.finish(), f"{paper.title} {paper.number}", paper.organ, when)


def _signers(sheet: Sheet, paper: PredrawPaper) -> None:
    note = "签名即确认：以上内容在写出见证数字之前已经打印"
    section(sheet, "三、在场人员签名", note, max(27 * len(paper.signers) + 40, 46 * MM))
    right, top = sheet.margins.right, sheet.y
    sheet.margins = Margins(sheet.margins.top, right + 50, sheet.margins.bottom, sheet.margins.left)
    rows = [(signer.capacity, signer.name, signer.unit, "") for signer in paper.signers]
    Grid(sheet, _SIGNERS, Style(size=10, row_height=27)).draw(rows)
    sheet.margins = Margins(sheet.margins.top, right, sheet.margins.bottom, sheet.margins.left)
    draw_qr(sheet, sheet.right - 42 * MM, top, 42, paper.qr_text)
    middle = sheet.right - 21 * MM
    sheet.text(middle, top + 42 * MM + 10, "内容与本单校验值相同，", "Fang", 9.5, "center")
    sheet.text(middle, top + 42 * MM + 23, "签名前可用手机拍照留存", "Fang", 9.5, "center")
    sheet.y = max(sheet.y, top + 42 * MM + 24) + 18
    sheet.text(sheet.left, sheet.y, "签署时间：　　　　　年　　月　　日　　时　　分", "Fang", 11)

"""Every draw paper keeps the archival rules; each rule is shown to fail a file that breaks it."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from archival_rules import RULES, broken
from pikepdf import Dictionary, Name, Pdf
from PIL import Image, ImageFilter

from ssj_desktop.domain.draw.record import read_record
from ssj_desktop.domain.papers import ApprovalPaper, HashLine, PredrawPaper, RecoveryPaper, Signer
from ssj_desktop.formats.draw_papers import record_papers
from ssj_desktop.formats.office_papers import render_pdf
from ssj_desktop.formats.pdf.recovery import render_recovery
from ssj_desktop.queries.record_papers import paper_of_record

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "cs1"
WHEN = datetime(2026, 9, 15, 9, 41)  # noqa: DTZ001


def record_pdf(case: str = "01") -> bytes:
    (source,) = FOLDER.glob(f"{case}_*")
    files = {path.name: path.read_bytes() for path in source.iterdir()}
    return record_papers(paper_of_record(read_record(files["record.json"])), files, WHEN)[
        "record.pdf"
    ]


def predraw(names: int = 3) -> PredrawPaper:
    listed = "、".join(f"云岭县𬭎远建筑安装工程有限责任公司第{n}分公司" for n in range(names))
    return PredrawPaper(
        organ="云岭县住房和城乡建设局", number="239921-A-2026-0001", ordinal="本年度第 1 次，作废 0 次",
        facts=(("抽查任务", "物业"),), drift_title="名录库与上次抽取名单的差异",
        drift=(("新增", str(names), listed, "李堃 2026年9月8日"),),
        hashes=tuple(HashLine(label, f"{n:064x}", f"{n:064x}") for n, label in enumerate(("待抽库", "公开名单", "方案", "人员库"))),
        signers=(Signer("见证人", "马骉", "县政协"),), qr_text="/".join(["SSJ1", *["0123456789ABCDEF" * 4] * 6]),
        page_foot="设备 A",
    )  # fmt: skip


APPROVAL = ApprovalPaper(
    "局",
    "随机抽取作废单",
    "239921-A-2026-0001",
    "",
    (("抽查任务", "物业"),),
    (("理由", "名录有误", "申请人"),),
    (),
    "",
)


@pytest.mark.parametrize("case", ["01", "04", "06", "08"])
def test_a_record_with_its_attachments_breaks_no_rule(case: str) -> None:
    assert broken(record_pdf(case)) == []


def test_papers_without_attachment_break_no_rule_either() -> None:
    assert broken(render_pdf(predraw(), WHEN)) == []
    assert broken(render_pdf(APPROVAL, WHEN)) == []


def test_a_long_difference_goes_to_an_annex_with_every_name_once() -> None:
    rows = tuple(("新增", str(n), f"云岭县第{n}公司") for n in range(1, 91))
    pdf = pypdfium2.PdfDocument(render_pdf(replace(predraw(), annex=rows), WHEN))
    texts = [page.get_textpage().get_text_range() for page in pdf]
    assert len(texts) >= 3
    assert all("序" in text and "对象及原因" in text for text in texts[1:])
    whole = "".join(texts[1:])
    assert all(whole.count(f"云岭县第{n}公司") == 1 for n in range(1, 91))
    pdf.close()


def _edit(change: Callable[[Pdf], None]) -> bytes:
    target = io.BytesIO()
    with Pdf.open(io.BytesIO(record_pdf("04"))) as pdf:
        change(pdf)
        pdf.save(target, min_version="1.7", static_id=True)
    return target.getvalue()


def _strip_fonts(pdf: Pdf) -> None:
    for found in pdf.objects:
        if isinstance(found, pikepdf.Dictionary) and "/FontFile2" in found:
            del found["/FontFile2"]


def _mute_fonts(pdf: Pdf) -> None:
    for found in pdf.objects:
        if isinstance(found, pikepdf.Dictionary) and "/ToUnicode" in found:
            del found["/ToUnicode"]


BREAKS: dict[str, Callable[[Pdf], None]] = {
    "no JavaScript by name": lambda p: p.Root.Names.__setitem__("/JavaScript", Dictionary()),
    "no action but a jump": lambda p: p.Root.__setitem__("/X", p.make_indirect(Dictionary(S=Name.JavaScript))),
    "nothing happens by itself": lambda p: p.Root.__setitem__("/AA", Dictionary()),
    "no form": lambda p: p.Root.__setitem__("/AcroForm", Dictionary()),
    "no layer": lambda p: p.Root.__setitem__("/OCProperties", Dictionary()),
    "every font is embedded": _strip_fonts,
    "every font says its characters": _mute_fonts,
    "attachments are described and associated": lambda p: p.Root.__delitem__("/AF"),
    "the language is named": lambda p: p.Root.__setitem__("/Lang", pikepdf.String("en")),
    "dates agree with the metadata": lambda p: p.docinfo.__setitem__("/CreationDate", "D:19990101000000"),
    "title and producer agree with the metadata": lambda p: p.docinfo.__setitem__("/Title", "别的"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_each_rule_fails_a_file_that_breaks_it(name: str) -> None:
    assert len(RULES) >= 25
    assert name in broken(_edit(BREAKS[name]))


# --- the QR code in the real world ------------------------------------------------------------


def photographed(content: bytes, page: int) -> Image.Image:
    """A page as a phone sees it: turned, out of focus, in bad light."""
    pdf = pypdfium2.PdfDocument(content)
    seen = pdf[page].render(scale=2.6).to_pil().convert("L").rotate(3, expand=True, fillcolor=235)
    pdf.close()
    bent = (1, 0.04, -10, 0.02, 1, -10)
    skewed = seen.transform(seen.size, Image.Transform.AFFINE, bent, fillcolor=235)
    blurred = skewed.filter(ImageFilter.GaussianBlur(0.8))
    noise = Image.effect_noise(seen.size, 30)
    return Image.blend(blurred, noise, 0.15)


def recovery() -> RecoveryPaper:
    text = "SSJ1R/HF-239921-A-001/2026-03-16"
    facts, steps = (("单位", "云岭县住房和城乡建设局"),), ("装入信封封好，存入保险柜。",)
    return RecoveryPaper("云岭县住房和城乡建设局", "HF-239921-A-001", "0000-1111", facts, steps, text, "页脚", "")  # fmt: skip


PAPERS = {
    "record": (lambda: record_pdf("03"), 3),
    "predraw": (lambda: render_pdf(predraw(), WHEN), 6),
    "recovery sheet": (lambda: render_recovery(recovery(), WHEN), 2),
}


@pytest.mark.parametrize("kind", PAPERS)
def test_the_code_is_read_from_a_slanted_blurred_picture(kind: str) -> None:
    paper, least = PAPERS[kind]
    content = paper()
    with Pdf.open(io.BytesIO(content)) as pdf:
        pages = len(pdf.pages)
    texts = [
        found.text
        for n in range(pages)
        for found in zxingcpp.read_barcodes(photographed(content, n))
    ]
    assert [text.count("/") for text in texts] == [least]
    assert texts[0].startswith(("SSJ1/", "SSJ1R/"))

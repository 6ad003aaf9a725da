"""The public pages from a local folder in a real Chromium: nothing fetched, draws can be checked."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Page, open_page
from draw_builders import outcome

from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.domain.public_site import PublicDraw, PublicSite
from ssj_desktop.formats.files import write_all
from ssj_desktop.formats.html.site import site_files

RESULT = outcome()
TABLE = TablePaper(
    "云岭县住房和城乡建设局", "“双随机、一公开”抽取名单公示表", (("抽查计划：2026", "公示日期：2026年9月1日"),),
    (Column("序号", 12, "center", "number"), Column("检查对象", 60), Column("统一社会信用代码", 46, "center", "code")),
    (("1", "云岭县𬭎远<b>公司</b>", "91230921MA18D00002"),), "共 1 条", "", "异议受理：法规股",
)  # fmt: skip
OPEN = PublicDraw(
    "230921-A-2026-0007", "</script><script>alert(1)</script>物业", RESULT.frozen.poolpub.content,
    RESULT.frozen.poolpub.sha256, RESULT.seed, tuple(s.cutoff[:20] for s in RESULT.strata),
)  # fmt: skip
CLOSED = PublicDraw("230921-A-2026-0008", "建筑业企业", b"SSJ-POOLPUB-1\n", "f" * 64)
SITE = PublicSite("云岭县住房和城乡建设局", (("抽取名单", (TABLE,)),), (OPEN, CLOSED))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("site")
    write_all(found, site_files(SITE))
    return found


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with open_page() as opened:
        yield opened


def test_the_pages_refer_to_nothing_outside_their_folder(folder: Path) -> None:
    for path in folder.glob("*.html"):
        text = path.read_text("utf-8")
        assert not re.findall(r"https?:|\bsrc=|@import|url\(|fetch\(", text)
        for link in re.findall(r'href="([^#"]+)"', text):
            assert (folder / link).is_file()


def test_the_front_page_asks_for_nothing_and_shows_what_was_approved(
    page: Page, folder: Path
) -> None:
    page.requests.clear()
    page.visit(folder / "index.html")
    assert page.requests == [(folder / "index.html").as_uri()]
    assert page.complaints == []
    shown = page.text("body")
    assert "云岭县𬭎远<b>公司</b>" in shown
    assert RESULT.seed in shown
    assert "会泄露分层" in shown
    assert (
        page.run("getComputedStyle(document.querySelector('th')).backgroundColor")
        != "rgba(0, 0, 0, 0)"
    )


def test_it_fits_a_small_screen(page: Page, folder: Path) -> None:
    page.visit(folder / "index.html")
    page.resize(360, 740)
    assert page.run("document.documentElement.scrollWidth") <= 360
    page.resize(1366, 728)


def test_a_firm_chooses_the_published_draw_and_types_only_its_code(
    page: Page, folder: Path
) -> None:
    page.visit(folder / "verify_draw.html")
    assert page.complaints == []
    assert page.run("document.querySelector('#draw').options.length") == 2  # none, and the open one
    page.run(
        "(field => {field.value = '0'; field.dispatchEvent(new Event('change'))})(document.querySelector('#draw'))"
    )
    ticket, code = RESULT.strata[0].drawn[-1]
    page.type("#code", code)
    page.press("Enter", 13)
    assert ticket[:20] in page.text("#answer")
    assert f"不大于截止票号 {ticket[:20]}" in page.text("#answer")


def test_the_public_list_is_there_byte_for_byte(folder: Path) -> None:
    kept = folder / f"{OPEN.number}_pool.pub.txt"
    assert kept.read_bytes() == RESULT.frozen.poolpub.content

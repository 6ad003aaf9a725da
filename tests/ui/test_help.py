"""The offline manual: every page and picture is there, links lead inside, F1 finds the right page."""

import re

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument

from ssj_desktop import places
from ssj_desktop.ui.help_window import FIRST, PAGE_OF, HelpWindow, manual_pages, title_of
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages import PAGES

LARGEST_PICTURE = 150_000


def test_every_link_and_picture_of_the_manual_is_there() -> None:
    broken = []
    for name, path in manual_pages().items():
        for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
            file = (path.parent / target).resolve()
            if not file.is_file() or (
                file.suffix == ".png" and file.stat().st_size > LARGEST_PICTURE
            ):
                broken.append((name, target))
    assert broken == []


def test_every_page_has_a_title_and_the_help_of_every_page_exists() -> None:
    pages = manual_pages()
    assert next(iter(pages)) == "开始"
    assert list(pages)[-1] == "快捷键"
    assert all(title_of(path) for path in pages.values())
    assert set(PAGE_OF.values()) <= set(pages)
    assert set(PAGE_OF) == {page.key for page in PAGES}
    assert [key for key, name in PAGE_OF.items() if name == FIRST] == ["home"]


def test_f1_opens_the_page_that_belongs_to_the_one_in_view(office, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = MainWindow(office[0])
    qtbot.addWidget(window)
    window.open_page("inspections")
    shown = window.show_help()
    assert shown.list.currentItem().text() == "检查录入"
    assert "1 未发现问题" in shown.browser.toPlainText()
    shown._follow(QUrl("快捷键.md"))
    assert shown.list.currentItem().text() == "快捷键"
    shown.open_page("没有这一页")
    assert shown.list.currentItem().text() == "开始"
    window.step_page(1)
    assert window.nav.currentItem().data(Qt.ItemDataRole.UserRole) == "disclosures"


def test_the_manual_loads_nothing_from_outside(qtbot) -> None:  # type: ignore[no-untyped-def]
    shown = HelpWindow()
    qtbot.addWidget(shown)
    image = QTextDocument.ResourceType.ImageResource.value
    for outside in ("https://example.org/x.png", "file:///etc/hostname", "../../pyproject.toml"):
        assert shown.browser.loadResource(image, QUrl(outside)) is None
    page = places.manual().parent / "pictures" / "home.png"
    assert page.is_file()
    assert not shown.browser.loadResource(image, QUrl("../pictures/home.png")).isNull()

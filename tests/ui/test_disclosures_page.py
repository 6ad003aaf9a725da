"""公示 in the window: from a waiting subject through two people to the web pages on disk, and back."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QInputDialog

from ssj_desktop.domain.vocabulary import DisclosureState
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui import errors
from ssj_desktop.ui.pages.disclosures_page import DisclosuresPage


@pytest.fixture
def pages(drawn_office: tuple[Desk, Desk], qtbot) -> tuple[DisclosuresPage, DisclosuresPage]:  # type: ignore[no-untyped-def]
    """The page as the clerk and as the approver sees it."""
    made = DisclosuresPage(drawn_office[0]), DisclosuresPage(drawn_office[1])
    for page in made:
        qtbot.addWidget(page)
        page.refresh()
    return made


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (text, True))


def chosen(page: DisclosuresPage) -> DisclosureState | None:
    page.refresh()
    row = page.current()
    return row.state if row else None


def published(
    pages: tuple[DisclosuresPage, DisclosuresPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, approver = pages
    place = next(n for n, s in enumerate(clerk.subjects.rows) if "抽取名单" in s.title)
    clerk.subject_table.selectRow(place)
    clerk.prepare()
    assert chosen(clerk) is DisclosureState.PREPARED
    answer(monkeypatch, "不会引发舆情")
    clerk.assess()
    assert chosen(approver) is DisclosureState.ASSESSED
    approver.approve()
    assert chosen(clerk) is DisclosureState.APPROVED
    answer(monkeypatch, "县政府网站")
    clerk.publish()


def test_a_draw_list_goes_through_two_people_to_published_and_is_withdrawn(
    pages: tuple[DisclosuresPage, DisclosuresPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, approver = pages
    waiting = len(clerk.subjects.rows)
    published(pages, monkeypatch)
    assert chosen(clerk) is DisclosureState.PUBLISHED
    assert len(clerk.subjects.rows) == waiting - 1
    assert clerk.withdraw_button.isVisibleTo(clerk)
    assert not clerk.publish_button.isVisibleTo(clerk)
    answer(monkeypatch, "名单有误，更正后重新公示")
    approver.refresh()
    approver.withdraw()
    assert chosen(clerk) is DisclosureState.WITHDRAWN


def test_the_pages_for_the_web_site_are_written_with_their_verifier(
    pages: tuple[DisclosuresPage, DisclosuresPage], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clerk, _ = pages
    published(pages, monkeypatch)
    folder = tmp_path / "网站"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    clerk.write_site()
    written = {path.name for path in (folder / "公示网站").rglob("*") if path.is_file()}
    assert {"index.html", "verify_draw.html"} <= written
    assert "已写入" in clerk.hint.text()
    assert "物业抽查" in (folder / "公示网站" / "index.html").read_text("utf-8")


def test_choosing_no_folder_writes_nothing_and_a_file_in_the_way_is_named(
    pages: tuple[DisclosuresPage, DisclosuresPage], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clerk, _ = pages
    folder = tmp_path / "网站"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    clerk.write_site()
    assert list(folder.iterdir()) == []
    (folder / "公示网站").write_text("占位", "utf-8")
    told: list[str] = []
    monkeypatch.setattr(errors, "show_refusal", lambda _parent, fault: told.append(str(fault)))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    clerk.write_site()
    assert told
    assert "公示网站" in told[0]
    assert (folder / "公示网站").read_text("utf-8") == "占位"
